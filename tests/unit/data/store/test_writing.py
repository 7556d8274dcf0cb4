"""Every write: its role, its transaction, its audit entry."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from data.store import Store
from data.store.check import check
from data.store.read import Meta
from data.store.store import COLLECTOR
from data.store.tables import META
from data.store.tables.acting import AuditOutcome
from data.store.writing import Entry, find_actor
from scoring.actors import EVERYTHING, Actor, ForbiddenError, Grant, Role, Scope, ScopeKind
from tests.unit.data.store.estates import NOON, PROD, Clock, Hands, topic

ADMIN = Actor.local_admin()
VIEWER = Actor("vera", frozenset({Grant(Role.VIEWER)}))
SALES = Scope(ScopeKind.DOMAIN, "sales")


def test_a_write_leaves_one_entry_with_who_what_and_on_what(store: Store) -> None:
    store.access.grant(ADMIN, "eva", Grant(Role.EDITOR, SALES))
    (entry,) = store.read.audit()
    assert (entry.id, entry.at, entry.actor, entry.action, entry.object, entry.outcome) == (
        1, NOON, "local", "access.grant", "eva", "done",
    )  # fmt: skip
    assert entry.detail == {"role": "editor", "scope": "domain", "name": "sales"}


def test_a_collector_leaves_one_entry_a_run_whatever_the_number_of_rows(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    before = len(store.read.audit())
    hands.see(topics=tuple(topic(partitions=count) for count in (1,)), groups=())
    (entry,) = store.read.audit()[: len(store.read.audit()) - before]
    assert (entry.actor, entry.action, entry.object) == ("system:collector", "collect.estate", "prod/kafka")
    assert entry.detail["topics"] == {"new": 1}


def test_without_the_role_nothing_is_written_but_the_attempt(store: Store) -> None:
    with pytest.raises(ForbiddenError, match=r"vera may not access\.grant: that needs the role admin"):
        store.access.grant(VIEWER, "vera", Grant(Role.ADMIN))
    assert store.access.actor("vera").grants == frozenset()
    (entry,) = store.read.audit()
    assert (entry.actor, entry.action, entry.outcome, entry.detail) == (
        "vera", "access.grant", "refused", {"needs": "admin"},
    )  # fmt: skip


def test_not_even_an_admin_writes_for_the_collector(store: Store) -> None:
    with pytest.raises(ForbiddenError):
        store.registry.describe(ADMIN, Meta(sample=True))
    assert store.read.meta() == Meta()


def test_a_write_that_fails_leaves_neither_rows_nor_an_entry(store: Store) -> None:
    def fail() -> None:
        with store.writer.write(COLLECTOR, Role.SYSTEM, "meta.describe", "database") as write:
            write.connection.execute(META.insert(), {"key": "sample", "value": "yes"})
            write.connection.execute(META.insert(), {"key": "sample", "value": "again"})

    with pytest.raises(IntegrityError):
        fail()
    assert store.read.meta() == Meta()
    assert store.read.audit() == []


def test_ids_have_no_gaps_after_failures_and_with_many_writers(store: Store) -> None:
    def fail(number: int) -> None:
        with store.writer.write(COLLECTOR, Role.SYSTEM, "test", str(number)) as failing:
            failing.audit("before the failure", "", {})
            raise ZeroDivisionError

    def write(number: int) -> None:
        if number % 5:
            store.access.grant(ADMIN, f"actor {number}", Grant(Role.VIEWER))
            return
        with pytest.raises(ZeroDivisionError):
            fail(number)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(write, range(40)))
    assert [entry.id for entry in store.read.audit(1000)] == list(range(32, 0, -1))
    assert check(store.database) == []


def test_the_audit_log_is_read_page_by_page(store: Store) -> None:
    for name in "abcde":
        store.access.grant(ADMIN, name, Grant(Role.VIEWER))
    newest = store.read.audit(limit=2)
    assert [entry.object for entry in newest] == ["e", "d"]
    assert [entry.object for entry in store.read.audit(limit=2, before=newest[-1].id)] == ["c", "b"]


def test_grants_come_back_until_they_are_revoked(store: Store, clock: Clock) -> None:
    store.access.grant(ADMIN, "eva", Grant(Role.EDITOR, SALES))
    store.access.grant(ADMIN, "eva", Grant(Role.EDITOR, SALES))
    store.access.grant(ADMIN, "eva", Grant(Role.VIEWER))
    eva = store.access.actor("eva")
    assert eva.grants == {Grant(Role.EDITOR, SALES), Grant(Role.VIEWER)}
    assert eva.may(Role.EDITOR, SALES)
    assert not eva.may(Role.EDITOR, EVERYTHING)
    clock.move(1)
    assert store.access.revoke(ADMIN, "eva", Grant(Role.EDITOR, SALES))
    assert not store.access.revoke(ADMIN, "eva", Grant(Role.EDITOR, SALES))
    assert store.access.actor("eva").grants == {Grant(Role.VIEWER)}


def test_the_system_role_cannot_be_granted(store: Store) -> None:
    with pytest.raises(ValueError, match="cannot be granted"):
        store.access.grant(ADMIN, "eva", Grant(Role.SYSTEM))


def test_the_database_says_that_it_is_a_sample(store: Store) -> None:
    meta = Meta(sample=True, recorded_at=NOON, shifted_by_seconds=86400, extra={"recorded_from": "three brokers"})
    store.registry.describe(COLLECTOR, meta)
    assert store.read.meta() == meta


def test_two_threads_read_while_a_third_writes(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.see(topics=(topic(),))

    def read(_: int) -> int:
        return len(store.read.topics(PROD))

    with ThreadPoolExecutor(3) as pool:
        answers = pool.map(read, range(30))
        for _ in range(5):
            clock.move(30)
            hands.see(topics=(topic(),))
        assert set(answers) == {1}


def test_writes_of_several_actors_share_a_transaction_and_leave_an_entry_each(store: Store) -> None:
    store.access.grant(ADMIN, "eva", Grant(Role.EDITOR))
    with store.writer.together() as batch:
        ann, ben = (find_actor(batch.connection, name, batch.at) for name in ("ann", "ben"))
        batch.audit([Entry(ann, "vote", "a", {}), Entry(ben, "vote", "b", {}, AuditOutcome.REFUSED)])
        batch.audit([])
        batch.audit([Entry(ann, "vote", "c", {"again": True})])
    found = [(entry.id, entry.actor, entry.object, entry.outcome) for entry in store.read.audit()]
    assert found == [
        (4, "ann", "c", "done"), (3, "ben", "b", "refused"), (2, "ann", "a", "done"), (1, "local", "eva", "done"),
    ]  # fmt: skip
    assert check(store.database) == []


def test_a_batch_that_fails_leaves_nothing_of_anybody(store: Store) -> None:
    def fail() -> None:
        with store.writer.together() as batch:
            ann = find_actor(batch.connection, "ann", batch.at)
            batch.audit([Entry(ann, "vote", "a", {})])
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert store.read.audit() == []
    assert check(store.database) == []
