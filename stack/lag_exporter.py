"""A lag exporter in kafka_exporter's names: how far every consumer group of the main cluster is behind.

`python -m stack.lag_exporter BOOTSTRAP PORT` asks the brokers in rounds of its own and answers scrapes from the last
one, so that a scrape costs nothing. When a round fails it shows nothing: a lag of a minute ago is no lag. After
a round it rests nine times as long as that kept the processor busy, so that a thousand groups cost no more than a tenth
of a core; what it waited for brokers that were away does not count.
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
from typing import Any

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from kafka.admin import KafkaAdminClient
from kafka.errors import BrokerResponseError, KafkaError
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


class Commits:
    """What groups have committed, asked through kafka-python.

    librdkafka 2.16 ends the process when a coordinator moves while it lists the offsets of groups, as it does after a
    broker was killed.
    """

    def __init__(self, bootstrap: str) -> None:
        """Nothing is opened before the first question."""
        self._servers = bootstrap.split(",")
        self._admin: KafkaAdminClient | None = None

    def of(self, groups: list[str]) -> dict[str, dict[Place, int]]:
        """Commits by group and place; a group whose coordinator does not answer is left out. Raises KafkaError."""
        if not groups:
            return {}
        try:
            if self._admin is None:
                self._admin = KafkaAdminClient(bootstrap_servers=self._servers)
            answer = self._admin.list_group_offsets(dict.fromkeys(groups))
        except BrokerResponseError as error:
            self.forget()  # it remembers coordinators, and does not ask again when they have moved
            if len(groups) == 1:
                log.warning("no commits of %s this time: %s", groups[0], error)
                return {}
            return {group: places for each in groups for group, places in self.of([each]).items()}
        except KafkaError:
            self.forget()
            raise
        return {group: _offsets(places) for group, places in answer.items()}

    def forget(self) -> None:
        """Let go of the connections."""
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()


def _offsets(places: Mapping[Any, Any]) -> dict[Place, int]:
    """kafka-python's TopicPartition → OffsetAndMetadata, without the places that nothing was committed for."""
    return {(place.topic, place.partition): found.offset for place, found in places.items() if found.offset >= 0}


def read_offsets(admin: AdminClient, commits: Commits) -> Offsets:
    """One round. Raises KafkaException or KafkaError when the brokers do not answer."""
    listed = admin.list_consumer_groups(request_timeout=TIMEOUT_SECONDS).result()
    committed = commits.of([found.group_id for found in listed.valid])
    places = sorted({place for found in committed.values() for place in found})
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    asked = admin.list_offsets(
        {TopicPartition(topic, partition): latest for topic, partition in places}, request_timeout=TIMEOUT_SECONDS
    )
    ends = {(part.topic, part.partition): answer for part, answer in asked.items()}
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
    admin, commits = AdminClient({"bootstrap.servers": bootstrap}), Commits(bootstrap)
    lags, registry = Lags(), CollectorRegistry()
    registry.register(lags)
    start_http_server(port, HOST, registry)
    while not stop.is_set():
        began = time.process_time()
        try:
            lags.last = read_offsets(admin, commits)
        except (KafkaException, KafkaError) as error:
            log.warning("no lag this time: %s", error)
            lags.last = None
        stop.wait(max(ROUND_SECONDS, REST * (time.process_time() - began)))


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
