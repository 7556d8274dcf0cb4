"""A company's changes to a rubric: other words and weights, items of its own, indicators that do not apply to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from data.definitions.located import Located
from data.definitions.names import name_of
from data.definitions.rubric.checks import check_gated, check_references
from data.definitions.rubric.items import Pieces, read_action, read_added_statement, read_indicator, read_kpi
from data.definitions.rubric.rewording import reworded
from data.definitions.rubric.values import sentence, version_of
from data.definitions.shelf import TOP, DefinitionWarning
from scoring.maturity.rubric import Disabled, IndicatorId, Rubric

ADDED = ("statements", "indicators", "actions", "kpis")


def overlaid(
    root: Located, rubric: Rubric, places: Mapping[str, Located]
) -> tuple[Rubric, tuple[DefinitionWarning, ...]]:
    """The rubric as a company's overlay has it, and what it should know. places: where the rubric's ids were given.

    The version gets the overlay's name, and its version where it has one: 2026.1+acme.3. Raises DefinitionError.
    """
    top = root.record(TOP)
    metadata = top["metadata"].record(("name",), ("version",))
    name = name_of(metadata["name"])
    spec = top["spec"].record(("base",), ("change", "add", "disable"))
    if len(spec) == 1:
        raise top["spec"].wrong("changes nothing; it may have change, add, disable")
    warnings = check_base(spec["base"], rubric)
    if "change" in spec:
        rubric = reworded(spec["change"], rubric, weights=True)
    disabled = _disabled(spec["disable"], rubric) if "disable" in spec else ()
    out = {one.indicator for one in disabled}
    if "add" in spec:
        rubric = _with_own(spec["add"], f"{name}.", rubric, places, out)
    if disabled:
        warnings = (*warnings, *_left_without_help(spec["disable"], rubric, out))
        rubric = _without(rubric, disabled)
        check_gated(rubric.indicators, spec["disable"])
    revision = f".{version_of(metadata['version'])}" if "version" in metadata else ""
    return replace(rubric, version=f"{rubric.version}+{name}{revision}"), warnings


def check_base(node: Located, rubric: Rubric) -> tuple[DefinitionWarning, ...]:
    """A warning when the file was written for another version. Raises DefinitionError for another rubric."""
    base = node.record(("name", "version"))
    base["name"].exactly(rubric.id)
    written_for = version_of(base["version"])
    version = rubric.version.partition("+")[0]
    if written_for == version:
        return ()
    return (
        DefinitionWarning(
            node.file,
            base["version"].line,
            base["version"].field,
            f"was written for version {written_for} and is used on {version}; look through what changed between them "
            f"and write {version} here",
        ),
    )


def _with_own(
    node: Located, prefix: str, rubric: Rubric, places: Mapping[str, Located], disabled: set[IndicatorId]
) -> Rubric:
    """The rubric with a company's own items, each of which has an id that no version of the rubric will ever give."""
    pieces = Pieces(
        levels=list(rubric.levels),
        indicators=[one for one in rubric.indicators if one.id not in disabled],
        actions=list(rubric.actions),
        kpis=list(rubric.kpis),
        places=dict(places),
    )
    own = node.record((), ADDED)
    for section in own.values():
        for item in section.items():
            place = item.entries().get("id")
            if place is not None and not place.text().startswith(prefix):
                raise place.wrong(f"must begin with {prefix} so that no later version of the rubric has it too")
    for item in _items(own, "statements"):
        number, statement = read_added_statement(item, pieces)
        pieces.levels = [
            replace(level, statements=(*level.statements, statement)) if level.number == number else level
            for level in pieces.levels
        ]
    pieces.indicators += [read_indicator(item, pieces) for item in _items(own, "indicators")]
    pieces.actions += [read_action(item, pieces) for item in _items(own, "actions")]
    pieces.kpis += [read_kpi(item, pieces) for item in _items(own, "kpis")]
    check_references(pieces, pieces.places.keys() - places.keys())
    kept = [one for one in rubric.indicators if one.id in disabled]
    return replace(
        rubric,
        levels=tuple(pieces.levels),
        indicators=tuple(sorted([*kept, *pieces.indicators], key=lambda one: one.level)),
        actions=tuple(sorted(pieces.actions, key=lambda one: one.from_level)),
        kpis=tuple(pieces.kpis),
    )


def _items(fields: Mapping[str, Located], name: str) -> list[Located]:
    return fields[name].items() if name in fields else []


def _disabled(node: Located, rubric: Rubric) -> tuple[Disabled, ...]:
    found: dict[IndicatorId, Disabled] = {}
    for item in node.items():
        fields = item.record(("indicator", "reason"))
        name = IndicatorId(fields["indicator"].text())
        if name not in rubric.by_id:
            raise fields["indicator"].wrong(f"there is no indicator {name}")
        if name in found:
            raise fields["indicator"].wrong(f"{name} is disabled twice")
        found[name] = Disabled(name, sentence(fields["reason"]))
    return tuple(found.values())


def _without(rubric: Rubric, disabled: tuple[Disabled, ...]) -> Rubric:
    """The rubric without some indicators; what refers to them no longer does."""
    out = {one.indicator for one in disabled}
    return replace(
        rubric,
        indicators=tuple(
            replace(one, superseded_by=tuple(name for name in one.superseded_by if name not in out))
            for one in rubric.indicators
            if one.id not in out
        ),
        actions=tuple(
            replace(one, helps=tuple(name for name in one.helps if name not in out)) for one in rubric.actions
        ),
        disabled=disabled,
    )


def _left_without_help(node: Located, rubric: Rubric, disabled: set[IndicatorId]) -> tuple[DefinitionWarning, ...]:
    return tuple(
        DefinitionWarning(
            node.file,
            node.line,
            node.field,
            f"the action {one.id} ({one.title}) helped with {', '.join(one.helps)} only, which is not asked any more",
        )
        for one in rubric.actions
        if one.helps and disabled.issuperset(one.helps)
    )
