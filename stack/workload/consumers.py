"""Everything that reads: each group runs in a thread of its own, and comes back by itself when it crashes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from threading import Event, Thread
from typing import Any, Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from stack.state import StackState
from stack.workload.company import Behaviour, Company, Reader
from stack.workload.consumer_metrics import ConsumerMetrics, ConsumerSeries
from stack.workload.decoding import by_contract, by_expectation
from stack.workload.encoding import encoder
from stack.workload.processor import Processor, Topology
from stack.workload.provision import SchemaIds
from stack.workload.readers import PlainReader
from stack.workload.reference_consumer import ConsumerPlan, ReferenceConsumer
from stack.workload.registry import Registry
from stack.workload.shapes import shape

log = logging.getLogger(__name__)

RESTART_SECONDS = 5.0


class Member(Protocol):
    """A member of a consumer group."""

    def run(self, stop: Event) -> None:
        """Consume until `stop` is set."""


class Settlement:
    """The work of the group `settlement`: how much was paid, by currency, in whole units."""

    def __init__(self) -> None:
        self.paid: dict[str, Decimal] = {}

    def __call__(self, value: Any) -> None:
        """Add one transaction."""
        amount = Decimal(value["amount_minor"]) / 100
        self.paid[value["currency"]] = self.paid.get(value["currency"], Decimal(0)) + amount


@dataclass(slots=True)
class Running:
    """One group: how to make a member of it, and how many times that was needed."""

    reader: Reader
    make: Callable[[], Member]
    starts: int = 0


class Consumers(Collector):
    """All groups of the company that have members."""

    def __init__(self, company: Company, state: StackState, ids: SchemaIds) -> None:
        self._series = ConsumerSeries()
        self._company = company
        self._state = state
        self._ids = ids
        self._running = [
            Running(reader, self._maker(reader))
            for reader in company.consumers
            if reader.behaviour is not Behaviour.ORPHANED
        ]

    def register(self, registry: CollectorRegistry) -> None:
        """Offer the reference consumers' metrics and the starts of every group to Prometheus."""
        registry.register(self)
        registry.register(self._series.registry)

    def run(self, stop: Event) -> None:
        """Run every group until `stop` is set and all have said goodbye."""
        threads = [Thread(target=_keep_running, args=(one, stop), name=one.reader.group) for one in self._running]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def report(self) -> dict[str, Any]:
        """How each group lives."""
        return {
            one.reader.group: {
                "topics": list(one.reader.topics),
                "behaviour": one.reader.behaviour.value,
                "declared": one.reader.declared,
                "starts": one.starts,
            }
            for one in self._running
        }

    def collect(self) -> Iterable[Metric]:
        """How often each group had to be started, for Prometheus."""
        family = CounterMetricFamily("consumer_starts", "Starts of a group's member.", labels=["group"])
        for one in self._running:
            family.add_metric([one.reader.group], one.starts)
        return [family]

    def _maker(self, reader: Reader) -> Callable[[], Member]:
        kafka = self._state.client(self._company.user(reader.team))
        if reader.behaviour is Behaviour.REFERENCE:
            return lambda: self._reference(reader, kafka)
        if reader.behaviour is Behaviour.PROCESSOR:
            return lambda: self._processor(reader, kafka)
        return lambda: PlainReader(reader, kafka)

    def _reference(self, reader: Reader, kafka: dict[str, str]) -> Member:
        topic = self._company.topic(reader.topics[0])
        decode = by_contract(Registry(self._state.registry_url)) if topic.under_contract else None
        return ReferenceConsumer(
            ConsumerPlan(kafka, reader.group, reader.topics, reader.dead_letters or ""),
            decode or by_expectation(shape(topic.shape[-1])),
            Settlement() if topic.under_contract else _note,
            ConsumerMetrics(self._series, reader.group),
        )

    def _processor(self, reader: Reader, kafka: dict[str, str]) -> Member:
        output = self._company.topic(reader.output or "")
        return Processor(
            Topology(reader.group, reader.topics, reader.repartition or "", reader.changelog or "", output.name),
            kafka,
            by_contract(Registry(self._state.registry_url)),
            encoder(output.format, output.shape[-1], self._ids[output.name]),
        )


def _note(_value: Any) -> None:
    """The work of groups that only have to have seen a valid record."""


def _keep_running(one: Running, stop: Event) -> None:
    """What a supervisor does for a service: start it again when it ends before it should."""
    while not stop.is_set():
        one.starts += 1
        try:
            one.make().run(stop)
        except Exception:  # one application's crash must not take the others in this process down
            log.exception("crashed", extra={"fields": {"group": one.reader.group}})
            stop.wait(RESTART_SECONDS)
