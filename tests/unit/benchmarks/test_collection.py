"""What the collection benchmark holds against each other, without brokers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from benchmarks.bench_collection import read_table
from benchmarks.brokers import records_of
from benchmarks.raw_kafka import Tally, tally_of
from scoring.catalog.estate import (
    Absent,
    Broker,
    ClusterEstate,
    ClusterName,
    ConfigEntry,
    FailureKind,
    Group,
    GroupId,
    Partition,
    Present,
    Topic,
    TopicName,
)
from stack.scale import Size

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OURS, THEIRS = TopicName("scale.a"), TopicName("other")
TABLES = """
GROUP    TOPIC    PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST  CLIENT-ID
readers  scale.a  0          0               3               3    -            -     -
readers  scale.a  1          2               4               2    -            -     -
readers  other    0          -               7               -    -            -     -

Consumer group 'writers' has no active members.

GROUP    TOPIC    PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST  CLIENT-ID
writers  scale.a  0          1               3               2    -            -     -
"""


def present(value: Any) -> Present[Any]:
    return Present(value, NOON, "test")


def estate(**parts: Any) -> ClusterEstate:
    """Two topics, one of which somebody writes to; one group that has committed to two of three partitions."""
    topics = tuple(
        Topic(name, tuple(Partition(index, 1, (1,), (1,)) for index in range(size)), internal=False)
        for name, size in ((OURS, 2), (THEIRS, 1))
    )
    known: dict[str, Any] = {
        "brokers": present((Broker(1, "a", 9092, None, None),)),
        "topics": present(topics),
        "end_offsets": present({OURS: np.array([3, 4]), THEIRS: np.array([-1])}),
        "groups": present((Group(GroupId("readers"), "Empty", "Classic", 1, ()),)),
        "committed": present({GroupId("readers"): {OURS: np.array([2, -1]), THEIRS: np.array([5])}}),
        "topic_configs": present({OURS: {"a": ConfigEntry("1", "DEFAULT_CONFIG")}, THEIRS: {}}),
    }
    return ClusterEstate(ClusterName("local"), NOON, **(known | parts))


def test_an_estate_is_added_up_without_offsets_that_are_not_known() -> None:
    assert tally_of(estate(), "scale") == Tally(
        brokers=1, topics=2, partitions=3, ends=2, end_sum=7, groups=1, commits=2, commit_sum=7, configs=1
    )


def test_configs_that_were_not_asked_for_count_nothing() -> None:
    assert tally_of(estate(topic_configs=None), "scale").configs == 0


@pytest.mark.parametrize(
    "part", [Absent(FailureKind.TIMEOUT, "Kafka did not answer."), Present((), NOON, "test", ("Group a: refused.",))]
)
def test_a_part_that_is_absent_or_incomplete_is_not_compared(part: object) -> None:
    with pytest.raises(AssertionError):
        tally_of(estate(groups=part), "scale")


def test_the_tables_of_the_console_tool_are_read_by_group_and_topic() -> None:
    assert read_table(TABLES) == {
        (GroupId("readers"), OURS): 5,
        (GroupId("writers"), OURS): 2,
    }


def test_the_records_written_beforehand_are_known_by_hand() -> None:
    size = Size(topics=250, partitions=2)
    assert [records_of(size, 0, 0), records_of(size, 0, 1), records_of(size, 1, 1)] == [1, 2, 3]
    assert [records_of(size, 199, 0), records_of(size, 200, 0)] == [2, 0]
