"""What an SLO promises and what its SLI counts, as read from a definition file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from scoring.slo.slices import SliHash

SloId = NewType("SloId", str)


class EventClass(StrEnum):
    """Whose account one counted event goes to."""

    SUCCESS = "success"
    """Part of the total, not bad."""
    PLATFORM = "platform"
    """Part of the total, and bad."""
    CLIENT = "client"
    """The client's own fault: neither total nor bad, counted apart."""
    FAILED = "failed"
    """Bad, and already part of a total that another component counts (failed ÷ total)."""

    @property
    def in_total(self) -> bool:
        """True when one event of this class adds one to the total."""
        return self in (EventClass.SUCCESS, EventClass.PLATFORM)

    @property
    def in_bad(self) -> bool:
        """True when one event of this class spends error budget."""
        return self in (EventClass.PLATFORM, EventClass.FAILED)


@dataclass(frozen=True, slots=True)
class Selector:
    """One metric and the label values that it must have, equal unless a value starts with "~" (then a regex)."""

    metric: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CounterQuery:
    """A counter whose series are slices. The component is the value of `component_label`, or the fixed `component`."""

    selector: Selector
    component_label: str | None = None
    component: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way in which exporters name what the SLI counts.

    counters: summed per component. presence: a metric that every live target of this dialect exports from its first
    scrape on, so that a target (and the dialect) is known before its first counted event. target_labels: what tells
    one target from another, on the counters and on `up`. duplicate_labels: series that differ in these only are one
    thing scraped twice. misses: what this dialect cannot see, as a sentence; empty when nothing. advice: how to get a
    dialect that can.
    """

    name: str
    counters: tuple[CounterQuery, ...]
    presence: Selector
    target_labels: tuple[str, ...] = ("instance",)
    duplicate_labels: tuple[str, ...] = ("job", "replica", "prometheus_replica")
    misses: str = ""
    advice: str = ""

    def owns(self, component: str) -> bool:
        """True when a component of this name was counted by this dialect and by no dialect with a fixed name for it."""
        return any(counter.component == component for counter in self.counters if counter.component_label is None)


@dataclass(frozen=True, slots=True)
class EventsSli:
    """Events: good ÷ all. Slices keep the components apart, so `classes` may change without a new series.

    dialects: best first. classes: component → class; a component that is not listed is `unlisted` (an unknown error
    code is the platform's fault).
    """

    name: str
    dialects: tuple[Dialect, ...]
    classes: Mapping[str, EventClass]
    unlisted: EventClass = EventClass.PLATFORM

    def classify(self, component: str) -> EventClass:
        """The class of a component."""
        return self.classes.get(component, self.unlisted)

    def dialect_of(self, component: str) -> Dialect | None:
        """The dialect that counted a component of a fixed name; None for one that is named by a label's value."""
        return next((dialect for dialect in self.dialects if dialect.owns(component)), None)

    @property
    def labelled_dialect(self) -> Dialect | None:
        """The best dialect that names its components by a label's value."""
        labelled = (it for it in self.dialects if any(counter.component_label for counter in it.counters))
        return next(labelled, None)

    @property
    def canonical(self) -> str:
        """What is counted, as canonical JSON: the dialects, not classes, sentences, objective or policy."""
        counted = {
            "kind": "events",
            "dialects": [
                {key: value for key, value in asdict(dialect).items() if key not in ("misses", "advice")}
                for dialect in self.dialects
            ],
        }
        return json.dumps(counted, sort_keys=True, separators=(",", ":"))

    @property
    def hash(self) -> SliHash:
        """Identity of what is counted; slices of one identity are one history."""
        return SliHash(hashlib.sha256(self.canonical.encode()).hexdigest()[:16])


@dataclass(frozen=True, slots=True)
class SloDefinition:
    """A promise over a window.

    objective: good share, strictly between 0 and 1, the very digits of the file. window: rolling. min_coverage: share
    of the window that must have been observed before a band is given. gate: takes part in release decisions.
    """

    id: SloId
    title: str
    description: str
    labels: Mapping[str, str]
    objective: Decimal
    window: timedelta
    sli: EventsSli
    min_coverage: Decimal = Decimal("0.5")
    gate: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a promise that no budget can be computed for."""
        if not 0 < self.objective < 1:
            raise ValueError(f"objective {self.objective} is not strictly between 0 and 1")
        if self.window < timedelta(hours=1) or self.window % timedelta(minutes=1):
            raise ValueError(f"window {self.window} is not a whole number of minutes of at least one hour")
        if not 0 <= self.min_coverage <= 1:
            raise ValueError(f"min_coverage {self.min_coverage} is not between 0 and 1")

    @property
    def kind(self) -> str:
        """The SLI's kind, as `slo status` names it."""
        return "events"

    @property
    def window_text(self) -> str:
        """The window in its largest whole unit, as in the file: 30d, 12h, 90m."""
        minutes = int(self.window / timedelta(minutes=1))
        for size, unit in ((1440, "d"), (60, "h")):
            if minutes % size == 0:
                return f"{minutes // size}{unit}"
        return f"{minutes}m"
