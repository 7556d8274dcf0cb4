"""SLOs of a made-up service, as its rules are tested with."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from scoring.slo.definition import (
    Condition,
    CounterQuery,
    Dialect,
    EventClass,
    EventsSli,
    GaugeQuery,
    InvariantSli,
    Missing,
    Selector,
    Sli,
    SlicesSli,
    SloDefinition,
    SloId,
    Within,
)
from scoring.slo.windows import RollingWindow, Window

DAY = timedelta(days=1)
ANSWERS = Dialect(
    "answers",
    (CounterQuery(Selector("answers_total"), component_label="code"),),
    Selector("answers_total", {"code": "ok"}),
)
CLASSES = {"ok": EventClass.SUCCESS, "forbidden": EventClass.CLIENT}
LAG = Dialect("lag", (), Selector("lag"), gauges=(GaugeQuery(Selector("lag"), component_label="broker"),))
UP = Dialect(
    "up", (), Selector("partitions"), gauges=(GaugeQuery(Selector("up"), component_label="broker", within=Within.MIN),)
)
CANARY = Dialect(
    "canary",
    (
        CounterQuery(Selector("acknowledged_total"), component="acknowledged"),
        CounterQuery(Selector("lost_total"), component="lost"),
    ),
    Selector("acknowledged_total"),
)


def slo(sli: Sli, objective: str | None = "0.999", window: Window | None = None) -> SloDefinition:
    """One over a day, as promtool reads at most 10 000 samples for an expression."""
    return SloDefinition(
        id=SloId("service"),
        title="Service",
        description="",
        labels={"team": "platform"},
        objective=None if objective is None else Decimal(objective),
        window=window or RollingWindow(DAY),
        sli=sli,
    )


def answers(*group_by: str) -> EventsSli:
    """Answers by code: ok is good, forbidden the client's fault, every other one bad."""
    return EventsSli(name="answers", dialects=(ANSWERS,), classes=CLASSES, group_by=group_by)


def lag(*, per_component: bool = False, missing: Missing = Missing.IGNORE) -> SlicesSli:
    """Minutes in which no broker lags by 1000 or more."""
    condition = Condition("lt", Decimal(1000))
    return SlicesSli(name="lag", dialects=(LAG,), condition=condition, per_component=per_component, missing=missing)


def brokers() -> SlicesSli:
    """Minutes in which a broker was up all the time, of every broker."""
    return SlicesSli(name="brokers", dialects=(UP,), condition=Condition("gte", Decimal(1)), per_component=True)


def nothing_lost() -> InvariantSli:
    """No acknowledged record is lost."""
    return InvariantSli(name="lost", dialects=(CANARY,), checked=frozenset({"acknowledged"}))
