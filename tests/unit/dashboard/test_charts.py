"""The burn-down chart, checked against numbers worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest

from dashboard.charts.burndown import burn_down_alt, burn_down_picture, stretches
from dashboard.charts.downsampling import MOST_POINTS, chosen_points
from dashboard.charts.picture import SIZES, TEXT_SIZE, Size
from dashboard.definitions import produce_success
from dashboard.theme import DARK, LIGHT, Palette
from scoring.catalog.estate import ClusterName
from scoring.slo.judging import judge
from scoring.slo.series import BurnDown, burn_down
from scoring.slo.slices import GROUP, MINUTES_PER_DAY, MinuteState, SliceDay

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
    burn = burn_down(judge(definition, days, NOW, EU))
    assert burn is not None
    return burn


def part(values: np.ndarray, state: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
    span = slice(day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY)
    return values[span], state[span]


WIDE = SIZES["wide"]
SVG = "{http://www.w3.org/2000/svg}"


def drawn_picture(burn: BurnDown, palette: Palette = LIGHT, size: Size = WIDE) -> ElementTree.Element:
    return ElementTree.fromstring(burn_down_picture(burn, palette, size))  # noqa: S314 - our own text


def texts(picture: ElementTree.Element) -> list[str]:
    return [str(text.text) for text in picture.iter(f"{SVG}text")]


def points(picture: ElementTree.Element, colour: str) -> list[tuple[float, float]]:
    """The points of the line that has this colour and is the widest, in pixels."""
    lines = [line for line in picture.iter(f"{SVG}polyline") if line.get("stroke") == colour]
    widest = max(lines, key=lambda line: float(str(line.get("stroke-width"))))
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in str(widest.get("points")).split())]


def test_the_label_and_the_words_say_what_is_left() -> None:
    # 43 200 minutes of 1 000 answers allow 4 320 bad ones at 99.99 %; 1 080 are a quarter of them.
    burn = burning({100: 1_000, 99: 80})
    assert burn.status.objective == Decimal("0.9999")
    shown = texts(drawn_picture(burn))
    assert shown[-2:] == ["● 75.0 %", "left"]
    assert burn_down_alt(burn).startswith("Error budget of Produce success over 30d, eu: 75.0 % left, 25.0 % spent.")


def test_the_line_begins_full_at_the_left_and_ends_at_the_right_at_what_is_left() -> None:
    line = points(drawn_picture(burning({100: 1_000, 99: 80})), LIGHT.accent)
    # 1080 wide with margins 68 and 124; 420 high with 28 and 34, and 106 % at the top: 358 pixels for 106 percent.
    assert line[0] == pytest.approx((68.0, 28 + 6 / 106 * 358), abs=0.051)
    assert line[-1] == pytest.approx((956.0, 28 + 31 / 106 * 358), abs=0.051)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_no_text_of_the_picture_is_small_or_pale(palette: Palette) -> None:
    picture = drawn_picture(burning({5: 900}), palette)
    assert TEXT_SIZE >= 14
    assert picture.get("font-size") == str(TEXT_SIZE)
    allowed = {palette.text, palette.muted, palette.healthy}
    assert {text.get("fill") for text in picture.iter(f"{SVG}text")} <= allowed


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("failed", [{}, {100: 1_000, 99: 1_000, 98: 400}, dict.fromkeys(range(10, 20), 1_000.0)])
def test_no_text_leaves_the_picture_or_lies_on_another(size: Size, failed: dict[int, float]) -> None:
    burn = burning(failed, {range(2_000, 9_000): MinuteState.UNKNOWN, range(30, 40): MinuteState.DOWN})
    boxes = [box_of(text) for text in drawn_picture(burn, LIGHT, size).iter(f"{SVG}text")]
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert right <= size.width
        assert top >= 0
        assert bottom <= size.height
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def box_of(text: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, with 0.65 of the font's size for a letter: a wide sans serif's bold digit."""
    x, y = float(str(text.get("x"))), float(str(text.get("y")))
    width = len(str(text.text)) * TEXT_SIZE * 0.65
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[str(text.get("text-anchor"))]
    return left, y - TEXT_SIZE / 2, left + width, y + TEXT_SIZE / 2


def test_what_nobody_observed_is_hatched_and_named() -> None:
    span = range(2_000, 5_000)
    burn = burning({}, {span: MinuteState.UNKNOWN})
    (hole,) = stretches(burn, (MinuteState.UNKNOWN,))
    assert hole.minutes == 3_000
    picture = drawn_picture(burn)
    (hatched,) = (box for box in picture.iter(f"{SVG}rect") if box.get("fill") == "url(#hatch)")
    # 888 pixels stand for 43 200 minutes.
    assert float(str(hatched.get("width"))) == pytest.approx(3_000 / 43_200 * 888, abs=0.06)
    assert "no data" in texts(picture)
    assert "Without data: 3\u202f000 minutes." in burn_down_alt(burn)


def test_a_dead_platform_is_said_in_words() -> None:
    burn = burning({}, {range(1, 4): MinuteState.DOWN})
    assert "■ down 3 min" in texts(drawn_picture(burn))
    assert "Platform down: 3 minutes." in burn_down_alt(burn)


def test_an_overspent_budget_is_drawn_below_zero() -> None:
    burn = burning({10: 1_000, 11: 1_000, 12: 1_000, 13: 1_000, 14: 1_000})
    picture = drawn_picture(burn)
    assert "■ \u221215.8 %" in texts(picture)
    ((_, zero),) = {(0, float(str(text.get("y")))) for text in picture.iter(f"{SVG}text") if text.text == "0 %"}
    assert points(picture, LIGHT.accent)[-1][1] > zero


def test_the_dates_of_a_month_are_as_many_as_there_is_room_for() -> None:
    burn = burning({})
    # From Oct 21 12:00 to Nov 20 12:00; every 5 days counted from Oct 21, whose midnight is before the window.
    assert [text for text in texts(drawn_picture(burn)) if text.startswith(("Oct", "Nov"))] == [
        "Oct 26",
        "Oct 31",
        "Nov 5",
        "Nov 10",
        "Nov 15",
        "Nov 20",
    ]
    narrow = texts(drawn_picture(burn, size=SIZES["narrow"]))
    assert [text for text in narrow if text.startswith(("Oct", "Nov"))] == ["Nov 4", "Nov 18"]


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
