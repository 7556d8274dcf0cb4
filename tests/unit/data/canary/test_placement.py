"""A partition for each broker, with the replicas that it needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data.canary.placement import Place, lacking, ring


def test_a_new_topic_has_a_partition_for_each_broker_and_its_copies_on_the_next_ones() -> None:
    assert lacking([3, 1, 2], {}, copies=2) == [[1, 2], [2, 3], [3, 1]]


def test_a_broker_that_joins_gets_a_partition_and_the_others_keep_theirs() -> None:
    places = {0: Place((1, 2), 1, (1, 2)), 1: Place((2, 1), 2, (1, 2))}
    assert lacking([1, 2, 7], places, copies=3) == [[7, 1, 2]]


def test_a_partition_stays_where_its_home_is_down_and_its_leader_is_another() -> None:
    places = {0: Place((1, 2), 2, (2,)), 1: Place((2, 1), 2, (2,))}
    assert lacking([2], places, copies=2) == []


def test_there_are_never_more_copies_than_brokers() -> None:
    assert ring(5, [5], 3) == [5]


@given(st.sets(st.integers(0, 1000), min_size=1, max_size=40), st.integers(1, 5))
def test_every_broker_is_the_home_of_exactly_one_of_the_added_partitions(brokers: set[int], copies: int) -> None:
    added = lacking(brokers, {}, copies)
    assert sorted(replicas[0] for replicas in added) == sorted(brokers)
    assert all(len(set(replicas)) == len(replicas) == min(copies, len(brokers)) for replicas in added)
