"""Findings: written by the collector as intervals, read as the latest of each probe and object, or as of a moment.

A finding that says the same as before only moves on; another word starts a new interval, and the old one ends. So what
a probe said on a day of last year is there, and a year of saying the same is one row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from data.store.dialect import chunks
from data.store.engine import Database
from data.store.evidence_readings import keep_readings
from data.store.leases import Lease, renew
from data.store.reading.moment import frame
from data.store.states import answer_of, record
from data.store.tables import FINDINGS
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.catalog.estate import ClusterName, Part, SourceName
from scoring.evidence.finding import About, Effort, EvidenceSource, Finding, ObjectKind, Outcome, Remediation
from scoring.evidence.probe import Need
from scoring.maturity.rubric import ProbeId

Key = tuple[str, str, str, str]
"""(probe, aspect, kind of object, object)."""


@dataclass(frozen=True, slots=True)
class FindingInterval:
    """One thing that a probe said of one object, from first_seen to last_seen; ended_at is None while it still does."""

    finding: Finding
    first_seen: datetime
    last_seen: datetime
    ended_at: datetime | None


class Findings:
    """What probes said; the collector writes it, everybody else reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[Finding]:
        """The latest finding of every probe and object, by cluster, probe, aspect and object.

        cluster None: of every cluster that was configured at the moment. asof None: now.
        """
        with self._database.reading() as connection:
            moment = frame(connection, cluster, asof)
            found = select(FINDINGS).where(moment.within(FINDINGS), moment.holds(FINDINGS, "first_seen"))
            rows = [_finding(row, moment.clusters[row.cluster_id], asof) for row in connection.execute(found)]
        return sorted(rows, key=lambda one: (one.cluster, one.probe, one.aspect, one.about.kind, one.about.name))

    def history(self, cluster: ClusterName, probe: ProbeId, aspect: str, about: About) -> list[FindingInterval]:
        """Everything that a probe ever said of one object, oldest first."""
        with self._database.reading() as connection:
            moment = frame(connection, cluster, None)
            mine = (FINDINGS.c.probe == probe, FINDINGS.c.aspect == aspect, FINDINGS.c.object == about.name)
            found = select(FINDINGS).where(moment.within(FINDINGS), FINDINGS.c.object_kind == about.kind, *mine)
            rows = connection.execute(found.order_by(FINDINGS.c.first_seen, FINDINGS.c.id)).all()
        return [
            FindingInterval(_finding(row, cluster, None), row.first_seen, row.last_seen, row.ended_at) for row in rows
        ]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a round changed, in findings."""

    new: int
    ended: int
    unchanged: int


class EvidenceWriter:
    """Writes one round of probes over one cluster, under the collector's lease, as one transaction and audit entry."""

    def __init__(self, database: Database, writer: Writer, actor: Actor, lease: Lease) -> None:
        self.database = database
        self._writer = writer
        self._actor = actor
        self._lease = lease

    def readings(self, parts: Mapping[Need, Part[Any]], at: datetime) -> None:
        """Keep what was asked for the probes alone; a part that is absent leaves the last answer and says why.

        Raises LeaseLostError, StoreReadOnlyError.
        """
        subject = f"{self._lease.cluster}/evidence"
        with self._writer.write(self._actor, Role.SYSTEM, "collect.evidence", subject) as write:
            renew(self.database, write, self._lease)
            at = max(at, write.at)
            write.detail |= keep_readings(write.connection, self._lease.cluster_id, parts, at)
            routes = parts.get(Need.ROUTING)
            if routes is not None:  # nothing else is asked of Alertmanager, so this is how it answers
                answers = {"alert routes": answer_of(routes)}
                record(write.connection, self._lease.cluster_id, SourceName.ALERTMANAGER, answers, at)

    def findings(self, findings: Iterable[Finding], at: datetime) -> Kept:
        """Write everything that this round's probes said; what they no longer say ends.

        at: when the round was. Raises LeaseLostError, StoreReadOnlyError; then nothing is written.
        """
        said = [(one, bytes.fromhex(one.hash)) for one in findings]  # before the transaction, which others wait for
        subject = f"{self._lease.cluster}/findings"
        with self._writer.write(self._actor, Role.SYSTEM, "collect.evidence", subject) as write:
            renew(self.database, write, self._lease)
            kept = _append(write.connection, self._lease.cluster_id, said, at)
            write.detail |= {word: count for word, count in (("new", kept.new), ("ended", kept.ended)) if count}
        return kept


def _append(connection: Connection, cluster_id: int, said: list[tuple[Finding, bytes]], at: datetime) -> Kept:
    columns = ("id", "probe", "aspect", "object_kind", "object", "hash", "last_seen")
    opened = select(*(FINDINGS.c[name] for name in columns)).where(
        FINDINGS.c.cluster_id == cluster_id, FINDINGS.c.ended_at.is_(None)
    )
    before = {(row.probe, row.aspect, row.object_kind, row.object): row for row in connection.execute(opened)}
    fresh: list[dict[str, Any]] = []
    same: dict[datetime, list[int]] = {}
    for one, digest in said:
        key: Key = (one.probe, one.aspect, one.about.kind, one.about.name)
        known = before.get(key)
        if known is not None and bytes(known.hash) == digest:
            del before[key]
            same.setdefault(one.observed_at, []).append(known.id)
        else:
            fresh.append(_row(cluster_id, one, digest, at))
    latest = max([at, *(row.last_seen for row in before.values())])  # a clock that was set back stands still meanwhile
    for some in chunks([row.id for row in before.values()]):
        connection.execute(update(FINDINGS).where(FINDINGS.c.id.in_(some)).values(ended_at=latest))
    for observed_at, numbers in same.items():
        for some in chunks(numbers):
            forward = update(FINDINGS).where(FINDINGS.c.id.in_(some), FINDINGS.c.last_seen <= at)
            connection.execute(forward.values(last_seen=at, observed_at=observed_at))
    for rows in chunks(fresh, 500):
        connection.execute(FINDINGS.insert(), list(rows))
    return Kept(len(fresh), len(before), sum(map(len, same.values())))


def _row(cluster_id: int, finding: Finding, digest: bytes, at: datetime) -> dict[str, Any]:
    remedy = finding.remediation
    return {
        "cluster_id": cluster_id,
        "probe": finding.probe,
        "aspect": finding.aspect,
        "object_kind": finding.about.kind,
        "object": finding.about.name,
        "outcome": finding.outcome,
        "sentence": finding.sentence,
        "source": finding.source,
        "query": finding.query,
        "sample": json.dumps(finding.sample, separators=(",", ":"), ensure_ascii=False),
        "effort": None if remedy is None else remedy.effort,
        "remedy": None if remedy is None else remedy.text,
        "ttl": round(finding.ttl.total_seconds()),
        "hash": digest,
        "observed_at": finding.observed_at,
        "first_seen": at,
        "last_seen": at,
    }


def _finding(row: Any, cluster: ClusterName, asof: datetime | None) -> Finding:
    """A finding; as of a past moment nothing was seen later than that."""
    return Finding(
        probe=ProbeId(row.probe),
        cluster=cluster,
        aspect=row.aspect,
        about=About(ObjectKind(row.object_kind), row.object),
        outcome=Outcome(row.outcome),
        sentence=row.sentence,
        observed_at=row.observed_at if asof is None else min(row.observed_at, asof),
        ttl=timedelta(seconds=row.ttl),
        source=EvidenceSource(row.source),
        query=row.query,
        sample=tuple((name, value) for name, value in json.loads(row.sample)),
        remediation=None if row.effort is None else Remediation(Effort(row.effort), row.remedy),
    )
