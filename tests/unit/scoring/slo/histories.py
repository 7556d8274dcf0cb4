"""Definitions and stored minutes for the tests of judgement: small ones, written down minute by minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from scoring.catalog.estate import ClusterName
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
)
from scoring.slo.slices import GROUP, MinuteState, SliceDay, SliceKey, cut_into_days, minute_index
from scoring.slo.windows import RollingWindow, Window

MAIN = ClusterName("main")
END = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
NOW = END + timedelta(minutes=1)
P, C, D, U, B = MinuteState

EVENTS = EventsSli(
    name="produce",
    dialects=(Dialect("by-code", (CounterQuery(Selector("errors"), component_label="error"),), Selector("errors")),),
    classes={"NONE": EventClass.SUCCESS, "CLIENT": EventClass.CLIENT},
)
LATENCY = EventsSli(
    name="latency",
    dialects=(Dialect("classic", (CounterQuery(Selector("bucket"), component_label="le"),), Selector("bucket")),),
    bound=Decimal("0.5"),
)
CANARY = InvariantSli(
    name="durability",
    dialects=(
        Dialect(
            "canary",
            (
                CounterQuery(Selector("lost"), component="lost"),
                CounterQuery(Selector("corrupt"), component="corrupt"),
                CounterQuery(Selector("acked"), component="acknowledged"),
            ),
            Selector("acked"),
        ),
    ),
    checked=frozenset({"acknowledged"}),
    minimum_checked=100,
)


def gauge_sli(
    *, per_component: bool = False, missing: Missing = Missing.IGNORE, condition: str = "lt 1000"
) -> SlicesSli:
    """Lag of brokers, by default one slice a minute, good below 1000."""
    operator, value = condition.split()
    dialect = Dialect("lag", (), Selector("up"), gauges=(GaugeQuery(Selector("lag"), component_label="broker"),))
    return SlicesSli(
        name="lag",
        dialects=(dialect,),
        condition=Condition(operator, Decimal(value)),
        missing=missing,
        per_component=per_component,
    )


def slo(
    sli: Sli = EVENTS,
    objective: str | None = "0.99",
    window: Window | timedelta = timedelta(hours=1),
    min_coverage: str = "0.5",
    gate: bool = True,
    name: str = "an-slo",
) -> SloDefinition:
    """A definition; a timedelta is a rolling window."""
    return SloDefinition(
        id=SloId(name),
        title="An SLO",
        description="",
        labels={"service": "kafka"},
        objective=None if objective is None or isinstance(sli, InvariantSli) else Decimal(objective),
        window=RollingWindow(window) if isinstance(window, timedelta) else window,
        sli=sli,
        min_coverage=Decimal(min_coverage),
        gate=gate,
    )


def minutes(
    sli: Sli,
    states: Sequence[MinuteState],
    components: Mapping[str, Sequence[float]],
    own_states: Mapping[str, Sequence[MinuteState]] | None = None,
    end: datetime = END,
    cluster: ClusterName = MAIN,
    group: str = "",
) -> list[SliceDay]:
    """Days whose last known minute ends at `end`; a component's states are the group's unless it has its own."""
    start = minute_index(end) - len(states)
    laid = np.array(states, dtype=np.uint8)
    days = cut_into_days(SliceKey(sli.hash, cluster, group, GROUP), start, np.zeros(len(states)), laid)
    for name, values in components.items():
        own = np.array((own_states or {}).get(name, states), dtype=np.uint8)
        days += cut_into_days(SliceKey(sli.hash, cluster, group, name), start, np.array(values, dtype=float), own)
    return days
