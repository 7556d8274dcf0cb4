"""A meeting: opened once, closed once, and frozen from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NewType

from scoring.actors import EVERYTHING, Scope
from scoring.meetings.texts import MeetingError

SessionId = NewType("SessionId", int)

PARKED = "parked"
"""The choice of a subject that the meeting will come back to: looked at, and not decided."""


class SessionClosedError(MeetingError):
    """The meeting is closed: its record is what it was."""

    def __init__(self, session: Session) -> None:
        by = f" by {session.closed_by} on {session.closed_at:%Y-%m-%d %H:%M} UTC" if session.closed_at else ""
        super().__init__(f"“{session.title}” was closed{by} and does not change any more; open the next one.")


class SessionKind(StrEnum):
    """What sort of meeting it is."""

    SLO_REVIEW = "slo_review"
    ASSESSMENT = "assessment"
    COE_MEETING = "coe_meeting"


CHOICES: Mapping[SessionKind, tuple[str, ...]] = MappingProxyType(
    {
        SessionKind.SLO_REVIEW: ("keep", "tighten", "loosen", "fix", PARKED),
        SessionKind.ASSESSMENT: ("yes", "partial", "no", "n/a", "unknown", "1", "2", "3", "4", "5", PARKED),
        SessionKind.COE_MEETING: ("approve", "reject", "defer", PARKED),
    }
)
"""What can be chosen about a subject, by the kind of meeting. In an assessment: answers and ratings."""


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting.

    scope: the part of the platform that it is about; roles are checked over it. period_start: what is looked back
    over begins there and ends with the snapshot. zone: the IANA time zone that its times are shown in. settings: what
    the kind needs to know (a filter, respondent groups, a timer), of JSON's types. closed_at, closed_by: None until
    it is closed.
    """

    id: SessionId
    kind: SessionKind
    title: str
    period_start: datetime
    opened_at: datetime
    opened_by: str
    scope: Scope = EVERYTHING
    zone: str = "UTC"
    settings: Mapping[str, Any] = field(default_factory=dict)
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def is_open(self) -> bool:
        """True until the meeting was closed."""
        return self.closed_at is None

    def require_open(self) -> None:
        """Raises SessionClosedError for a closed meeting."""
        if not self.is_open:
            raise SessionClosedError(self)

    def closed(self, by: str, at: datetime) -> Session:
        """The same meeting, closed. Raises SessionClosedError for one that was closed before."""
        self.require_open()
        return replace(self, closed_at=at, closed_by=by)
