"""The page of one SLO: its model and its figures, each number counted by hand on an hour of 100 answers a minute.

Of 6 000 answers 99 % allow 60 bad ones.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from dashboard.agreed import terms_key
from dashboard.charts.downsampling import MOST_POINTS
from dashboard.charts.marks import MOST_LANES, Mark, lanes
from dashboard.charts.remaining import burn_down_figure, rolling_figure
from dashboard.charts.spend import sli_figure, spend_figure
from dashboard.charts.template import TEXT_SIZE
from dashboard.components.detail.numbers import empty_words
from dashboard.components.tile import budget_lines
from dashboard.detailing import Detail, detailed, happened, supposed
from dashboard.repeating import dialect_used, repeat_query, unit_of
from dashboard.theme import DARK, LIGHT, Palette
from data.definitions.promql import parsed
from data.store.policy.read import EVERYTHING_HERE, AnnotationKind, AnnotationRow
from scoring.slo.definition import CounterQuery, Dialect, Reading, Selector
from scoring.slo.exemptions import EVERY_SLO, Exemption
from scoring.slo.forecast import Exhaustion
from scoring.slo.judging import PLAIN_TERMS, Terms, judge
from scoring.slo.whatif import Supposition
from tests.unit.scoring.slo.histories import CANARY, END, EVENTS, MAIN, NOW, C, D, U, gauge_sli, minutes, slo

HOUR_AGO = END - timedelta(hours=1)


def detail(bad: dict[int, float], states: list[Any] | None = None) -> Detail:
    """100 answers a minute; `bad` by minute of the hour."""
    lost = [float(bad.get(at, 0)) for at in range(60)]
    state = states or [C] * 60
    seen = [100.0 if one is C else 0.0 for one in state]
    counted = {"NONE": [all_ - one for all_, one in zip(seen, lost, strict=True)], "TIMEOUT": lost}
    one = judge(slo(), minutes(EVENTS, state, counted), NOW, MAIN)
    return detailed(one, [one])


def figure(found: Detail, palette: Palette = LIGHT, marks: tuple[Mark, ...] = ()) -> Any:
    assert found.burn is not None
    query = "sum(increase(x[%{MINUTES}m] @ %{UNTIL}))"
    return burn_down_figure(found.burn, found.bad, found.total, query, marks, palette)


def trace(drawn: Any, name: str) -> Any:
    return next(one for one in drawn["data"] if one["name"] == name)


def test_the_model_counts_what_was_bad_and_all_since_the_window_began() -> None:
    found = detail({10: 6, 20: 12})
    assert (found.bad[0], found.bad[11], found.bad[21], found.bad[-1]) == (0, 6, 18, 18)
    assert (found.total[1], found.total[-1]) == (100, 6000)
    assert found.burn is not None
    assert found.burn.remaining[-1] == pytest.approx(1 - 18 / 60)
    assert [(one.name, one.bad) for one in found.by_component] == [("TIMEOUT", 18)]
    assert found.by_label == {}


def test_a_down_platform_s_estimate_is_in_both_sums_beside_the_chart() -> None:
    found = detail({}, [C] * 50 + [D] * 10)
    assert (found.bad[50], found.bad[-1]) == (0, 1000)
    assert found.total[-1] == 6000


def test_the_line_begins_full_and_ends_at_the_tile_s_number() -> None:
    found = detail({10: 6, 20: 12})
    line = trace(figure(found), "left")
    assert (line["y"][0], line["y"][-1]) == (100, pytest.approx(70))
    assert found.judgement.status.remaining == pytest.approx(0.7)
    assert len(line["x"]) == 61
    assert list(line["customdata"][-1]) == [18, 6000, 60, END.timestamp()]


def test_the_ideal_line_goes_from_all_to_nothing() -> None:
    assert list(trace(figure(detail({})), "ideal")["y"]) == [100, 0]


def test_pointing_at_the_line_says_bad_total_and_the_query_of_that_point() -> None:
    hover = trace(figure(detail({})), "left")["hovertemplate"]
    assert "%{customdata[0]:,.0f} bad of %{customdata[1]:,.0f}" in hover
    assert "sum(increase(x[%{customdata[2]:d}m] @ %{customdata[3]:d}))" in hover.replace("<br>", " ")


def test_each_zone_of_the_policy_is_named_at_the_right_edge() -> None:
    layout = figure(detail({}))["layout"]
    assert [one["text"] for one in layout["annotations"]] == [
        "lockdown &lt; 5 %",
        "incident &lt; 10 %",
        "halt &lt; 20 %",
    ]
    zones = [(shape["y0"], shape["y1"]) for shape in layout["shapes"]]
    assert zones == [(0, 5), (5, 10), (10, 20)]


def test_an_overspent_budget_is_drawn_below_zero_with_one_name_for_zones_too_narrow_for_three() -> None:
    drawn = figure(detail({10: 90}))
    assert drawn["layout"]["yaxis"]["range"][0] == -55
    assert [one["text"] for one in drawn["layout"]["annotations"]] == ["halt<br>incident<br>lockdown"]
    assert trace(drawn, "left")["y"][-1] == pytest.approx(-50)


def test_a_far_overspent_budget_s_labels_have_their_room() -> None:
    usual, overspent = (figure(found)["layout"] for found in (detail({}), detail({10: 100, 20: 100, 30: 100})))
    assert max(overspent["yaxis"]["ticktext"], key=len) == "−400 %"
    # "100 %" is 38 pixels wide in a browser, and a tick takes 5.
    assert usual["margin"]["l"] >= 38 + 5
    assert overspent["margin"]["l"] >= 38 * 6 / 5 + 5


def test_what_nobody_observed_is_hatched_and_what_was_down_is_filled() -> None:
    drawn = figure(detail({}, [C] * 40 + [U] * 10 + [D] * 5 + [C] * 5))
    hatched, filled = trace(drawn, "nobody observed this"), trace(drawn, "platform down, estimated")
    assert hatched["fillpattern"]["shape"] == "/"
    assert (hatched["x"][0].minute, hatched["x"][2].minute) == (40, 50)
    assert filled["fillcolor"] == LIGHT.lockdown


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_no_text_of_a_figure_is_small_or_pale(palette: Palette) -> None:
    found = detail({10: 30})
    assert found.grid is not None
    for drawn in (figure(found, palette), spend_figure(found.grid, "UTC", palette)):
        for label in drawn["layout"]["annotations"]:
            assert label["font"]["size"] >= TEXT_SIZE - 1
            assert label["font"]["color"] != palette.border


def test_a_month_of_minutes_is_drawn_with_a_thousand_points_in_less_than_100_kilobytes() -> None:
    definition = slo(window=timedelta(days=30))
    number = 43_200
    lost = np.random.default_rng(4).poisson(0.4, number).astype(float)
    days = minutes(EVENTS, [C] * number, {"NONE": list(100 - lost), "TIMEOUT": list(lost)})
    one = judge(definition, days, NOW, MAIN)
    found = detailed(one, [one])
    assert found.burn is not None
    drawn = burn_down_figure(found.burn, found.bad, found.total, "q", (), LIGHT)
    line = next(each for each in drawn.data if each.name == "left")
    assert len(line.x) <= MOST_POINTS
    assert line.y[-1] == found.burn.remaining[-1] * 100
    assert len(json.dumps(drawn.to_plotly_json(), default=str)) < 300_000
    assert len(drawn.to_json()) < 100_000


def test_the_rolling_line_ends_at_the_tile_s_number() -> None:
    found = detail({10: 6, 20: 12})
    assert found.rolling is not None
    status = found.judgement.status
    drawn = rolling_figure(found.rolling, status.policy.thresholds, LIGHT.healthy, LIGHT)
    assert drawn.data[0].y[-1] == pytest.approx(70)
    assert drawn.data[-1].marker.color == LIGHT.healthy


def test_the_strip_has_a_column_a_day_and_says_the_dearest_hour() -> None:
    found = detail({10: 6, 20: 12})
    assert found.grid is not None
    drawn = spend_figure(found.grid, "UTC", LIGHT)
    cells = np.asarray(drawn.data[0].z)
    assert cells.shape == (24, 1)
    # The window is 11:00 to 12:00; everything of it lies in hour 11.
    assert cells[11, 0] == pytest.approx(30)
    assert np.isnan(cells[12, 0])
    assert [one.text for one in drawn.layout.annotations] == ["30.0 %"]


def test_the_good_share_stands_beside_what_was_promised() -> None:
    found = detail({10: 6, 20: 12})
    drawn = sli_figure(found.hours, found.good, Decimal("0.99"), LIGHT)
    assert drawn.data[0].y[0] == pytest.approx(99.7)
    assert [one.text for one in drawn.layout.annotations] == ["promised<br>99 %"]
    assert drawn.layout.yaxis.range[0] < 99


def mark(number: int, minute: int) -> Mark:
    return Mark(number, "deploy", HOUR_AGO + timedelta(minutes=minute), None)


def test_labels_that_are_near_each_other_take_rows_of_their_own() -> None:
    assert lanes([mark(1, 0), mark(2, 5), mark(3, 30)], HOUR_AGO, END) == [0, 1, 0]


def test_where_too_much_happened_at_once_a_line_stands_without_its_label() -> None:
    crowd = [mark(number, 10) for number in range(MOST_LANES + 2)]
    assert lanes(crowd, HOUR_AGO, END) == [0, 1, 2, None, None]


def test_a_mark_is_numbered_and_what_lasted_is_an_area() -> None:
    lasted = Mark(2, "incident", HOUR_AGO + timedelta(minutes=40), HOUR_AGO + timedelta(minutes=50))
    layout = figure(detail({}), marks=(mark(1, 0), lasted))["layout"]
    assert [one["text"] for one in layout["annotations"]][3:] == ["1 deploy", "2 incident"]
    assert [shape["type"] for shape in layout["shapes"]][3:] == ["line", "rect"]


def row(start: datetime, end: datetime | None) -> AnnotationRow:
    return AnnotationRow(1, AnnotationKind.DRILL, EVERYTHING_HERE, start, end, "a drill", "", END, "ann")


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (-120, -61, False),
        (-120, -60, True),
        (-120, None, True),
        (-10, -10, True),
        (0, None, True),
        (5, None, False),
    ],
)
def test_what_touches_the_window_is_shown_beside_it(start: int, end: int | None, shown: bool) -> None:
    told = row(END + timedelta(minutes=start), None if end is None else END + timedelta(minutes=end))
    assert bool(happened([told], detail({}).judgement)) is shown


def exhausted(*moments: datetime | None) -> Exhaustion:
    return Exhaustion(dict(zip(("1d", "3d", "7d"), moments, strict=False)), (), spent=False)


@pytest.mark.parametrize(
    ("gone", "soon", "rest"),
    [
        (None, "no data", "at the pace"),
        (Exhaustion({}, (), spent=True), "spent", "there is nothing left"),
        (Exhaustion({}, ("1d", "3d", "7d"), spent=False), "no data", "at the pace"),
        (exhausted(None, None), "never", "at the pace"),
        (exhausted(END + timedelta(hours=4), None), "4\u202fh", "or never"),
        (exhausted(END + timedelta(hours=4), END + timedelta(days=2)), "4\u202fh", "to 2\u202fd"),
    ],
)
def test_the_end_of_the_budget_is_a_range_in_words(gone: Exhaustion | None, soon: str, rest: str) -> None:
    first, words = empty_words(gone, END)
    assert first == soon
    assert words.startswith(rest)


def test_other_terms_are_another_answer() -> None:
    one = Exemption(
        id="E-1",
        slos=frozenset({EVERY_SLO}),
        start=HOUR_AGO,
        end=END,
        reason="test",
        requested_by="ann",
        approved_by="bob",
        recorded_at=HOUR_AGO,
    )
    assert terms_key(PLAIN_TERMS) != terms_key(Terms(exemptions=(one,)))


def test_the_query_asks_for_each_counter_with_the_cluster_s_labels() -> None:
    dialect = dialect_used(EVENTS, ["NONE"])
    query = repeat_query(EVENTS, dialect, {"cluster": "eu"}, "60", "1700000000")
    assert query == 'sum by (error) (increase(errors{cluster="eu"}[60m] @ 1700000000))'


def test_the_query_of_time_slices_counts_the_minutes_that_break_the_condition() -> None:
    lag = gauge_sli()
    query = repeat_query(lag, lag.dialects[0], {}, "60", "1700000000")
    assert query == ("count_over_time((max by (broker) (max_over_time(lag[59999ms])) >= 1000)[60m:1m] @ 1700000000)")


@pytest.mark.parametrize("reading", list(Reading))
def test_every_query_is_promql(reading: Reading) -> None:
    counter = CounterQuery(Selector("latency"), component="all", reading=reading, bound=Decimal("0.5"))
    dialect = Dialect("native", (counter,), Selector("latency"))
    parsed(repeat_query(EVENTS, dialect, {"cluster": "eu"}, "60", "1700000000"))


def test_what_is_counted_has_a_unit() -> None:
    assert (unit_of(EVENTS), unit_of(gauge_sli()), unit_of(CANARY)) == ("events", "minutes", "records")


def test_where_nothing_is_supposed_the_judgement_at_hand_is_both_and_nothing_is_read() -> None:
    one = detail({10: 6}).judgement
    nothing_to_read: Any = None
    found = supposed(nothing_to_read, one, NOW, Supposition(objective=Decimal("0.9900")), PLAIN_TERMS)
    assert found.actual is one
    assert found.supposed is one


def test_an_invariant_has_nothing_to_burn() -> None:
    one = judge(slo(CANARY, None), minutes(CANARY, [C] * 60, {"acknowledged": [100.0] * 60}), NOW, MAIN)
    found = detailed(one, [one])
    assert (found.burn, found.rolling, found.grid, found.costliest) == (None, None, None, ())


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        # 42 of 60 are left, at 100 a minute: 25.2 s. 160 bad ones are 100 too many: a minute.
        (18, "42 more may fail: 25\u202fs of full outage left"),
        (160, "overspent by 1\u202fmin of full outage"),
    ],
)
def test_what_is_left_is_told_in_minutes_of_full_outage(bad: float, words: str) -> None:
    assert budget_lines(detail(dict.fromkeys(range(4), bad / 4)).judgement.status)[2] == words
