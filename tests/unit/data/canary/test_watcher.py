"""What the watcher makes of what the cluster says; the cluster is one that says what it is told to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from data.canary.books import Books
from data.canary.canary import ANSWER_SECONDS
from data.canary.placement import Place
from data.canary.replicas import ReplicaEnds, ReplicaProbe
from data.canary.topic import CanaryTopic, TopicView
from data.canary.watcher import Watcher
from data.settings import CanarySettings, KafkaSettings
from data.sources.failures import SourceFailure
from scoring.catalog.estate import FailureKind

KAFKA = KafkaSettings(bootstrap_servers="127.0.0.1:1")
FIRST, SECOND, NONE = "aaaaaaaaaaaaaaaaaaaaaQ", "bbbbbbbbbbbbbbbbbbbbbQ", "A" * 22


class Cluster(CanaryTopic, ReplicaProbe):
    """Says of topic and brokers what the test wants; `bounds` lacks partitions whose leader is away."""

    def __init__(self) -> None:
        CanaryTopic.__init__(self, CanarySettings(), KAFKA, ANSWER_SECONDS)
        self.view = TopicView(FIRST, {0: Place((1, 2), 1, (1, 2))}, frozenset({1, 2}))
        self.bounds = {0: (0, 10)}
        self.answers = ReplicaEnds(frozenset({1, 2}), {(1, 0): 10, (2, 0): 7})
        self.away: SourceFailure | None = None

    def look(self) -> TopicView:
        if self.away is not None:
            raise self.away
        return self.view

    def starts_and_ends(self, partitions: Iterable[int]) -> dict[int, tuple[int, int]]:
        return {index: self.bounds[index] for index in partitions if index in self.bounds}

    def ask(self, copies: Mapping[int, Iterable[int]]) -> ReplicaEnds:
        if self.away is not None:
            raise self.away
        return ReplicaEnds(self.answers.answered & copies.keys(), self.answers.ends)


class Clock:
    """Seconds that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def watcher(books: Books, cluster: Cluster, clock: Clock) -> Watcher:
    made = Watcher(books, cluster, cluster, clock)
    made.look_at_topic()
    return made


def lose_one(books: Books) -> None:
    """The first of two promised records is passed twice and not met."""
    ledger = books.partitions[0].ledger
    first, second = ledger.send(1.0), ledger.send(2.0)
    ledger.acknowledged(first, 10, 1.1)
    ledger.acknowledged(second, 11, 2.1)
    for _ in range(2):
        ledger.seen(second, 11, 2.2)
        ledger.suspects()
        if ledger.must_move:
            ledger.moved(ledger.position)


def test_a_partition_is_written_to_from_the_end_that_it_had(watcher: Watcher, books: Books) -> None:
    book = books.partitions[0]
    assert (book.ready, book.ledger.position, book.home, book.leader) == (True, 10, 1, 1)
    assert books.watched.topic_ready


def test_a_suspect_is_lost_where_the_topic_is_the_same(watcher: Watcher, books: Books, cluster: Cluster) -> None:
    lose_one(books)
    watcher.settle()
    assert books.partitions[0].ledger.tally.lost == 1


@pytest.mark.parametrize("identity", [SECOND, NONE])
def test_a_suspect_is_unverified_where_the_topic_may_be_another(
    watcher: Watcher, books: Books, cluster: Cluster, identity: str
) -> None:
    lose_one(books)
    books.identity = FIRST if identity == SECOND else NONE
    cluster.view = TopicView(identity, cluster.view.places, cluster.view.brokers)
    watcher.settle()
    tally = books.partitions[0].ledger.tally
    assert (tally.lost, tally.unverified) == (0, 1)


def test_a_suspect_waits_while_its_leader_is_away(watcher: Watcher, books: Books, cluster: Cluster) -> None:
    lose_one(books)
    cluster.bounds = {}
    watcher.settle()
    tally = books.partitions[0].ledger.tally
    assert (tally.lost, tally.unverified) == (0, 0)
    cluster.bounds = {0: (0, 12)}
    watcher.settle()
    assert tally.lost == 1


