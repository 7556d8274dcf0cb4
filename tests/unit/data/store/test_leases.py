"""One collector a cluster, whatever happens to it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from data.store import Store
from data.store.failures import LeaseLostError, StoreError
from data.store.leases import is_gone, this_process
from data.store.read import FactKind
from scoring.catalog.estate import ClusterName
from tests.unit.data.store.estates import DR, ORDERS, PROD, Clock, Hands, topic


@pytest.fixture
def hands(store: Store, clock: Clock) -> Hands:
    return Hands(store, clock, holder="first")


def test_a_held_lease_is_refused_to_others_and_given_again_to_its_holder(store: Store, hands: Hands) -> None:
    assert store.leases.acquire(PROD, "second") is None
    again = store.leases.acquire(PROD, "first")
    assert again is not None
    assert again.token > hands.store.lease.token


def test_two_clusters_have_two_leases(store: Store, clock: Clock, hands: Hands) -> None:
    assert Hands(store, clock, DR, "second").store.lease.token == 1


def test_a_released_lease_is_free_and_its_holder_writes_no_more(store: Store, hands: Hands) -> None:
    store.leases.release(hands.store.lease)
    assert store.leases.acquire(PROD, "second") is not None
    with pytest.raises(LeaseLostError):
        hands.see(topics=(topic(),))
    store.leases.release(hands.store.lease)
    assert store.leases.acquire(PROD, "third") is None


def test_a_lease_that_ran_out_is_taken_over_and_fences_the_sleeper_off(
    store: Store, clock: Clock, hands: Hands
) -> None:
    hands.see(topics=(topic(),))
    short = store.leases.acquire(PROD, "first", seconds=0.2)
    assert short is not None
    taken, deadline = None, time.monotonic() + 20
    while taken is None and time.monotonic() < deadline:
        taken = store.leases.acquire(PROD, "second")
    assert taken is not None
    hands.store = store.collecting(short)
    clock.move(60)
    runs_before = store.read.history(FactKind.TOPIC, PROD, ORDERS)
    with pytest.raises(LeaseLostError, match="Another collector has taken over prod"):
        hands.see(topics=())
    assert store.read.history(FactKind.TOPIC, PROD, ORDERS) == runs_before
    hands.store = store.collecting(taken)
    hands.see(topics=())
    assert store.read.topics() == []


def test_every_write_keeps_the_lease(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock, holder="first")
    short = store.leases.acquire(PROD, "first", seconds=0.05)
    assert short is not None
    hands.store = store.collecting(short)
    hands.see(topics=())
    assert store.leases.acquire(PROD, "second") is None


def test_the_lease_of_a_process_that_was_killed_is_free_at_once(store: Store, clock: Clock) -> None:
    code = "from data.store.leases import this_process; print(this_process(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        holder = child.stdout.readline().decode().strip()
        Hands(store, clock, holder=holder)
        assert not is_gone(holder)
        assert store.leases.acquire(PROD, this_process()) is None
        child.kill()
        child.wait()
    assert is_gone(holder)
    assert store.leases.acquire(PROD, this_process()) is not None


def test_a_holder_on_another_machine_is_not_taken_for_dead(store: Store) -> None:
    assert not is_gone("other-host/boot/pid:[1]/1/1")
    assert not is_gone("a name that somebody chose")
    assert not is_gone(this_process())


def test_changes_of_hands_are_audited_and_heartbeats_are_not(store: Store, hands: Hands) -> None:
    entries = len(store.read.audit(1000))
    store.leases.renew(hands.store.lease)
    assert store.leases.acquire(PROD, "second") is None
    assert len(store.read.audit(1000)) == entries
    store.leases.release(hands.store.lease)
    store.leases.acquire(PROD, "second")
    newest = store.read.audit(1)[0]
    assert (newest.action, newest.object, newest.detail["holder"]) == ("lease.acquire", PROD, "second")
    assert newest.detail["from"] == "first"


def test_an_unknown_cluster_has_no_lease(store: Store) -> None:
    with pytest.raises(StoreError, match="nowhere is not registered"):
        store.leases.acquire(ClusterName("nowhere"), "first")
