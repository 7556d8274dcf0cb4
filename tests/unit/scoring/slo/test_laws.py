"""Laws that every budget obeys, whatever the history: additivity, order-freedom, monotonicity."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.slo.budget import Band, Budget
from scoring.slo.definition import Missing, Sli
from scoring.slo.judging import judge, slo_status
from scoring.slo.ledger import Tally
from scoring.slo.policy import DEFAULT_POLICY, SEVERITY
from scoring.slo.slices import MinuteState
from tests.unit.scoring.slo.histories import CANARY, EVENTS, LATENCY, MAIN, NOW, B, C, D, P, U, gauge_sli, minutes, slo

LENGTH = 60
SLIS = [EVENTS, LATENCY, CANARY, gauge_sli(), gauge_sli(per_component=True), gauge_sli(missing=Missing.BAD)]
NAMES = {"produce": ("NONE", "TIMEOUT"), "latency": ("0.5", "+Inf"), "durability": ("acknowledged", "lost")}

states_of = st.lists(st.sampled_from([C, C, C, D, U, B, P]), min_size=LENGTH, max_size=LENGTH)
counts_of = st.lists(st.integers(0, 2000), min_size=LENGTH, max_size=LENGTH)


def drawn(sli: Sli, states: list[MinuteState], one: list[int], other: list[int]) -> dict[str, list[float]]:
    """Two components; what was not counted has no value, and nothing is faster than all."""
    names = NAMES.get(sli.name, ("1", "2"))
    kept = [
        [float(count) * (state in (C, B)) for count, state in zip(counts, states, strict=True)]
        for counts in (one, other)
    ]
    if sli is LATENCY:
        kept[1] = [slow + fast for fast, slow in zip(*kept, strict=True)]
    return dict(zip(names, kept, strict=True))


def parts(tally: Tally) -> tuple[object, ...]:
    return (tally.bad, tally.total, tally.seen, tally.due, tally.estimated, tally.covered, tally.down, tally.bridged)


@given(st.sampled_from(SLIS), states_of, counts_of, counts_of, st.integers(0, LENGTH))
def test_two_parts_of_a_window_add_up_to_the_whole(
    sli: Sli, states: list[MinuteState], one: list[int], other: list[int], cut: int
) -> None:
    judgement = judge(slo(sli), minutes(sli, states, drawn(sli, states, one, other)), NOW, MAIN)
    ledger, span = judgement.ledger, judgement.standing.span
    middle = span.start + cut
    whole = parts(ledger.tally(span.start, span.end))
    halves = (parts(ledger.tally(span.start, middle)), parts(ledger.tally(middle, span.end)))
    assert whole == tuple(sum(pair) for pair in zip(*halves, strict=True))  # type: ignore[arg-type]


@given(st.sampled_from(SLIS), states_of, counts_of, counts_of, st.randoms(use_true_random=False))
def test_the_order_in_which_days_and_components_come_changes_nothing(
    sli: Sli, states: list[MinuteState], one: list[int], other: list[int], shuffling: random.Random
) -> None:
    days = minutes(sli, states, drawn(sli, states, one, other))
    expected = slo_status(slo(sli), days, NOW, MAIN)
    shuffling.shuffle(days)
    assert slo_status(slo(sli), days, NOW, MAIN) == expected


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.sampled_from(["0.9", "0.99", "0.9995", "0.9999"]))
def test_one_more_bad_event_never_makes_it_better(bad: int, total: int, objective: str) -> None:
    severity = [Band.HEALTHY, *SEVERITY]
    fewer, more = (Budget(Fraction(count), Fraction(total), Decimal(objective)) for count in (bad, bad + 1))
    assert more.exact_remaining is not None
    assert fewer.exact_remaining is not None
    assert more.exact_remaining < fewer.exact_remaining
    thresholds = DEFAULT_POLICY.thresholds
    assert severity.index(more.band(thresholds)) >= severity.index(fewer.band(thresholds))


@given(counts_of, counts_of, st.integers(0, LENGTH - 1))
def test_a_good_event_that_turns_bad_spends_budget(good: list[int], bad: list[int], at: int) -> None:
    good[at] += 1
    before = slo_status(slo(), minutes(EVENTS, [C] * LENGTH, drawn(EVENTS, [C] * LENGTH, good, bad)), NOW, MAIN)
    good[at] -= 1
    bad[at] += 1
    after = slo_status(slo(), minutes(EVENTS, [C] * LENGTH, drawn(EVENTS, [C] * LENGTH, good, bad)), NOW, MAIN)
    assert (after.total, after.bad) == (before.total, before.bad + 1)
    assert after.remaining is not None
    assert before.remaining is not None
    assert after.remaining < before.remaining


@given(st.sampled_from(SLIS), states_of, counts_of, counts_of)
def test_what_is_shown_never_contradicts_the_band(
    sli: Sli, states: list[MinuteState], one: list[int], other: list[int]
) -> None:
    status = slo_status(slo(sli), minutes(sli, states, drawn(sli, states, one, other)), NOW, MAIN)
    assert 0 <= status.coverage <= 1
    if status.band is Band.NO_DATA or status.remaining is None:
        return
    floors = {Band.HEALTHY: 0.2, Band.HALT: 0.1, Band.INCIDENT: 0.05}
    ceilings = {Band.HALT: 0.2, Band.INCIDENT: 0.1, Band.LOCKDOWN: 0.05}
    assert status.remaining >= floors.get(status.band, float("-inf"))
    assert status.remaining < ceilings.get(status.band, float("inf"))


@pytest.mark.parametrize("sli", SLIS)
def test_nothing_observed_is_never_healthy(sli: Sli) -> None:
    for states in ([P] * LENGTH, [U] * LENGTH):
        status = slo_status(slo(sli), minutes(sli, states, {}), NOW, MAIN)
        assert (status.band, status.remaining, status.sli) == (Band.NO_DATA, None, None)
