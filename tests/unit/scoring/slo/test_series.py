"""Series for drawing, each point against the engine's own number of that minute or counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scoring.slo.judging import judge, slo_status
from scoring.slo.series import burn_down, rolling_remaining, sli_per_hour, spend_grid
from scoring.slo.slices import edge
from scoring.slo.windows import CalendarUnit, CalendarWindow
from tests.unit.scoring.slo.histories import CANARY, END, EVENTS, MAIN, NOW, C, U, gauge_sli, minutes, slo

MONTHLY = CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 1))


def test_the_rolling_series_is_what_the_tile_showed_at_each_minute() -> None:
    states = [C] * 50 + [U] * 35 + [C] * 115
    bad = [float(minute % 7 == 0 and state is C) for minute, state in enumerate(states)]
    days = minutes(EVENTS, states, {"NONE": [10.0 * (state is C) for state in states], "TIMEOUT": bad})
    judgement = judge(slo(), days, NOW, MAIN)
    series = rolling_remaining(judgement)
    assert series is not None
    assert series.times[-1] == np.datetime64("2026-03-10T12:00:00")
    for at in range(1, 140):
        then = slo_status(slo(), days, NOW - timedelta(minutes=at), MAIN)
        shown = series.remaining[-1 - at]
        assert series.times[-1 - at] == np.datetime64(then.as_of.replace(tzinfo=None))
        if then.band.value == "no_data":
            assert np.isnan(shown)
        else:
            assert shown == pytest.approx(then.remaining, abs=1e-12)


def test_the_burn_down_of_a_month_ends_on_its_projection() -> None:
    end = datetime(2026, 6, 3, tzinfo=UTC)
    bad = [0.0] * 1440 + [1.0] * 10 + [0.0] * 1430
    days = minutes(EVENTS, [C] * 2880, {"NONE": [100.0 - one for one in bad], "TIMEOUT": bad}, end=end)
    judgement = judge(slo(objective="0.999", window=MONTHLY), days, end + timedelta(minutes=1), MAIN)
    chart = burn_down(judgement)
    assert chart is not None
    assert (chart.times[0], len(chart.remaining)) == (np.datetime64("2026-06-01T00:00:00"), 2881)
    # 4320 of the 4 320 000 events of 30 days.
    assert chart.remaining[1440] == 1
    assert chart.remaining[1445] == pytest.approx(1 - 5 / 4320)
    assert chart.remaining[-1] == judgement.status.projected == pytest.approx(1 - 10 / 4320)
    assert judgement.status.window_end == datetime(2026, 7, 1, tzinfo=UTC)


def test_the_rolling_series_of_a_month_begins_anew_with_it() -> None:
    end = datetime(2026, 6, 1, 0, 30, tzinfo=UTC)
    length = 31 * 1440 + 30
    bad = [0.0] * 1440 + [50.0] * 600 + [0.0] * (length - 2040)
    days = minutes(EVENTS, [C] * length, {"NONE": [100.0] * length, "TIMEOUT": bad}, end=end)
    series = rolling_remaining(judge(slo(objective="0.99", window=MONTHLY), days, end + timedelta(minutes=1), MAIN))
    assert series is not None
    before = int(np.flatnonzero(series.times == np.datetime64("2026-06-01T00:00:00"))[0])
    # May: 30 000 bad of 44 640 · 100 + 30 000 at 1 %; June: nothing.
    assert series.remaining[before] == pytest.approx(1 - 30_000 / (0.01 * (44_640 * 100 + 30_000)))
    assert (series.remaining[before + 1 :] == 1).all()


def test_spend_is_shown_by_local_day_and_hour() -> None:
    """Berlin, 28 March 22:00 UTC to 29 March 04:00 UTC: hours 23, 0, 1, then 3 (there is no 2), 4, 5."""
    end = datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
    bad = [float(hour + 1) for hour in range(6) for _ in range(60)]
    days = minutes(EVENTS, [C] * 360, {"NONE": [100.0 - one for one in bad], "TIMEOUT": bad}, end=end)
    judgement = judge(slo(objective="0.9", window=timedelta(hours=6)), days, end + timedelta(minutes=1), MAIN)
    grid = spend_grid(judgement, ZoneInfo("Europe/Berlin"))
    assert grid is not None
    assert grid.days == (date(2026, 3, 28), date(2026, 3, 29))
    hours = {(0, 23): 60, (1, 0): 120, (1, 1): 180, (1, 3): 240, (1, 4): 300, (1, 5): 360}
    for (day, hour), spent in hours.items():
        assert grid.share[day, hour] == pytest.approx(spent / 3600)
    assert np.isnan(grid.share[1, 2])
    assert np.isnan(grid.share).sum() == 48 - 6


def test_an_hour_that_nobody_observed_is_unknown_and_not_free() -> None:
    days = minutes(EVENTS, [C] * 60 + [U] * 60 + [C] * 60, {"NONE": [1.0] * 60 + [0.0] * 60 + [1.0] * 60})
    judgement = judge(slo(window=timedelta(hours=3)), days, NOW, MAIN)
    grid = spend_grid(judgement)
    assert grid is not None
    assert grid.share[0, 9:12].tolist() == [0, pytest.approx(float("nan"), nan_ok=True), 0]
    times, share = sli_per_hour(judgement)
    assert times[0] == np.datetime64("2026-03-10T09:00:00")
    assert share.tolist() == [1, pytest.approx(float("nan"), nan_ok=True), 1]


def test_the_good_share_of_time_slices_is_of_the_minutes_that_were_observed() -> None:
    lag = gauge_sli()
    # Hour 10 was not observed, of hour 11 a half, in which 6 of 30 minutes were bad.
    states = [C] * 60 + [U] * 90 + [C] * 30
    values = {"1": [0.0] * 150 + [2000.0] * 6 + [0.0] * 24}
    _, share = sli_per_hour(judge(slo(lag, window=timedelta(hours=3)), minutes(lag, states, values), NOW, MAIN))
    assert share.tolist() == [1, pytest.approx(float("nan"), nan_ok=True), 0.8]


def test_an_invariant_and_an_idle_slo_have_nothing_to_burn() -> None:
    canary = judge(slo(CANARY), minutes(CANARY, [C] * 60, {"acknowledged": [9.0] * 60}), NOW, MAIN)
    idle = judge(slo(), minutes(EVENTS, [C] * 60, {}), NOW, MAIN)
    for judgement in (canary, idle):
        assert (burn_down(judgement), rolling_remaining(judgement), spend_grid(judgement)) == (None, None, None)


def test_the_last_edge_is_the_as_of() -> None:
    judgement = judge(slo(), minutes(EVENTS, [C] * 60, {"NONE": [1.0] * 60}), NOW, MAIN)
    assert edge(judgement.standing.span.end) == judgement.status.as_of == END
