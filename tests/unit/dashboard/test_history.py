"""An object's history in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.history import chapters, differences
from data.store.read import EndedBy, FactKind, Interval

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def seen(hours: int, content: Mapping[str, Any], ended_by: EndedBy | None = None) -> Interval:
    start = NOON + timedelta(hours=hours)
    end = None if ended_by is None else start + timedelta(hours=1)
    return Interval(start, start + timedelta(minutes=59), end, ended_by, hours, hours, content)


def test_chapters_are_told_newest_first_as_differences() -> None:
    three = {"internal": False, "partitions": [[1, [1, 2], [1, 2]]] * 3}
    six = {"internal": False, "partitions": [[1, [1, 2], [1, 2]]] * 6}
    told = chapters(FactKind.TOPIC, [seen(0, three, EndedBy.CHANGED), seen(1, six)])
    assert [chapter.words for chapter in told] == ["partitions 3 → 6", "first seen"]
    assert told[0].since == NOON + timedelta(hours=1)


def test_an_object_that_went_and_came_back_says_both() -> None:
    told = chapters(FactKind.CONNECTOR, [seen(0, {"state": "RUNNING"}, EndedBy.REMOVED), seen(5, {"state": "RUNNING"})])
    assert [chapter.words for chapter in told] == ["seen again", "first seen"]
    assert told[1].gone == NOON + timedelta(hours=1)
    assert told[0].gone is None


def test_a_failed_broker_shows_as_moved_leaders_and_replicas_out_of_sync() -> None:
    old = {"partitions": [[1, [1, 2], [1, 2]], [2, [2, 1], [1, 2]]]}
    new = {"partitions": [[2, [1, 2], [2]], [2, [2, 1], [2]]]}
    assert differences(FactKind.TOPIC, old, new) == ["leader moved on 1 partition", "under-replicated partitions 0 → 2"]


def test_a_groups_members_are_counted_by_who_joined_and_left() -> None:
    old = {"state": "Stable", "coordinator": 1, "members": [["a", "c", "h", []], ["b", "c", "h", []]]}
    new = {"state": "Empty", "coordinator": 1, "members": [["z", "c", "h", []]]}
    assert differences(FactKind.GROUP, old, new) == ["state Stable → Empty", "1 member joined", "2 members left"]


def test_a_changed_setting_is_told_by_its_value() -> None:
    old = {"retention.ms": ["1000", "DYNAMIC_TOPIC_CONFIG"], "cleanup.policy": ["delete", "DEFAULT_CONFIG"]}
    new = {"retention.ms": ["2000", "DYNAMIC_TOPIC_CONFIG"], "cleanup.policy": ["delete", "DEFAULT_CONFIG"]}
    assert differences(FactKind.TOPIC_CONFIG, old, new) == ["retention.ms 1000 → 2000"]


def test_long_values_and_many_fields_are_cut() -> None:
    words = differences(FactKind.SUBJECT, {str(number): "x" * 100 for number in range(7)}, {})
    assert len(words) == 5
    assert words[-1] == "and 3 more"
    assert len(words[0]) < 100
