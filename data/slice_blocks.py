"""A stretch of minutes as Prometheus showed it: samples of counters or gauges and scrapes of targets, by minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.slo.counting import CounterMinutes, Flags, TargetMinutes, Walk
from scoring.slo.gauging import GaugeMinutes
from scoring.slo.slices import Values


class SeriesKey(NamedTuple):
    """A series of one target; identity: its labels without those that only tell duplicates apart."""

    group: str
    component: str
    target: str
    identity: tuple[tuple[str, str], ...] = ()


class Scrapes(NamedTuple):
    """Scrapes of one target in each minute.

    answered: as many as were made, but 0 in a minute in which none was answered. failed: 1 where one or more were not.
    """

    made: Values
    answered: Values
    failed: Values


class ScrapeTally:
    """Adds up the scrapes of targets, each of which may be scraped by several jobs at once."""

    def __init__(self, minutes: int) -> None:
        self._nothing = np.zeros(minutes)
        self._made: dict[str, Values] = {}
        self._answering: dict[str, Values] = {}
        self._failed: dict[str, Values] = {}

    def add_made(self, target: str, scrapes: Values) -> None:
        """How often one job scraped a target in each minute; NaN where it did not."""
        self._made[target] = self._made.get(target, self._nothing) + np.nan_to_num(scrapes)
        self._answering[target] = self._answering.get(target, self._nothing) + ~np.isnan(scrapes)

    def add_failed(self, target: str, failed: Values) -> None:
        """The minutes in which a scrape of one job was not answered; NaN where all were."""
        self._failed[target] = np.maximum(self._failed.get(target, self._nothing), ~np.isnan(failed))

    def doubtful(self, samples: Mapping[SeriesKey, Values]) -> bool:
        """True when a target was scraped in a minute in which it has no sample, so that it may have refused."""
        silent = {target: made > 0 for target, made in self._made.items()}
        for key, values in samples.items():
            if key.target in silent:
                silent[key.target] = silent[key.target] & np.isnan(values)
        return any(flags.any() for flags in silent.values())

    def add_refused(self, target: str, refused: Values) -> None:
        """The minutes in which no scrape of one job was answered; NaN where any was."""
        self._answering[target] = self._answering.get(target, self._nothing) - ~np.isnan(refused)

    def scrapes(self, targets: Iterable[str]) -> dict[str, Scrapes]:
        """The scrapes of these targets, as far as any were made."""
        found = sorted(self._made.keys() & set(targets))
        return {
            name: Scrapes(
                self._made[name],
                np.where(self._answering[name] > 0, self._made[name], 0.0),
                self._failed.get(name, self._nothing),
            )
            for name in found
        }


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Epoch minutes start…end−1 of one dialect: a sample of each series in each minute, and the scrapes.

    running: of some series, what runs beside them and tells their resets (see CounterMinutes). owners: the group that
    a target stands for alone, where `up` itself carries the group's labels; every other target stands for all groups.
    measured: components that are gauges; every other one is a counter. walks: of the series whose target failed or came
    back, what they did there scrape by scrape.
    """

    start: int
    end: int
    samples: Mapping[SeriesKey, Values]
    scrapes: Mapping[str, Scrapes]
    running: Mapping[SeriesKey, Values] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    measured: frozenset[str] = frozenset()
    walks: Mapping[SeriesKey, Walk] = field(default_factory=dict)

    @property
    def groups(self) -> set[str]:
        """Groups of which there is a sample."""
        return {key.group for key in self.samples}

    def of_group(self, group: str) -> Block:
        """What there is of one group: its series, and the targets that stand for it."""
        if self.owners:
            scrapes = {name: one for name, one in self.scrapes.items() if self.owners.get(name) == group}
        else:
            scrapes = dict(self.scrapes)
        samples = {key: values for key, values in self.samples.items() if key.group == group}
        running = {key: values for key, values in self.running.items() if key.group == group}
        walks = {key: walk for key, walk in self.walks.items() if key.group == group}
        return Block(self.start, self.end, samples, scrapes, running, measured=self.measured, walks=walks)

    @property
    def series(self) -> tuple[CounterMinutes, ...]:
        """The counters as the slice function takes them."""
        return tuple(
            CounterMinutes(key.component, key.target, values, self.running.get(key), self.walks.get(key))
            for key, values in self.samples.items()
            if key.component not in self.measured
        )

    @property
    def gauges(self) -> tuple[GaugeMinutes, ...]:
        """The gauges as the slice function takes them."""
        return tuple(
            GaugeMinutes(key.component, key.target, values)
            for key, values in self.samples.items()
            if key.component in self.measured
        )

    @property
    def targets(self) -> tuple[TargetMinutes, ...]:
        """The targets as the slice function takes them."""
        return tuple(TargetMinutes(name, one.made, one.answered) for name, one in self.scrapes.items())

    @property
    def answering(self) -> dict[str, Flags]:
        """Per target, the minutes in which it was scraped with an answer."""
        found = {name: one.answered > 0 for name, one in self.scrapes.items()}
        for key, values in self.samples.items():
            found[key.target] = found.get(key.target, False) | ~np.isnan(values)
        return found

    @property
    def sampled(self) -> Flags:
        """Minutes in which any series has a sample."""
        sampled = np.zeros(self.end - self.start, dtype=np.bool_)
        for values in self.samples.values():
            sampled |= ~np.isnan(values)
        for walk in self.walks.values():
            sampled |= walk.present
        return sampled

    @property
    def silent(self) -> Flags:
        """Minutes in which Prometheus stored nothing about any target."""
        silent = ~self.sampled
        for one in self.scrapes.values():
            silent &= one.made == 0
        return silent

    def after(self, earlier: Block) -> Block:
        """This block with the one that ends where it starts put before it; what only one has is empty in the other."""
        if earlier.end != self.start:
            raise ValueError(
                f"a block that ends at minute {earlier.end} does not lead to one that starts at {self.start}"
            )
        old, new = earlier.end - earlier.start, self.end - self.start

        def joined(before: Mapping[SeriesKey, Values], after: Mapping[SeriesKey, Values]) -> dict[SeriesKey, Values]:
            none = np.full(old, np.nan), np.full(new, np.nan)
            return {
                key: np.concatenate((before.get(key, none[0]), after.get(key, none[1]))) for key in {**before, **after}
            }

        samples = joined(earlier.samples, self.samples)
        no_inner = np.zeros(old), np.zeros(new)
        walks = {
            key: Walk(
                *map(
                    np.concatenate,
                    zip(
                        earlier.walks.get(key, Walk(samples[key][:old], no_inner[0])),
                        self.walks.get(key, Walk(samples[key][old:], no_inner[1])),
                        strict=True,
                    ),
                )
            )
            for key in {**earlier.walks, **self.walks}
        }
        never = Scrapes(*[np.zeros(old)] * 3), Scrapes(*[np.zeros(new)] * 3)
        scrapes = {
            name: Scrapes(
                *map(
                    np.concatenate,
                    zip(earlier.scrapes.get(name, never[0]), self.scrapes.get(name, never[1]), strict=True),
                )
            )
            for name in {**earlier.scrapes, **self.scrapes}
        }
        return Block(
            earlier.start,
            self.end,
            samples,
            scrapes,
            joined(earlier.running, self.running),
            {**earlier.owners, **self.owners},
            earlier.measured | self.measured,
            walks,
        )


def stretches(indices: NDArray[np.intp], apart: int = 1) -> list[tuple[int, int]]:
    """First and end of each stretch of ascending indices; those that are at most `apart` away are one stretch."""
    if not len(indices):
        return []
    breaks = np.flatnonzero(np.diff(indices) > apart)
    firsts = indices[np.concatenate(([0], breaks + 1))]
    lasts = indices[np.concatenate((breaks, [len(indices) - 1]))]
    return [(int(low), int(high) + 1) for low, high in zip(firsts, lasts, strict=True)]
