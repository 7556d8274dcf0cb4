"""The tables of the estate: which columns each kind of object has, and the frames that are drawn and filtered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.shapes import Shape
from dashboard.wording import duration
from data.store.read import FactKind

SEARCHED = "_searched"
"""Column of the lower-case text that the search box looks in; not shown."""

Column = Any
"""A Streamlit column configuration."""


@dataclass(frozen=True, slots=True)
class Table:
    """One tab of the estate page.

    listing: the name in `dashboard.shapes.LISTINGS`. names: the shape's field that names the object. worst: how rows
    are ordered at first, the worst on top. empty: what to do when there is none.
    """

    title: str
    listing: str
    kind: FactKind
    noun: str
    names: Callable[[Shape], str]
    columns: Mapping[str, Column]
    worst: Callable[[Shape], tuple[Any, ...]]
    source: str
    empty: str


def frame_of(table: Table, shapes: Sequence[Shape]) -> pd.DataFrame:
    """The table's rows, worst first, with the name in front and the searched text behind."""
    ordered = [shape | _worded(shape) for shape in sorted(shapes, key=table.worst)]
    frame = pd.DataFrame(ordered, columns=None if ordered else ["cluster", *table.columns])
    frame.insert(0, "object", [table.names(shape) for shape in ordered])
    for column in ("known_since", "unchanged_since", "last_seen"):
        if column in frame:
            frame[column] = pd.to_datetime(frame[column], utc=True)
    text = [" ".join(str(value) for value in shape.values() if isinstance(value, str)) for shape in ordered]
    frame[SEARCHED] = pd.Series([line.lower() for line in text], index=frame.index, dtype="str")
    return frame


def matching(frame: pd.DataFrame, search: str) -> pd.DataFrame:
    """The rows that hold every word of the search anywhere in their text, in any case."""
    for word in search.lower().split():
        frame = frame[frame[SEARCHED].str.contains(word, regex=False)]
    return frame


def _worded(shape: Shape) -> Shape:
    """Fields that a person reads in another form than a machine does."""
    worded: Shape = {}
    if "retention_ms" in shape:
        worded["retention"] = retention(shape["retention_ms"])
    if isinstance(shape.get("topics"), list):
        worded["topic_names"] = ", ".join(shape["topics"])
    return worded


def retention(milliseconds: int | None) -> str | None:
    """A retention in words; Kafka writes -1 for unlimited, None is unknown."""
    if milliseconds is None:
        return None
    return "unlimited" if milliseconds < 0 else duration(milliseconds / 1000)


def _number(label: str, **more: Any) -> Column:
    return st.column_config.NumberColumn(label, format="localized", **more)


def _text(label: str, **more: Any) -> Column:
    return st.column_config.TextColumn(label, **more)


def since_column(label: str) -> Column:
    """A moment to the minute, in UTC."""
    return st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm", timezone="UTC", help="UTC")


def _high(value: int | None) -> int:
    """Sorts a number downwards, unknown first: what nobody knows is looked at before what is well."""
    return -(10**18) if value is None else -value


TABLES: tuple[Table, ...] = (
    Table(
        title="Topics",
        listing="topics",
        kind=FactKind.TOPIC,
        noun="topic",
        names=lambda shape: str(shape["name"]),
        columns={
            "partitions": _number("Partitions"),
            "replication_factor": _number("Replicas"),
            "under_replicated": _number(
                "Under-replicated", help="Partitions with fewer replicas in sync than assigned"
            ),
            "leaderless": _number("Without leader", help="Partitions that nobody can read or write"),
            "cleanup_policy": _text("Cleanup"),
            "retention": _text("Retention"),
            "min_insync_replicas": _number("Min in sync"),
            "end_offset_sum": _number("Records appended", help="Sum of the end offsets: ever appended, not kept"),
            "known_since": since_column("Known since"),
        },
        worst=lambda shape: (-shape["leaderless"], -shape["under_replicated"], shape["internal"], shape["name"]),
        source="Kafka",
        empty="No topic was found. If the cluster has some, the collector's user may not describe them.",
    ),
    Table(
        title="Groups",
        listing="groups",
        kind=FactKind.GROUP,
        noun="consumer group",
        names=lambda shape: str(shape["name"]),
        columns={
            "state": _text("State"),
            "members": _number("Members"),
            "topics": _number("Topics"),
            "lag": _number("Lag", help="Messages behind, over all topics; empty when unknown"),
            "lag_max": _number("Worst partition", help="Messages behind on its worst partition"),
            "type": _text("Protocol"),
            "known_since": since_column("Known since"),
        },
        worst=lambda shape: (_high(shape["lag"]), shape["name"]),
        source="Kafka",
        empty="No consumer group was found. If there are some, the collector's user may not describe them.",
    ),
    Table(
        title="Schemas",
        listing="subjects",
        kind=FactKind.SUBJECT,
        noun="subject",
        names=lambda shape: str(shape["name"]),
        columns={
            "schema_type": _text("Type"),
            "compatibility": _text("Compatibility", help="Empty: inherits the registry's level"),
            "versions": _number("Versions"),
            "latest_version": _number("Latest"),
            "schema_id": _number("Schema id"),
            "known_since": since_column("Known since"),
        },
        worst=lambda shape: (shape["name"],),
        source="Schema registry",
        empty="No schema was found. Connect a schema registry, or register the first schema.",
    ),
    Table(
        title="Connectors",
        listing="connectors",
        kind=FactKind.CONNECTOR,
        noun="connector",
        names=lambda shape: str(shape["name"]),
        columns={
            "kind": _text("Kind"),
            "state": _text("State"),
            "tasks_running": _number("Tasks running"),
            "tasks": _number("Tasks"),
            "topic_names": _text("Topics"),
            "known_since": since_column("Known since"),
        },
        worst=lambda shape: (shape["state"] == "RUNNING", shape["tasks_running"] - shape["tasks"], shape["name"]),
        source="Kafka Connect",
        empty="No connector was found. Add a Connect worker's address to the settings, or start a connector.",
    ),
    Table(
        title="ACLs",
        listing="acls",
        kind=FactKind.ACL,
        noun="access rule",
        names=lambda shape: f"{shape['principal']} {shape['operation']} {shape['resource_name']}",
        columns={
            "permission": _text("Permission"),
            "resource_type": _text("Resource"),
            "pattern_type": _text("Pattern"),
            "host": _text("Host"),
            "known_since": since_column("Known since"),
        },
        worst=lambda shape: (shape["principal"], shape["resource_type"], shape["resource_name"], shape["operation"]),
        source="Kafka",
        empty="No access rule was found. The cluster has no authorizer, or the collector's user may not list ACLs.",
    ),
)
