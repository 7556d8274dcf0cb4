"""What the slice function needs, asked of Prometheus: samples at minute edges, targets and their scrapes.

A plain selector in a range query is no use here: for five minutes it repeats the last value of a series that is gone
when Prometheus itself was stopped, and it forgets the last samples before a target failed (staleness marker).
`last_over_time` over one minute gives the real last sample of that minute or nothing, at the cost of the same chunks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np

from data.slice_blocks import Block, Scrapes, Series, SeriesKey, stretches
from data.slice_restarts import Raw, walk_through
from scoring.slo.counting import Flags, last_in_minute
from scoring.slo.definition import CounterQuery, Dialect, Selector
from scoring.slo.slices import MINUTE, Values, edge

IN_MINUTE = "[59999ms]"
"""One minute without its left edge, which Prometheus 2 would count in and Prometheus 3 would not."""

DISCOVERY_STEP = timedelta(minutes=5)
"""Prometheus' lookback: a target that answered at all in a longer stretch shows up at one of these steps."""

HOUR = timedelta(hours=1)

APART = "\x1f"
"""Between the label values of a target's name: no label value contains it."""

NEAR = 60
"""Silent stretches that are fewer minutes apart are asked about at once."""


class PrometheusSource(Protocol):
    """The part of the Prometheus source that slices are read through.

    matchers: labels that select the cluster's series in a Prometheus that has several.
    """

    @property
    def matchers(self) -> Mapping[str, str]: ...
    def query(self, promql: str, at: datetime) -> Iterable[Series]:
        """Evaluates at one moment; `x[1m]` gives the samples of x. Raises SourceFailure."""
        ...

    def query_range(self, promql: str, start: datetime, end: datetime, step: timedelta) -> Iterable[Series]:
        """Evaluates at start, start + step, … up to end. Raises SourceFailure."""
        ...


