"""Collecting 5 000 topics, 50 000 partitions and 1 000 groups from real brokers.

- The full estate, and a refresh without topic configs, against the same admin calls made raw: what our types and
  checks cost. With and without writing what was found to the store.
- Lag alone against Kafka's own kafka-consumer-groups.
- Peak memory of a real collector process against 250 MB.

Before anything is measured, both ways of looking must have found the same: counts, sums of offsets, settings, lag.
STREAMGAUGE_STACK_BENCH names the directory of a running stack to measure on instead of starting and filling one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from confluent_kafka.admin import AdminClient
from sqlalchemy import func, select

from benchmarks.brokers import ROOT, filled_platform, records_of
from benchmarks.machine import load_words, verdict
from benchmarks.ratios import Ratio, compare
from benchmarks.raw_kafka import Tally, collect_raw, tally_of
from data.settings import load_settings
from data.sources.kafka import KafkaSource
from data.store import CollectorStore, open_store
from data.store.clusters import ClusterFacts
from data.store.read import SourceCondition
from data.store.store import COLLECTOR
from data.store.tables import RUNS
from scoring.catalog.estate import NO_OFFSET, ClusterEstate, ClusterName, Group, GroupId, SourceName, TopicName, lag
from stack.environment import variables
from stack.jvm import java, kafka_class_path
from stack.scale import FULL, Size
from stack.state import StackState

ROUNDS = 5
COLLECTOR_BYTES = 250e6
"""What a collector may need at its peak."""

GROUP_TOOL = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
TOOL_PATIENCE_MS = "120000"

Lags = dict[tuple[GroupId, TopicName], int]
"""Messages behind, by group and topic."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What all measurements of one run share."""

    state: StackState
    size: Size
    source: KafkaSource
    raw: AdminClient

    def estate(self, *, configs: bool) -> ClusterEstate:
        """Everything that the collector reads from Kafka, in its order."""
        source, now = self.source, datetime.now(UTC)
        topics, groups = source.topics(), source.groups()
        return ClusterEstate(
            cluster=ClusterName(self.state.kafka.name),
            observed_at=now,
            brokers=source.brokers(),
            topics=topics,
            end_offsets=source.end_offsets(topics.value),
            groups=groups,
            committed=source.committed_offsets(groups.value),
            topic_configs=source.topic_configs(topics.value) if configs else None,
        )

    def raw_tally(self, *, configs: bool) -> Tally:
        """The same, raw."""
        return collect_raw(self.raw, self.size.prefix, configs=configs)

    def lags(self) -> Lags:
        """Lag of every group and topic from end offsets and commits; nothing in it needs the groups described."""
        listed = self.raw.list_consumer_groups(request_timeout=60).result().valid
        groups = [Group(GroupId(group.group_id), "", "", None, ()) for group in listed]
        committed = self.source.committed_offsets(groups).value
        wanted = {topic for topics in committed.values() for topic in topics}
        ends = self.source.end_offsets(topic for topic in self.source.topics().value if topic.name in wanted).value
        found: Lags = {}
        for group, topics in committed.items():
            for topic, offsets in topics.items():
                behind = lag(offsets, ends[topic])
                found[group, topic] = int(behind[behind != NO_OFFSET].sum())
        return found

    def tool_lags(self) -> Lags:
        """The same from Kafka's own tool."""
        command = java(["-cp", kafka_class_path(), GROUP_TOOL], heap="1g")
        command += ["--bootstrap-server", self.state.kafka.admin_bootstrap, "--timeout", TOOL_PATIENCE_MS]
        done = subprocess.run([*command, "--all-groups", "--describe"], capture_output=True, text=True, check=True)
        return read_table(done.stdout)


def read_table(text: str) -> Lags:
    """Lag by group and topic from the tables that kafka-consumer-groups prints."""
    found: Lags = {}
    for line in text.splitlines():
        match line.split():
            case [group, topic, partition, _, _, behind, *_] if partition.isdigit() and behind.isdigit():
                place = GroupId(group), TopicName(topic)
                found[place] = found.get(place, 0) + int(behind)
    return found


