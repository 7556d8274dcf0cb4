"""What the slice function needs, asked of Prometheus: samples at minute edges, targets and their scrapes.

A plain selector in a range query is no use here: for five minutes it repeats the last value of a series that is gone
when Prometheus itself was stopped, and it forgets the last samples before a target failed (staleness marker).
`last_over_time` over one minute gives the real last sample of that minute or nothing, at the cost of the same chunks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from data.slice_blocks import Block, Scrapes, ScrapeTally, SeriesKey, stretches
from data.slice_promql import BUCKET_EDGE, IN_MINUTE, any_of, bucket_edge, gauge_value, promql, running_count
from data.slice_restarts import Raw, walk_through
from data.slice_source import PrometheusSource, Series
from scoring.slo.counting import Flags, last_in_minute
from scoring.slo.definition import CounterQuery, Dialect, GaugeQuery, Reading, Selector, Within
from scoring.slo.slices import MINUTE, Values, edge

DISCOVERY_STEP = timedelta(minutes=5)
"""Prometheus' lookback: a target that answered at all in a longer stretch shows up at one of these steps."""

HOUR = timedelta(hours=1)

APART = "\x1f"
"""Between the label values of a target's name: no label value contains it."""

NEAR = 60
"""Silent stretches that are fewer minutes apart are asked about at once."""

UNLABELLED = "unlabelled"
"""The component of a series that lacks the label which names components."""

UP = "up"
"""Prometheus' own gauge of whether a scrape was answered."""


