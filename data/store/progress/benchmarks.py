"""Files of peers, imported whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from data.store.content import canonical
from data.store.engine import Database
from data.store.reading.moment import holds_at
from data.store.tables import ACTORS, BENCHMARK_PEERS, BENCHMARKS
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.maturity.benchmark import BadField, BenchmarkError, Peer, read_peers
from scoring.maturity.rubric import Dimension
from scoring.meetings.texts import RefusedError, written


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A file of peers. sha256: of its bytes."""

    key: int
    title: str
    sha256: str
    peers: tuple[Peer, ...]
    by: str
    at: datetime


class Benchmarks:
    """Imports and reads peers. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def take(self, actor: Actor, title: str, file: bytes) -> int:
        """Import a CSV file of peers (needs editor); returns its number.

        title: whose numbers they are. Raises BenchmarkError with every wrong line and field, and then nothing of it is
        written; TextError; RefusedError for a file that was imported before.
        """
        title = written("title", title, needed=True)
        try:
            peers = read_peers(file.decode("utf-8"))
        except UnicodeDecodeError as error:
            problem = BadField(file[: error.start].count(b"\n") + 1, "row", "is no UTF-8; save the file as UTF-8")
            raise BenchmarkError([problem]) from error
        digest = hashlib.sha256(file).hexdigest()
        with self._writer.write(actor, Role.EDITOR, "benchmark.import", title) as write:
            same = select(BENCHMARKS.c.title).where(BENCHMARKS.c.sha256 == digest, BENCHMARKS.c.removed_at.is_(None))
            known = write.connection.execute(same).scalars().first()
            if known is not None:
                raise RefusedError(f"This very file is there already, as “{known}”.")
            row = {"title": title, "sha256": digest, "imported_at": write.at, "imported_by": write.actor_id}
            key = int(write.connection.execute(BENCHMARKS.insert().values(row).returning(BENCHMARKS.c.id)).scalar_one())
            write.connection.execute(BENCHMARK_PEERS.insert(), [_row(key, one) for one in peers])
            write.detail |= {"benchmark": key, "peers": len(peers), "sha256": digest}
            return key

    def remove(self, actor: Actor, key: int) -> None:
        """Compare with a file no more (needs editor). Raises RefusedError when it is not there."""
        with self._writer.write(actor, Role.EDITOR, "benchmark.remove", f"benchmark {key}") as write:
            still = (BENCHMARKS.c.id == key, BENCHMARKS.c.removed_at.is_(None))
            change = {"removed_at": write.at, "removed_by": write.actor_id}
            if not write.connection.execute(BENCHMARKS.update().where(*still).values(change)).rowcount:
                raise RefusedError("There is no such file; look at the list again.")

    def every(self, asof: datetime | None = None) -> tuple[Benchmark, ...]:
        """The files to compare with, as it was known at `asof` (None: now), the latest first."""
        found = (
            select(BENCHMARKS, ACTORS.c.name.label("actor"))
            .join(ACTORS, ACTORS.c.id == BENCHMARKS.c.imported_by)
            .where(holds_at(BENCHMARKS.c.imported_at, BENCHMARKS.c.removed_at, asof))
            .order_by(BENCHMARKS.c.id.desc())
        )
        with self._database.reading() as connection:
            rows = connection.execute(found).all()
            peers = _peers(connection, [row.id for row in rows])
        return tuple(
            Benchmark(row.id, row.title, row.sha256, tuple(peers.get(row.id, ())), row.actor, row.imported_at)
            for row in rows
        )


def _row(key: int, peer: Peer) -> dict[str, Any]:
    return {
        "benchmark_id": key,
        "line": peer.line,
        "name": peer.name,
        "level": peer.level,
        "peer_index": None if peer.index is None else f"{peer.index:f}",
        "ratings": canonical({dimension.value: rating for dimension, rating in peer.ratings.items()}),
    }


def _peers(connection: Connection, keys: Iterable[int]) -> dict[int, list[Peer]]:
    found: dict[int, list[Peer]] = {}
    mine = select(BENCHMARK_PEERS).where(BENCHMARK_PEERS.c.benchmark_id.in_(list(keys)))
    for row in connection.execute(mine.order_by(BENCHMARK_PEERS.c.benchmark_id, BENCHMARK_PEERS.c.line)):
        index = None if row.peer_index is None else Decimal(row.peer_index)
        ratings = {Dimension(name): rating for name, rating in json.loads(row.ratings).items()}
        found.setdefault(row.benchmark_id, []).append(Peer(row.line, row.name, row.level, index, ratings))
    return found
