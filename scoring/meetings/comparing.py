"""What changed between two snapshots of SLOs: the last review's and this one's, or two records'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject


class Presence(StrEnum):
    """Whether a subject is in both snapshots."""

    KEPT = "kept"
    NEW = "new"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class SubjectChange:
    """One SLO then and now.

    before, after: its numbers, None where it was not there. remaining: change of the budget left as a share (−0.21 is
    21 points less), None unless both are known. redefined: another text of the definition, so that the two numbers
    answer different questions.
    """

    subject: Subject
    presence: Presence
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    remaining: Decimal | None
    redefined: bool

    @property
    def band_changed(self) -> bool:
        """True when it is in both and in another band."""
        return self.before is not None and self.after is not None and self.before.get("band") != self.after.get("band")


def compare(before: Snapshot, after: Snapshot) -> tuple[SubjectChange, ...]:
    """Every subject of either snapshot: those of `after` in their order, then those that are gone."""
    old, new = _hashes(before), _hashes(after)

    def change(subject: Subject) -> SubjectChange:
        then, now = before.subjects.get(subject), after.subjects.get(subject)
        presence = Presence.NEW if then is None else Presence.REMOVED if now is None else Presence.KEPT
        both = then is not None and now is not None
        name = str((now or then or {}).get("id", subject))
        return SubjectChange(
            subject=subject,
            presence=presence,
            before=then,
            after=now,
            remaining=_difference(then.get("remaining"), now.get("remaining")) if then and now else None,
            redefined=both and old.get(name) != new.get(name),
        )

    gone = (subject for subject in before.subjects if subject not in after.subjects)
    return tuple(change(subject) for subject in (*after.subjects, *gone))


def _hashes(snapshot: Snapshot) -> dict[str, frozenset[tuple[str, str]]]:
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for pin in snapshot.definitions:
        found[pin.id] = found.get(pin.id, frozenset()) | {(pin.kind, pin.hash)}
    return found


def _difference(then: float | None, now: float | None) -> Decimal | None:
    """Taken between the numbers as they are written, so that 0.3 − 0.1 is 0.2."""
    return None if then is None or now is None else Decimal(str(now)) - Decimal(str(then))
