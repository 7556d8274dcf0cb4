"""Looks at the newest records of every topic under contract, again and again, and counts what breaks its schema.

A topic is looked at from its end at the start on: a record that was there before was counted by the process before, and
would be counted twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from prometheus_client.registry import Collector

from data.sampling.allotment import allotted
from data.sampling.checks import Check, Violation, framed
from data.sampling.contracts import Contracts, Flaw
from data.sampling.exposition import SamplerCollector
from data.sampling.findings import Findings
from data.sampling.samples import Place, SampleReader
from data.settings import CanarySettings, ClusterSettings, KafkaSettings
from data.sources.failures import SourceFailure
from data.sources.kafka import KafkaSource

LOGGER = logging.getLogger("streamgauge.sampling")

CONTRACTS_SECONDS = 300.0
"""Between two readings of the registry."""


class Sampler:
    """One cluster's sampler, in a thread of its own. A source that fails is told once, and asked at the next look."""

    def __init__(self, cluster: ClusterSettings, settings: CanarySettings, kafka: KafkaSettings) -> None:
        if cluster.registry is None:
            raise ValueError("a sampler needs a registry")
        self.findings = Findings()
        self._settings = settings.sampler
        self._kafka = kafka
        self._contracts = Contracts(cluster.registry)
        self._source = KafkaSource(cluster.model_copy(update={"kafka": kafka}))
        self._reader: SampleReader | None = None
        self._read_to: dict[Place, int] = {}
        self._looked_again: set[str] = set()
        self._contracts_due = 0.0
        self._told = ""

    def run(self, stop: threading.Event) -> None:
        """Look at every interval until `stop` is set."""
        while True:
            begun = time.monotonic()
            try:
                self.look()
            except SourceFailure as failure:
                if str(failure) != self._told:
                    LOGGER.warning("%s", failure)
                    self._told = str(failure)
            else:
                self._told = ""
            if stop.wait(max(0.1, self._settings.interval - (time.monotonic() - begun))):
                break
        self._source.close()
        self._contracts.close()
        if self._reader is not None:
            self._reader.close()

    def look(self) -> None:
        """One look at every topic under contract. Raises SourceFailure."""
        self._looked_again.clear()
        topics = self._source.topics().value
        if time.monotonic() >= self._contracts_due:
            self._contracts.refresh(topic.name for topic in topics)
            self._contracts_due = time.monotonic() + CONTRACTS_SECONDS
        contracted = self._contracts.under_contract()
        self._note_contracts(contracted)
        ends = self._source.end_offsets(topic for topic in topics if topic.name in contracted).value
        ranges: dict[Place, tuple[int, int]] = {}
        for name, offsets in ends.items():
            known = {index: int(end) for index, end in enumerate(offsets) if end >= 0}
            ranges |= self._ranges(name, known)
        if self._reader is None:
            self._reader = SampleReader(self._kafka)
        schemas: dict[str, Mapping[int, Check | None]] = {topic: self._contracts.schemas(topic) for topic in contracted}

        def keep(place: Place, value: bytes | None) -> None:
            if value is not None:  # A tombstone has no value to break anything.
                self._count(place[0], value, schemas)

        self._reader.read(ranges, keep, self._settings.interval)

    def _ranges(self, topic: str, ends: Mapping[int, int]) -> dict[Place, tuple[int, int]]:
        """What to read of a topic now: the newest records since the last look, as many as the settings allow."""
        new = {}
        for index, end in ends.items():
            before = self._read_to.get((topic, index), end)
            new[index] = max(0, end - before)  # Fewer than before: the topic was made anew, and is begun at its end.
            self._read_to[topic, index] = end
        taken = allotted(new, self._settings.records)
        return {(topic, index): (ends[index] - count, ends[index]) for index, count in taken.items()}

    def _count(self, topic: str, value: bytes, schemas: dict[str, Mapping[int, Check | None]]) -> None:
        found = framed(value)
        if found is not None and found[0] not in schemas[topic] and topic not in self._looked_again:
            self._looked_again.add(topic)  # Once a look, however many ids a broken writer invents.
            self._contracts.look_again(topic)
            schemas[topic] = self._contracts.schemas(topic)
        violation = judged(value, schemas[topic])
        with self.findings.lock:
            self.findings.sampled[topic] += 1
            if violation is not None:
                self.findings.invalid[topic, violation] += 1

    def _note_contracts(self, contracted: frozenset[str]) -> None:
        """Every series is there, at 0, before the first record can be counted in it."""
        with self.findings.lock:
            for topic in contracted:
                self.findings.sampled.setdefault(topic, 0)
                for violation in Violation:
                    self.findings.invalid.setdefault((topic, violation), 0)
            self.findings.judged = self._contracts.judged
            if self._contracts.complete:
                self.findings.flaws = {
                    (subject, flaw): len(self._contracts.flaws.get((subject, flaw), ()))
                    for subject in self._contracts.subjects()
                    for flaw in Flaw
                }


def judged(value: bytes, schemas: Mapping[int, Check | None]) -> Violation | None:
    """How a record breaks its contract; None when it does not, or when its schema is one that nobody can use."""
    found = framed(value)
    if found is None:
        return Violation.NOT_FRAMED
    schema_id, payload = found
    if schema_id not in schemas:
        return Violation.UNKNOWN_SCHEMA
    check = schemas[schema_id]
    return None if check is None else check(payload)


def beside_canary(
    cluster: ClusterSettings, settings: CanarySettings
) -> tuple[Collector, Callable[[threading.Event], None]] | None:
    """The sampler of a cluster with its metrics; None where there is no registry, or none is wanted."""
    if cluster.registry is None or not settings.sampler.enabled:
        return None
    sampler = Sampler(cluster, settings, settings.kafka or cluster.kafka)
    return SamplerCollector(cluster.name, sampler.findings), sampler.run
