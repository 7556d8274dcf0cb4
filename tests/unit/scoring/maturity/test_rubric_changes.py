"""Two rubrics side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scoring.maturity.rubric import (
    LEVELS,
    ActionKey,
    Anchors,
    Better,
    Dimension,
    DimensionText,
    Disabled,
    Indicator,
    IndicatorId,
    Kpi,
    KpiId,
    Level,
    Polarity,
    ProbeId,
    RoadmapAction,
    Rubric,
    Statement,
    StatementId,
    StatementKind,
)
from scoring.maturity.rubric_changes import Change, ChangeKind, ItemKind, compare, same_results

FIRST, SECOND = (
    Indicator(
        id=IndicatorId(name),
        level=level,
        title=name.upper(),
        question=f"{name}?",
        polarity=Polarity.CAPABILITY,
        dimension=Dimension.TECHNOLOGY,
        anchors=Anchors("y", "p", "n"),
    )
    for name, level in (("first", 1), ("second", 2))
)
STATEMENT = Statement(StatementId("c1"), StatementKind.PITFALL, "It stops.")
ACTION = RoadmapAction(ActionKey("a1"), 1, "Begin", "Do it.", effort=1, impact=2, helps=(SECOND.id,))
KPI = Kpi(KpiId("k1"), "Things", "How many.", (1, 2), "", Better.HIGHER)
OLD = Rubric(
    id="small",
    version="1",
    language="en",
    levels=tuple(
        Level(number, f"Level {number}", "", (STATEMENT,) if number == 1 else (), dict.fromkeys(Dimension, number))
        for number in LEVELS
    ),
    dimensions=(DimensionText(Dimension.SKILLS, "Skills", "People.", ("a", "b", "c", "d", "e")),),
    indicators=(FIRST, SECOND),
    actions=(ACTION,),
    kpis=(KPI,),
)


def with_first(**values: Any) -> Rubric:
    return replace(OLD, indicators=(replace(FIRST, **values), SECOND))


def with_first_level(**values: Any) -> Rubric:
    return replace(OLD, levels=(replace(OLD.levels[0], **values), *OLD.levels[1:]))


INDICATOR = ItemKind.INDICATOR
DIFFERENCES = [
    (
        with_first(question="Is it?"),
        Change(ChangeKind.REWORDED, INDICATOR, "first", "FIRST", "question", "first?", "Is it?"),
        True,
    ),
    (
        with_first(anchors=Anchors("y", "p", "never")),
        Change(ChangeKind.REWORDED, INDICATOR, "first", "FIRST", "anchors.no", "n", "never"),
        True,
    ),
    (with_first(level=2), Change(ChangeKind.MOVED, INDICATOR, "first", "FIRST", "level", "1", "2"), False),
    (
        with_first(polarity=Polarity.DEFICIT),
        Change(ChangeKind.MOVED, INDICATOR, "first", "FIRST", "polarity", "capability", "deficit"),
        False,
    ),
    (
        with_first(dimension=Dimension.SKILLS),
        Change(ChangeKind.MOVED, INDICATOR, "first", "FIRST", "dimension", "Technology", "Skills"),
        True,
    ),
    (
        with_first(superseded_by=(SECOND.id,)),
        Change(ChangeKind.LINKED, INDICATOR, "first", "FIRST", "superseded_by", "", "second"),
        False,
    ),
    (
        with_first(probes=(ProbeId("look"),)),
        Change(ChangeKind.LINKED, INDICATOR, "first", "FIRST", "probes", "", "look"),
        True,
    ),
    (with_first(effort=5), Change(ChangeKind.WEIGHED, INDICATOR, "first", "FIRST", "effort", "3", "5"), True),
    (
        with_first_level(title="Begin"),
        Change(ChangeKind.REWORDED, ItemKind.LEVEL, "1", "Begin", "title", "Level 1", "Begin"),
        True,
    ),
    (
        with_first_level(profile={**OLD.levels[0].profile, Dimension.SKILLS: 4}),
        Change(ChangeKind.MOVED, ItemKind.LEVEL, "1", "Level 1", "profile.Skills", "1", "4"),
        False,
    ),
    (with_first_level(statements=()), Change(ChangeKind.REMOVED, ItemKind.STATEMENT, "c1", "It stops."), True),
    (
        with_first_level(statements=(replace(STATEMENT, text="It halts."),)),
        Change(ChangeKind.REWORDED, ItemKind.STATEMENT, "c1", "It halts.", "text", "It stops.", "It halts."),
        True,
    ),
    (
        replace(OLD, dimensions=(replace(OLD.dimensions[0], anchors=("a", "b", "C", "d", "e")),)),
        Change(ChangeKind.REWORDED, ItemKind.DIMENSION, "Skills", "Skills", "anchors.3", "c", "C"),
        True,
    ),
    (replace(OLD, actions=()), Change(ChangeKind.REMOVED, ItemKind.ACTION, "a1", "Begin"), True),
    (
        replace(OLD, actions=(replace(ACTION, impact=5),)),
        Change(ChangeKind.WEIGHED, ItemKind.ACTION, "a1", "Begin", "impact", "2", "5"),
        True,
    ),
    (
        replace(OLD, actions=(replace(ACTION, helps=()),)),
        Change(ChangeKind.LINKED, ItemKind.ACTION, "a1", "Begin", "helps", "second", ""),
        True,
    ),
    (
        replace(OLD, kpis=(replace(KPI, levels=(2,)),)),
        Change(ChangeKind.MOVED, ItemKind.KPI, "k1", "Things", "levels", "1, 2", "2"),
        True,
    ),
    (replace(OLD, indicators=(SECOND,)), Change(ChangeKind.REMOVED, INDICATOR, "first", "FIRST"), False),
    (
        replace(OLD, indicators=(SECOND,), disabled=(Disabled(FIRST.id, "Not ours."),)),
        Change(ChangeKind.DISABLED, INDICATOR, "first", "FIRST", after="Not ours."),
        False,
    ),
]


@pytest.mark.parametrize(("new", "change", "same"), DIFFERENCES, ids=lambda value: getattr(value, "field", None))
def test_one_difference_is_one_change_and_counts_only_where_results_can_differ(
    new: Rubric, change: Change, same: bool
) -> None:
    assert compare(OLD, new) == (change,)
    assert same_results(compare(OLD, new)) is same


def test_a_rubric_does_not_differ_from_itself() -> None:
    assert compare(OLD, OLD) == ()
    assert same_results(())


def test_what_is_new_is_added_and_what_was_disabled_is_enabled_again() -> None:
    less = replace(OLD, indicators=(SECOND,))
    disabled = replace(less, disabled=(Disabled(FIRST.id, "Not ours."),))
    assert compare(less, OLD) == (Change(ChangeKind.ADDED, INDICATOR, "first", "FIRST"),)
    assert compare(disabled, OLD) == (Change(ChangeKind.ENABLED, INDICATOR, "first", "FIRST"),)


def test_the_order_of_names_that_an_item_refers_to_means_nothing() -> None:
    there, back = (with_first(superseded_by=names) for names in ((SECOND.id, FIRST.id), (FIRST.id, SECOND.id)))
    assert compare(there, back) == ()
