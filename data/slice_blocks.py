"""A stretch of minutes as Prometheus showed it: samples of counters and scrapes of targets, minute by minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scoring.slo.counting import CounterMinutes, Flags, TargetMinutes, Walk
from scoring.slo.slices import Values


class SeriesKey(NamedTuple):
    """A counter series of one target; identity: its labels without those that only tell duplicates apart."""

    component: str
    target: str
    identity: tuple[tuple[str, str], ...]


class Minutes(NamedTuple):
    """A series: its last sample in each minute, NaN where it had none, and the minutes that were walked through."""

    last: Values
    walk: Walk | None = None

    @property
    def present(self) -> Flags:
        """Minutes in which it had a sample."""
        return CounterMinutes("", "", self.last, self.walk).present

    @classmethod
    def none(cls, length: int) -> Minutes:
        """A series that was not there."""
        return cls(np.full(length, np.nan))

    def after(self, earlier: Minutes) -> Minutes:
        """These minutes with others before them."""
        last = np.concatenate((earlier.last, self.last))
        if self.walk is None and earlier.walk is None:
            return Minutes(last)
        walks = (
            (earlier.walk or Walk(earlier.last, np.zeros(len(earlier.last)))),
            (self.walk or Walk(self.last, np.zeros(len(self.last)))),
        )
        return Minutes(last, Walk(*map(np.concatenate, zip(*walks, strict=True))))


class Scrapes(NamedTuple):
    """Scrapes of one target in each minute, and how many of them were answered."""

    made: Values
    answered: Values


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Epoch minutes start…end−1 of one dialect: the last sample of each series in each minute, and the scrapes."""

    start: int
    end: int
    samples: Mapping[SeriesKey, Minutes]
    scrapes: Mapping[str, Scrapes]

    @property
    def series(self) -> tuple[CounterMinutes, ...]:
        """The counters as the slice function takes them."""
        return tuple(CounterMinutes(key.component, key.target, *minutes) for key, minutes in self.samples.items())

    @property
    def targets(self) -> tuple[TargetMinutes, ...]:
        """The targets as the slice function takes them."""
        return tuple(TargetMinutes(name, one.made, one.answered) for name, one in self.scrapes.items())

    @property
    def answering(self) -> dict[str, Flags]:
        """Per target, the minutes in which it was scraped with an answer."""
        found = {name: one.answered > 0 for name, one in self.scrapes.items()}
        for key, minutes in self.samples.items():
            found[key.target] = found.get(key.target, False) | minutes.present
        return found

    @property
    def silent(self) -> Flags:
        """Minutes in which Prometheus stored nothing about any target."""
        silent = np.ones(self.end - self.start, dtype=np.bool_)
        for one in self.scrapes.values():
            silent &= one.made == 0
        for minutes in self.samples.values():
            silent &= ~minutes.present
        return silent

    def after(self, earlier: Block) -> Block:
        """This block with the one that ends where it starts put before it; what only one has is empty in the other."""
        if earlier.end != self.start:
            raise ValueError(
                f"a block that ends at minute {earlier.end} does not lead to one that starts at {self.start}"
            )
        old, new = earlier.end - earlier.start, self.end - self.start
        samples = {
            key: self.samples.get(key, Minutes.none(new)).after(earlier.samples.get(key, Minutes.none(old)))
            for key in {**earlier.samples, **self.samples}
        }
        never = Scrapes(np.zeros(old), np.zeros(old)), Scrapes(np.zeros(new), np.zeros(new))
        scrapes = {
            name: Scrapes(
                *map(
                    np.concatenate,
                    zip(earlier.scrapes.get(name, never[0]), self.scrapes.get(name, never[1]), strict=True),
                )
            )
            for name in {**earlier.scrapes, **self.scrapes}
        }
        return Block(earlier.start, self.end, samples, scrapes)
