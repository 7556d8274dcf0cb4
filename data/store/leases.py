"""The lease that lets one collector write a cluster.

A collector holds it by name and token. Every write of a collector renews the lease in its own transaction; when
another one has taken over, the token has grown, the renewal finds no row, and the whole write is undone. So a
collector that slept through its lease cannot write what is no longer its to write.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Update, select, update

from data.store.dialect import insert
from data.store.engine import Database
from data.store.failures import LeaseLostError, StoreError
from data.store.tables import CLUSTERS, LEASES
from data.store.writing import Write, Writer
from scoring.actors import Actor, Role
from scoring.catalog.estate import ClusterName

LEASE_SECONDS = 60.0
"""How long a collector that stopped renewing keeps others out; three times what a slow refresh takes."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one cluster's observations, until somebody else's token is higher."""

    cluster: ClusterName
    cluster_id: int
    holder: str
    token: int


class Leases:
    """Hands out leases, by the database's clock."""

    def __init__(self, database: Database, writer: Writer, actor: Actor) -> None:
        self._database = database
        self._writer = writer
        self._actor = actor

    def acquire(self, cluster: ClusterName, holder: str, seconds: float = LEASE_SECONDS) -> Lease | None:
        """The lease of a cluster; None while another collector that is alive holds it.

        Free for the taking is a lease that ran out, was released, is the holder's own, or whose holder is a process
        of this machine that no longer runs. Raises StoreError when the cluster is not registered.
        """
        with self._writer.write(self._actor, Role.SYSTEM, "lease.acquire", cluster) as write:
            connection, now = write.connection, self._database.now(write.connection)
            cluster_id = cluster_id_of(connection, cluster)
            row = connection.execute(select(LEASES).where(LEASES.c.cluster_id == cluster_id).with_for_update()).first()
            if row is not None and row.expires_at > now and row.holder != holder and not is_gone(row.holder):
                write.quiet = True
                return None
            values = {"holder": holder, "acquired_at": now, "expires_at": now + timedelta(seconds=seconds)}
            if row is None:
                fresh = insert(connection, LEASES).on_conflict_do_nothing(index_elements=["cluster_id"])
                taken = connection.execute(fresh, {"cluster_id": cluster_id, "token": 1, **values}).rowcount
                token = 1
            else:
                token = row.token + 1
                mine = update(LEASES).where(LEASES.c.cluster_id == cluster_id, LEASES.c.token == row.token)
                taken = connection.execute(mine.values(token=token, **values)).rowcount
            if not taken:
                write.quiet = True
                return None
            write.detail |= {"holder": holder, "token": token, "from": row.holder if row is not None else ""}
            return Lease(cluster, cluster_id, holder, token)

    def renew(self, lease: Lease) -> None:
        """Keep a lease between two writes. Raises LeaseLostError."""
        with self._writer.write(self._actor, Role.SYSTEM, "lease.renew", lease.cluster) as write:
            write.quiet = True  # a heartbeat is no act
            renew(self._database, write, lease)

    def release(self, lease: Lease) -> None:
        """Give the lease back, so that the next collector need not wait; nothing happens when it is already lost.

        The token grows, so that a thread of ours that comes late can no longer write.
        """
        with self._writer.write(self._actor, Role.SYSTEM, "lease.release", lease.cluster) as write:
            now = self._database.now(write.connection)
            freed = _held(lease).values(expires_at=now, token=LEASES.c.token + 1)
            write.quiet = not write.connection.execute(freed).rowcount


def renew(database: Database, write: Write, lease: Lease, seconds: float = LEASE_SECONDS) -> None:
    """Prove inside a write that the lease is still held, and keep it. Raises LeaseLostError; the write is undone."""
    expires = database.now(write.connection) + timedelta(seconds=seconds)
    if not write.connection.execute(_held(lease).values(expires_at=expires)).rowcount:
        raise LeaseLostError(f"Another collector has taken over {lease.cluster}; this one stops writing it.")


def _held(lease: Lease) -> Update:
    return update(LEASES).where(LEASES.c.cluster_id == lease.cluster_id, LEASES.c.token == lease.token)


def cluster_id_of(connection: Connection, cluster: ClusterName) -> int:
    """The key of a registered cluster. Raises StoreError for an unknown one."""
    found = connection.execute(select(CLUSTERS.c.id).where(CLUSTERS.c.name == cluster)).scalar_one_or_none()
    if found is None:
        raise StoreError(f"The cluster {cluster} is not registered in this database; name it in the settings.")
    return int(found)


def this_process() -> str:
    """A name for this process that no other one has: machine, its start, process namespace, pid and start tick."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}"


def is_gone(holder: str) -> bool:
    """True when the holder was a process of this machine and namespace and no longer runs; False when in doubt."""
    machine, _, process = holder.rpartition("/")[0].rpartition("/")
    started = holder.rpartition("/")[2]
    if not process.isdigit() or machine != _machine() or not started:
        return False
    return _started(int(process)) != started


def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{platform.node()}/{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # not Linux: leases then end by their time alone
        return platform.node()


def _started(pid: int) -> str:
    """Start of a process in clock ticks since boot (field 22 of /proc/PID/stat); '' when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state == "Z" else rest[18]
