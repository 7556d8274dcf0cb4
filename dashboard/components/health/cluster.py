"""One cluster's health: numbers of its exporters, and what Kafka itself says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from dashboard.cluster_health import (
    NOT_COLLECTED,
    NOT_EXPORTED,
    Tile,
    name_of,
    none_is_well,
    old,
    partition_sums,
    produce_errors,
    source_words,
    tiles,
    worst_groups,
)
from dashboard.context import PageContext, page_context
from dashboard.definitions import produce_success
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import age, count
from data.health.questions import HealthKey
from data.health.readings import HealthReading, HealthRow, HealthValue
from data.store.read import BrokerRow
from scoring.catalog.estate import ClusterName, SourceName
from scoring.slo.definition import EventsSli


def draw_health() -> None:
    """Every cluster that is looked at."""
    context = page_context()
    clusters = context.clusters if context.cluster is None else (context.cluster,)
    if not clusters:
        st.info("No cluster has been observed yet. Connections says how to connect one.")
    for cluster in clusters:
        if len(context.clusters) > 1:
            st.header(plain(cluster))
        _draw_cluster(context, cluster)


def _draw_cluster(context: PageContext, cluster: ClusterName) -> None:
    rows: list[HealthRow] = context.reader.ask(
        ("health", cluster, context.asof), lambda read: read.health(cluster, context.asof)
    )
    if context.asof is not None and not rows:
        st.info("Of the exporters' numbers only the latest are kept; for that moment there are none.")
    cadence = context.instance.cadences()[SourceName.PROMETHEUS]
    found = tiles(rows, context.moment, cadence, sample=context.meta.sample)
    with st.grid(3, min_column_width=230):
        for tile in [*_kafka_tiles(context, cluster), *found]:
            _draw_tile(tile)
    readings = {row.reading.key: row.reading for row in rows}
    left, right = st.columns(2, gap="large")
    with left:
        _draw_errors(readings.get(HealthKey.PRODUCE_ERRORS), context.moment, cadence)
        _draw_latency(readings.get(HealthKey.LATENCY), context.moment, cadence)
    with right:
        _draw_lag(context, cluster, readings.get(HealthKey.LAG))
        _draw_brokers(context, cluster)


def _draw_tile(tile: Tile) -> None:
    with st.container(border=True, height="stretch"):
        st.metric(tile.title, tile.value, help=None if not tile.query else f"`{tile.query}`")
        st.markdown(f"{mark(tile.tone, tile.words)}  \n{aside(tile.source)}")


def _kafka_tiles(context: PageContext, cluster: ClusterName) -> list[Tile]:
    """What Kafka's own metadata says, which needs no exporter."""
    counts = context.reader.ask(
        ("counts", cluster, context.asof), lambda read: read.estate_counts(cluster, context.asof)
    )
    topics = context.reader.ask(("topics", cluster, context.asof), lambda read: read.topics(cluster, context.asof))
    brokers = counts.brokers
    if brokers.observed_at is None or counts.topics.observed_at is None:
        return [Tile("Brokers", "unknown", Tone.NO_DATA, NOT_COLLECTED, "Kafka", "DescribeCluster")]
    partitions, behind, leaderless = partition_sums(topics)
    seen = f"Kafka, {age(context.moment - counts.topics.observed_at)} ago"
    if leaderless:
        tone, words = Tone.LOCKDOWN, f"{count(leaderless)} without a leader"
    else:
        tone, words = none_is_well(behind, Tone.INCIDENT, f"of {count(partitions)}, a replica is out of sync")
    return [
        Tile(
            "Brokers",
            count(brokers.value),
            Tone.HEALTHY if brokers.value else Tone.LOCKDOWN,
            "registered and known to Kafka",
            f"Kafka, {age(context.moment - brokers.observed_at)} ago",
            "DescribeCluster",
        ),
        Tile("Out of sync, by Kafka", count(behind), tone, words, seen, "Metadata: replicas that are not in the ISR"),
    ]


