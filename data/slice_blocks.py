"""A stretch of minutes as Prometheus showed it: samples of counters and scrapes of targets, minute by minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from scoring.slo.counting import CounterMinutes, Flags, TargetMinutes, Walk
from scoring.slo.slices import Values


class Series(Protocol):
    """One series of an answer; times: seconds since the epoch, ascending."""

    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def times(self) -> NDArray[np.float64]: ...
    @property
    def values(self) -> NDArray[np.float64]: ...


class SeriesKey(NamedTuple):
    """A counter series of one target; identity: its labels without those that only tell duplicates apart."""

    component: str
    target: str
    identity: tuple[tuple[str, str], ...]


class Scrapes(NamedTuple):
    """Scrapes of one target in each minute, and how many of them were answered."""

    made: Values
    answered: Values


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Epoch minutes start…end−1 of one dialect: the last sample of each series in each minute, and the scrapes.

    walks: of the series whose target failed or came back, what they did there scrape by scrape.
    """

    start: int
    end: int
    samples: Mapping[SeriesKey, Values]
    scrapes: Mapping[str, Scrapes]
    walks: Mapping[SeriesKey, Walk] = field(default_factory=dict)

    @property
    def series(self) -> tuple[CounterMinutes, ...]:
        """The counters as the slice function takes them."""
        return tuple(
            CounterMinutes(key.component, key.target, values, self.walks.get(key))
            for key, values in self.samples.items()
        )

    @property
    def targets(self) -> tuple[TargetMinutes, ...]:
        """The targets as the slice function takes them."""
        return tuple(TargetMinutes(name, one.made, one.answered) for name, one in self.scrapes.items())

    @property
    def answering(self) -> dict[str, Flags]:
        """Per target, the minutes in which it was scraped with an answer."""
        found = {name: one.answered > 0 for name, one in self.scrapes.items()}
        for one in self.series:
            found[one.target] = found.get(one.target, False) | one.present
        return found

    @property
    def silent(self) -> Flags:
        """Minutes in which Prometheus stored nothing about any target."""
        silent = np.ones(self.end - self.start, dtype=np.bool_)
        for one in self.scrapes.values():
            silent &= one.made == 0
        for series in self.series:
            silent &= ~series.present
        return silent

    def after(self, earlier: Block) -> Block:
        """This block with the one that ends where it starts put before it; what only one has is empty in the other."""
        if earlier.end != self.start:
            raise ValueError(
                f"a block that ends at minute {earlier.end} does not lead to one that starts at {self.start}"
            )
        old, new = earlier.end - earlier.start, self.end - self.start
        none = np.full(old, np.nan), np.full(new, np.nan)
        samples = {
            key: np.concatenate((earlier.samples.get(key, none[0]), self.samples.get(key, none[1])))
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
        walks = {
            key: Walk(
                *map(
                    np.concatenate,
                    zip(
                        earlier.walks.get(key, Walk(samples[key][:old], np.zeros(old))),
                        self.walks.get(key, Walk(samples[key][old:], np.zeros(new))),
                        strict=True,
                    ),
                )
            )
            for key in {**earlier.walks, **self.walks}
        }
        return Block(earlier.start, self.end, samples, scrapes, walks)


def stretches(indices: NDArray[np.intp], apart: int = 1) -> list[tuple[int, int]]:
    """First and end of each stretch of ascending indices; those that are at most `apart` away are one stretch."""
    if not len(indices):
        return []
    breaks = np.flatnonzero(np.diff(indices) > apart)
    firsts = indices[np.concatenate(([0], breaks + 1))]
    lasts = indices[np.concatenate((breaks, [len(indices) - 1]))]
    return [(int(low), int(high) + 1) for low, high in zip(firsts, lasts, strict=True)]
