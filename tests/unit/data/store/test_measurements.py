"""Offsets and lag; every number is worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.store import Store
from data.store.read import Flow
from scoring.catalog.estate import NO_OFFSET, GroupId, TopicName
from tests.unit.data.store.estates import (
    BILLS,
    NOON,
    ORDERS,
    PROD,
    READERS,
    SILENT,
    Clock,
    Hands,
    group,
    offsets,
    topic,
)

HOUR = timedelta(hours=1)
SECOND, NEW, OLD = GroupId("second"), TopicName("new"), TopicName("old")


@pytest.fixture
def hands(store: Store, clock: Clock) -> Hands:
    return Hands(store, clock)


def test_lag_is_added_over_partitions_and_topics(store: Store, hands: Hands) -> None:
    hands.see(
        groups=(group(),),
        end_offsets={ORDERS: offsets(100, 50), BILLS: offsets(7)},
        committed={READERS: {ORDERS: offsets(90, 50), BILLS: offsets(2)}},
    )
    (row,) = store.read.groups()
    assert (row.topics, row.lag, row.lag_max, row.lag_unknown, row.lag_at) == (2, 15, 10, 0, NOON)


def test_a_commit_that_overtook_the_end_is_no_lag(store: Store, hands: Hands) -> None:
    hands.see(groups=(group(),), end_offsets={ORDERS: offsets(10)}, committed={READERS: {ORDERS: offsets(12)}})
    (row,) = store.read.groups()
    assert row.lag == 0


def test_lag_without_end_offsets_is_unknown_and_not_zero(store: Store, hands: Hands) -> None:
    hands.see(groups=(group(),), end_offsets=SILENT, committed={READERS: {ORDERS: offsets(90, NO_OFFSET, 4)}})
    (row,) = store.read.groups()
    assert (row.lag, row.lag_max, row.lag_unknown) == (None, None, 2)


def test_a_partition_that_was_never_committed_has_no_lag_and_is_not_unknown(store: Store, hands: Hands) -> None:
    hands.see(
        groups=(group(),), end_offsets={ORDERS: offsets(10, 10)}, committed={READERS: {ORDERS: offsets(4, NO_OFFSET)}}
    )
    (row,) = store.read.groups()
    assert (row.lag, row.lag_unknown) == (6, 0)


def test_a_leaderless_partition_leaves_its_lag_out_and_says_so(store: Store, hands: Hands) -> None:
    hands.see(
        groups=(group(),),
        topics=(topic(),),
        end_offsets={ORDERS: offsets(10, NO_OFFSET)},
        committed={READERS: {ORDERS: offsets(4, 5)}},
    )
    (row,) = store.read.groups()
    assert (row.lag, row.lag_unknown) == (6, 1)
    assert store.read.topics()[0].end_offset_sum is None
    assert store.read.topic_hours(PROD, ORDERS, NOON, NOON + HOUR) == []


def test_a_group_without_commits_has_no_topics_once_commits_were_read(store: Store, hands: Hands) -> None:
    hands.see(groups=(group(),))
    assert store.read.groups()[0].topics is None
    hands.see(groups=(group(),), end_offsets={}, committed={READERS: {}})
    assert (store.read.groups()[0].topics, store.read.groups()[0].lag) == (0, None)


def test_the_hour_keeps_lowest_highest_and_last_lag(store: Store, clock: Clock, hands: Hands) -> None:
    for behind in (5, 30, 2, 11):
        hands.see(
            groups=(group(),), end_offsets={ORDERS: offsets(100)}, committed={READERS: {ORDERS: offsets(100 - behind)}}
        )
        clock.move(600)
    (hour,) = store.read.group_hours(PROD, READERS, NOON, NOON + HOUR)
    assert (hour.topic, hour.hour, hour.samples) == (ORDERS, NOON, 4)
    assert (hour.lag_min, hour.lag_max, hour.lag_last) == (2, 30, 11)
    assert (hour.committed_first, hour.committed_last) == (95, 89)


def test_an_unknown_lag_changes_no_hour_that_knows_one(store: Store, hands: Hands) -> None:
    seen = {ORDERS: offsets(100)}
    hands.see(groups=(group(),), end_offsets=SILENT, committed={READERS: {ORDERS: offsets(60)}})
    hands.see(groups=(group(),), end_offsets=seen, committed={READERS: {ORDERS: offsets(60)}})
    hands.see(groups=(group(),), end_offsets=SILENT, committed={READERS: {ORDERS: offsets(70)}})
    (hour,) = store.read.group_hours(PROD, READERS, NOON, NOON + HOUR)
    assert (hour.lag_min, hour.lag_max, hour.lag_last, hour.committed_last, hour.samples) == (40, 40, 40, 70, 3)


def test_the_topics_hours_keep_first_and_last_sum(store: Store, clock: Clock, hands: Hands) -> None:
    for end in (10, 20, 40):
        hands.see(topics=(topic(),), end_offsets={ORDERS: offsets(end, 1)})
        clock.move(1800)
    first, second = store.read.topic_hours(PROD, ORDERS, NOON, NOON + 2 * HOUR)
    assert (first.hour, first.end_first, first.end_last, first.samples) == (NOON, 11, 21, 2)
    assert (second.hour, second.end_first, second.end_last, second.samples) == (NOON + HOUR, 41, 41, 1)
    assert store.read.topic_hours(PROD, ORDERS, NOON + HOUR, NOON + 2 * HOUR) == [second]


def test_commits_that_expired_leave_the_latest_lag_but_not_the_hours(store: Store, clock: Clock, hands: Hands) -> None:
    ends = {ORDERS: offsets(100), BILLS: offsets(100)}
    hands.see(groups=(group(),), end_offsets=ends, committed={READERS: {ORDERS: offsets(90), BILLS: offsets(40)}})
    clock.move(30)
    hands.see(groups=(group(),), end_offsets=ends, committed={READERS: {ORDERS: offsets(95)}})
    assert (store.read.groups()[0].topics, store.read.groups()[0].lag) == (1, 5)
    assert [hour.topic for hour in store.read.group_hours(PROD, READERS, NOON, NOON + HOUR)] == [BILLS, ORDERS]


def test_a_group_whose_commits_were_refused_keeps_its_lag_with_its_age(
    store: Store, clock: Clock, hands: Hands
) -> None:
    other = GroupId("bill-readers")
    ends = {ORDERS: offsets(100)}
    both = {READERS: {ORDERS: offsets(90)}, other: {ORDERS: offsets(80)}}
    hands.see(groups=(group(), group(other)), end_offsets=ends, committed=both)
    clock.move(30)
    partial = hands.present({READERS: {ORDERS: offsets(99)}}, missing=["Group bill-readers was refused."])
    hands.see(groups=(group(), group(other)), end_offsets=ends, committed=partial)
    bills, orders = store.read.groups()
    assert (bills.name, bills.lag, bills.lag_at) == (other, 20, NOON)
    assert (orders.name, orders.lag, orders.lag_at) == (READERS, 1, NOON + timedelta(seconds=30))


def test_lag_as_of_the_past_is_that_of_the_last_whole_hour(store: Store, clock: Clock, hands: Hands) -> None:
    for behind in (5, 9, 50):
        hands.see(
            groups=(group(),), end_offsets={ORDERS: offsets(100)}, committed={READERS: {ORDERS: offsets(100 - behind)}}
        )
        clock.move(2400)
    (row,) = store.read.groups(asof=NOON + timedelta(minutes=70))
    assert (row.lag, row.lag_at) == (9, NOON + HOUR)
    (early,) = store.read.groups(asof=NOON + timedelta(minutes=30))
    assert (early.lag, early.lag_at) == (None, None)


def test_details_hold_the_offsets_themselves_worst_first(store: Store, hands: Hands) -> None:
    hands.see(
        topics=(topic(), topic(BILLS, 1)),
        groups=(group(),),
        end_offsets={ORDERS: offsets(100, 50), BILLS: offsets(7)},
        committed={READERS: {ORDERS: offsets(90, 50), BILLS: offsets(7)}},
    )
    detail = store.read.group(PROD, READERS)
    assert detail is not None
    assert [(item.topic, item.lag) for item in detail.topics] == [(ORDERS, 10), (BILLS, 0)]
    assert detail.topics[0].committed.tolist() == [90, 50]
    about = store.read.topic(PROD, ORDERS)
    assert about is not None
    assert about.end_offsets is not None
    assert about.end_offsets.tolist() == [100, 50]
    assert [item.group for item in about.groups] == [READERS]


def test_what_flows_is_told_by_commits_a_week_apart_and_what_was_not_watched_so_long_is_not_counted(
    store: Store, clock: Clock, hands: Hands
) -> None:
    week = timedelta(days=7)
    committed = {
        NOON: {READERS: {ORDERS: offsets(10, 5), BILLS: offsets(7), OLD: offsets(3)}},
        # Orders moved, bills did not, old has no commits any more; new and the second group are too young.
        NOON + week: {
            READERS: {ORDERS: offsets(10, 6), BILLS: offsets(7), NEW: offsets(9)},
            SECOND: {ORDERS: offsets(1)},
        },
        NOON + week + timedelta(minutes=30): {
            READERS: {ORDERS: offsets(10, 6), BILLS: offsets(7), NEW: offsets(9)},
            SECOND: {ORDERS: offsets(2)},
        },
    }
    for at, seen in committed.items():
        clock.now = at
        hands.see(groups=(group(),), end_offsets=SILENT, committed=seen)
    assert store.read.flow(NOON + week + HOUR) == Flow(moved=1, still=1)
    assert store.read.flow(NOON + week + HOUR + timedelta(minutes=59)) == Flow(moved=1, still=1)
    assert store.read.flow(NOON + week + 2 * HOUR) == Flow(), "that hour was not read"
    assert store.read.flow(NOON + HOUR) == Flow(), "a week earlier nobody watched"
