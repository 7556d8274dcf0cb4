"""Those who have joined: who they are as far as the session wants to know, and as whom they write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from scoring.actors import Actor, Grant, Role, Scope
from scoring.meetings.sessions import SessionId
from scoring.meetings.texts import written
from scoring.voting.choices import VotingError
from scoring.voting.lobbies import LobbySettings

RespondentId = NewType("RespondentId", int)

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Joining:
    """What somebody says when joining. name: in a named session only; observer: looks on and does not vote."""

    group: str
    unit: str = ""
    name: str = ""
    observer: bool = False

    def checked(self, settings: LobbySettings) -> Joining:
        """As it will be kept: without a name where none is wanted. Raises VotingError, TextError."""
        if self.group not in settings.groups:
            raise VotingError(f"Choose the group that you belong to: {', '.join(settings.groups)}.")
        if settings.units and self.unit not in settings.units:
            raise VotingError(f"Choose where you work: {', '.join(settings.units)}.")
        name = written("name", self.name, needed=True) if settings.named else ""
        if len(name) > LONGEST_NAME:
            raise VotingError(f"The name has {len(name)} characters; {LONGEST_NAME} fit.")
        return Joining(self.group, self.unit if settings.units else "", name, self.observer)


@dataclass(frozen=True, slots=True)
class Respondent:
    """Somebody who has joined a session.

    pseudonym: the name in the audit log, from which nobody can be told. name: empty unless the session is named.
    left_at: when a facilitator took them out; their token opens nothing any more.
    """

    id: RespondentId
    session: SessionId
    pseudonym: str
    group: str
    unit: str
    name: str
    observer: bool
    joined_at: datetime
    left_at: datetime | None = None

    @property
    def votes(self) -> bool:
        """True for those whose vote is waited for."""
        return not self.observer and self.left_at is None

    def actor(self, scope: Scope) -> Actor:
        """As whom they write; an observer, and who was taken out, may write nothing."""
        return Actor(self.pseudonym, frozenset({Grant(Role.VOTER, scope)}) if self.votes else frozenset())
