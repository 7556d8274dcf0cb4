"""The items of a rubric as they stand in files; what they refer to is checked when all of them are there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from data.definitions.located import Located
from data.definitions.rubric.values import id_of, sentence, whole
from scoring.maturity.rubric import (
    LEVELS,
    RATINGS,
    ActionKey,
    Anchors,
    Better,
    Dimension,
    DimensionText,
    Indicator,
    IndicatorId,
    Kpi,
    KpiId,
    Level,
    Polarity,
    ProbeId,
    RoadmapAction,
    Statement,
    StatementId,
    StatementKind,
)

STATEMENT_LISTS = {
    "characteristics": StatementKind.CHARACTERISTIC,
    "pitfalls": StatementKind.PITFALL,
    "successIndicators": StatementKind.SUCCESS_INDICATOR,
}
SECTIONS = ("levels", "dimensions", "indicators", "actions", "kpis")
DIMENSIONS = tuple(dimension.value for dimension in Dimension)

_Item = TypeVar("_Item")


@dataclass(slots=True)
class Pieces:
    """What files say so far. places: where each id was given, so that whatever turns out wrong is named there."""

    levels: list[Level] = field(default_factory=list)
    dimensions: list[DimensionText] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    actions: list[RoadmapAction] = field(default_factory=list)
    kpis: list[Kpi] = field(default_factory=list)
    places: dict[str, Located] = field(default_factory=dict)

    def take(self, node: Located) -> str:
        """The id at `node.id`, kept with its place. Raises DefinitionError when something else has it."""
        place = node.entries()["id"]
        name = id_of(place)
        if name in self.places:
            raise place.wrong(f"{name} is given to something else already, at {_where(self.places[name])}")
        self.places[name] = node
        return name

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of all levels."""
        return tuple(one for level in self.levels for one in level.statements)


def _where(node: Located) -> str:
    return f"{node.file.name}:{node.line}"


def read_sections(spec: Located, pieces: Pieces) -> None:
    """Adds what a document says. Raises DefinitionError for the first thing that is wrong in it."""
    sections = spec.record((), SECTIONS)
    if not sections:
        raise spec.wrong(f"says nothing; it may have {', '.join(SECTIONS)}")
    for item in _items(sections, "levels"):
        pieces.levels.append(_level(item, pieces))
    for item in _items(sections, "dimensions"):
        pieces.dimensions.append(_dimension(item, pieces))
    for item in _items(sections, "indicators"):
        pieces.indicators.append(read_indicator(item, pieces))
    for item in _items(sections, "actions"):
        pieces.actions.append(read_action(item, pieces))
    for item in _items(sections, "kpis"):
        pieces.kpis.append(read_kpi(item, pieces))


def _items(fields: dict[str, Located], name: str) -> list[Located]:
    return fields[name].items() if name in fields else []


def _level(node: Located, pieces: Pieces) -> Level:
    fields = node.record(("number", "title", "summary", "profile", *STATEMENT_LISTS))
    number = whole(fields["number"], LEVELS)
    if any(level.number == number for level in pieces.levels):
        raise fields["number"].wrong(f"level {number} is described already")
    profile = fields["profile"].record(DIMENSIONS)
    return Level(
        number=number,
        title=sentence(fields["title"]),
        summary=sentence(fields["summary"]),
        statements=tuple(
            _statement(item, kind, pieces) for name, kind in STATEMENT_LISTS.items() for item in fields[name].items()
        ),
        profile={dimension: whole(profile[dimension.value], RATINGS) for dimension in Dimension},
    )


def _statement(node: Located, kind: StatementKind, pieces: Pieces) -> Statement:
    fields = node.record(("id", "text"), ("dimension",))
    return Statement(
        id=StatementId(pieces.take(node)),
        kind=kind,
        text=sentence(fields["text"]),
        dimension=fields["dimension"].choice(Dimension) if "dimension" in fields else None,
    )


