"""What must hold between the items of a rubric, checked when all of them have been read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from data.definitions.located import Located
from data.definitions.rubric.items import Pieces
from scoring.evidence.probes import every_probe
from scoring.maturity.rubric import LEVELS, Dimension, Indicator, RoadmapAction


def check_complete(pieces: Pieces, root: Located) -> None:
    """Raises DefinitionError when a level or a dimension is missing."""
    described = {level.number for level in pieces.levels}
    if lacking := [str(number) for number in LEVELS if number not in described]:
        raise root.wrong(f"a rubric has five levels; there is no level {', '.join(lacking)}")
    rated = {one.dimension for one in pieces.dimensions}
    if unrated := [dimension.value for dimension in Dimension if dimension not in rated]:
        raise root.wrong(f"a rubric has five dimensions; nothing is said of {', '.join(unrated)}")


def check_gated(indicators: Iterable[Indicator], node: Located) -> None:
    """Raises DefinitionError at `node` when a level has no indicator that gates it."""
    gated = {one.level for one in indicators if one.gates}
    if free := [str(number) for number in LEVELS if number not in gated]:
        raise node.wrong(
            f"level {', '.join(free)} has no indicator that gates it, so nobody could tell whether it is reached"
        )


def check_references(pieces: Pieces, ids: Set[str] | None = None) -> None:
    """Raises DefinitionError where an item refers to what does not exist or cannot be meant.

    ids: only of these items, as the others were checked before; None checks all.
    """
    indicators = {str(one.id): one for one in pieces.indicators}
    statements = {str(one.id) for one in pieces.statements}
    actions = {str(one.id): one for one in pieces.actions}
    for name, indicator in indicators.items():
        if ids is None or name in ids:
            _check_superseding(indicator, indicators, pieces.places[name])
            _check_probes(pieces.places[name])
    for name, action in actions.items():
        if ids is None or name in ids:
            place = pieces.places[name]
            _check_helps(place, indicators)
            for item in _listed(place, "addresses"):
                if item.text() not in statements:
                    raise item.wrong(f"there is no characteristic, pitfall or success indicator {item.text()}")
            _check_needs(action, actions, place)
    _check_cycles(actions, pieces.places)


def _listed(place: Located, name: str) -> list[Located]:
    fields = place.entries()
    return fields[name].items() if name in fields else []


def _check_superseding(indicator: Indicator, indicators: Mapping[str, Indicator], place: Located) -> None:
    for item in _listed(place, "supersededBy"):
        other = indicators.get(item.text())
        if other is None:
            raise item.wrong(f"there is no indicator {item.text()}")
        if other.id == indicator.id:
            raise item.wrong(f"{indicator.id} cannot be superseded by itself")
        if other.level <= indicator.level:
            raise item.wrong(
                f"{other.id} is of level {other.level}; what supersedes {indicator.id} is of a level above "
                f"{indicator.level}"
            )
        if not other.gates:
            raise item.wrong(f"{other.id} is a deficit, and a weakness supersedes nothing")


def _check_probes(place: Located) -> None:
    """A probe that is not there would never look, and its indicator would say for ever that nothing is known."""
    for item in _listed(place, "probes"):
        known = [str(probe.id) for probe in every_probe()]
        if item.text() not in known:
            raise item.wrong(f"there is no probe {item.text()}; there are {', '.join(known)}")


def _check_helps(place: Located, indicators: Mapping[str, Indicator]) -> None:
    for item in _listed(place, "helps"):
        helped = indicators.get(item.text())
        if helped is None:
            raise item.wrong(f"there is no indicator {item.text()}")
        if not helped.gates:
            raise item.wrong(f"{helped.id} is a deficit; no action may help anybody to a weakness")


def _check_needs(action: RoadmapAction, actions: Mapping[str, RoadmapAction], place: Located) -> None:
    for item in _listed(place, "needs"):
        needed = actions.get(item.text())
        if needed is None:
            raise item.wrong(f"there is no action {item.text()}")
        if needed.from_level > action.from_level:
            raise item.wrong(
                f"{needed.id} leads on from level {needed.from_level}, which comes after {action.id} from level "
                f"{action.from_level}"
            )


def _check_cycles(actions: Mapping[str, RoadmapAction], places: Mapping[str, Located]) -> None:
    """Takes away what waits for nothing until nothing is left; what stays waits for itself."""
    waiting = {name: {str(need) for need in action.needs} for name, action in actions.items()}
    while ready := [name for name, needs in waiting.items() if not needs & waiting.keys()]:
        for name in ready:
            del waiting[name]
    if waiting:
        circle = _circle(waiting)
        node = places[circle[0]].entries()["needs"]
        raise node.wrong(f"goes round in a circle: {' needs '.join((*circle, circle[0]))}")


def _circle(waiting: Mapping[str, set[str]]) -> list[str]:
    """One circle among actions that all wait for another of them."""
    way = [next(iter(waiting))]
    while True:
        following = min(waiting[way[-1]] & waiting.keys())
        if following in way:
            return way[way.index(following) :]
        way.append(following)