@dataclass(frozen=True, slots=True)
class SliceReader:
    """Reads one cluster's minutes in one dialect."""

    prometheus: PrometheusSource
    dialect: Dialect

    def block(self, start: int, end: int, only: frozenset[str] | None = None) -> Block:
        """Reads minutes start…end−1, of the targets `only` when given. Raises SourceFailure."""
        alternatives = {} if only is None else self._label_alternatives(only)
        samples: dict[SeriesKey, Values] = {}
        for counter in self.dialect.counters:
            query = f"last_over_time({self._selector(counter.selector, alternatives)}{IN_MINUTE})"
            for one in self._in_minutes(query, start, end):
                key = self._key(counter, one.labels)
                laid = last_in_minute(one.times, one.values, start, end)
                samples[key] = np.fmax(samples[key], laid) if key in samples else laid
        if only is None:
            wanted = self._discovered(start, end) | {key.target for key in samples}
        else:
            wanted = set(only)
            samples = {key: values for key, values in samples.items() if key.target in only}
        scrapes = self._scrapes(wanted, start, end)
        values, walks = walk_through(samples, scrapes, start, self._raw)
        return Block(start, end, values, scrapes, walks)

    def alive(self, block: Block, after: int) -> Flags:
        """Minutes of `block` in which Prometheus stored an `up` sample of anything.

        Asked only about silent minutes from epoch minute `after` on: everywhere else it is known or of no importance.
        """
        silent = block.silent
        alive = ~silent
        silent[: max(0, after - block.start)] = False
        up = _promql(Selector("up", self.prometheus.matchers))
        for low, high in stretches(np.flatnonzero(silent), NEAR):
            start, end = block.start + low, block.start + high
            for one in self._in_minutes(f"count(count_over_time({up}{IN_MINUTE}))", start, end):
                alive[low:high] |= ~np.isnan(last_in_minute(one.times, one.values, start, end))
        return alive

    def _raw(self, targets: set[str], start: int, end: int) -> Raw:
        """Every sample of minutes start…end−1 of these targets' counters, and their scrapes."""
        alternatives, within = self._label_alternatives(targets), f"[{(end - start) * 60_000 - 1}ms]"
        up: dict[str, list[Series]] = defaultdict(list)
        for one in self.prometheus.query(self._selector(Selector("up"), alternatives) + within, edge(end)):
            up[self._target(one.labels)].append(one)
        series: dict[SeriesKey, list[Series]] = defaultdict(list)
        for counter in self.dialect.counters:
            for one in self.prometheus.query(self._selector(counter.selector, alternatives) + within, edge(end)):
                series[self._key(counter, one.labels)].append(one)
        return Raw(up, series)

    def speaks_now(self, end: int) -> bool:
        """True when this dialect has data in the hour before `end`."""
        return self._any("group(last_over_time({}[1h]))", end, end)

    def has_spoken(self, start: int, end: int) -> bool:
        """True when this dialect has data at some full hour of the stretch."""
        return self._any("group({})", start, end)

    def _any(self, query: str, start: int, end: int) -> bool:
        selectors = [*(counter.selector for counter in self.dialect.counters), self.dialect.presence]
        either = " or ".join(query.format(self._selector(selector, {})) for selector in selectors)
        return any(True for _ in self.prometheus.query_range(either, edge(start), edge(end), HOUR))

    def _key(self, counter: CounterQuery, labels: Mapping[str, str]) -> SeriesKey:
        component = labels.get(counter.component_label, "") if counter.component_label else counter.component
        ignored = ("__name__", *self.dialect.duplicate_labels)
        identity = tuple(sorted((name, value) for name, value in labels.items() if name not in ignored))
        return SeriesKey(component, self._target(labels), identity)

    def _scrapes(self, targets: set[str], start: int, end: int) -> dict[str, Scrapes]:
        """Scrapes of the targets that `up` knows; one that is scraped twice has the scrapes of both."""
        if not targets:
            return {}
        up = self._selector(Selector("up"), self._label_alternatives(targets))
        made, answered = (
            self._summed(f"{function}_over_time({up}{IN_MINUTE})", start, end) for function in ("count", "sum")
        )
        return {name: Scrapes(made[name], answered[name]) for name in sorted(targets & made.keys())}

    def _summed(self, promql: str, start: int, end: int) -> dict[str, Values]:
        found: dict[str, Values] = defaultdict(lambda: np.zeros(end - start))
        for one in self._in_minutes(promql, start, end):
            found[self._target(one.labels)] += np.nan_to_num(last_in_minute(one.times, one.values, start, end))
        return found

    def _discovered(self, start: int, end: int) -> set[str]:
        """Targets that exported the dialect's presence metric at some time in the stretch."""
        labels = ", ".join(self.dialect.target_labels)
        query = f"group by ({labels}) ({self._selector(self.dialect.presence, {})})"
        step = MINUTE if end - start <= NEAR else DISCOVERY_STEP
        return {
            self._target(one.labels) for one in self.prometheus.query_range(query, edge(start + 1), edge(end), step)
        }

    def _in_minutes(self, promql: str, start: int, end: int) -> Iterable[Series]:
        """Evaluates at the right edge of each of the minutes start…end−1."""
        return self.prometheus.query_range(promql, edge(start + 1), edge(end), MINUTE)

    def _target(self, labels: Mapping[str, str]) -> str:
        return APART.join(labels.get(label, "") for label in self.dialect.target_labels)

    def _label_alternatives(self, targets: Iterable[str]) -> dict[str, str]:
        """A regular expression for each target label; together they match all of the targets, and may match more."""
        values = zip(*(target.split(APART) for target in targets), strict=True)
        columns = zip(self.dialect.target_labels, values, strict=True)
        return {label: "~" + "|".join(sorted(map(_literally, set(column)))) for label, column in columns}

    def _selector(self, selector: Selector, extra: Mapping[str, str]) -> str:
        return _promql(Selector(selector.metric, {**selector.labels, **self.prometheus.matchers, **extra}))


def _promql(selector: Selector) -> str:
    def matcher(label: str, value: str) -> str:
        operator, text = ("=~", value[1:]) if value.startswith("~") else ("=", value)
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{label}{operator}"{escaped}"'

    inside = ",".join(matcher(label, value) for label, value in selector.labels.items())
    return f"{selector.metric}{{{inside}}}" if inside else selector.metric


def _literally(value: str) -> str:
    """A regular expression (RE2) that matches just this text."""
    return "".join(f"\\{letter}" if letter in r"\.+*?()|[]{}^$" else letter for letter in value)