def read_added_statement(node: Located, pieces: Pieces) -> tuple[int, Statement]:
    """A statement that is written outside its level, and the level's number."""
    fields = node.record(("id", "level", "kind", "text"), ("dimension",))
    return whole(fields["level"], LEVELS), Statement(
        id=StatementId(pieces.take(node)),
        kind=fields["kind"].choice(StatementKind),
        text=sentence(fields["text"]),
        dimension=fields["dimension"].choice(Dimension) if "dimension" in fields else None,
    )


def _dimension(node: Located, pieces: Pieces) -> DimensionText:
    fields = node.record(("dimension", "title", "definition", "anchors"))
    dimension = fields["dimension"].choice(Dimension)
    if any(one.dimension is dimension for one in pieces.dimensions):
        raise fields["dimension"].wrong(f"{dimension} is described already")
    anchors = fields["anchors"].record(tuple(str(rating) for rating in RATINGS))
    first, second, third, fourth, fifth = (sentence(anchors[str(rating)]) for rating in RATINGS)
    return DimensionText(
        dimension=dimension,
        title=sentence(fields["title"]),
        definition=sentence(fields["definition"]),
        anchors=(first, second, third, fourth, fifth),
    )


def read_indicator(node: Located, pieces: Pieces) -> Indicator:
    """One question of the checklist."""
    fields = node.record(
        ("id", "level", "title", "question", "polarity", "dimension", "anchors", "effort", "impact"),
        ("supersededBy", "probes"),
    )
    anchors = fields["anchors"].record(("yes", "partial", "no"))
    return Indicator(
        id=IndicatorId(pieces.take(node)),
        level=whole(fields["level"], LEVELS),
        title=sentence(fields["title"]),
        question=sentence(fields["question"]),
        polarity=fields["polarity"].choice(Polarity),
        dimension=fields["dimension"].choice(Dimension),
        anchors=Anchors(sentence(anchors["yes"]), sentence(anchors["partial"]), sentence(anchors["no"])),
        superseded_by=_each(fields, "supersededBy", lambda item: IndicatorId(id_of(item))),
        probes=_each(fields, "probes", lambda item: ProbeId(id_of(item))),
        effort=whole(fields["effort"], RATINGS),
        impact=whole(fields["impact"], RATINGS),
    )


def read_action(node: Located, pieces: Pieces) -> RoadmapAction:
    """Something to do on the way to the next level."""
    fields = node.record(
        ("id", "fromLevel", "title", "text", "effort", "impact"), ("helps", "addresses", "dimensions", "needs")
    )
    if not any(fields[name].items() for name in ("helps", "addresses", "dimensions") if name in fields):
        raise node.wrong("says nothing of what it is for; name helps, addresses or dimensions")
    return RoadmapAction(
        id=ActionKey(pieces.take(node)),
        from_level=whole(fields["fromLevel"], LEVELS[:-1]),
        title=sentence(fields["title"]),
        text=sentence(fields["text"]),
        effort=whole(fields["effort"], RATINGS),
        impact=whole(fields["impact"], RATINGS),
        helps=_each(fields, "helps", lambda item: IndicatorId(id_of(item))),
        addresses=_each(fields, "addresses", lambda item: StatementId(id_of(item))),
        dimensions=_each(fields, "dimensions", lambda item: item.choice(Dimension)),
        needs=_each(fields, "needs", lambda item: ActionKey(id_of(item))),
    )


def read_kpi(node: Located, pieces: Pieces) -> Kpi:
    """A figure to follow."""
    fields = node.record(("id", "levels", "title", "definition", "unit", "better"))
    levels = _each(fields, "levels", lambda item: whole(item, LEVELS))
    if not levels:
        raise fields["levels"].wrong("must name a level")
    return Kpi(
        id=KpiId(pieces.take(node)),
        title=sentence(fields["title"]),
        definition=sentence(fields["definition"]),
        levels=levels,
        unit=sentence(fields["unit"], allow_empty=True),
        better=fields["better"].choice(Better),
    )


def _each(fields: dict[str, Located], name: str, read: Callable[[Located], _Item]) -> tuple[_Item, ...]:
    """The items of a list that may be missing, none of them twice."""
    found: list[_Item] = []
    for item in _items(fields, name):
        value = read(item)
        if value in found:
            raise item.wrong(f"{value} is listed twice")
        found.append(value)
    return tuple(found)
