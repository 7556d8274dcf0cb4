"""Coming in: who did, and why somebody did not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from scoring.voting.choices import VotingError
from scoring.voting.voters import Respondent


class JoinRefusal(StrEnum):
    """Why somebody does not come in."""

    WRONG_PIN = "wrong_pin"
    BLOCKED = "blocked"
    FOREIGN_ORIGIN = "foreign_origin"


class JoinRefusedError(VotingError):
    """Somebody does not come in. wait: how long until the next PIN is looked at; None when at once."""

    def __init__(self, reason: JoinRefusal, wait: timedelta | None = None) -> None:
        sentence = {
            JoinRefusal.WRONG_PIN: "No session has this PIN; look at the screen again.",
            JoinRefusal.BLOCKED: "Too many wrong PINs. Scan the code on the screen instead, or try again later.",
            JoinRefusal.FOREIGN_ORIGIN: "This came from another site; open the address on the screen.",
        }[reason]
        super().__init__(sentence)
        self.reason = reason
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who has come in. token: to be kept on their phone, and nowhere else."""

    respondent: Respondent
    token: str = field(repr=False)
