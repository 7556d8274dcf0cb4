"""SLI slices: what may be written over what, and that it comes back as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from data.store import Store
from data.store.failures import LeaseLostError
from data.store.slice_rows import pack_counts, unpack_counts
from data.store.slices import Merged, SliText
from scoring.catalog.estate import ClusterName
from scoring.slo.slices import MinuteState, SliceDay, SliHash
from tests.unit.data.store.estates import DR, PROD, Clock, Hands

DAY = date(2026, 11, 20)
SLI = SliText(SliHash("a" * 16), "produce-success", "what is counted")


@pytest.fixture
def hands(store: Store, clock: Clock) -> Hands:
    return Hands(store, clock)


def day(
    minutes: dict[int, tuple[MinuteState, float]],
    component: str = "NONE",
    cluster: ClusterName = PROD,
    when: date = DAY,
) -> SliceDay:
    """A day in which only the named minutes are known."""
    values, states = np.zeros(1440), np.zeros(1440, dtype=np.uint8)
    for minute, (state, value) in minutes.items():
        values[minute], states[minute] = value, state
    return SliceDay(SLI.hash, cluster, "", component, when, values, states)


def stored(store: Store, minute: int) -> tuple[int, float]:
    """State and value of a minute of the only stored day."""
    (found,) = store.read.slice_days(SLI.hash, PROD, DAY, DAY)
    return int(found.states[minute]), float(found.values[minute])


@pytest.mark.parametrize("first", [MinuteState.PENDING, MinuteState.UNKNOWN])
@pytest.mark.parametrize("then", [MinuteState.COVERED, MinuteState.BRIDGED, MinuteState.DOWN, MinuteState.UNKNOWN])
def test_an_open_minute_takes_whatever_becomes_known(
    store: Store, hands: Hands, first: MinuteState, then: MinuteState
) -> None:
    value = 7.0 if then in (MinuteState.COVERED, MinuteState.BRIDGED) else 0.0
    hands.store.slices.merge(SLI, [day({0: (MinuteState.COVERED, 1), 5: (first, 0)})])
    hands.store.slices.merge(SLI, [day({5: (then, value)})])
    assert stored(store, 5) == (then, value)


@pytest.mark.parametrize("closed", [MinuteState.COVERED, MinuteState.BRIDGED, MinuteState.DOWN])
@pytest.mark.parametrize("then", [MinuteState.COVERED, MinuteState.DOWN, MinuteState.UNKNOWN, MinuteState.BRIDGED])
def test_a_closed_minute_never_changes_and_the_attempt_is_audited(
    store: Store, hands: Hands, closed: MinuteState, then: MinuteState
) -> None:
    counted = (MinuteState.COVERED, MinuteState.BRIDGED)
    value = 3.0 if closed in counted else 0.0
    hands.store.slices.merge(SLI, [day({5: (closed, value)})])
    merged = hands.store.slices.merge(SLI, [day({5: (then, 9.0 if then in counted else 0.0)})])
    assert stored(store, 5) == (closed, value)
    if closed is then is MinuteState.DOWN:
        assert merged == Merged(0, 0)
        return
    assert merged == Merged(0, 1)
    newest = store.read.audit(1)[0]
    assert (newest.action, newest.outcome, newest.detail["minutes"]) == ("slices.rewrite", "refused", 1)


def test_saying_the_same_again_is_no_write_and_no_attempt(store: Store, hands: Hands) -> None:
    known = day({5: (MinuteState.COVERED, 3.0), 6: (MinuteState.UNKNOWN, 0)})
    assert hands.store.slices.merge(SLI, [known]) == Merged(2, 0)
    entries = len(store.read.audit(1000))
    assert hands.store.slices.merge(SLI, [known]) == Merged(0, 0)
    assert len(store.read.audit(1000)) == entries


def test_days_come_back_by_cluster_component_and_day(store: Store, clock: Clock, hands: Hands) -> None:
    Hands(store, clock, DR)
    later = date(2026, 11, 21)
    minute = {0: (MinuteState.COVERED, 1.0)}
    days = [day(minute, "TIMED_OUT"), day(minute, "NONE", when=later), day(minute, "NONE"), day(minute, cluster=DR)]
    store.slices.merge(SLI, days)
    found = store.read.slice_days(SLI.hash, None, DAY, later)
    assert [(item.cluster, item.component, item.day) for item in found] == [
        (DR, "NONE", DAY),
        (PROD, "NONE", DAY),
        (PROD, "NONE", later),
        (PROD, "TIMED_OUT", DAY),
    ]
    assert len(store.read.slice_days(SLI.hash, PROD, DAY, DAY)) == 2
    assert store.read.slice_days("another hash", None, DAY, later) == []


def test_two_writers_of_one_day_lose_nothing(store: Store, hands: Hands) -> None:
    def write(minute: int) -> None:
        store.slices.merge(SLI, [day({minute: (MinuteState.COVERED, float(minute))})])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(24)))
    (found,) = store.read.slice_days(SLI.hash, PROD, DAY, DAY)
    assert found.values[:24].tolist() == [float(minute) for minute in range(24)]
    assert (found.states[:24] == MinuteState.COVERED).all()


def test_slices_of_another_definition_are_refused(store: Store, hands: Hands) -> None:
    with pytest.raises(ValueError, match="the definition is bbbb"):
        store.slices.merge(SliText(SliHash("b" * 16), "x", "y"), [day({0: (MinuteState.COVERED, 1.0)})])


def test_a_collector_that_lost_its_lease_writes_no_slices(store: Store, clock: Clock, hands: Hands) -> None:
    store.leases.release(hands.store.lease)
    with pytest.raises(LeaseLostError, match="taken over prod"):
        hands.store.slices.merge(SLI, [day({0: (MinuteState.COVERED, 1.0)})])
    assert store.read.slice_days(SLI.hash, PROD, DAY, DAY) == []


@given(arrays(np.float64, 1440, elements=st.floats(0, 1e15)))
def test_counts_are_unpacked_as_they_were_packed(counts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    assert unpack_counts(pack_counts(counts)).tobytes() == counts.tobytes()


def test_a_day_of_whole_counts_packs_into_a_few_kilobytes() -> None:
    counts = np.random.default_rng(1).poisson(30_000, 1440).astype(np.float64)
    assert len(pack_counts(counts)) < 1440 * 3