def test_a_topic_that_was_made_anew_is_begun_anew(watcher: Watcher, books: Books, cluster: Cluster) -> None:
    ledger = books.partitions[0].ledger
    ledger.acknowledged(ledger.send(1.0), 10, 1.1)
    cluster.view = TopicView(SECOND, cluster.view.places, cluster.view.brokers)
    cluster.bounds = {}
    watcher.look_at_topic()
    assert not books.partitions[0].ready
    assert not books.watched.topic_ready
    cluster.bounds = {0: (0, 0)}
    watcher.look_at_topic()
    assert books.partitions[0].ready
    assert (ledger.position, ledger.tally.unverified, ledger.tally.lost) == (0, 1, 0)


def test_a_partition_whose_end_is_not_known_yet_is_asked_for_at_the_next_look(
    watcher: Watcher, books: Books, cluster: Cluster, clock: Clock
) -> None:
    cluster.view = TopicView(SECOND, cluster.view.places, cluster.view.brokers)
    cluster.bounds = {}
    clock.now += 60
    watcher.look()
    assert not books.partitions[0].ready
    cluster.bounds = {0: (0, 0)}
    clock.now += 5
    watcher.look()
    assert books.partitions[0].ready
    assert books.watched.topic_ready


def test_promises_of_a_former_topic_are_not_judged_by_the_log_of_the_new_one(
    watcher: Watcher, books: Books, cluster: Cluster
) -> None:
    lose_one(books)
    cluster.view = TopicView(SECOND, cluster.view.places, cluster.view.brokers)
    cluster.bounds = {}
    watcher.look_at_topic()
    cluster.bounds = {0: (0, 12)}
    watcher.settle()
    tally = books.partitions[0].ledger.tally
    assert (tally.lost, tally.unverified) == (0, 1)


def test_a_partition_for_a_broker_that_joined_is_taken_up(watcher: Watcher, books: Books, cluster: Cluster) -> None:
    before = books.assignments
    cluster.view = TopicView(FIRST, {**cluster.view.places, 1: Place((7, 1), 7, (7, 1))}, frozenset({1, 2, 7}))
    cluster.bounds = {1: (0, 0)}
    watcher.look_at_topic()
    assert books.partitions[1].home == 7
    assert books.partitions[0].ledger.position == 10
    assert books.assignments == before + 1


def test_a_copy_that_does_not_answer_has_no_lag_and_its_broker_is_unreachable(
    watcher: Watcher, books: Books, cluster: Cluster
) -> None:
    watcher.look()
    assert books.watched.reachable == {1: True, 2: True}
    assert books.watched.lag == {(1, 0): 0, (2, 0): 3}
    cluster.answers = ReplicaEnds(frozenset({1}), {(1, 0): 12})
    watcher.look()
    assert books.watched.reachable == {1: True, 2: False}
    assert books.watched.lag == {(1, 0): 0}


def test_while_nobody_answers_no_broker_is_reachable_and_what_is_known_stays(
    watcher: Watcher, books: Books, cluster: Cluster, clock: Clock
) -> None:
    watcher.look()
    cluster.away = SourceFailure(FailureKind.UNREACHABLE, "No Kafka broker is reachable.", "Start them.")
    clock.now += 60
    watcher.look()
    assert books.watched.reachable == {1: False, 2: False}
    assert books.watched.lag == {}
    assert not books.watched.topic_ready
    assert books.partitions[0].ready
    cluster.away = None
    watcher.look()
    assert books.watched.topic_ready


def test_a_broker_that_left_is_unreachable_for_a_day_and_forgotten_then(
    watcher: Watcher, books: Books, cluster: Cluster, clock: Clock
) -> None:
    cluster.view = TopicView(FIRST, {0: Place((1,), 1, (1,))}, frozenset({1}))
    cluster.answers = ReplicaEnds(frozenset({1}), {(1, 0): 10})
    clock.now += 3600
    watcher.look()
    assert books.watched.reachable == {1: True, 2: False}
    clock.now += 86_400
    watcher.look()
    assert books.watched.reachable == {1: True}
