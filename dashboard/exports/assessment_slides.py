"""The record of a maturity assessment as slides for a leadership team; everything can be edited in PowerPoint."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from dashboard.exports.assessment_parts import spread_slide
from dashboard.exports.slides import Chart, Grid, Slide
from dashboard.maturity import COMPARISONS, Told, bounds_words, told_by
from dashboard.theme import LIGHT
from dashboard.wording import plural
from scoring.maturity.roadmap import in_order
from scoring.maturity.rubric import Answer, Dimension, Indicator
from scoring.maturity.staging import reading
from scoring.meetings.actions import ActionStatus
from scoring.meetings.records import Record

STRONG, PALE, GREY = LIGHT.accent, "#A9CDF2", "#D0D7DE"
MOST_ROWS = 12


def slides(record: Record, before: Record | None) -> list[Slide]:  # noqa: ARG001 - the form of every kind
    """Up to ten slides: result, levels, profile, spread, indicators, what to talk about, the way on, actions."""
    told = told_by(record)
    return [
        _headline(told, record),
        _levels(told),
        _profile(told),
        *spread_slide(told),
        *_indicators(told),
        *_talk(told),
        *_way(told),
        *_actions(record),
    ]


def _headline(told: Told, record: Record) -> Slide:
    decided, people = told.decided, told.snapshot.result["respondents"]
    level = decided["profile_level"]
    profile = "cannot be told: a dimension has no rating" if level is None else f"is at level {level}"
    return Slide(
        told.headline,
        [
            f"{told.title}, {told.as_of:%Y-%m-%d}",
            f"Index {bounds_words(decided)} of 5",
            f"The profile of the five dimensions {profile}",
            f"{plural(people['voters'], 'voter')}; {plural(len(record.decisions), 'decision')} recorded",
            f"Contradictions: {', '.join(' and '.join(pair) for pair in decided['contradictions']) or 'none'}",
            f"Ahead of the level: {', '.join(decided['ahead']) or 'nothing'}",
        ],
    )


def _levels(told: Told) -> Slide:
    names = [f"{level.number} {level.title}" for level in told.rubric.levels]
    satisfied: list[float | None] = [one["satisfied"] for one in told.decided["counts"]]
    unknown: list[float | None] = [_unknown(told, level.number) for level in told.rubric.levels]
    lacking: list[float | None] = [
        one["applicable"] - one["satisfied"] - missing
        for one, missing in zip(told.decided["counts"], unknown, strict=True)
    ]
    words = ", ".join(
        f"level {one['level']}: {one['satisfied']} of {one['applicable']}" for one in told.decided["counts"]
    )
    chart = Chart(
        alt=f"Indicators satisfied by level. {words}",
        categories=names,
        series={"satisfied": satisfied, "not answered": unknown, "not satisfied": lacking},
        colours=[STRONG, PALE, GREY],
        stacked=True,
    )
    return Slide("A level is reached when it and all below are complete", [f"Satisfied of applicable: {words}"], chart)


def _unknown(told: Told, level: int) -> int:
    now = reading(told.answers)
    return sum(told.answers[one.id] is Answer.UNKNOWN and not now.satisfies(one) for one in told.rubric.gating(level))


def _profile(told: Told) -> Slide:
    below = [one.value for one in Dimension if (told.medians[one] or told.needed[one]) < told.needed[one]]
    target = min(told.level + 1, 5)
    title = f"Below level {target}: {', '.join(below)}" if below else f"No rated dimension is below level {target}"
    chart = Chart(
        alt="Ratings by dimension and what the next level needs",
        categories=[one.value for one in Dimension],
        series={
            "rated (median)": [told.medians[one] for one in Dimension],
            f"needed at level {target}": [told.needed[one] for one in Dimension],
        },
        colours=[STRONG, GREY],
        highest=5,
    )
    return Slide(
        title, ["Ratings from 1 to 5 by the people in the room; a dimension without a bar was not rated."], chart
    )


def _indicators(told: Told) -> list[Slide]:
    header = ("Level", "Indicator", "Answer", "Beside the evidence")
    some = told.rubric.indicators
    groups: Sequence[tuple[str, Sequence[Indicator]]] = (
        ("Levels 1 to 3: what people answer, and what evidence says", [one for one in some if one.level < 4]),
        ("Levels 4 and 5: what people answer, and what evidence says", [one for one in some if one.level > 3]),
    )
    return [
        Slide(title, grid=Grid(header, [_row(told, one) for one in rows], (0.7, 7, 1.4, 2.6), 13))
        for title, rows in groups
    ]


def _row(told: Told, indicator: Indicator) -> tuple[str, str, str, str]:
    numbers = told.numbers(indicator.id)
    comparison = str(numbers["comparison"])
    return str(indicator.level), told.title_of(indicator.id), numbers["answer"], COMPARISONS.get(comparison, comparison)


def _talk(told: Told) -> list[Slide]:
    rows = []
    for numbers in told.snapshot.subjects.values():
        agreed: dict[str, Any] | None = numbers["rounds"][-1]["agreement"] if numbers["rounds"] else None
        if agreed is not None and agreed["discuss"]:
            rows.append((str(numbers["id"]), str(numbers["title"]), "; ".join(agreed["reasons"])))
    if not rows:
        return []
    more = f", the first {MOST_ROWS} of them" if len(rows) > MOST_ROWS else ""
    title = f"{plural(len(rows), 'question')} to talk about{more}"
    return [Slide(title, grid=Grid(("Question", "", "Why"), rows[:MOST_ROWS], (1.6, 5, 5)))]


def _way(told: Told) -> list[Slide]:
    gap = told.gap
    if gap is None:
        return []
    lacking = [told.title_of(one) for one in gap.lacking]
    most = told.decided["matters_most"]
    lines = [
        f"Not there yet ({len(lacking)} of {len(lacking) + len(gap.satisfied)}): {', '.join(gap.lacking) or 'nothing'}",
        *([f"The most telling unknown: {told.title_of(most)}"] if most else []),
        *(f"Pitfall: {one.text}" for one in gap.pitfalls[:4]),
    ]
    actions = in_order([one for one in told.rubric.actions if one.from_level == max(told.level, 1)])
    if not actions:
        return [Slide(f"The way to level {gap.level}", lines)]
    chart = Chart(
        alt="Actions on the way to the next level, impact divided by effort, in the order in which they can be done",
        categories=[f"{one.id} {one.title}" for one in actions],
        series={"impact ÷ effort": [float(Fraction(one.impact, one.effort)) for one in actions]},
        colours=[STRONG],
        digits="0.0",
    )
    ordered = ["Impact ÷ effort, none before what it needs; done from the top."]
    return [Slide(f"The way to level {gap.level}", lines), Slide(f"The roadmap to level {gap.level}", ordered, chart)]


def _actions(record: Record) -> list[Slide]:
    rows = [
        (one.text, one.owner or "nobody", "" if one.due is None else one.due.isoformat())
        for one in record.actions
        if one.status is ActionStatus.OPEN
    ]
    if not rows:
        return []
    more = f", the first {MOST_ROWS} of them" if len(rows) > MOST_ROWS else ""
    title = f"{plural(len(rows), 'open action')}{more}"
    return [Slide(title, grid=Grid(("Action", "Owner", "Due"), rows[:MOST_ROWS], (7, 2, 1.6)))]
