"""The pictures of a result: filled, hatched and bracketed by numbers worked out by hand; and what they say in words."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dashboard.charts.maturity import (
    LINE_SIZES,
    PROFILE_SIZES,
    RAMP,
    SIZES,
    Point,
    ladder_alt,
    ladder_picture,
    line_alt,
    line_picture,
    profile_alt,
    profile_picture,
)
from dashboard.charts.picture import HATCH
from dashboard.maturity import told_by
from dashboard.theme import DARK, LIGHT
from scoring.maturity.rubric import Dimension
from tests.unit.dashboard.exports.assessments import assessment

TOLD = told_by(assessment())
TEXT = re.compile(r'<text x="(-?[\d.]+)" y="(-?[\d.]+)".*?text-anchor="(\w+)".*?>(.*?)</text>')


def test_confirmed_levels_are_filled_and_the_next_is_hatched_by_its_share() -> None:
    size = SIZES["wide"]
    drawn = ladder_picture(TOLD, LIGHT, size)
    assert [fill for fill, _ in RAMP if f'fill="{fill}"' in drawn] == [RAMP[0][0], RAMP[1][0]]
    (hatched,) = re.findall(rf'width="([\d.]+)" height="[\d.]+" fill="{re.escape(HATCH)}"', drawn)
    # 1 684 pixels for five levels, 97 % of each is its field, 4 of 6 are satisfied.
    assert float(hatched) == pytest.approx(1684 / 5 * 0.97 * 4 / 6, abs=0.1)


def test_the_bracket_reaches_from_the_lower_to_the_upper_index() -> None:
    drawn = ladder_picture(TOLD, LIGHT, SIZES["wide"])
    (left, right) = re.findall(r'd="M([\d.]+) [\d.]+ V[\d.]+ H([\d.]+) V', drawn)[0]
    assert float(left) == pytest.approx(8 + 1684 / 5 * 8 / 3, abs=0.1)
    assert float(right) == pytest.approx(8 + 1684 / 5 * 17 / 6, abs=0.1)
    assert "index 2.67 to 2.83" in drawn


def test_without_an_unknown_the_index_is_one_mark() -> None:
    drawn = ladder_picture(told_by(assessment({"L3.4": "no"})), LIGHT, SIZES["medium"])
    assert "index 2.67<" in drawn
    assert "unknown as no" not in drawn


def test_the_pictures_say_in_words_what_they_show() -> None:
    assert ladder_alt(TOLD).startswith(
        "Five levels, 2 confirmed, index 2.67 with unknown as no, 2.83 with unknown as yes"
    )
    assert "Governance rated 3, needs 4" in profile_alt(TOLD)
    assert line_alt("Index", [Point(date(2026, 8, 1), 2.33, 2.5)]) == "Index. 2026-08-01: 2.33"


@pytest.mark.parametrize("width", ["narrow", "medium", "wide"])
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_text_of_the_pictures_is_inside_them(width: str, palette: object) -> None:
    assert palette in (LIGHT, DARK)
    theme = LIGHT if palette is LIGHT else DARK
    points = [Point(date(2026, 8, 1), 2.33, 2.5), Point(date(2026, 11, 1), 2.67, 2.83)]
    for drawn, size in (
        (ladder_picture(TOLD, theme, SIZES[width]), SIZES[width]),
        (profile_picture(TOLD, theme, PROFILE_SIZES[width]), PROFILE_SIZES[width]),
        (line_picture(points, theme, LINE_SIZES[width], (0, 5)), LINE_SIZES[width]),
    ):
        for x, y, anchor, words in re.findall(
            r'<text x="(-?[\d.]+)" y="(-?[\d.]+)".*?text-anchor="(\w+)".*?>(.*?)</text>', drawn
        ):
            room = 8.2 * len(words)  # more than the mean width of a letter at 15 pixels
            left = float(x) - {"start": 0.0, "middle": room / 2, "end": room}[anchor]
            assert left >= -2, (width, words)
            assert left + room <= size.width + 2, (width, words)
            assert 0 <= float(y) <= size.height, (width, words)


def test_a_dimension_that_nobody_rated_has_a_ring_and_no_dot() -> None:
    def dots(drawn: str) -> int:
        return drawn.count('r="7"')

    unrated = told_by(assessment())
    unrated.medians[Dimension.SKILLS] = None
    assert (dots(profile_picture(told_by(assessment()), LIGHT, PROFILE_SIZES["wide"])), 5) == (5, 5)
    assert dots(profile_picture(unrated, LIGHT, PROFILE_SIZES["wide"])) == 4
    assert "not rated, needs 3" in profile_picture(unrated, LIGHT, PROFILE_SIZES["wide"])


def test_values_that_do_not_change_and_one_alone_are_drawn() -> None:
    for values in ([5.0], [5.0, 5.0], [0.0]):
        points = [Point(date(2026, 8, 1 + number), value, value) for number, value in enumerate(values)]
        assert "<circle" in line_picture(points, LIGHT, LINE_SIZES["narrow"], None, "%")