@dataclass(frozen=True, slots=True)
class SliceReader:
    """Reads one cluster's minutes in one dialect. group_by: labels whose values make a group's key."""

    prometheus: PrometheusSource
    dialect: Dialect
    group_by: tuple[str, ...] = ()

    def block(self, start: int, end: int, only: frozenset[str] | None = None, known: Iterable[str] = ()) -> Block:
        """Reads minutes start…end−1, of the targets `only` when given. Raises SourceFailure.

        known: components that have been measured before, which `up` is asked about although they may have vanished.
        """
        extra = {} if only is None else self._label_alternatives(only)
        discovered = self._discovered(start, end) if only is None else set(only)
        samples: dict[SeriesKey, Values] = {}
        running: dict[SeriesKey, Values] = {}
        for counter in self.dialect.counters:
            self._count(counter, extra, start, end, samples, running)
        counted = set(samples)
        for gauge in self.dialect.gauges:
            self._measure(gauge, discovered, known, start, end, samples)
        measured = frozenset(key.component for key in samples.keys() - counted)
        wanted = discovered | ({key.target for key in samples} if only is None else set())
        samples = {key: values for key, values in samples.items() if key.target in wanted}
        scrapes, owners = self._scrapes(wanted, start, end, samples)
        plain = {key: one for key, one in samples.items() if key in counted and key not in running}
        walked, walks = walk_through(plain, scrapes, start, self._raw)
        return Block(start, end, samples | walked, scrapes, running, owners, measured, walks)

    def _raw(self, targets: set[str], start: int, end: int) -> Raw:
        """Every sample of minutes start…end−1 of these targets' plain counters, and their scrapes."""
        alternatives, within = self._label_alternatives(targets), f"[{(end - start) * 60_000 - 1}ms]"
        up: dict[str, list[Series]] = defaultdict(list)
        for one in self.prometheus.query(self._selector(Selector(UP), alternatives) + within, edge(end)):
            up[self._target(one.labels)].append(one)
        series: dict[SeriesKey, list[Series]] = defaultdict(list)
        for counter in self.dialect.counters:
            if counter.reading is Reading.COUNTER:
                for one in self.prometheus.query(self._selector(counter.selector, alternatives) + within, edge(end)):
                    series[self._key(counter, one.labels)].append(one)
        return Raw(up, series)

    def _count(
        self,
        counter: CounterQuery,
        extra: Mapping[str, str],
        start: int,
        end: int,
        samples: dict[SeriesKey, Values],
        running: dict[SeriesKey, Values],
    ) -> None:
        """Adds a counter's series; of duplicates the higher sample of a minute."""
        selector = self._selector(counter.selector, extra)
        found = self._laid(counter, running_count(counter, selector), start, end)
        if counter.reading is Reading.HISTOGRAM_BELOW:
            counts = self._laid(
                counter, running_count(replace(counter, reading=Reading.HISTOGRAM_COUNT), selector), start, end
            )
            for key, count in counts.items():
                below = found.get(key, np.full(end - start, np.nan))
                found[key] = np.where(np.isnan(below) & ~np.isnan(count), 0.0, below)
                running[key] = np.fmax(running[key], count) if key in running else count
        for key, laid in found.items():
            samples[key] = np.fmax(samples[key], laid) if key in samples else laid

    def _laid(self, counter: CounterQuery, query: str, start: int, end: int) -> dict[SeriesKey, Values]:
        found: dict[SeriesKey, Values] = {}
        for one in self._in_minutes(query, start, end):
            key = self._key(counter, one.labels)
            laid = last_in_minute(one.times, one.values, start, end)
            found[key] = np.fmax(found[key], laid) if key in found else laid
        return found

    def _measure(
        self,
        gauge: GaugeQuery,
        discovered: set[str],
        known: Iterable[str],
        start: int,
        end: int,
        samples: dict[SeriesKey, Values],
    ) -> None:
        """Adds a gauge's series, one a component and target; `up` only of this dialect's targets."""
        extra: Mapping[str, str] = {}
        if gauge.selector.metric == UP:
            names = {name.removeprefix(gauge.component) for name in known if name.startswith(gauge.component)}
            extra = self._label_alternatives(discovered, {gauge.component_label or "": names})
            if not extra:
                return
        labels = dict.fromkeys((gauge.component_label or "", *self.group_by, *self.dialect.target_labels))
        query = gauge_value(gauge, self._selector(gauge.selector, extra), filter(None, labels))
        worse = np.fmin if gauge.within is Within.MIN else np.fmax
        for one in self._in_minutes(query, start, end):
            key = SeriesKey(self._group(one.labels), _component(gauge, one.labels), self._target(one.labels))
            laid = last_in_minute(one.times, one.values, start, end)
            samples[key] = worse(samples[key], laid) if key in samples else laid

    def alive(self, block: Block, after: int) -> Flags:
        """Minutes of `block` in which Prometheus stored an `up` sample of anything.

        Asked only about silent minutes from epoch minute `after` on: everywhere else it is known or of no importance.
        """
        silent = block.silent
        alive = ~silent
        silent[: max(0, after - block.start)] = False
        up = promql(Selector(UP), self.prometheus.matchers)
        for low, high in stretches(np.flatnonzero(silent), NEAR):
            start, end = block.start + low, block.start + high
            for one in self._in_minutes(f"count(count_over_time({up}{IN_MINUTE}))", start, end):
                alive[low:high] |= ~np.isnan(last_in_minute(one.times, one.values, start, end))
        return alive

    def speaks_now(self, end: int) -> bool:
        """True when this dialect has data in the hour before `end`."""
        return self._any("group(last_over_time({}[1h]))", end, end)

    def has_spoken(self, start: int, end: int) -> bool:
        """True when this dialect has data at some full hour of the stretch."""
        return self._any("group({})", start, end)

    def _any(self, query: str, start: int, end: int) -> bool:
        # A histogram speaks when the bucket that its presence names is there: without it nothing would ever be good.
        counters = (one.selector for one in self.dialect.counters if one.component_label != BUCKET_EDGE)
        counted = [*counters, *(one.selector for one in self.dialect.gauges)]
        selectors = [*(selector for selector in counted if selector.metric != UP), self.dialect.presence]
        either = " or ".join(query.format(self._selector(selector, {})) for selector in selectors)
        return any(True for _ in self.prometheus.query_range(either, edge(start), edge(end), HOUR))

    def _key(self, counter: CounterQuery, labels: Mapping[str, str]) -> SeriesKey:
        ignored = ("__name__", *self.dialect.duplicate_labels)
        identity = tuple(
            sorted(
                (name, bucket_edge(value) if name == BUCKET_EDGE else value)
                for name, value in labels.items()
                if name not in ignored
            )
        )
        return SeriesKey(self._group(labels), _component(counter, labels), self._target(labels), identity)

    def _scrapes(
        self, targets: set[str], start: int, end: int, samples: Mapping[SeriesKey, Values]
    ) -> tuple[dict[str, Scrapes], dict[str, str]]:
        """Scrapes of the targets that `up` knows, one that is scraped twice has the scrapes of both; and their groups.

        A target has a group of its own where its `up` has all of the group's labels.
        """
        if not targets:
            return {}, {}
        up = self._selector(Selector(UP), self._label_alternatives(targets))
        tally = ScrapeTally(end - start)
        owners: dict[str, str] = {}
        for one in self._in_minutes(f"count_over_time({up}{IN_MINUTE})", start, end):
            name = self._target(one.labels)
            tally.add_made(name, last_in_minute(one.times, one.values, start, end))
            if self.group_by and all(one.labels.get(label) for label in self.group_by):
                owners[name] = self._group(one.labels)
        # Asked only where no sample shows that a scrape was answered, and apart: joining series costs Prometheus more.
        if self.dialect.counters and tally.doubtful(samples):
            for one in self._in_minutes(f"max_over_time({up}{IN_MINUTE}) == 0", start, end):
                tally.add_refused(self._target(one.labels), last_in_minute(one.times, one.values, start, end))
        if self.dialect.counters:
            for one in self._in_minutes(f"min_over_time({up}{IN_MINUTE}) == 0", start, end):
                tally.add_failed(self._target(one.labels), last_in_minute(one.times, one.values, start, end))
        known = tally.scrapes(targets)
        return known, {name: owners[name] for name in known if name in owners}

    def _discovered(self, start: int, end: int) -> set[str]:
        """Targets that exported the dialect's presence metric at some time in the stretch.

        Not asked where the presence is one of the series that are read anyway: those name their targets.
        """
        if self._presence_is_read:
            return set()
        labels = ", ".join(self.dialect.target_labels)
        query = f"group by ({labels}) ({self._selector(self.dialect.presence, {})})"
        step = MINUTE if end - start <= NEAR else DISCOVERY_STEP
        first = edge(end) - (edge(end) - edge(start + 1)) // step * step
        return {self._target(one.labels) for one in self.prometheus.query_range(query, first, edge(end), step)}

    @property
    def _presence_is_read(self) -> bool:
        presence = self.dialect.presence
        read = [*(one.selector for one in self.dialect.counters), *(one.selector for one in self.dialect.gauges)]
        return any(one.metric == presence.metric and one.labels.items() <= presence.labels.items() for one in read)

    def _in_minutes(self, query: str, start: int, end: int) -> Iterable[Series]:
        """Evaluates at the right edge of each of the minutes start…end−1."""
        return self.prometheus.query_range(query, edge(start + 1), edge(end), MINUTE)

    def _target(self, labels: Mapping[str, str]) -> str:
        return APART.join(labels.get(label, "") for label in self.dialect.target_labels)

    def _group(self, labels: Mapping[str, str]) -> str:
        return ",".join(f"{label}={labels.get(label, '')}" for label in self.group_by)

    def _label_alternatives(
        self, targets: Iterable[str], more: Mapping[str, Iterable[str]] | None = None
    ) -> dict[str, str]:
        """A regular expression for each target label; together they match all of the targets, and may match more.

        more: further values of some of the target labels. Empty when there is nothing to match.
        """
        columns: dict[str, set[str]] = {label: set((more or {}).get(label, ())) for label in self.dialect.target_labels}
        for target in targets:
            for label, value in zip(self.dialect.target_labels, target.split(APART), strict=True):
                columns[label].add(value)
        return {label: any_of(values) for label, values in columns.items() if values}

    def _selector(self, selector: Selector, extra: Mapping[str, str]) -> str:
        return promql(selector, self.prometheus.matchers, extra)


def _component(query: CounterQuery | GaugeQuery, labels: Mapping[str, str]) -> str:
    """A series' component: the fixed name, or the label's value after it."""
    if query.component_label is None:
        return query.component
    value = labels.get(query.component_label) or UNLABELLED
    return query.component + (bucket_edge(value) if query.component_label == BUCKET_EDGE else value)
