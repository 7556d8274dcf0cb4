"""The reader's memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from weakref import ref

from dashboard.reader import KEPT_ANSWERS, VERSION_SECONDS, Reader
from data.store.failures import Writable
from data.store.read import PartState, ReadModel, SourceCondition
from scoring.catalog.estate import ClusterName, SourceName


@dataclass
class Counting:
    """A read model that counts how often it is asked, and looks newer whenever `attempt` moves."""

    attempt: int = 0
    asked: list[str] = field(default_factory=list)

    def part_states(self) -> list[PartState]:
        self.asked.append("parts")
        at = datetime.fromtimestamp(self.attempt, UTC)
        return [PartState(ClusterName("eu"), SourceName.KAFKA, "topics", SourceCondition.OK, at, at, at, "", "")]

    def topics(self) -> list[int]:
        self.asked.append("topics")
        return [self.attempt]


def reader(model: Counting, now: list[float]) -> Reader:
    return Reader(cast("ReadModel", model), Writable, monotonic=lambda: now[0])


def ask(one: Reader, key: str = "topics") -> Any:
    return one.ask(key, lambda read: cast("Counting", read).topics())


def test_an_answer_is_read_once_until_the_store_has_something_newer() -> None:
    model, now = Counting(), [0.0]
    one = reader(model, now)
    assert [ask(one), ask(one), ask(one)] == [[0]] * 3
    assert model.asked == ["parts", "topics"]
    model.attempt = 1
    now[0] = VERSION_SECONDS + 0.1
    assert ask(one) == [1]


def test_many_sessions_ask_for_the_version_once_a_second() -> None:
    model, now = Counting(), [0.0]
    one = reader(model, now)
    for tenth in range(10):
        now[0] = tenth / 10
        ask(one)
    assert model.asked.count("parts") == 1


def test_the_memory_does_not_grow_without_end() -> None:
    model, now = Counting(), [0.0]
    one = reader(model, now)
    for number in range(KEPT_ANSWERS + 1):
        ask(one, str(number))
    ask(one, "0")
    assert model.asked.count("topics") == KEPT_ANSWERS + 2


def test_answers_of_an_earlier_version_are_let_go() -> None:
    class Large:
        """Something that can be watched."""

    model, now = Counting(), [0.0]
    one = reader(model, now)
    large = ref(one.ask("large", lambda _: Large()))
    assert large() is not None
    model.attempt = 1
    now[0] = VERSION_SECONDS + 0.1
    ask(one)
    assert large() is None
