"""State facts as intervals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.store import Store
from data.store.read import EndedBy, FactKind
from scoring.catalog.estate import (
    Acl,
    Broker,
    Connector,
    ConnectorName,
    SchemaReference,
    SchemaVersion,
    Subject,
    SubjectName,
    TopicName,
)
from tests.unit.data.store.estates import BILLS, DR, NOON, ORDERS, PROD, REFUSED, SILENT, Clock, Hands, config, topic

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hands(store: Store, clock: Clock) -> Hands:
    return Hands(store, clock)


def test_a_topic_seen_unchanged_is_one_interval_whose_end_moves(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(topics=(topic(),))
    clock.move(60)
    hands.see(topics=(topic(),))
    (interval,) = store.read.history(FactKind.TOPIC, PROD, ORDERS)
    assert (interval.first_seen, interval.last_seen, interval.ended_at) == (NOON, NOON + MINUTE, None)
    assert (interval.first_run, interval.last_run) == (1, 2)


def test_a_change_ends_one_interval_and_starts_the_next(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(topics=(topic(partitions=2),))
    clock.move(60)
    hands.see(topics=(topic(partitions=6),))
    before, after = store.read.history(FactKind.TOPIC, PROD, ORDERS)
    assert (before.last_seen, before.ended_at, before.ended_by) == (NOON, NOON + MINUTE, EndedBy.CHANGED)
    assert (after.first_seen, after.ended_at) == (NOON + MINUTE, None)
    (row,) = store.read.topics()
    assert (row.partitions, row.seen.first_seen, row.seen.known_since) == (6, NOON + MINUTE, NOON)


def test_a_topic_that_a_complete_look_does_not_find_is_removed(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(topics=(topic(), topic(BILLS)))
    clock.move(60)
    hands.see(topics=(topic(BILLS),))
    (interval,) = store.read.history(FactKind.TOPIC, PROD, ORDERS)
    assert (interval.last_seen, interval.ended_at, interval.ended_by) == (NOON, NOON + MINUTE, EndedBy.REMOVED)
    assert [row.name for row in store.read.topics()] == [BILLS]
    assert [row.name for row in store.read.topics(asof=NOON + MINUTE / 2)] == [BILLS, ORDERS]


@pytest.mark.parametrize("failure", [REFUSED, SILENT])
def test_a_source_that_fails_removes_nothing(store: Store, clock: Clock, hands: Hands, failure: object) -> None:
    hands.see(topics=(topic(),))
    clock.move(60)
    hands.see(topics=failure)
    (row,) = store.read.topics()
    assert (row.seen.last_seen, row.seen.looked_at) == (NOON, NOON)


def test_what_a_partial_look_does_not_show_was_not_looked_at(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(topics=(topic(), topic(BILLS)))
    clock.move(60)
    hands.see(topics=hands.present((topic(BILLS),), missing=["Topic orders: LEADER_NOT_AVAILABLE."]))
    bills, orders = store.read.topics()
    assert (bills.seen.last_seen, bills.seen.looked_at) == (NOON + MINUTE, NOON + MINUTE)
    assert (orders.seen.last_seen, orders.seen.looked_at) == (NOON, NOON + MINUTE)


def test_a_partial_look_still_sees_changes_and_news(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(topics=(topic(partitions=1),))
    clock.move(60)
    hands.see(topics=hands.present((topic(partitions=3), topic(BILLS)), missing=["One was refused."]))
    assert [(row.name, row.partitions) for row in store.read.topics()] == [(BILLS, 2), (ORDERS, 3)]


def test_a_topic_that_comes_back_is_known_since_it_came_back(store: Store, clock: Clock, hands: Hands) -> None:
    for present in (True, False, True):
        hands.see(topics=(topic(),) if present else ())
        clock.move(60)
    assert [row.seen.known_since for row in store.read.topics()] == [NOON + 2 * MINUTE]
    assert len(store.read.history(FactKind.TOPIC, PROD, ORDERS)) == 2


def test_no_topics_is_zero_and_never_looked_is_unknown(store: Store, hands: Hands) -> None:
    assert store.read.estate_counts().topics.value is None
    assert store.read.estate_counts().topics.unknown_in == (PROD,)
    hands.see(topics=())
    assert store.read.estate_counts().topics.value == 0


def test_a_clock_that_is_set_back_bends_no_interval(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(topics=(topic(partitions=1),))
    clock.move(-3600)
    hands.see(topics=(topic(partitions=2),))
    before, after = store.read.history(FactKind.TOPIC, PROD, ORDERS)
    assert before.last_seen == NOON
    assert NOON < after.first_seen < NOON + timedelta(seconds=1)
    assert before.ended_at == after.first_seen


def test_the_same_name_in_two_clusters_is_two_topics(store: Store, clock: Clock, hands: Hands) -> None:
    other = Hands(store, clock, DR)
    hands.see(topics=(topic(partitions=2),))
    other.see(topics=(topic(partitions=5),))
    assert [(row.cluster, row.partitions) for row in store.read.topics()] == [(DR, 5), (PROD, 2)]
    assert [row.partitions for row in store.read.topics(DR)] == [5]
    counts = store.read.estate_counts()
    assert (counts.topics.value, counts.partitions.value) == (2, 7)


def test_one_cluster_that_was_never_read_is_named_beside_the_count(store: Store, clock: Clock, hands: Hands) -> None:
    Hands(store, clock, DR)
    hands.see(topics=(topic(),))
    assert store.read.estate_counts().topics.value == 1
    assert store.read.estate_counts().topics.unknown_in == (DR,)


def test_a_topic_row_joins_shape_settings_and_sums(store: Store, hands: Hands) -> None:
    hands.see(
        topics=(topic(partitions=2, isr=(1, 3)),),
        topic_configs={ORDERS: config(cleanup_policy="compact", retention_ms="-1", min_insync_replicas="2")},
    )
    (row,) = store.read.topics()
    assert (row.replication_factor, row.under_replicated, row.leaderless) == (3, 2, 0)
    assert (row.cleanup_policy, row.retention_ms, row.min_insync_replicas) == ("compact", -1, 2)
    assert row.end_offset_sum is None


def test_settings_that_were_never_read_are_unknown(store: Store, hands: Hands) -> None:
    hands.see(topics=(topic(),))
    (row,) = store.read.topics()
    assert (row.cleanup_policy, row.retention_ms, row.min_insync_replicas) == (None, None, None)


def test_replicas_that_catch_up_in_another_order_are_no_change(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(topics=(topic(isr=(1, 2, 3)),))
    clock.move(60)
    hands.see(topics=(topic(isr=(3, 1, 2)),))
    assert len(store.read.history(FactKind.TOPIC, PROD, ORDERS)) == 1


def test_every_kind_comes_back_as_it_was_seen(store: Store, hands: Hands) -> None:
    rule = Acl("User:bill", "*", "READ", "ALLOW", "TOPIC", "sales.", "PREFIXED")
    subject = Subject(
        SubjectName(f"{ORDERS}-value"),
        "AVRO",
        None,
        (1, 2),
        SchemaVersion(2, 17, '{"type":"string","doc":"ö"}', (SchemaReference("Money", SubjectName("money"), 3),)),
    )
    connector = Connector(
        ConnectorName("files"), "source", "RUNNING", "w1:8083", ("RUNNING", "FAILED"), (ORDERS,), {"a": "b"}, "boom"
    )
    hands.see(
        brokers=(Broker(1, "kafka-1", 9092, "a", None),), acls=(rule,), subjects=(subject,), connectors=(connector,)
    )
    (broker,) = store.read.brokers()
    assert (broker.id, broker.host, broker.port, broker.rack, broker.controller) == (1, "kafka-1", 9092, "a", None)
    (acl,) = store.read.acls()
    assert (acl.principal, acl.operation, acl.resource_name, acl.pattern_type) == (
        "User:bill",
        "READ",
        "sales.",
        "PREFIXED",
    )
    found = store.read.subject(PROD, subject.name)
    assert found is not None
    assert (found.versions, found.text, found.row.schema_id) == ((1, 2), '{"type":"string","doc":"ö"}', 17)
    assert found.references == (SchemaReference("Money", SubjectName("money"), 3),)
    files = store.read.connector(PROD, connector.name)
    assert files is not None
    assert (files.row.tasks, files.row.tasks_running, files.trace, files.config) == (2, 1, "boom", {"a": "b"})


def test_an_unknown_object_is_none_and_its_history_is_empty(store: Store, hands: Hands) -> None:
    hands.see(topics=(topic(),))
    assert store.read.topic(PROD, TopicName("nobody")) is None
    assert store.read.topic(DR, ORDERS) is None
    assert store.read.history(FactKind.TOPIC, PROD, "nobody") == []


def test_a_detail_holds_partitions_and_settings(store: Store, hands: Hands) -> None:
    hands.see(topics=(topic(partitions=3),), topic_configs={ORDERS: config(retention_ms="1000")})
    detail = store.read.topic(PROD, ORDERS)
    assert detail is not None
    assert detail.partitions == topic(partitions=3).partitions
    assert detail.config == config(retention_ms="1000")
    assert detail.config_seen is not None


def test_as_of_before_the_first_look_nothing_was_known(store: Store, clock: Clock, hands: Hands) -> None:
    clock.move(60)
    hands.see(topics=(topic(),))
    assert store.read.topics(asof=NOON + MINUTE / 2) == []
    assert store.read.estate_counts(asof=NOON + MINUTE / 2).topics.value is None
    assert store.read.estate_counts(asof=NOON + MINUTE).topics.value == 1


def test_as_of_shows_the_look_of_that_time_and_not_a_later_one(store: Store, clock: Clock, hands: Hands) -> None:
    for _ in range(4):
        hands.see(topics=(topic(),))
        clock.move(60)
    (row,) = store.read.topics(asof=NOON + 1.5 * MINUTE)
    assert (row.seen.last_seen, row.seen.looked_at) == (NOON + MINUTE, NOON + MINUTE)
