"""Policies: what each band demands of each class of release."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.slo.budget import Band, Budget
from scoring.slo.policy import DEFAULT_POLICY, ErrorBudgetPolicy, PolicyStep, ReleaseClass

CRITICAL, NON_CRITICAL = ReleaseClass.CRITICAL, ReleaseClass.NON_CRITICAL


def step(below: str, band: Band) -> PolicyStep:
    return PolicyStep(Decimal(below), band, dict.fromkeys(ReleaseClass, "."), frozenset({NON_CRITICAL}))


def test_the_default_bands_begin_below_20_10_and_5_percent() -> None:
    assert [(threshold.share, threshold.band) for threshold in DEFAULT_POLICY.thresholds] == [
        (Decimal("0.05"), Band.LOCKDOWN),
        (Decimal("0.10"), Band.INCIDENT),
        (Decimal("0.20"), Band.HALT),
    ]
    assert DEFAULT_POLICY.worst is Band.LOCKDOWN


@pytest.mark.parametrize("band", [Band.HALT, Band.INCIDENT, Band.LOCKDOWN])
def test_non_critical_releases_stop_and_critical_fixes_pass(band: Band) -> None:
    assert DEFAULT_POLICY.stops(band, NON_CRITICAL)
    assert not DEFAULT_POLICY.stops(band, CRITICAL)
    assert DEFAULT_POLICY.action(band, NON_CRITICAL)
    assert DEFAULT_POLICY.action(band, NON_CRITICAL) != DEFAULT_POLICY.action(band, CRITICAL)


def test_unknown_stops_everybody_and_healthy_nobody() -> None:
    assert all(DEFAULT_POLICY.stops(Band.NO_DATA, each) for each in ReleaseClass)
    assert not any(DEFAULT_POLICY.stops(Band.HEALTHY, each) for each in ReleaseClass)
    assert DEFAULT_POLICY.action(Band.HEALTHY, CRITICAL) == DEFAULT_POLICY.healthy


def test_a_policy_may_have_fewer_steps_at_other_shares() -> None:
    own = ErrorBudgetPolicy("own", (step("0.5", Band.HALT), step("0.01", Band.LOCKDOWN)))
    assert Budget(Fraction(51), Fraction(1000), Decimal("0.9")).band(own.thresholds) is Band.HALT
    assert Budget(Fraction(50), Fraction(1000), Decimal("0.9")).band(own.thresholds) is Band.HEALTHY
    assert Budget(Fraction(100), Fraction(1000), Decimal("0.9")).band(own.thresholds) is Band.LOCKDOWN


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((step("0.05", Band.HALT), step("0.2", Band.LOCKDOWN)), "the less is left the worse"),
        ((step("0.05", Band.HALT), step("0.2", Band.HALT)), "each band and share once"),
        ((step("0.2", Band.LOCKDOWN), step("0.2", Band.HALT)), "each band and share once"),
        ((step("1", Band.HALT),), "not a share between 0 and 1"),
        ((step("0.1", Band.NO_DATA),), "band is one of"),
        ((), "band is one of"),
        ((replace(step("0.1", Band.HALT), actions={CRITICAL: "."}),), "says nothing to one of"),
    ],
)
def test_steps_that_contradict_each_other_are_refused(steps: tuple[PolicyStep, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ErrorBudgetPolicy("own", steps)
