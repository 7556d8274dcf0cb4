"""What differs between two rubrics, item by item and field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scoring.maturity.rubric import IndicatorId, Rubric


class ItemKind(StrEnum):
    """What an item of a rubric is."""

    LEVEL = "level"
    STATEMENT = "statement"
    DIMENSION = "dimension"
    INDICATOR = "indicator"
    ACTION = "action"
    KPI = "kpi"


class ChangeKind(StrEnum):
    """What happened to an item.

    Moved: another level, polarity, dimension or profile. Linked: what supersedes, helps, precedes or proves it.
    Weighed: effort or impact, which order the roadmap and nothing else.
    """

    ADDED = "added"
    REMOVED = "removed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    REWORDED = "reworded"
    MOVED = "moved"
    LINKED = "linked"
    WEIGHED = "weighed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    title: the item's, in the new rubric where it still is. field: empty where the whole item came or went. before,
    after: the field's values; of a disabled indicator, after is the reason.
    """

    kind: ChangeKind
    item: ItemKind
    id: str
    title: str
    field: str = ""
    before: str = ""
    after: str = ""


_Fields = Mapping[str, str]
_Items = dict[tuple[ItemKind, str], _Fields]

_KINDS = {
    "kind": ChangeKind.MOVED,
    "level": ChangeKind.MOVED,
    "levels": ChangeKind.MOVED,
    "dimension": ChangeKind.MOVED,
    "polarity": ChangeKind.MOVED,
    "better": ChangeKind.MOVED,
    "superseded_by": ChangeKind.LINKED,
    "probes": ChangeKind.LINKED,
    "helps": ChangeKind.LINKED,
    "addresses": ChangeKind.LINKED,
    "dimensions": ChangeKind.LINKED,
    "needs": ChangeKind.LINKED,
    "effort": ChangeKind.WEIGHED,
    "impact": ChangeKind.WEIGHED,
}


def compare(old: Rubric, new: Rubric) -> tuple[Change, ...]:
    """Every difference, in the order of the new rubric; items that it does not have any more come last."""
    before, after = _items(old), _items(new)
    return (*_in_new(old, before, after), *_gone(new, before, after))


def same_results(changes: Iterable[Change]) -> bool:
    """True when equal answers and ratings lead to equal levels and indices before and after.

    Words, weights, statements, actions and figures do not count; indicators and the profile do.
    """
    return not any(_counts(change) for change in changes)


def _counts(change: Change) -> bool:
    if change.item is ItemKind.LEVEL:
        return change.kind is ChangeKind.MOVED
    if change.item is not ItemKind.INDICATOR or change.kind in (ChangeKind.REWORDED, ChangeKind.WEIGHED):
        return False
    return change.field not in ("dimension", "probes")


def _in_new(old: Rubric, before: _Items, after: _Items) -> Iterator[Change]:
    was_disabled = {one.indicator for one in old.disabled}
    for (item, name), fields in after.items():
        earlier = before.get((item, name))
        if earlier is None:
            enabled = item is ItemKind.INDICATOR and IndicatorId(name) in was_disabled
            yield Change(ChangeKind.ENABLED if enabled else ChangeKind.ADDED, item, name, _title(fields))
            continue
        for field, value in fields.items():
            if value != earlier[field]:
                kind = ChangeKind.MOVED if field.startswith("profile.") else _KINDS.get(field, ChangeKind.REWORDED)
                yield Change(kind, item, name, _title(fields), field, earlier[field], value)


def _gone(new: Rubric, before: _Items, after: _Items) -> Iterator[Change]:
    reasons = {one.indicator: one.reason for one in new.disabled}
    for (item, name), fields in before.items():
        if (item, name) in after:
            continue
        reason = reasons.get(IndicatorId(name)) if item is ItemKind.INDICATOR else None
        if reason is None:
            yield Change(ChangeKind.REMOVED, item, name, _title(fields))
        else:
            yield Change(ChangeKind.DISABLED, item, name, _title(fields), after=reason)


def _title(fields: _Fields) -> str:
    return fields["title"] if "title" in fields else fields["text"]


def _items(rubric: Rubric) -> _Items:
    """Every item's fields as texts, the anchors and the profile apart."""
    found: _Items = {}
    for level in rubric.levels:
        profile = {f"profile.{dimension.value}": str(rating) for dimension, rating in sorted(level.profile.items())}
        found[ItemKind.LEVEL, str(level.number)] = {"title": level.title, "summary": level.summary, **profile}
        for one in level.statements:
            found[ItemKind.STATEMENT, one.id] = {
                "text": one.text,
                "kind": one.kind.value,
                "level": str(level.number),
                "dimension": "" if one.dimension is None else one.dimension.value,
            }
    for text in rubric.dimensions:
        anchors = {f"anchors.{rating}": anchor for rating, anchor in enumerate(text.anchors, start=1)}
        found[ItemKind.DIMENSION, text.dimension.value] = {
            "title": text.title,
            "definition": text.definition,
            **anchors,
        }
    for indicator in rubric.indicators:
        found[ItemKind.INDICATOR, indicator.id] = {
            "title": indicator.title,
            "question": indicator.question,
            "anchors.yes": indicator.anchors.yes,
            "anchors.partial": indicator.anchors.partial,
            "anchors.no": indicator.anchors.no,
            "level": str(indicator.level),
            "polarity": indicator.polarity.value,
            "dimension": indicator.dimension.value,
            "superseded_by": _listed(indicator.superseded_by),
            "probes": _listed(indicator.probes),
            "effort": str(indicator.effort),
            "impact": str(indicator.impact),
        }
    for action in rubric.actions:
        found[ItemKind.ACTION, action.id] = {
            "title": action.title,
            "text": action.text,
            "level": str(action.from_level),
            "helps": _listed(action.helps),
            "addresses": _listed(action.addresses),
            "dimensions": _listed(one.value for one in action.dimensions),
            "needs": _listed(action.needs),
            "effort": str(action.effort),
            "impact": str(action.impact),
        }
    for kpi in rubric.kpis:
        found[ItemKind.KPI, kpi.id] = {
            "title": kpi.title,
            "definition": kpi.definition,
            "unit": kpi.unit,
            "levels": _listed(str(level) for level in kpi.levels),
            "better": kpi.better.value,
        }
    return found


def _listed(names: Iterable[str]) -> str:
    """Names of which the order means nothing."""
    return ", ".join(sorted(names))
