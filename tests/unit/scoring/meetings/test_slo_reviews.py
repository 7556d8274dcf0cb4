"""A review's snapshot: groups apart, definitions pinned by what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scoring.catalog.estate import ClusterName
from scoring.meetings.canonical import plain
from scoring.meetings.slo_reviews import definition_hash, numbers_of, review_snapshot
from scoring.slo.definition import (
    Condition,
    CounterQuery,
    Dialect,
    EventClass,
    EventsSli,
    InvariantSli,
    Missing,
    Selector,
    SlicesSli,
    SloDefinition,
    SloId,
)
from scoring.slo.judging import slo_statuses
from scoring.slo.windows import CalendarUnit, CalendarWindow, RollingWindow
from tests.unit.scoring.meetings.meetings import NOON

DIALECTS = (Dialect("jmx", (CounterQuery(Selector("errors_total"), component="bad"),), Selector("up")),)
EVENTS = SloDefinition(
    id=SloId("produce-success"), title="Produce success", description="", labels={"owner": "team-a"},
    objective=Decimal("0.9990"), window=RollingWindow(timedelta(days=30)),
    sli=EventsSli(name="produce", dialects=DIALECTS, group_by=("topic",), classes={"bad": EventClass.PLATFORM}),
)  # fmt: skip
LAG = replace(
    EVENTS, id=SloId("lag"), sli=SlicesSli(name="lag", dialects=DIALECTS, condition=Condition("lt", Decimal(1000)))
)
LOST = replace(
    EVENTS, id=SloId("lost"), objective=None, sli=InvariantSli(name="lost", dialects=DIALECTS, checked=frozenset("ab"))
)
PROD = ClusterName("prod")


def test_a_snapshot_holds_every_status_with_its_title_and_pins_definitions_and_policy() -> None:
    shown = [status for one in (LOST, EVENTS, LAG) for status in slo_statuses(one, [], NOON, [PROD, ClusterName("dr")])]
    snapshot = review_snapshot(shown, (LOST, EVENTS, LAG), NOON, [{"source": "prometheus"}], {"gate": "halt"})
    assert list(snapshot.subjects)[:3] == ["lost/prod", "lost/dr", "produce-success/prod"]
    assert snapshot.subjects[next(iter(snapshot.subjects))]["title"] == "Produce success"
    assert [(pin.kind, pin.id) for pin in snapshot.definitions] == [
        ("Invariant", "lost"), ("SLO", "produce-success"), ("SLO", "lag"), ("ErrorBudgetPolicy", "default"),
    ]  # fmt: skip
    assert {len(pin.hash) for pin in snapshot.definitions} == {64}
    assert len(snapshot.id) == 12


def test_groups_of_one_slo_are_subjects_of_their_own() -> None:
    (status,) = slo_statuses(EVENTS, [], NOON, [PROD])
    grouped = [replace(status, group=f"topic={name}") for name in ("orders", "bills")]
    snapshot = review_snapshot(grouped, [EVENTS], NOON)
    assert list(snapshot.subjects) == ["produce-success/prod/topic=orders", "produce-success/prod/topic=bills"]
    assert numbers_of(grouped[0])["group"] == "topic=orders"
    assert plain(numbers_of(status)) == numbers_of(status)


SAME: list[Callable[[SloDefinition], SloDefinition]] = [
    lambda one: replace(one, title="Another", description="x", labels={"owner": "team-b"}),
    lambda one: replace(one, objective=Decimal("0.999")),
]
OTHER: list[tuple[SloDefinition, Callable[[Any], Any]]] = [
    (EVENTS, lambda one: replace(one, objective=Decimal("0.99"))),
    (EVENTS, lambda one: replace(one, window=RollingWindow(timedelta(days=28)))),
    (EVENTS, lambda one: replace(one, window=CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 1)))),
    (EVENTS, lambda one: replace(one, gate=True)),
    (EVENTS, lambda one: replace(one, policy="strict")),
    (EVENTS, lambda one: replace(one, min_coverage=Decimal("0.6"))),
    (EVENTS, lambda one: replace(one, sli=replace(one.sli, classes={}))),
    (EVENTS, lambda one: replace(one, sli=replace(one.sli, unlisted=EventClass.CLIENT))),
    (EVENTS, lambda one: replace(one, sli=replace(one.sli, bound=Decimal("0.5")))),
    (EVENTS, lambda one: replace(one, sli=replace(one.sli, group_by=()))),
    (LAG, lambda one: replace(one, sli=replace(one.sli, condition=Condition("lte", Decimal(1000))))),
    (LAG, lambda one: replace(one, sli=replace(one.sli, missing=Missing.BAD))),
    (LAG, lambda one: replace(one, sli=replace(one.sli, per_component=True))),
    (LOST, lambda one: replace(one, sli=replace(one.sli, minimum_checked=2))),
    (LOST, lambda one: replace(one, sli=replace(one.sli, checked=frozenset("a")))),
]


@pytest.mark.parametrize("change", SAME)
def test_another_owner_or_wording_is_the_same_promise(change: Callable[[SloDefinition], SloDefinition]) -> None:
    assert definition_hash(change(EVENTS)) == definition_hash(EVENTS)


@pytest.mark.parametrize(("before", "change"), OTHER)
def test_whatever_changes_what_the_numbers_mean_changes_the_hash(
    before: SloDefinition, change: Callable[[Any], Any]
) -> None:
    assert definition_hash(change(before)) != definition_hash(before)


def test_two_calendars_that_begin_on_other_days_or_in_other_zones_differ() -> None:
    windows = [
        CalendarWindow(1, CalendarUnit.MONTH, zone, date(2026, 1, day))
        for zone, day in (("UTC", 1), ("UTC", 15), ("Europe/Berlin", 1))
    ]
    assert len({definition_hash(replace(EVENTS, window=window)) for window in windows}) == 3
