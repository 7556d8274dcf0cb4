"""What the routes of voting stand on: the instance's services, once its database is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dashboard.instance import Instance
from dashboard.voting.pace import Known, Pace
from data.store.failures import StoreError

if TYPE_CHECKING:
    from data.store.voting.voting import Voting

VOTES_AT_ONCE, VOTES_A_SECOND = 40, 5
"""Of one phone: a survey answered in a hurry, and more than a thumb can do."""

STRANGERS_AT_ONCE, STRANGERS_A_SECOND = 30, 1
"""Of one address, from which tokens come that nobody has: enough to be on record, too few to fill it."""


def _own_pace() -> Pace:
    return Pace(VOTES_AT_ONCE, VOTES_A_SECOND)


def _strangers_pace() -> Pace:
    return Pace(STRANGERS_AT_ONCE, STRANGERS_A_SECOND)


@dataclass(frozen=True, slots=True)
class Doors:
    """The services, and who sends how fast. known: tokens of people who have joined."""

    instance: Instance
    own: Pace = field(default_factory=_own_pace)
    strangers: Pace = field(default_factory=_strangers_pace)
    known: Known = field(default_factory=Known)

    @property
    def public_url(self) -> str | None:
        """The address that others reach the instance at."""
        return self.instance.settings.public_url

    def voting(self) -> Voting | None:
        """The services; None while the database is opening, or when it cannot be opened."""
        opening = self.instance.opening
        if not opening.done() or opening.exception() is not None:
            return None
        store = self.instance.reader.store
        return None if store is None else store.voting

    def why_not(self) -> str:
        """Why there are no services, as a sentence."""
        opening = self.instance.opening
        error = opening.exception() if opening.done() else None
        if isinstance(error, StoreError):
            return "The database cannot be used at the moment; tell the facilitator."
        return "The server is starting; try again in a moment."
