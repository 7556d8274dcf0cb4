"""What the sampler counted, in Prometheus' words. Every name and label is written here, and only here."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from data.sampling.findings import Findings

PREFIX = "streamgauge_schema"


class SamplerCollector(Collector):
    """The metrics of one cluster's sampler."""

    def __init__(self, cluster: str, findings: Findings) -> None:
        self._cluster = cluster
        self._findings = findings

    def collect(self) -> Iterable[Metric]:
        """Every family, as of now."""
        sampled = CounterMetricFamily(
            f"{PREFIX}_records_sampled", "Records that were checked.", labels=["cluster", "topic"]
        )
        invalid = CounterMetricFamily(
            f"{PREFIX}_records_invalid",
            "Sampled records that break their registered schema.",
            labels=["cluster", "topic", "reason"],
        )
        checked = CounterMetricFamily(
            f"{PREFIX}_registered_checked", "Registered schema versions that were judged.", labels=["cluster"]
        )
        flawed = CounterMetricFamily(
            f"{PREFIX}_invalid_registered",
            "Registered schema versions that do not parse or break their subject's level.",
            labels=["cluster", "subject", "reason"],
        )
        found = self._findings
        with found.lock:
            for topic, count in sorted(found.sampled.items()):
                sampled.add_metric([self._cluster, topic], count)
            for (topic, violation), count in sorted(found.invalid.items()):
                invalid.add_metric([self._cluster, topic, violation.value], count)
            # Not before all are judged: after a restart the counter then goes on where it was, and nothing is
            # counted twice.
            if found.flaws is not None:
                checked.add_metric([self._cluster], found.judged)
                for (subject, flaw), count in sorted(found.flaws.items()):
                    flawed.add_metric([self._cluster, subject, flaw.value], count)
        return [sampled, invalid, checked, flawed]
