"""What the side panel says about each kind of object, besides its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from dashboard.components.catalogue import retention
from dashboard.components.selection import Selected
from dashboard.context import PageContext
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import UNKNOWN, count, moment
from data.store.content import canonical
from data.store.read import ConnectorDetail, FactKind, GroupDetail, GroupTopicLag, SubjectDetail, TopicDetail
from scoring.catalog.estate import NO_OFFSET, ConnectorName, GroupId, SubjectName, TopicName

LONG_TEXT = 600
"""Characters from which a text gets a box that scrolls."""

DYNAMIC = "DYNAMIC_TOPIC_CONFIG"
"""Source of a setting that somebody made for this topic; the others come from the broker."""


def facts(values: Mapping[str, object]) -> None:
    """A list of names and values; None reads "unknown"."""
    st.table(
        {name: plain(UNKNOWN if value is None else str(value)) for name, value in values.items()},
        border="horizontal",
        width="stretch",
    )


def topic_details(context: PageContext, item: Selected) -> bool:
    """A topic: its partitions, settings and readers. False when it did not exist at the moment."""
    detail = context.reader.ask(
        ("topic", item.cluster, item.key, context.asof),
        lambda read: read.topic(item.cluster, TopicName(item.key), context.asof),
    )
    if detail is None:
        return False
    row = detail.row
    facts(
        {
            "Partitions": count(row.partitions),
            "Replicas": row.replication_factor,
            "Under-replicated": row.under_replicated,
            "Without leader": row.leaderless,
            "Cleanup": row.cleanup_policy,
            "Retention": retention(row.retention_ms),
            "Min in sync": row.min_insync_replicas,
            "Records appended": f"{count(row.end_offset_sum)}, as of {moment(row.offsets_at)}",
        }
    )
    st.header("Read by")
    _lags(detail.groups, "group", "Nobody commits offsets on this topic.")
    st.header("Partitions")
    st.dataframe(_partitions(detail), hide_index=True, height=_height(row.partitions), alt="Partitions of the topic")
    st.header("Settings")
    _settings(detail)
    return True


def group_details(context: PageContext, item: Selected) -> bool:
    """A consumer group: its lag by topic and its members."""
    detail = context.reader.ask(
        ("group", item.cluster, item.key, context.asof),
        lambda read: read.group(item.cluster, GroupId(item.key), context.asof),
    )
    if detail is None:
        return False
    row = detail.row
    facts(
        {
            "State": row.state,
            "Protocol": row.type,
            "Members": count(row.members),
            "Lag": f"{count(row.lag)} messages, as of {moment(row.lag_at)}",
            "Worst partition": f"{count(row.lag_max)} messages",
            "Partitions of unknown lag": row.lag_unknown,
            "Coordinator": None if detail.coordinator is None else f"broker {detail.coordinator}",
        }
    )
    st.header("Reads")
    _lags(detail.topics, "topic", "This group has committed no offset.")
    st.header("Members")
    _members(detail)
    return True


def subject_details(context: PageContext, item: Selected) -> bool:
    """A schema subject: its levels, versions and newest text."""
    detail: SubjectDetail | None = context.reader.ask(
        ("subject", item.cluster, item.key, context.asof),
        lambda read: read.subject(item.cluster, SubjectName(item.key), context.asof),
    )
    if detail is None:
        return False
    facts(
        {
            "Type": detail.row.schema_type,
            "Compatibility": detail.row.compatibility or "inherits the registry's level",
            "Versions": ", ".join(str(version) for version in detail.versions),
            "Schema id": detail.row.schema_id,
        }
    )
    st.header(f"Version {detail.row.latest_version}")
    st.code(detail.text, language=None, wrap_lines=True, height=_code_height(detail.text))
    return True


def connector_details(context: PageContext, item: Selected) -> bool:
    """A connector: its tasks, topics and config, whose secrets were never stored."""
    detail: ConnectorDetail | None = context.reader.ask(
        ("connector", item.cluster, item.key, context.asof),
        lambda read: read.connector(item.cluster, ConnectorName(item.key), context.asof),
    )
    if detail is None:
        return False
    row = detail.row
    facts(
        {
            "State": row.state,
            "Kind": row.kind,
            "Worker": detail.worker,
            "Tasks": ", ".join(f"{number}: {state}" for number, state in enumerate(detail.task_states)) or "none",
            "Topics": ", ".join(row.topics) or "none",
        }
    )
    if detail.trace:
        st.markdown(mark(Tone.INCIDENT, "It failed with"))
        st.code(detail.trace, language=None, wrap_lines=True, height=_code_height(detail.trace))
    st.header("Config")
    facts(detail.config)
    return True


def acl_details(context: PageContext, item: Selected) -> bool:
    """An access rule: it is its own description."""
    rules = context.reader.ask(("acls", item.cluster, context.asof), lambda read: read.acls(item.cluster, context.asof))
    for row in rules:
        fields = {
            "Principal": row.principal,
            "Host": row.host,
            "Operation": row.operation,
            "Permission": row.permission,
            "Resource": row.resource_type,
            "Name": row.resource_name,
            "Pattern": row.pattern_type,
        }
        if acl_key(list(fields.values())) == item.key:
            facts(fields)
            return True
    return False


def acl_key(values: Sequence[str]) -> str:
    """The key that an access rule's history is kept under: its own fields, in the authorizer's order."""
    return canonical(list(values))


DETAILS: Mapping[FactKind, Callable[[PageContext, Selected], bool]] = {
    FactKind.TOPIC: topic_details,
    FactKind.GROUP: group_details,
    FactKind.SUBJECT: subject_details,
    FactKind.CONNECTOR: connector_details,
    FactKind.ACL: acl_details,
}


def _lags(lags: Sequence[GroupTopicLag], other: str, empty: str) -> None:
    """Lag of each group on a topic, or on each topic of a group; worst first."""
    if not lags:
        st.markdown(aside(empty))
        return
    ordered = sorted(lags, key=lambda lag: (lag.lag is not None, -(lag.lag or 0)))
    frame = pd.DataFrame(
        {
            other.capitalize(): [getattr(lag, other) for lag in ordered],
            "Lag": pd.array([lag.lag for lag in ordered], dtype="Int64"),
            "Worst partition": pd.array([lag.lag_max for lag in ordered], dtype="Int64"),
            "As of (UTC)": [lag.observed_at for lag in ordered],
        }
    )
    st.dataframe(frame, hide_index=True, height=_height(len(frame)), alt=f"Lag by {other}", column_config=_TIMES)


def _partitions(detail: TopicDetail) -> pd.DataFrame:
    ends = detail.end_offsets
    known = [
        None if ends is None or index >= len(ends) or ends[index] == NO_OFFSET else int(ends[index])
        for index in range(len(detail.partitions))
    ]
    return pd.DataFrame(
        {
            "Partition": [part.index for part in detail.partitions],
            "Leader": pd.array([part.leader for part in detail.partitions], dtype="Int64"),
            "Replicas": [", ".join(map(str, part.replicas)) for part in detail.partitions],
            "In sync": [", ".join(map(str, part.isr)) for part in detail.partitions],
            "End offset": pd.array(known, dtype="Int64"),
        }
    )


def _settings(detail: TopicDetail) -> None:
    """The settings made for this topic; the broker's defaults behind a click."""
    if detail.config is None:
        st.markdown(aside("The settings of this topic were never read."))
        return
    own = {name: entry.value for name, entry in sorted(detail.config.items()) if entry.source == DYNAMIC}
    rest = {name: entry.value for name, entry in sorted(detail.config.items()) if entry.source != DYNAMIC}
    if own:
        facts(own)
    else:
        st.markdown(aside("Nothing was set for this topic; it uses the broker's defaults."))
    with st.expander(f"{len(rest)} defaults"):
        facts(rest)


def _members(detail: GroupDetail) -> None:
    if not detail.members:
        st.markdown(aside("No member is connected."))
        return
    frame = pd.DataFrame(
        {
            "Client": [member.client_id for member in detail.members],
            "Host": [member.host for member in detail.members],
            "Partitions": [len(member.assigned) for member in detail.members],
            "Member": [member.id for member in detail.members],
        }
    )
    st.dataframe(frame, hide_index=True, height=_height(len(frame)), alt="Members of the group")


def _height(rows: int) -> int:
    """Pixels for a table of that many rows, up to ten; more scroll."""
    return 40 * (min(rows, 10) + 1) + 2


def _code_height(text: str) -> int | Literal["content"]:
    """A long text scrolls in a box of its own; a short one has a box of its size."""
    return "content" if len(text) < LONG_TEXT else 400


_TIMES: dict[str, Any] = {
    "As of (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone="UTC"),
    "Lag": st.column_config.NumberColumn(format="localized"),
    "Worst partition": st.column_config.NumberColumn(format="localized"),
}
