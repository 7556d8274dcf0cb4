"""What the store answers about exemptions, overrides, acknowledgements and annotations.

Each row says who did what when, also what was ended since; `at` shows it as it was known at a past moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scoring.meetings.subjects import Subject
from scoring.meetings.texts import RefusedError
from scoring.slo.exemptions import Exemption
from scoring.slo.gate import Override
from scoring.slo.invariants import Acknowledgement

EVERYTHING_HERE = Subject("*")
"""The subject of an annotation that is about every SLO."""


class PolicyError(RefusedError):
    """Something about a budget cannot be written."""


class SelfApprovalError(PolicyError):
    """Whoever asked for an exemption wants to approve it."""


class AnnotationKind(StrEnum):
    """What sort of thing happened."""

    INCIDENT = "incident"
    DEPLOY = "deploy"
    DRILL = "drill"
    EXEMPTION = "exemption"


class ExemptionState(StrEnum):
    """How far an exemption has come; only an approved one changes a budget."""

    REQUESTED = "requested"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ExemptionRow:
    """An exemption as the engine takes it, and what became of it. A withdrawn one counts no more, approved or not."""

    key: int
    exemption: Exemption
    approved_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None

    @property
    def state(self) -> ExemptionState:
        """How far it has come."""
        if self.withdrawn_at is not None:
            return ExemptionState.WITHDRAWN
        return ExemptionState.APPROVED if self.exemption.approved else ExemptionState.REQUESTED

    def at(self, moment: datetime) -> ExemptionRow | None:
        """As it was known then; None when it had not been asked for."""
        if self.exemption.recorded_at > moment:
            return None
        row = self
        if self.approved_at is not None and self.approved_at > moment:
            row = replace(row, approved_at=None, exemption=replace(self.exemption, approved_by=None))
        if self.withdrawn_at is not None and self.withdrawn_at > moment:
            row = replace(row, withdrawn_at=None, withdrawn_by=None)
        return row


def in_force(rows: Iterable[ExemptionRow]) -> tuple[Exemption, ...]:
    """The exemptions that a budget is computed with: approved and not withdrawn."""
    return tuple(row.exemption for row in rows if row.state is ExemptionState.APPROVED)


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """An override as the gate takes it, and whether somebody revoked it before its end."""

    key: int
    override: Override
    revoked_at: datetime | None
    revoked_by: str | None

    def at(self, moment: datetime) -> OverrideRow | None:
        """As it was known then; None when it had not been granted."""
        if self.override.recorded_at > moment:
            return None
        unknown = self.revoked_at is not None and self.revoked_at > moment
        return replace(self, revoked_at=None, revoked_by=None) if unknown else self


def not_revoked(rows: Iterable[OverrideRow]) -> tuple[Override, ...]:
    """The overrides that a gate looks at; each knows its own end."""
    return tuple(row.override for row in rows if row.revoked_at is None)


@dataclass(frozen=True, slots=True)
class AcknowledgementRow:
    """An acknowledgement as the engine takes it. found: violations known when it was given."""

    key: int
    acknowledgement: Acknowledgement
    found: int
    withdrawn_at: datetime | None
    withdrawn_by: str | None

    def at(self, moment: datetime) -> AcknowledgementRow | None:
        """As it was known then; None when it had not been given."""
        if self.acknowledgement.recorded_at > moment:
            return None
        unknown = self.withdrawn_at is not None and self.withdrawn_at > moment
        return replace(self, withdrawn_at=None, withdrawn_by=None) if unknown else self


def not_withdrawn(rows: Iterable[AcknowledgementRow]) -> tuple[Acknowledgement, ...]:
    """The acknowledgements that an invariant is judged with."""
    return tuple(row.acknowledgement for row in rows if row.withdrawn_at is None)


@dataclass(frozen=True, slots=True)
class AnnotationRow:
    """What happened from starts_at to ends_at (None: it goes on; equal: at one moment). link is empty when none."""

    key: int
    kind: AnnotationKind
    subject: Subject
    starts_at: datetime
    ends_at: datetime | None
    text: str
    link: str
    added_at: datetime
    added_by: str
