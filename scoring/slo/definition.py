"""What an SLO promises and what its SLI counts, as read from a definition file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from operator import eq, ge, gt, le, lt, ne
from typing import ClassVar, NewType

from scoring.slo.slices import SliHash
from scoring.slo.windows import Window

SloId = NewType("SloId", str)

MOST_GROUPS = 200
"""Groups of one SLO unless its definition says otherwise: each is a history of its own."""


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
    GOOD = "good"
    """Not bad, and already part of a total that another component counts: what it lacks of that total is bad."""
    UNUSED = "unused"
    """Kept for what-if, and counted nowhere: a bucket at another bound than the SLI's."""

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
    """One metric and what its labels must be.

    A value means "equal"; with "~" in front "matches this regular expression"; with "!" in front of either, "not".
    """

    metric: str
    labels: Mapping[str, str] = field(default_factory=dict)


class Reading(StrEnum):
    """How a series' samples become the running count that slices are the differences of."""

    COUNTER = "counter"
    """The sample itself; also a classic histogram's buckets and count."""
    HISTOGRAM_COUNT = "histogram_count"
    """Observations of a native histogram."""
    HISTOGRAM_BELOW = "histogram_below"
    """Observations of a native histogram at or below a bound."""


@dataclass(frozen=True, slots=True)
class CounterQuery:
    """A counter whose series are slices.

    The component is the fixed `component`; with a `component_label` that label's value, with `component` before it.
    bound: of a HISTOGRAM_BELOW reading, in the histogram's unit.
    """

    selector: Selector
    component_label: str | None = None
    component: str = ""
    reading: Reading = Reading.COUNTER
    bound: Decimal | None = None


class Within(StrEnum):
    """Which of a gauge's samples inside one minute stands for it."""

    MAX = "max"
    MIN = "min"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class GaugeQuery:
    """A gauge, never negative, of which each minute keeps one value for each component (see CounterQuery)."""

    selector: Selector
    component_label: str | None = None
    component: str = ""
    within: Within = Within.MAX


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way in which exporters name what the SLI counts.

    counters: summed per component; gauges: for time slices, instead of counters. presence: a metric that every live
    target of this dialect exports from its first scrape on, so that a target (and the dialect) is known before its
    first counted event. target_labels: what tells one target from another, on the counters and on `up`.
    duplicate_labels: series that differ in these only are one thing scraped twice. misses: what this dialect cannot
    see, as a sentence; empty when nothing. advice: how to get a dialect that can.
    """

    name: str
    counters: tuple[CounterQuery, ...]
    presence: Selector
    target_labels: tuple[str, ...] = ("instance",)
    duplicate_labels: tuple[str, ...] = ("job", "replica", "prometheus_replica")
    misses: str = ""
    advice: str = ""
    gauges: tuple[GaugeQuery, ...] = ()

    def owns(self, component: str) -> bool:
        """True when a component of this name can only be this dialect's: by its name, or by what stands before it."""
        return any(
            component == query.component
            if query.component_label is None
            else bool(query.component) and component.startswith(query.component)
            for query in self._queries
        )

    @property
    def labelled(self) -> bool:
        """True when its components are named by a label's value."""
        return any(query.component_label for query in self._queries)

    @property
    def _queries(self) -> tuple[CounterQuery | GaugeQuery, ...]:
        return (*self.counters, *self.gauges)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sli:
    """What every SLI has.

    dialects: best first. group_by: labels of which every combination of values has a budget of its own, at most
    `most_groups` of them. canonical: what is counted, as canonical JSON: the dialects and groups, not classes,
    thresholds, sentences or policy.
    """

    name: str
    dialects: tuple[Dialect, ...]
    group_by: tuple[str, ...] = ()
    most_groups: int = MOST_GROUPS
    canonical: str = field(init=False, repr=False, compare=False)

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        """Writes down once what is asked for whenever slices are read or judged."""
        counted: dict[str, object] = {"kind": self.kind, "dialects": [_counted(dialect) for dialect in self.dialects]}
        if self.group_by:
            counted["group_by"] = self.group_by
        text = json.dumps(counted, sort_keys=True, separators=(",", ":"), default=str)
        object.__setattr__(self, "canonical", text)

    def dialect_of(self, component: str) -> Dialect | None:
        """The dialect that counted a component of a fixed name; None for one that is named by a label's value."""
        return next((dialect for dialect in self.dialects if dialect.owns(component)), None)

    @property
    def labelled_dialect(self) -> Dialect | None:
        """The best dialect that names its components by a label's value."""
        return next((dialect for dialect in self.dialects if dialect.labelled), None)

    @property
    def hash(self) -> SliHash:
        """Identity of what is counted; slices of one identity are one history."""
        return SliHash(hashlib.sha256(self.canonical.encode()).hexdigest()[:16])


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsSli(_Sli):
    """Events: good ÷ all. Slices keep the components apart, so classes and bound may change without a new series.

    classes: component → class; a component that is not listed is `unlisted` (an unknown error code is the platform's
    fault). bound: for latency from a classic histogram, whose components are its buckets' `le`: the bucket at the bound
    is GOOD, the one at infinity the total, every other one UNUSED.
    """

    classes: Mapping[str, EventClass] = field(default_factory=dict)
    unlisted: EventClass = EventClass.PLATFORM
    bound: Decimal | None = None

    kind: ClassVar[str] = "events"

    def classify(self, component: str) -> EventClass:
        """The class of a component."""
        if self.bound is None or component in self.classes:
            return self.classes.get(component, self.unlisted)
        edge = Decimal(component)
        if edge == self.bound:
            return EventClass.GOOD
        return EventClass.SUCCESS if edge.is_infinite() else EventClass.UNUSED


