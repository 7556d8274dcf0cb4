"""The clusters that the settings name, and what this database is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from data.store import states
from data.store.columns import from_micros, to_micros
from data.store.dialect import insert
from data.store.engine import Database
from data.store.read import Meta
from data.store.tables import CLUSTERS, META
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.catalog.estate import ClusterName, SourceName

SHIFT = "shifted_by_seconds"
"""The meta key that says how far a sample's clock was moved."""


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """A cluster as the settings name it, with the sources that are configured for it."""

    name: ClusterName
    environment: str
    region: str
    sources: Sequence[SourceName]


class Registry:
    """Keeps what the settings say about clusters, and what the database says about itself."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def register(self, actor: Actor, clusters: Sequence[ClusterFacts]) -> None:
        """Write all configured clusters and their sources; a source that is new has the state `never`.

        Clusters and sources that are not named any more are kept, with their history, as no longer configured.
        """
        subject = ", ".join(cluster.name for cluster in clusters)
        with self._writer.write(actor, Role.SYSTEM, "clusters.register", subject) as write:
            named = [cluster.name for cluster in clusters]
            for gone in write.connection.execute(select(CLUSTERS.c.id).where(CLUSTERS.c.name.not_in(named))).scalars():
                states.announce(write.connection, gone, (), write.at)
            for cluster in clusters:
                row = {"name": cluster.name, "environment": cluster.environment, "region": cluster.region}
                statement = insert(write.connection, CLUSTERS).values(**row, first_seen=write.at)
                changed = {"environment": cluster.environment, "region": cluster.region}
                statement = statement.on_conflict_do_update(index_elements=["name"], set_=changed)
                cluster_id = write.connection.execute(statement.returning(CLUSTERS.c.id)).scalar_one()
                states.announce(write.connection, cluster_id, cluster.sources, write.at)
            write.detail |= {cluster.name: sorted(cluster.sources) for cluster in clusters}

    def describe(self, actor: Actor, meta: Meta) -> None:
        """Write what this database is (needs the role system)."""
        values: dict[str, str] = {**meta.extra, "sample": "yes" if meta.sample else "no"}
        values[SHIFT] = str(meta.shifted_by_seconds)
        if meta.recorded_at is not None:
            values["recorded_at"] = str(to_micros(meta.recorded_at))
        with self._writer.write(actor, Role.SYSTEM, "meta.describe", "database") as write:
            write_meta(write.connection, values)
            write.detail |= values


def write_meta(connection: Connection, values: Mapping[str, str]) -> None:
    """Write what the database says about itself, over what it said before under the same keys."""
    statement = insert(connection, META)
    statement = statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
    connection.execute(statement, [{"key": key, "value": value} for key, value in values.items()])


def read_meta(connection: Connection) -> Meta:
    """What the database says about itself; a database that says nothing is no sample."""
    values: dict[str, str] = {row.key: row.value for row in connection.execute(select(META))}
    return Meta(
        sample=values.pop("sample", "no") == "yes",
        shifted_by_seconds=int(values.pop(SHIFT, "0")),
        recorded_at=_moment(values),
        extra=values,
    )


def _moment(values: dict[str, str]) -> datetime | None:
    micros = values.pop("recorded_at", None)
    return None if micros is None else from_micros(int(micros))
