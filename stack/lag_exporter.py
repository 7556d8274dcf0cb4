"""A lag exporter in kafka_exporter's names: how far every consumer group of the main cluster is behind.

`python -m stack.lag_exporter BOOTSTRAP PORT` asks the brokers in rounds of its own and answers scrapes from the last
one, so that a scrape costs nothing. When a round fails it shows nothing: a lag of a minute ago is no lag. It rests nine
times as long as a round took, so that a thousand groups cost it no more than a tenth of a core.
"""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from stack.plan import LAG_EXPORTER
from stack.ports import HOST
from stack.processes import Program
from stack.state import StackState

log = logging.getLogger("lag-exporter")

ROUND_SECONDS = 5.0
REST = 9
TIMEOUT_SECONDS = 10.0

Place = tuple[str, int]
"""Topic and partition."""


@dataclass(frozen=True, slots=True)
class Offsets:
    """What one round saw: the brokers, the end of each partition, and the commits of each group."""

    brokers: int
    ends: Mapping[Place, int]
    committed: Mapping[str, Mapping[Place, int]]


def lag_program(state: StackState) -> Program:
    """The exporter, as the super user of the brokers' internal listeners."""
    part = state.part(LAG_EXPORTER)
    return Program(
        name=LAG_EXPORTER,
        argv=[sys.executable, "-m", "stack.lag_exporter", state.kafka.admin_bootstrap, str(part.ports["metrics"])],
        directory=Path(__file__).parents[1],
        ports=part.ports,
    )


def read_offsets(admin: AdminClient) -> Offsets:
    """One round. Raises KafkaException when the brokers do not answer."""
    listed = admin.list_consumer_groups(request_timeout=TIMEOUT_SECONDS).result()
    groups = [found.group_id for found in listed.valid]
    asked = {
        group: admin.list_consumer_group_offsets(
            [ConsumerGroupTopicPartitions(group)], request_timeout=TIMEOUT_SECONDS
        )[group]
        for group in groups
    }
    committed = {
        group: {(one.topic, one.partition): one.offset for one in answer.result().topic_partitions if one.offset >= 0}
        for group, answer in asked.items()
    }
    places = sorted({place for commits in committed.values() for place in commits})
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    found = admin.list_offsets(
        {TopicPartition(topic, partition): latest for topic, partition in places}, request_timeout=TIMEOUT_SECONDS
    )
    ends = {(part.topic, part.partition): answer for part, answer in found.items()}
    known = {place: answer.result().offset for place, answer in ends.items() if answer.exception() is None}
    return Offsets(len(admin.list_topics(timeout=TIMEOUT_SECONDS).brokers), known, committed)


class Lags(Collector):
    """The last round as metrics; nothing before the first and after one that failed."""

    def __init__(self) -> None:
        """Without a round yet."""
        self.last: Offsets | None = None

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The families of kafka_exporter that follow from offsets."""
        seen = self.last
        if seen is None:
            return
        yield GaugeMetricFamily("kafka_brokers", "Brokers of the cluster.", value=seen.brokers)
        end = GaugeMetricFamily(
            "kafka_topic_partition_current_offset", "End of a partition.", labels=["topic", "partition"]
        )
        for (topic, partition), offset in seen.ends.items():
            end.add_metric([topic, str(partition)], offset)
        yield end
        labels = ["consumergroup", "topic", "partition"]
        commits = GaugeMetricFamily("kafka_consumergroup_current_offset", "Commit of a group.", labels=labels)
        lags = GaugeMetricFamily("kafka_consumergroup_lag", "Records that a group is behind.", labels=labels)
        for group, places in seen.committed.items():
            for place, offset in places.items():
                commits.add_metric([group, place[0], str(place[1])], offset)
                if place in seen.ends:
                    lags.add_metric([group, place[0], str(place[1])], max(0, seen.ends[place] - offset))
        yield commits
        yield lags


def run(bootstrap: str, port: int, stop: Event) -> None:
    """Serve until told to stop; a round that fails is logged and tried again."""
    admin, lags, registry = AdminClient({"bootstrap.servers": bootstrap}), Lags(), CollectorRegistry()
    registry.register(lags)
    start_http_server(port, HOST, registry)
    while not stop.is_set():
        started = time.monotonic()
        try:
            lags.last = read_offsets(admin)
        except KafkaException as error:
            log.warning("no lag this time: %s", error)
            lags.last = None
        stop.wait(max(ROUND_SECONDS, REST * (time.monotonic() - started)))


def main() -> None:
    """The process."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    stop = Event()

    def leave(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    run(sys.argv[1], int(sys.argv[2]), stop)


if __name__ == "__main__":
    main()