@dataclass(frozen=True, slots=True)
class Condition:
    """What a gauge must be for its minute to be good, as in `lag lt 1000`; exact."""

    operator: str
    value: Decimal

    OPERATORS: ClassVar = {"lt": lt, "lte": le, "gt": gt, "gte": ge, "eq": eq, "ne": ne}

    def __post_init__(self) -> None:
        """Raises ValueError for an operator that is not known."""
        if self.operator not in self.OPERATORS:
            raise ValueError(f"operator {self.operator!r} is none of {', '.join(self.OPERATORS)}")


class Missing(StrEnum):
    """What a minute without data is to a time-slices SLI."""

    IGNORE = "ignore"
    """Not observed: it lowers the coverage."""
    BAD = "bad"
    """A bad slice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicesSli(_Sli):
    """Time slices: good minutes ÷ minutes. Slices keep each component's gauge value, so the condition may change.

    per_component: every component has its own minute (the SLI is then the mean over components); otherwise a minute is
    one slice, bad when any component's is. A component that is known and does not answer is bad.
    """

    condition: Condition
    missing: Missing = Missing.IGNORE
    per_component: bool = False

    kind: ClassVar[str] = "time_slices"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvariantSli(_Sli):
    """Something that must never happen, counted by components.

    checked: components that count what was looked at; every other one counts violations. minimum_checked: below it
    there is no data. noun: what was looked at, as in "0 found in 12 000 canary records".
    """

    checked: frozenset[str]
    minimum_checked: int = 1
    noun: str = "records"

    kind: ClassVar[str] = "invariant"

    @property
    def least_checked(self) -> int:
        """Below it there is no data; 0 where no component counts what was looked at."""
        return self.minimum_checked if self.checked else 0


Sli = EventsSli | SlicesSli | InvariantSli


def _counted(dialect: Dialect) -> dict[str, object]:
    """A dialect without its sentences, and without what is at its default, so that a new field makes no new series."""
    found = {key: value for key, value in asdict(dialect).items() if key not in ("misses", "advice")}
    if not dialect.gauges:
        del found["gauges"]
    for counter in found["counters"]:
        if counter["reading"] is Reading.COUNTER:
            del counter["reading"], counter["bound"]
    return found


@dataclass(frozen=True, slots=True)
class SloDefinition:
    """A promise over a window.

    objective: good share, strictly between 0 and 1, the very digits of the file; None for an invariant, and only
    there. min_coverage: share of the window that must have been observed before a band is given. gate: takes part in
    release decisions. policy: the name of its error-budget policy.
    """

    id: SloId
    title: str
    description: str
    labels: Mapping[str, str]
    objective: Decimal | None
    window: Window
    sli: Sli
    min_coverage: Decimal = Decimal("0.5")
    gate: bool = False
    policy: str = "default"

    def __post_init__(self) -> None:
        """Raises ValueError for a promise that no budget can be computed for."""
        if isinstance(self.sli, InvariantSli) != (self.objective is None):
            raise ValueError("an invariant has no objective, and everything else has one")
        if self.objective is not None and not 0 < self.objective < 1:
            raise ValueError(f"objective {self.objective} is not strictly between 0 and 1")
        if not 0 <= self.min_coverage <= 1:
            raise ValueError(f"min_coverage {self.min_coverage} is not between 0 and 1")

    @property
    def kind(self) -> str:
        """The SLI's kind, as `slo status` names it."""
        return self.sli.kind
