"""The processor's arithmetic: what an order's events make of its state."""

from __future__ import annotations

from stack.workload.processor import OrderState, keyed_by_order


def test_a_scan_and_an_order_are_keyed_by_the_order_that_they_are_about() -> None:
    assert keyed_by_order({"parcel_id": "p-1", "order_id": "o-1", "step": "PICKED", "hub": "Lund"}, 5) == (
        "o-1",
        {"kind": "scan", "step": "PICKED", "hub": "Lund", "at": 5},
    )
    assert keyed_by_order({"specversion": "1.0", "data": {"order_id": "o-2"}}, 6) == ("o-2", {"kind": "order", "at": 6})


def test_an_order_moves_from_placed_to_delivered_and_its_events_are_counted() -> None:
    state = OrderState("o-1")
    state = state.after({"kind": "order", "at": 1})
    assert (state.status, state.orders_seen, state.scans_seen) == ("placed", 1, 0)
    state = state.after({"kind": "scan", "step": "SORTED", "hub": "Bergen", "at": 2})
    state = state.after({"kind": "scan", "step": "HANDED_OVER", "hub": "Lund", "at": 3})
    assert (state.status, state.scans_seen, state.last_hub, state.updated_at) == ("delivered", 2, "Lund", 3)


def test_an_order_that_is_told_again_does_not_go_back_to_placed() -> None:
    state = OrderState("o-1").after({"kind": "scan", "step": "LOADED", "hub": "Lund", "at": 1})
    assert state.after({"kind": "order", "at": 2}).status == "underway"
