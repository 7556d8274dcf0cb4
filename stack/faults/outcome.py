"""What a fault command reports."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """A fault that took effect.

    fault: the command. target: what it hit. effect: what was seen, as a sentence. seconds: from the command to the
    moment that the effect was seen. details: numbers, by name.
    """

    fault: str
    target: str
    effect: str
    seconds: float
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The shape that `fault --json` prints."""
        return {
            "fault": self.fault,
            "target": self.target,
            "effect": self.effect,
            "seconds": round(self.seconds, 2),
            **self.details,
        }


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long ago that was."""
        return time.monotonic() - self._start
