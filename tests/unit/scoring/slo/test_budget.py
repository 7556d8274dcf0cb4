"""Budgets and bands against fractions worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.slo.budget import Band, Budget, percent, to_side

THREE_NINES = Decimal("0.999")


def budget(bad: int | Fraction, total: int, objective: str = "0.999") -> Budget:
    return Budget(Fraction(bad), Fraction(total), Decimal(objective))


def test_a_budget_allows_one_bad_event_in_ten_thousand_at_four_nines() -> None:
    assert budget(0, 1_000_000, "0.9999").allowed == 100


def test_a_quarter_of_the_budget_spent_leaves_three_quarters() -> None:
    assert budget(25, 1_000_000, "0.9999").exact_remaining == Fraction(3, 4)


def test_an_overspent_budget_is_negative_and_not_clamped() -> None:
    assert budget(30, 10_000).remaining() == -2.0


def test_without_events_nothing_remains_to_speak_of() -> None:
    empty = budget(0, 0)
    assert empty.remaining() is None
    assert empty.good_share is None
    assert empty.band() is Band.NO_DATA


@pytest.mark.parametrize(
    ("bad", "band"),
    [
        # 100 000 events at 99.9 % allow 100 bad ones; remaining is (100 − bad) %.
        (0, Band.HEALTHY),
        (80, Band.HEALTHY),
        (81, Band.HALT),
        (90, Band.HALT),
        (91, Band.INCIDENT),
        (95, Band.INCIDENT),
        (96, Band.LOCKDOWN),
        (100, Band.LOCKDOWN),
        (250, Band.LOCKDOWN),
    ],
)
def test_bands_begin_strictly_below_20_10_and_5_percent(bad: int, band: Band) -> None:
    assert budget(bad, 100_000).band() is band


@pytest.mark.parametrize("objective", ["0.9", "0.95", "0.99", "0.995", "0.999", "0.9995", "0.9999", "0.99999"])
@pytest.mark.parametrize(
    ("share", "at", "under"),
    [
        (Decimal("0.20"), Band.HEALTHY, Band.HALT),
        (Decimal("0.10"), Band.HALT, Band.INCIDENT),
        (Decimal("0.05"), Band.INCIDENT, Band.LOCKDOWN),
    ],
)
def test_remaining_exactly_on_a_threshold_is_still_above_it(
    objective: str, share: Decimal, at: Band, under: Band
) -> None:
    total = 123 * 10**7
    spent = (1 - Fraction(share)) * (1 - Fraction(Decimal(objective))) * total
    on_edge, past_edge = budget(spent, total, objective), budget(spent + 1, total, objective)
    assert on_edge.exact_remaining == Fraction(share)
    assert on_edge.band() is at
    assert past_edge.band() is under


@given(st.integers(0, 10**7), st.integers(1, 10**7), st.sampled_from(["0.9", "0.99", "0.999", "0.9995", "0.9999"]))
def test_what_is_shown_never_contradicts_the_band(bad: int, total: int, objective: str) -> None:
    one = budget(min(bad, total), total, objective)
    shown = one.remaining()
    assert shown is not None
    worst = next(
        (band for edge, band in ((0.05, Band.LOCKDOWN), (0.1, Band.INCIDENT), (0.2, Band.HALT)) if shown < edge), None
    )
    assert one.band() is (worst or Band.HEALTHY)
    for digits in (0, 1, 2):
        number = Decimal(percent(shown, digits).removesuffix(" %"))
        read = next(
            (band for edge, band in ((5, Band.LOCKDOWN), (10, Band.INCIDENT), (20, Band.HALT)) if number < edge), None
        )
        assert one.band() is (read or Band.HEALTHY)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 1000))
def test_one_more_bad_event_never_leaves_more_budget(bad: int, total: int, more: int) -> None:
    less, most = budget(bad + more, total + bad + more), budget(bad, total + bad + more)
    assert less.exact_remaining is not None
    assert most.exact_remaining is not None
    assert less.exact_remaining < most.exact_remaining


def test_a_share_just_under_a_threshold_is_not_rounded_onto_it() -> None:
    exact = Fraction(1, 5) - Fraction(1, 10**30)
    assert float(exact) == 0.2
    assert to_side(exact, [Fraction(1, 5)]) < 0.2


def test_one_bad_event_in_a_hundred_quadrillion_is_not_shown_as_perfect() -> None:
    share = budget(1, 10**17, "0.9999").good_share
    assert share is not None
    assert share < 1


def test_a_percent_is_cut_and_not_rounded() -> None:
    assert percent(0.1996, 1) == "19.9 %"
    assert percent(0.2, 1) == "20.0 %"
    assert percent(0.29, 0) == "29 %"
    assert percent(-0.0004, 1) == "-0.1 %"
