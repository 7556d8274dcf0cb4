"""The burn-down chart, checked against numbers worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pytest

from dashboard.charts.burndown import burn_down_alt, burn_down_figure, stretches
from dashboard.charts.downsampling import MOST_POINTS, chosen_points
from dashboard.definitions import produce_success
from dashboard.theme import DARK, LIGHT, Palette
from scoring.catalog.estate import ClusterName
from scoring.slo.slices import GROUP, MINUTES_PER_DAY, MinuteState, SliceDay
from scoring.slo.status import BurnDown, burn_down

EU = ClusterName("eu")
NOW = datetime(2026, 11, 20, 12, 1, 30, tzinfo=UTC)
START = (NOW - timedelta(days=31)).date()


def burning(failed: dict[int, float], states: dict[range, MinuteState] | None = None) -> BurnDown:
    """1 000 answers a minute for 31 days; minutes are counted back from the end of the window, 1 is the last one."""
    minutes = 32 * MINUTES_PER_DAY
    end = int((NOW - timedelta(seconds=90) - datetime.combine(START, time(), UTC)).total_seconds() // 60)
    state = np.full(minutes, MinuteState.COVERED, dtype=np.uint8)
    state[end:] = MinuteState.PENDING
    for span, value in (states or {}).items():
        state[[end - back for back in span]] = value
    bad = np.zeros(minutes)
    for back, number in failed.items():
        bad[end - back] = number
    counted = state == MinuteState.COVERED
    series = {GROUP: np.zeros(minutes), "NONE": (1_000 - bad) * counted, "NOT_ENOUGH_REPLICAS": bad * counted}
    definition = produce_success()
    days = [
        SliceDay(definition.sli.hash, EU, "", name, START + timedelta(days=day), *part(values, state, day))
        for name, values in series.items()
        for day in range(32)
    ]
    burn = burn_down(definition, days, NOW, EU)
    assert burn is not None
    return burn


def part(values: np.ndarray, state: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
    span = slice(day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY)
    return values[span], state[span]


def test_the_label_and_the_words_say_what_is_left() -> None:
    # 43 200 minutes of 1 000 answers allow 4 320 bad ones at 99.99 %; 1 080 are a quarter of them.
    burn = burning({100: 1_000, 99: 80})
    assert burn.status.objective == Decimal("0.9999")
    figure = burn_down_figure(burn, LIGHT)
    assert "<b>● 75.0 % left</b>" in [note.text for note in figure.layout.annotations]
    assert burn_down_alt(burn).startswith("Error budget of Produce success over 30d, eu: 75.0 % left, 25.0 % spent.")


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_no_text_of_the_figure_is_small_or_pale(palette: Palette) -> None:
    figure = burn_down_figure(burning({5: 900}), palette)
    axes = (figure.layout.template.layout.xaxis, figure.layout.template.layout.yaxis)
    assert all(axis.tickfont.size >= 14 and axis.tickfont.color == palette.text for axis in axes)
    assert all(note.font.size >= 14 for note in figure.layout.annotations)


def test_what_nobody_observed_is_hatched_and_named() -> None:
    span = range(2_000, 3_000)
    burn = burning({}, {span: MinuteState.UNKNOWN})
    (hole,) = stretches(burn, (MinuteState.UNKNOWN,))
    assert hole.minutes == 1_000
    figure = burn_down_figure(burn, LIGHT)
    assert [trace.fillpattern.shape for trace in figure.data if trace.fillpattern.shape] == ["/"]
    assert "no data" in [note.text for note in figure.layout.annotations]
    assert "Without data: 1\u202f000 minutes." in burn_down_alt(burn)


def test_a_dead_platform_is_said_in_words() -> None:
    burn = burning({}, {range(1, 4): MinuteState.DOWN})
    figure = burn_down_figure(burn, LIGHT)
    assert "■ down 3 min" in [note.text for note in figure.layout.annotations]
    assert "Platform down: 3 minutes." in burn_down_alt(burn)


def test_an_overspent_budget_is_drawn_below_zero() -> None:
    burn = burning({10: 1_000, 11: 1_000, 12: 1_000, 13: 1_000, 14: 1_000})
    figure = burn_down_figure(burn, LIGHT)
    assert figure.layout.yaxis.range[0] < -15
    assert any("■ \u221215.8 % left" in note.text for note in figure.layout.annotations)


def test_a_month_of_minutes_is_drawn_with_a_thousand_points_and_keeps_its_edges() -> None:
    values = np.ones(43_201)
    values[20_000:20_010] = 0.25
    values[-1] = 0.5
    drawn = chosen_points(values)
    assert len(drawn) <= MOST_POINTS
    assert (np.diff(drawn) > 0).all()
    assert drawn[0] == 0
    assert drawn[-1] == 43_200
    assert values[drawn].min() == 0.25


def test_few_points_are_all_drawn() -> None:
    assert chosen_points(np.arange(5.0)).tolist() == [0, 1, 2, 3, 4]
