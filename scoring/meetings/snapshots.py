"""The numbers of a meeting at one moment: everybody in the room sees the same, whatever arrives meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType

from scoring.meetings.canonical import digest, instant, plain
from scoring.meetings.subjects import Subject

SnapshotId = NewType("SnapshotId", str)


@dataclass(frozen=True, slots=True)
class DefinitionPin:
    """A definition as it was used: which one, and by its hash exactly which text of it.

    kind: SLO, Invariant, ErrorBudgetPolicy, Rubric, …; version: what its author calls it, empty when nothing.
    """

    kind: str
    id: str
    hash: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known at `as_of`.

    subjects: the numbers of each subject, of JSON's types, in the order in which the meeting goes through them (an SLO
    review: the status as `slo status --json` gives it, worst first). evidence: what stood beside them (sources and
    their age, alerts, exemptions, findings). result: what adds it up (bands, gate, level).
    """

    as_of: datetime
    subjects: Mapping[Subject, Mapping[str, Any]]
    definitions: tuple[DefinitionPin, ...] = ()
    evidence: tuple[Mapping[str, Any], ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As JSON's types. Raises CanonicalError for a value that JSON cannot say."""
        return {
            "as_of": instant(self.as_of),
            "subjects": [
                {"subject": subject, "numbers": plain(numbers, subject)} for subject, numbers in self.subjects.items()
            ],
            "definitions": [
                {"kind": pin.kind, "id": pin.id, "version": pin.version, "hash": pin.hash} for pin in self.definitions
            ],
            "evidence": plain(self.evidence, "evidence"),
            "result": plain(self.result, "result"),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Snapshot:
        """Back from JSON. Raises KeyError, TypeError or ValueError for what is no snapshot."""
        return cls(
            as_of=datetime.fromisoformat(found["as_of"]),
            subjects={Subject(one["subject"]): one["numbers"] for one in found["subjects"]},
            definitions=tuple(
                DefinitionPin(pin["kind"], pin["id"], pin["hash"], pin["version"]) for pin in found["definitions"]
            ),
            evidence=tuple(found["evidence"]),
            result=found["result"],
        )

    @property
    def id(self) -> SnapshotId:
        """The first twelve digits of the hash of all of it: two screens with the same id show the same numbers."""
        return SnapshotId(digest(self.as_json())[:12])