def same_findings(bench: Bench) -> None:
    """Raise AssertionError unless source, raw calls, tool and what was written beforehand agree."""
    size = bench.size
    ours, raw = tally_of(bench.estate(configs=True), size.prefix), bench.raw_tally(configs=True)
    assert ours == raw, (ours, raw)
    written = [
        records_of(size, topic, partition) for topic in range(size.topics) for partition in range(size.partitions)
    ]
    assert raw.end_sum == sum(written), (raw.end_sum, sum(written))
    lags, tool = bench.lags(), bench.tool_lags()
    assert lags == tool, (
        f"{len(lags)} lags of ours, {len(tool)} of the tool, {len(set(lags.items()) - set(tool.items()))} differ"
    )
    print(f"ours and raw calls agree: {ours}")
    print(f"ours and {GROUP_TOOL.rpartition('.')[2]} agree: {len(lags)} pairs, {sum(lags.values())} messages behind")


def measure(bench: Bench, folder: Path) -> list[Ratio]:
    """Every comparison."""
    store = open_store(f"sqlite:///{folder / 'appended.sqlite'}")
    name = ClusterName(bench.state.kafka.name)
    store.registry.register(COLLECTOR, [ClusterFacts(name, "dev", "local", tuple(SourceName))])
    lease = store.leases.acquire(name, "benchmark")
    assert lease is not None
    writing = store.collecting(lease)
    begun = perf_counter()
    _append(writing, bench.estate(configs=True))
    print(f"the first look, which writes everything: {perf_counter() - begun:.1f} s")

    def against_raw(words: str, subject: Callable[[], object], *, configs: bool) -> Ratio:
        return compare(words, subject, lambda: bench.raw_tally(configs=configs), goal=1.3, rounds=ROUNDS)

    found = [
        against_raw("full estate / raw calls", lambda: bench.estate(configs=True), configs=True),
        against_raw(
            "full estate and append / raw calls", lambda: _append(writing, bench.estate(configs=True)), configs=True
        ),
        against_raw("refresh / raw calls", lambda: bench.estate(configs=False), configs=False),
        against_raw(
            "refresh and append / raw calls", lambda: _append(writing, bench.estate(configs=False)), configs=False
        ),
        compare("lag / kafka-consumer-groups", bench.lags, bench.tool_lags, goal=0.2, rounds=3),
    ]
    store.close()
    return found


def _append(writing: CollectorStore, estate: ClusterEstate) -> None:
    writing.observations.append(estate, estate.observed_at)


def collector_memory(state: StackState, folder: Path) -> Ratio:
    """Peak memory of `streamgauge collect` that has looked at everything twice and at the configs twice."""
    url = f"sqlite:///{folder / 'collected.sqlite'}"
    settings = variables(state) | {"STREAMGAUGE_DATABASE_URL": url, "STREAMGAUGE_COLLECT__CONFIGS": "60"}
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.cli", "collect"],
        cwd=ROOT,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        store = open_store(url)
        deadline = time.monotonic() + 600
        scopes = select(RUNS.c.scope, func.count().label("number")).group_by(RUNS.c.scope)
        scopes = scopes.where(RUNS.c.source == SourceName.KAFKA, RUNS.c.outcome == SourceCondition.OK)
        while True:
            with store.database.reading() as connection:
                runs = {row.scope: row.number for row in connection.execute(scopes)}
            if runs.get("configs", 0) >= 2 and runs.get("estate", 0) >= 2:
                break
            assert process.poll() is None, f"the collector ended with {process.returncode}"
            assert time.monotonic() < deadline, f"the collector has written only {runs}"
            time.sleep(1)
        counts = store.read.estate_counts()
        store.close()
        peak = _peak_bytes(process.pid)
    finally:
        process.terminate()
        process.wait(60)
    print(f"the collector wrote {runs} runs and knows {counts.topics.value} topics, {counts.groups.value} groups")
    return Ratio("peak memory of the collector / 250 MB", ((peak / 1e6, COLLECTOR_BYTES / 1e6),), 1.0, "MB")


def _peak_bytes(pid: int) -> int:
    """The most memory that a process ever had resident."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Start, check, measure, take down."""
    with filled_platform() as state, tempfile.TemporaryDirectory() as folder:
        (cluster,) = load_settings(None, variables(state)).clusters
        source = KafkaSource(cluster, timeout=120)
        bench = Bench(state, FULL, source, AdminClient(dict(cluster.kafka.librdkafka())))
        print(load_words())
        same_findings(bench)
        ratios = measure(bench, Path(folder))
        source.close()
        ratios.append(collector_memory(state, Path(folder)))
    print(verdict(ratios))


if __name__ == "__main__":
    main()
