"""What the collector writes: a cluster's estate, one run a source and cadence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from data.health.readings import HealthReading
from data.store import content, facts, measurements, states
from data.store.engine import Database
from data.store.facts import Look
from data.store.health import keep_health
from data.store.leases import Lease, renew
from data.store.measurements import Reading
from data.store.read import FactKind
from data.store.states import Answer
from data.store.tables import RUNS
from data.store.writing import Write, Writer
from scoring.actors import Actor, Role
from scoring.catalog.estate import Absent, ClusterEstate, Part, Present, SourceName

FACTS_OF: Mapping[str, tuple[FactKind, Callable[[Any], dict[str, content.Content]]]] = {
    "brokers": (FactKind.BROKER, content.broker_facts),
    "topics": (FactKind.TOPIC, content.topic_facts),
    "topic_configs": (FactKind.TOPIC_CONFIG, content.config_facts),
    "groups": (FactKind.GROUP, content.group_facts),
    "acls": (FactKind.ACL, content.acl_facts),
    "subjects": (FactKind.SUBJECT, content.subject_facts),
    "connectors": (FactKind.CONNECTOR, content.connector_facts),
}
"""Parts of the estate that are kept as intervals; the others are measurements."""

RUN_OF: Mapping[str, tuple[SourceName, str]] = {
    "brokers": (SourceName.KAFKA, "estate"),
    "topics": (SourceName.KAFKA, "estate"),
    "end_offsets": (SourceName.KAFKA, "estate"),
    "groups": (SourceName.KAFKA, "estate"),
    "committed": (SourceName.KAFKA, "estate"),
    "topic_configs": (SourceName.KAFKA, "configs"),
    "acls": (SourceName.KAFKA, "acls"),
    "subjects": (SourceName.REGISTRY, "estate"),
    "connectors": (SourceName.CONNECT, "estate"),
}
"""The source and the cadence that each part of the estate is read with."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """One run as it was written: counts of what it brought, by part."""

    id: int
    source: SourceName
    scope: str
    answer: Answer
    counts: Mapping[str, Mapping[str, int]]


class Observations:
    """Writes what a collector saw of one cluster, under its lease. Every run is one transaction and one audit entry."""

    def __init__(self, database: Database, writer: Writer, actor: Actor, lease: Lease) -> None:
        self._database = database
        self._writer = writer
        self._actor = actor
        self._lease = lease

    def append(self, estate: ClusterEstate, started: datetime) -> list[RunOutcome]:
        """Write every part that the estate has, one run a source and cadence; `started` is when reading began.

        Raises LeaseLostError when another collector has taken over and StoreReadOnlyError when nothing can be
        written; the run that met it is not written at all.
        """
        asked = {name: part for name in RUN_OF if (part := getattr(estate, name)) is not None}
        outcomes = []
        for source, scope in dict.fromkeys(RUN_OF[name] for name in asked):
            parts = {name: part for name, part in asked.items() if RUN_OF[name] == (source, scope)}
            answers = {name: states.answer_of(part) for name, part in parts.items()}
            with self._run(source, scope, answers, started) as run:
                counts = _append_parts(run, self._lease.cluster_id, parts)
                run.write.detail |= _news(counts)
            outcomes.append(RunOutcome(run.id, source, scope, run.answer, counts))
        return outcomes

    def attempted(
        self,
        source: SourceName,
        scope: str,
        answers: Mapping[str, Answer],
        started: datetime,
        detail: Mapping[str, object] | None = None,
    ) -> RunOutcome:
        """Write how a reading ended that brings no part of the estate, such as a refresh of slices.

        detail: what the audit log says of it besides.
        """
        with self._run(source, scope, answers, started) as run:
            run.write.detail |= detail or {}
            return RunOutcome(run.id, source, scope, run.answer, {})

    def looked_at_health(
        self, readings: Iterable[HealthReading], answers: Mapping[str, Answer], started: datetime
    ) -> RunOutcome:
        """Write what was answered about the brokers' health over the earlier answers; none leaves them as they are.

        The run counts to the slices' cadence, which it is read with.
        """
        with self._run(SourceName.PROMETHEUS, "slices", answers, started) as run:
            keep_health(run.write.connection, self._lease.cluster_id, readings)
            return RunOutcome(run.id, SourceName.PROMETHEUS, "health", run.answer, {})

    @contextmanager
    def _run(
        self, source: SourceName, scope: str, answers: Mapping[str, Answer], started: datetime
    ) -> Iterator[OpenRun]:
        lease = self._lease
        with self._writer.write(self._actor, Role.SYSTEM, f"collect.{scope}", f"{lease.cluster}/{source}") as write:
            renew(self._database, write, lease)
            answer, finished = states.overall(answers.values()), max(write.at, started)
            run = {
                "cluster_id": lease.cluster_id,
                "source": source,
                "scope": scope,
                "started": started,
                "finished": finished,
                "outcome": answer.state,
                "error": answer.error,
            }
            run_id = write.connection.execute(RUNS.insert().values(**run).returning(RUNS.c.id)).scalar_one()
            states.record(write.connection, lease.cluster_id, source, answers, finished)
            write.detail |= {"run": run_id} | ({} if answer == states.OK else {"outcome": answer.state})
            yield OpenRun(run_id, answer, write)


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run whose transaction is still open."""

    id: int
    answer: Answer
    write: Write


def _append_parts(run: OpenRun, cluster_id: int, parts: Mapping[str, Part[Any]]) -> dict[str, dict[str, int]]:
    """Write the parts that are there; an absent one leaves everything as it was. Returns what changed, by part."""
    counts: dict[str, dict[str, int]] = {}
    for name, part in parts.items():
        if isinstance(part, Absent):
            continue
        if name in FACTS_OF:
            kind, encode = FACTS_OF[name]
            look = Look(cluster_id, kind, run.id, part.observed_at, complete=not part.missing)
            changes = facts.append(run.write.connection, look, encode(part.value))
            counts[name] = {word: count for word, count in asdict(changes).items() if count}
    ends, committed = parts.get("end_offsets"), parts.get("committed")
    if isinstance(ends, Present):
        written = measurements.append_end_offsets(run.write.connection, _reading(run, cluster_id, ends), ends.value)
        counts["end_offsets"] = {"written": written}
    if isinstance(committed, Present):
        against = ends.value if isinstance(ends, Present) else None
        reading = _reading(run, cluster_id, committed)
        written = measurements.append_committed(run.write.connection, reading, committed.value, against)
        counts["committed"] = {"written": written}
    return counts


def _news(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """What the audit log says of a run: what is new, changed or gone; the rest would be 10 000 equal entries a day."""
    news = {
        name: {word: count for word, count in some.items() if word in ("new", "changed", "removed")}
        for name, some in counts.items()
    }
    return {name: some for name, some in news.items() if some}


def _reading(run: OpenRun, cluster_id: int, part: Present[Any]) -> Reading:
    return Reading(cluster_id, run.id, part.observed_at, complete=not part.missing)
