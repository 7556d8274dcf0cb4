"""What Prometheus holds of this cluster."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from data.definitions.slo_files import load_slos
from data.doctor.dialects import metric_dialects, names_query
from data.doctor.report import Check, SourceReport, Verdict, failed, not_configured, tried
from data.settings import ClusterSettings
from data.slice_promql import promql
from data.sources.failures import SourceFailure
from data.sources.prometheus import PrometheusSource
from scoring.slo.definition import Dialect, SloDefinition

NO_PROMETHEUS = "No SLO has data: no error budget, no burn rate."
CLOCK_TOLERANCE = 2.0
"""Seconds; a larger difference moves events over the edges of minutes."""

COARSE_INTERVAL = 30.0
"""Seconds between scrapes above which a single missed scrape leaves a minute uncovered."""

SLO_WINDOW_DAYS = 30.0

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)")
_DAYS = {"ms": 1 / 86_400_000, "s": 1 / 86_400, "m": 1 / 1_440, "h": 1 / 24, "d": 1.0, "w": 7.0, "y": 365.0}


def examine_prometheus(cluster: ClusterSettings, clock: Callable[[], datetime]) -> SourceReport:
    """Reachable, clock, dialects, what each SLO is counted by, scrape interval, targets and retention."""
    if cluster.prometheus is None:
        return not_configured("prometheus", NO_PROMETHEUS, "prometheus.url")
    source = PrometheusSource(cluster.prometheus, min(10.0, cluster.prometheus.timeout))
    try:
        return SourceReport("prometheus", cluster.prometheus.url, tuple(_checks(source, clock)))
    finally:
        source.close()


def _checks(source: PrometheusSource, clock: Callable[[], datetime]) -> list[Check]:
    try:
        before = clock().timestamp()
        theirs = source.server_time()
        after = clock().timestamp()
        found = [Check("connection", Verdict.OK, _version(source))]
    except SourceFailure as failure:
        return [failed("connection", failure, NO_PROMETHEUS)]
    found.append(_clock_check(theirs - (before + after) / 2, (after - before) / 2))
    at = clock()
    found += _dialects(source, at)
    found += _slo_dialects(source, at)
    found += _targets(source)
    found.append(_retention(source))
    return found


def _version(source: PrometheusSource) -> str:
    build = source.status("buildinfo")
    return f"Prometheus {build['version']}" if build and build.get("version") else "answers; tells no version"


def _clock_check(difference: float, uncertainty: float) -> Check:
    """difference: their clock less ours, seconds."""
    said = f"{difference:+.2f} s against ours (± {uncertainty:.2f} s)"
    if abs(difference) <= CLOCK_TOLERANCE + uncertainty:
        return Check("clock", Verdict.OK, said)
    return Check(
        "clock",
        Verdict.LACKING,
        said,
        "Minutes are closed too early or too late, and the newest are missing or incomplete.",
        "Let both machines follow the same time servers.",
    )


def _dialects(source: PrometheusSource, at: datetime) -> list[Check]:
    """One check for every dialect that is found, and one for each that is needed and is not."""
    dialects = metric_dialects()
    names = tuple(name for dialect in dialects for name in dialect.metrics)
    try:
        answer = source.query(names_query(names, source.matchers), at)
    except SourceFailure as failure:
        return [failed("dialects", failure, NO_PROMETHEUS)]
    series = {one.labels.get("__name__", ""): int(one.values[0]) for one in answer}
    found = []
    for dialect in dialects:
        there = [name for name in dialect.metrics if name in series]
        if there:
            said = f"{len(there)} of {len(dialect.metrics)} metrics, {sum(series[name] for name in there)} series"
            found.append(Check(f"dialect: {dialect.name}", Verdict.OK, f"{said}; tells {dialect.tells}"))
        elif dialect.needed:
            found.append(
                Check(f"dialect: {dialect.name}", Verdict.LACKING, "not found", dialect.needed, dialect.remedy)
            )
    return found


def _slo_dialects(source: PrometheusSource, at: datetime) -> list[Check]:
    """Which dialect each SLO would be counted by, and what that one misses."""
    return [_slo_dialect(source, at, slo) for slo in load_slos()]


def _slo_dialect(source: PrometheusSource, at: datetime, slo: SloDefinition) -> Check:
    name = f"SLO {slo.title.lower()}"

    def look() -> Dialect | None:
        dialects = slo.sli.dialects
        return next(
            (dialect for dialect in dialects if len(source.query(promql(dialect.presence, source.matchers), at))), None
        )

    def judge(spoken: Dialect | None) -> Check:
        if spoken is None:
            advice = slo.sli.dialects[0].advice or "Run the canary and let Prometheus scrape it."
            return Check(name, Verdict.LACKING, "no metric of it found", "This SLO has no data.", advice)
        if spoken is not slo.sli.dialects[0] and spoken.misses:
            return Check(name, Verdict.LACKING, f"counted by {spoken.name}", spoken.misses, spoken.advice)
        return Check(name, Verdict.OK, f"counted by {spoken.name}" + (f": {spoken.misses}" if spoken.misses else ""))

    return tried(name, NO_PROMETHEUS, look, judge)


def _targets(source: PrometheusSource) -> list[Check]:
    """Scrape interval and targets that are down, of every job that is scraped."""
    try:
        answer = source.targets()
    except SourceFailure as failure:
        return [failed("targets", failure)]
    active = (answer or {}).get("activeTargets")
    if not active:
        said = "this engine does not tell its targets"
        return [Check("scrape interval", Verdict.UNKNOWN, said, "How finely minutes are covered is unknown.")]
    return [_interval(active), _down(active)]


def _interval(active: list[Mapping[str, Any]]) -> Check:
    jobs: dict[str, float] = {}
    for target in active:
        seconds = _seconds(str(target.get("scrapeInterval", "")))
        if seconds:
            job = str(target.get("labels", {}).get("job", "?"))
            jobs[job] = max(seconds, jobs.get(job, 0.0))
    if not jobs:
        return Check("scrape interval", Verdict.UNKNOWN, "not told", "How finely minutes are covered is unknown.")
    said = ", ".join(f"{job} {seconds:g} s" for job, seconds in sorted(jobs.items()))
    if max(jobs.values()) > COARSE_INTERVAL:
        return Check(
            "scrape interval",
            Verdict.LACKING,
            said,
            "One missed scrape leaves a minute uncovered, and events are seen a minute late.",
            "Scrape the brokers every 15 s or more often.",
        )
    return Check("scrape interval", Verdict.OK, said)


def _down(active: list[Mapping[str, Any]]) -> Check:
    down = sorted(str(target.get("scrapeUrl", "?")) for target in active if target.get("health") != "up")
    if not down:
        return Check("targets", Verdict.OK, f"{len(active)} up")
    return Check(
        "targets",
        Verdict.LACKING,
        f"{len(down)} of {len(active)} do not answer: {', '.join(down[:5])}",
        "Their minutes count as down while they are gone.",
        "Start them, or take them out of the scrape configuration.",
    )


def _retention(source: PrometheusSource) -> Check:
    name, costs = "retention", "Whether a 30-day window can be filled from the past is unknown."

    def judge(info: Mapping[str, Any] | None) -> Check:
        told = str((info or {}).get("storageRetention", ""))
        days = _days(told)
        if days is None:
            said = f"{told!r}: by size only" if told else "this engine does not tell"
            return Check(name, Verdict.UNKNOWN, said, costs)
        if days < SLO_WINDOW_DAYS:
            return Check(
                name,
                Verdict.LACKING,
                told,
                f"Minutes that streamgauge did not see can be filled in for {days:g} days back, not for 30.",
                "Start Prometheus with --storage.tsdb.retention.time=40d.",
            )
        return Check(name, Verdict.OK, told)

    return tried(name, costs, lambda: source.status("runtimeinfo"), judge)


def _days(told: str) -> float | None:
    """The time part of «15d», «15d or 10GiB»; None where only a size limits."""
    parts = _DURATION.findall(told.partition(" or ")[0]) if not told.endswith("B") or " or " in told else []
    return sum(float(number) * _DAYS[unit] for number, unit in parts) if parts else None


def _seconds(interval: str) -> float:
    """A Prometheus duration such as 15s or 1m30s; 0 when it is none."""
    return sum(float(number) * _DAYS[unit] for number, unit in _DURATION.findall(interval)) * 86_400
