"""What-if is the engine on the same minutes with another promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from scoring.slo.budget import Band
from scoring.slo.definition import Condition, SloDefinition
from scoring.slo.exemptions import EVERY_SLO, Exemption
from scoring.slo.slices import SliceDay
from scoring.slo.whatif import Supposition, SuppositionError, supposed_definition, what_if
from scoring.slo.windows import CalendarUnit, CalendarWindow, RollingWindow
from tests.unit.scoring.slo.histories import CANARY, END, EVENTS, LATENCY, MAIN, NOW, C, gauge_sli, minutes, slo

LAG = gauge_sli()
HISTORY = minutes(EVENTS, [C] * 120, {"NONE": [98.0] * 60 + [100.0] * 60, "TIMEOUT": [2.0] * 60 + [0.0] * 60})


def suppose(
    definition: SloDefinition, days: list[SliceDay], supposition: Supposition
) -> tuple[float | None, float | None]:
    found = what_if(definition, days, NOW, MAIN, "", supposition)
    return found.actual.status.remaining, found.supposed.status.remaining


def test_another_objective_measures_the_same_bad_against_another_budget() -> None:
    definition = slo(window=timedelta(hours=2))
    actual, supposed = suppose(definition, HISTORY, Supposition(objective=Decimal("0.98")))
    assert actual == pytest.approx(0)
    assert supposed == pytest.approx(0.5)


def test_another_window_reads_other_minutes() -> None:
    found = what_if(slo(), HISTORY, NOW, MAIN, "", Supposition(window=RollingWindow(timedelta(hours=2))))
    assert (found.actual.status.bad, found.supposed.status.bad) == (0, 120)
    monthly = CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 1))
    assert what_if(slo(), HISTORY, NOW, MAIN, "", Supposition(window=monthly)).supposed.status.projected is not None


def test_another_bound_reads_another_bucket() -> None:
    days = minutes(LATENCY, [C] * 60, {"0.1": [40.0] * 60, "0.5": [99.0] * 60, "+Inf": [100.0] * 60})
    found = what_if(slo(LATENCY), days, NOW, MAIN, "", Supposition(bound=Decimal("0.10")))
    assert (found.actual.status.bad, found.supposed.status.bad) == (60, 3600)


def test_a_bound_without_a_bucket_is_refused_with_the_ones_that_there_are() -> None:
    days = minutes(LATENCY, [C] * 60, {"0.1": [40.0] * 60, "0.5": [99.0] * 60, "+Inf": [100.0] * 60})
    with pytest.raises(SuppositionError, match=r"no bucket at 0\.2 was counted; there are buckets at: 0\.1, 0\.5"):
        what_if(slo(LATENCY), days, NOW, MAIN, "", Supposition(bound=Decimal("0.2")))


def test_another_condition_judges_the_same_gauge() -> None:
    days = minutes(LAG, [C] * 60, {"1": [float(lag) for lag in range(0, 1200, 20)]})
    found = what_if(slo(LAG), days, NOW, MAIN, "", Supposition(condition=Condition("lt", Decimal(600))))
    assert (found.actual.status.bad, found.supposed.status.bad) == (10, 30)


def test_an_exemption_that_nobody_approved_yet_is_supposed_to_be() -> None:
    asked = Exemption(
        id="E",
        slos=frozenset({EVERY_SLO}),
        start=END - timedelta(hours=2),
        end=END - timedelta(hours=1),
        reason="?",
        requested_by="ann",
        recorded_at=END,
    )
    found = what_if(slo(window=timedelta(hours=2)), HISTORY, NOW, MAIN, "", Supposition(exemptions=(asked,)))
    assert (found.actual.status.band, found.supposed.status.band) == (Band.LOCKDOWN, Band.HEALTHY)


def test_supposing_nothing_changes_nothing() -> None:
    actual, supposed = suppose(slo(window=timedelta(hours=2)), HISTORY, Supposition())
    assert actual == supposed


@pytest.mark.parametrize(
    ("definition", "supposition", "words"),
    [
        (slo(CANARY), Supposition(objective=Decimal("0.9")), "is an invariant"),
        (slo(), Supposition(objective=Decimal("1")), "between 0 and 1"),
        (slo(), Supposition(bound=Decimal("1")), "no latency SLO"),
        (slo(), Supposition(condition=Condition("lt", Decimal(1))), "no time slices"),
    ],
)
def test_what_an_slo_cannot_be_is_refused(definition: SloDefinition, supposition: Supposition, words: str) -> None:
    with pytest.raises(SuppositionError, match=words):
        supposed_definition(definition, supposition)


def test_the_history_is_the_same_for_every_supposition() -> None:
    definition = slo(LAG)
    supposed = supposed_definition(
        definition, Supposition(condition=Condition("gt", Decimal(5)), objective=Decimal("0.5"))
    )
    assert supposed.sli.hash == definition.sli.hash
    assert replace(supposed, sli=definition.sli, objective=definition.objective) == definition
