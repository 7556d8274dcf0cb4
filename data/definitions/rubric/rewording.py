"""Other words for a rubric's items, by their ids: what an overlay changes and a translation translates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from data.definitions.located import Located
from data.definitions.rubric.values import sentence, whole
from scoring.maturity.rubric import (
    RATINGS,
    Anchors,
    DimensionText,
    Indicator,
    Kpi,
    Level,
    RoadmapAction,
    Rubric,
    Statement,
)

Reworded = TypeVar("Reworded", Level, Statement, DimensionText, Indicator, RoadmapAction, Kpi)

TEXTS: Mapping[str, tuple[str, ...]] = {
    "levels": ("title", "summary"),
    "statements": ("text",),
    "dimensions": ("title", "definition", "anchors"),
    "indicators": ("title", "question", "anchors"),
    "actions": ("title", "text"),
    "kpis": ("title", "definition", "unit"),
}
"""What is written for people, by section."""

WEIGHTS: Mapping[str, tuple[str, ...]] = {"indicators": ("effort", "impact"), "actions": ("effort", "impact")}

FIXED: Mapping[str, tuple[str, ...]] = {
    "levels": ("number", "profile", "characteristics", "pitfalls", "successIndicators"),
    "statements": ("id", "kind", "level", "dimension"),
    "dimensions": ("dimension",),
    "indicators": ("id", "level", "polarity", "dimension", "supersededBy", "probes"),
    "actions": ("id", "fromLevel", "helps", "addresses", "dimensions", "needs"),
    "kpis": ("id", "levels", "better"),
}
"""What makes results comparable, and is therefore the same in every rubric of one version."""


def items_of(
    rubric: Rubric,
) -> dict[str, dict[str, Level | Statement | DimensionText | Indicator | RoadmapAction | Kpi]]:
    """Every item by section and id, in the rubric's order."""
    return {
        "levels": {str(one.number): one for one in rubric.levels},
        "statements": {one.id: one for level in rubric.levels for one in level.statements},
        "dimensions": {one.dimension.value: one for one in rubric.dimensions},
        "indicators": {one.id: one for one in rubric.indicators},
        "actions": {one.id: one for one in rubric.actions},
        "kpis": {one.id: one for one in rubric.kpis},
    }


def reworded(node: Located, rubric: Rubric, *, weights: bool, also_known: Iterable[str] = ()) -> Rubric:
    """The rubric with the words, and with `weights` the efforts and impacts, that the sections at `node` give.

    also_known: ids that are skipped instead of being refused. Raises DefinitionError for an id that the rubric does
    not have and for whatever may not be changed.
    """
    items = items_of(rubric)
    changes: dict[str, dict[str, dict[str, Located]]] = {}
    for section, of_section in node.record((), TEXTS).items():
        allowed = (*TEXTS[section], *(WEIGHTS.get(section, ()) if weights else ()))
        changes[section] = {}
        for name, change in of_section.entries().items():
            if name not in items[section] and name not in also_known:
                raise change.wrong(f"there is nothing of this id among the {section}")
            changes[section][name] = _fields(change, section, allowed)

    def of(section: str, name: str, item: Reworded) -> Reworded:
        return _changed(item, changes.get(section, {}).get(name, {}))

    return replace(
        rubric,
        levels=tuple(
            replace(
                of("levels", str(level.number), level),
                statements=tuple(of("statements", one.id, one) for one in level.statements),
            )
            for level in rubric.levels
        ),
        dimensions=tuple(of("dimensions", one.dimension.value, one) for one in rubric.dimensions),
        indicators=tuple(of("indicators", one.id, one) for one in rubric.indicators),
        actions=tuple(of("actions", one.id, one) for one in rubric.actions),
        kpis=tuple(of("kpis", one.id, one) for one in rubric.kpis),
    )


def _fields(change: Located, section: str, allowed: tuple[str, ...]) -> dict[str, Located]:
    for name, entry in change.entries().items():
        if name in FIXED[section]:
            raise entry.wrong(
                "cannot be changed, or results would no longer be comparable with those of others; allowed are "
                f"{', '.join(allowed)}. {_WAYS_OUT.get(section, '')}".rstrip()
            )
    fields = change.record((), allowed)
    if not fields:
        raise change.wrong(f"changes nothing; it may have {', '.join(allowed)}")
    return fields


_WAYS_OUT = {
    "indicators": "Disable the indicator with a reason and add one of your own instead.",
    "statements": "Add a statement of your own instead.",
    "actions": "Add an action of your own instead.",
    "kpis": "Add a KPI of your own instead.",
}


def _changed(item: Reworded, fields: Mapping[str, Located]) -> Reworded:
    values: dict[str, Any] = {}
    for name, node in fields.items():
        if name in ("effort", "impact"):
            values[name] = whole(node, RATINGS)
        elif name != "anchors":
            values[name] = sentence(node)
        elif isinstance(item, Indicator):
            values[name] = _answer_anchors(item.anchors, node)
        elif isinstance(item, DimensionText):
            values[name] = _rating_anchors(item.anchors, node)
    return replace(item, **values)


def _answer_anchors(anchors: Anchors, node: Located) -> Anchors:
    given = node.record((), ("yes", "partial", "no"))
    return replace(anchors, **{name: sentence(entry) for name, entry in given.items()})


def _rating_anchors(anchors: tuple[str, ...], node: Located) -> tuple[str, ...]:
    given = node.record((), tuple(str(rating) for rating in RATINGS))
    return tuple(
        sentence(given[str(rating)]) if str(rating) in given else text
        for rating, text in zip(RATINGS, anchors, strict=True)
    )
