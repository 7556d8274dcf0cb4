"""Committed offsets: one group's trouble is its own, a coordinator that moves is asked again, a refusal is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaTimeoutError,
    NotCoordinatorError,
    UnknownError,
)
from kafka.structs import OffsetAndMetadata

from data.settings import KafkaSettings
from data.sources import kafka_commits
from data.sources.failures import SourceFailure
from data.sources.kafka_client import Deadline
from data.sources.kafka_commits import CommitReader
from scoring.catalog.estate import FailureKind, GroupId

Answer = Callable[[list[str]], Mapping[str, Any]]

AT = TopicPartition("orders", 0)
FIVE = {AT: OffsetAndMetadata(5, "", -1)}


class Admin:
    """Stands in for kafka-python's admin client; `answer` is given the groups of each call."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.closed = False

    def list_group_offsets(self, groups: Mapping[str, None]) -> Mapping[str, Any]:
        return self.answer(list(groups))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Admin]:
    """The clients that a reader opens, in order."""
    monkeypatch.setattr(kafka_commits, "RETRY_EVERY", 0.0)
    return []


def reader(monkeypatch: pytest.MonkeyPatch, opened: list[Admin], answer: Answer) -> CommitReader:
    def open_one(_: CommitReader) -> Admin:
        opened.append(Admin(answer))
        return opened[-1]

    monkeypatch.setattr(CommitReader, "_opened", open_one)
    return CommitReader(KafkaSettings(bootstrap_servers="broker:9092"), 30)


def ids(*names: str) -> list[GroupId]:
    return [GroupId(name) for name in names]


def test_many_groups_are_asked_for_in_few_calls(monkeypatch: pytest.MonkeyPatch, opened: list[Admin]) -> None:
    calls: list[int] = []

    def answer(groups: list[str]) -> Mapping[str, Any]:
        calls.append(len(groups))
        return dict.fromkeys(groups, FIVE)

    found, refused = reader(monkeypatch, opened, answer).read(ids(*map(str, range(250))), Deadline(5))
    assert (len(found), refused, calls, len(opened)) == (250, {}, [100, 100, 50], 1)


def test_a_group_that_is_refused_does_not_cost_the_others_their_answers(
    monkeypatch: pytest.MonkeyPatch, opened: list[Admin]
) -> None:
    def answer(groups: list[str]) -> Mapping[str, Any]:
        if "b" in groups:
            raise GroupAuthorizationFailedError
        return dict.fromkeys(groups, FIVE)

    found, refused = reader(monkeypatch, opened, answer).read(ids("a", "b", "c"), Deadline(5))
    assert found == {"a": FIVE, "c": FIVE}
    assert refused == {"b": "GROUP_AUTHORIZATION_FAILED"}


def test_a_coordinator_that_has_moved_is_looked_for_by_a_new_client(
    monkeypatch: pytest.MonkeyPatch, opened: list[Admin]
) -> None:
    def answer(groups: list[str]) -> Mapping[str, Any]:
        if len(opened) < 3:
            raise NotCoordinatorError
        return dict.fromkeys(groups, FIVE)

    found, refused = reader(monkeypatch, opened, answer).read(ids("a"), Deadline(5))
    assert (found, refused) == ({"a": FIVE}, {})
    assert [admin.closed for admin in opened] == [True, True, False]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (GroupAuthorizationFailedError, FailureKind.FORBIDDEN),
        (UnknownError, FailureKind.BAD_ANSWER),
        (KafkaConnectionError, FailureKind.UNREACHABLE),
        (KafkaTimeoutError, FailureKind.TIMEOUT),
    ],
)
def test_when_no_group_has_an_answer_the_part_fails_in_words(
    monkeypatch: pytest.MonkeyPatch, opened: list[Admin], error: type[Exception], kind: FailureKind
) -> None:
    def answer(_: list[str]) -> Mapping[str, Any]:
        raise error

    with pytest.raises(SourceFailure) as caught:
        reader(monkeypatch, opened, answer).read(ids("a", "b"), Deadline(5))
    assert caught.value.kind is kind
    assert all(admin.closed for admin in opened)


def test_nothing_is_asked_after_the_deadline(monkeypatch: pytest.MonkeyPatch, opened: list[Admin]) -> None:
    with pytest.raises(SourceFailure) as caught:
        reader(monkeypatch, opened, lambda groups: dict.fromkeys(groups, FIVE)).read(ids("a"), Deadline(0))
    assert caught.value.kind is FailureKind.TIMEOUT
    assert opened == []