def _draw_errors(reading: HealthReading | None, now: datetime, cadence: timedelta) -> None:
    st.markdown("**Produce answers of the last hour, by code and class**")
    values = _told(reading, now, cadence)
    if values is None:
        return
    sli = produce_success().sli
    rows = produce_errors(values, sli) if isinstance(sli, EventsSli) else []
    bad = [row for row in rows if row.fault is not None and round(row.answers)]
    if not bad:
        st.markdown(mark(Tone.HEALTHY, "no errors"))
        return
    st.table(
        [{"Code": plain(row.code), "Class": row.fault or "success", "Answers": count(row.answers)} for row in bad],
        border="horizontal",
        hide_index=True,
        alt="Produce errors of the last hour by code",
    )


def _draw_latency(reading: HealthReading | None, now: datetime, cadence: timedelta) -> None:
    st.markdown("**Request latency, 99 % under (the slowest broker)**")
    values = _told(reading, now, cadence)
    if values is None:
        return
    rows = [{"Request": plain(name_of(one.labels)), "Milliseconds": f"{one.value:,.1f}"} for one in values]
    if not rows:
        st.markdown(aside("No request was answered."))
        return
    st.table(rows, border="horizontal", hide_index=True, alt="99th percentile of request latency by request")


def _told(reading: HealthReading | None, now: datetime, cadence: timedelta) -> tuple[HealthValue, ...] | None:
    """Say where an answer is from, and give it; None when there is none, which is said too."""
    if reading is None:
        st.markdown(mark(Tone.NO_DATA, NOT_COLLECTED))
        return None
    if old(reading, now, cadence):
        st.markdown(mark(Tone.NO_DATA, "old"))
    st.markdown(aside(source_words(reading, now)))
    st.code(reading.query, language=None, wrap_lines=True)
    if reading.values is None:
        st.markdown(mark(Tone.NO_DATA, NOT_EXPORTED))
    return reading.values


def _draw_lag(context: PageContext, cluster: ClusterName, reading: HealthReading | None) -> None:
    st.markdown("**Lag of the worst groups, in records**")
    groups = context.reader.ask(("groups", cluster, context.asof), lambda read: read.groups(cluster, context.asof))
    worst = worst_groups(groups)
    if worst:
        seen = min((group.lag_at for group in worst if group.lag_at is not None), default=None)
        when = "" if seen is None else f", {age(context.moment - seen)} ago"
        st.markdown(aside(f"Kafka: OffsetFetch and ListOffsets{when}"))
        _table([(group.name, group.lag or 0) for group in worst])
        return
    if reading is not None and reading.values:
        st.markdown(aside(source_words(reading, context.moment)))
        _table([(name_of(one.labels), one.value) for one in reading.values[:10]])
        return
    st.markdown(mark(Tone.NO_DATA, "nobody's lag is known"))


def _table(rows: Sequence[tuple[str, float]]) -> None:
    st.table(
        [{"Group": plain(name), "Behind": count(number)} for name, number in rows],
        border="horizontal",
        hide_index=True,
        alt="The groups that are farthest behind",
    )


def _draw_brokers(context: PageContext, cluster: ClusterName) -> None:
    st.markdown("**Brokers**")
    brokers: list[BrokerRow] = context.reader.ask(
        ("brokers", cluster, context.asof), lambda read: read.brokers(cluster, context.asof)
    )
    if not brokers:
        st.markdown(mark(Tone.NO_DATA, NOT_COLLECTED))
        return
    st.table(
        [
            {
                "Broker": f"{row.id} · {plain(row.host)}:{row.port}",
                "Rack": plain(row.rack or "none"),
                "Controller": "not told" if row.controller is None else "yes" if row.controller else "no",
                "Seen": f"{age(context.moment - row.seen.last_seen)} ago",
            }
            for row in brokers
        ],
        border="horizontal",
        hide_index=True,
        alt="Every broker of the cluster, as Kafka lists them",
    )
