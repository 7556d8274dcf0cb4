"""The register of use cases, technologies and teams: what the estate shows, and what people know beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scoring.meetings.texts import RefusedError, written


class InventoryError(RefusedError):
    """An entry that the register cannot keep."""


class EntryKind(StrEnum):
    """What is registered."""

    USE_CASE = "use case"
    TECHNOLOGY = "technology"
    TEAM = "team"


class Stage(StrEnum):
    """How far something has come. Empty: nobody has said."""

    UNSAID = ""
    IDEA = "idea"
    TRIAL = "trial"
    PRODUCTION = "production"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Entry:
    """What people say of one thing. uses: technologies, topics or teams that belong to it, in words."""

    kind: EntryKind
    name: str
    stage: Stage = Stage.UNSAID
    owner: str = ""
    uses: str = ""
    note: str = ""

    def checked(self) -> Entry:
        """As it is kept. Raises TextError."""
        return replace(
            self,
            name=written("name", self.name, needed=True),
            owner=written("owner", self.owner),
            uses=written("list of what it uses", self.uses),
            note=written("note", self.note),
        )


@dataclass(frozen=True, slots=True)
class EntryStep:
    """What was last said about an entry. removed: it was taken out of the register."""

    entry: Entry
    version: int
    removed: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Observed:
    """Something that the estate shows. detail: what of it, in words."""

    kind: EntryKind
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register. seen: what the estate shows, empty when nothing. version: 0 before anybody wrote."""

    entry: Entry
    seen: str
    version: int
    by: str = ""
    at: datetime | None = None


def register(observed: Iterable[Observed], steps: Iterable[EntryStep]) -> tuple[Line, ...]:
    """Everything that was seen or written, by kind and name; names differ in more than their case.

    What was removed stays out, also when the estate still shows it.
    """
    lines: dict[tuple[EntryKind, str], Line] = {}
    for one in observed:
        lines[one.kind, one.name.casefold()] = Line(Entry(one.kind, one.name), one.detail, 0)
    for step in steps:
        key = step.entry.kind, step.entry.name.casefold()
        seen = lines[key].seen if key in lines else ""
        lines[key] = Line(step.entry, seen, step.version, step.by, step.at)
        if step.removed:
            del lines[key]
    order = list(EntryKind)
    return tuple(sorted(lines.values(), key=lambda one: (order.index(one.entry.kind), one.entry.name.casefold())))


def in_use(lines: Iterable[Line]) -> Mapping[EntryKind, int]:
    """How many of each kind run as a trial or in production."""
    running = [one.entry.kind for one in lines if one.entry.stage in (Stage.TRIAL, Stage.PRODUCTION)]
    return {kind: running.count(kind) for kind in EntryKind}
