"""The lobby of a session: how people come in, and where the session stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import written
from scoring.voting.choices import VotingError
from scoring.voting.rounds import RoundId

Pin = NewType("Pin", str)

PIN_DIGITS = 6
GROUPS = ("Platform team", "Consumers", "Business sponsors")
"""Whom the assessment asks unless a session names others."""

MOST_RESPONDENTS = 500
"""People of one session; more is somebody who joins by a program."""

_LONGEST_NAME = 80
_MOST_NAMES = 40


class Mode(StrEnum):
    """Live: one question at a time, revealed together. Survey: all at once, until a deadline."""

    LIVE = "live"
    SURVEY = "survey"


@dataclass(frozen=True, slots=True)
class LobbySettings:
    """How a session is voted in.

    groups: one of them is chosen when joining. units: parts of the organisation to choose from; none: not asked.
    named: people give their name, and the room learns who voted what after the reveal; otherwise nobody ever does.
    auto_reveal: a round is revealed as soon as everybody who is there has voted.
    """

    groups: tuple[str, ...] = GROUPS
    units: tuple[str, ...] = ()
    named: bool = False
    auto_reveal: bool = False

    def checked(self) -> LobbySettings:
        """The settings as they will be kept. Raises VotingError, TextError."""
        groups, units = _names("group", self.groups), _names("unit", self.units)
        if not groups:
            raise VotingError("Name at least one group that people belong to.")
        return replace(self, groups=groups, units=units)


@dataclass(frozen=True, slots=True)
class Lobby:
    """The state of one session's voting; version grows with every step, so that whoever watches sees a change.

    pin, key: what joins; a link carries both, a person types the PIN. subject, round: what is before the room, and its
    latest round; in a survey none. timer_ends_at: until when the room votes or talks. deadline: of a survey.
    presenter: who steers. closed_at: nobody joins any more; those who have joined go on.
    """

    session: SessionId
    pin: Pin
    key: str = field(repr=False)
    settings: LobbySettings
    mode: Mode
    version: int
    presenter: str
    subject: Subject | None = None
    round: RoundId | None = None
    timer_ends_at: datetime | None = None
    deadline: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """True while people may join."""
        return self.closed_at is None

    def require_presenter(self, name: str) -> None:
        """Raises VotingError for a facilitator who is not the one that steers."""
        if name != self.presenter:
            raise VotingError(f"{self.presenter} is presenting; take over first.")


def _names(what: str, names: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(written(what, name, needed=True) for name in names)
    if len(set(kept)) != len(kept):
        raise VotingError(f"A {what} is there twice; give each its own name.")
    if len(kept) > _MOST_NAMES or any(len(name) > _LONGEST_NAME for name in kept):
        raise VotingError(f"At most {_MOST_NAMES} {what}s of at most {_LONGEST_NAME} characters fit on a phone.")
    return kept
