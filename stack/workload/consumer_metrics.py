"""What a consumer tells Prometheus about itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

AGE_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0)
"""Seconds. 0.5 is an edge, so that "seen within 500 ms of being produced" can be counted exactly."""


@dataclass(frozen=True, slots=True)
class ConsumerSeries:
    """The metric families, once per process; every consumer in it adds its own group label."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    records: Counter = field(init=False)
    handling: Histogram = field(init=False)
    age: Histogram = field(init=False)
    waiting: Gauge = field(init=False)

    def __post_init__(self) -> None:
        labels = ["group", "topic"]
        made = {
            "records": Counter(
                "consumer_records", "Records by what became of them.", [*labels, "outcome"], registry=self.registry
            ),
            "handling": Histogram(
                "consumer_handling_seconds", "Decoding and handling one record.", labels, registry=self.registry
            ),
            "age": Histogram(
                "consumer_record_age_seconds",
                "From producing a record to having handled it.",
                labels,
                buckets=AGE_BUCKETS,
                registry=self.registry,
            ),
            "waiting": Gauge(
                "consumer_waiting_partitions",
                "Partitions paused until a failed record is tried again.",
                ["group"],
                registry=self.registry,
            ),
        }
        for name, family in made.items():
            object.__setattr__(self, name, family)


@dataclass(frozen=True, slots=True)
class ConsumerMetrics:
    """The series of one group."""

    series: ConsumerSeries
    group: str

    def handled(self, topic: str, seconds: float, age: float) -> None:
        """A record was handled: how long it took, and how old it was then."""
        self.series.records.labels(self.group, topic, "handled").inc()
        self.series.handling.labels(self.group, topic).observe(seconds)
        self.series.age.labels(self.group, topic).observe(age)

    def dead_lettered(self, topic: str) -> None:
        """A record went to the dead letter topic."""
        self.series.records.labels(self.group, topic, "dead_lettered").inc()

    def retried(self, topic: str) -> None:
        """A record failed and will be tried again."""
        self.series.records.labels(self.group, topic, "retried").inc()

    def waiting(self, partitions: int) -> None:
        """How many partitions are paused for a retry now."""
        self.series.waiting.labels(self.group).set(partitions)
