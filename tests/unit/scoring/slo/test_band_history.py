"""Since when an SLO is in its band, against judging every earlier minute one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.slo.budget import Band
from scoring.slo.exemptions import EVERY_SLO, Exemption
from scoring.slo.invariants import Acknowledgement
from scoring.slo.judging import Judgement, Terms, judge, slo_status
from scoring.slo.policy import DEFAULT_POLICY
from scoring.slo.slices import MINUTE, MinuteState, edge
from scoring.slo.standing import standing
from scoring.slo.windows import CalendarUnit, CalendarWindow
from tests.unit.scoring.slo.histories import CANARY, END, EVENTS, MAIN, NOW, C, D, U, gauge_sli, minutes, slo


def one_by_one(judgement: Judgement) -> datetime | None:
    """Judges at every earlier minute until the band differs or the window reaches before the first stored day."""
    definition, ledger = judgement.definition, judgement.ledger
    end, band = judgement.standing.span.end, judgement.status.band
    while definition.window.at(end - 1).start >= ledger.start and end - 1 > ledger.start:
        end -= 1
        if standing(definition, ledger, end, DEFAULT_POLICY).band is not band:
            return edge(end + 1)
    return None


def test_a_band_began_with_the_minute_that_crossed_its_edge() -> None:
    """Budget of an hour: 60 of 6000. In minute 100 of 120, 61 are bad."""
    bad = [0.0] * 100 + [61.0] + [0.0] * 19
    days = minutes(EVENTS, [C] * 120, {"NONE": [100.0 - one for one in bad], "TIMEOUT": bad})
    status = slo_status(slo(), days, NOW, MAIN, read_from=END - timedelta(days=1))
    assert status.band is Band.LOCKDOWN
    assert status.band_since == END - timedelta(minutes=19)


def test_a_band_that_is_older_than_what_was_read_has_no_beginning() -> None:
    days = minutes(EVENTS, [C] * 720, {"NONE": [100.0] * 720})
    status = slo_status(slo(), days, NOW, MAIN)
    assert (status.band, status.band_since) == (Band.HEALTHY, None)


def test_it_became_healthy_when_enough_of_the_first_window_was_observed() -> None:
    """Observed for 45 minutes of an hour, read from a day back: half of the hour was covered 15 minutes ago."""
    days = minutes(EVENTS, [C] * 45, {"NONE": [100.0] * 45})
    status = slo_status(slo(), days, NOW, MAIN, read_from=END - timedelta(days=1))
    assert status.band_since == END - timedelta(minutes=15)


counted = st.lists(
    st.tuples(st.sampled_from([C, C, C, C, D, U]), st.integers(0, 40), st.sampled_from([0, 0, 0, 0, 1, 4, 8])),
    min_size=60,
    max_size=150,
)


@settings(max_examples=40)
@given(counted, st.sampled_from(["0.5", "0", "1"]), st.booleans())
def test_walking_back_at_once_is_judging_every_minute(
    drawn: list[tuple[MinuteState, int, int]], min_coverage: str, exempted: bool
) -> None:
    states = [state for state, _, _ in drawn]
    good = [float(count) if state is C else 0.0 for state, count, _ in drawn]
    bad = [float(count) if state is C else 0.0 for state, _, count in drawn]
    days = minutes(EVENTS, states, {"NONE": good, "TIMEOUT": bad})
    definition = slo(objective="0.8", min_coverage=min_coverage)
    terms = Terms(exemptions=(_some_minutes(),)) if exempted else Terms()
    judgement = judge(definition, days, NOW, MAIN, "", terms)
    assert judgement.status.band_since == one_by_one(judgement)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from([C, C, C, D, U]), st.sampled_from([0, 0, 5])), min_size=60, max_size=120))
def test_the_same_for_time_slices(drawn: list[tuple[MinuteState, int]]) -> None:
    lag = gauge_sli(condition="lt 1")
    states = [state for state, _ in drawn]
    days = minutes(lag, states, {"1": [float(value) if state is C else 0.0 for state, value in drawn]})
    judgement = judge(slo(lag, "0.7"), days, NOW, MAIN)
    assert judgement.status.band_since == one_by_one(judgement)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0] * 40 + [1])), min_size=60, max_size=120))
def test_the_same_for_an_invariant(drawn: list[tuple[int, int]]) -> None:
    checked, lost = ([float(pair[at]) for pair in drawn] for at in (0, 1))
    days = minutes(CANARY, [C] * len(drawn), {"acknowledged": checked, "lost": lost})
    judgement = judge(slo(CANARY), days, NOW, MAIN)
    found = judgement.status.violations
    assert judgement.status.band_since == (one_by_one(judgement) if found is None else found.first)


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(st.integers(20, 500), st.sampled_from([C, C, C, D, U]), st.sampled_from([0, 0, 1, 5])), min_size=6
    ),
    st.booleans(),
)
def test_the_same_for_calendar_windows(stretches: list[tuple[int, MinuteState, int]], slices: bool) -> None:
    states, bad = [C] * 600, [0.0] * 600
    for length, state, count in stretches:
        states += [state] * length
        bad += [float(count) if state is C else 0.0] * length
    window = CalendarWindow(1, CalendarUnit.DAY, "Europe/Berlin", date(2026, 1, 1))
    lag = gauge_sli(condition="lt 1")
    good = [20.0 - count if state is C else 0.0 for state, count in zip(states, bad, strict=True)]
    days = minutes(lag, states, {"1": bad}) if slices else minutes(EVENTS, states, {"NONE": good, "TIMEOUT": bad})
    judgement = judge(slo(lag if slices else EVENTS, "0.8", window), days, NOW, MAIN)
    assert judgement.status.band_since == one_by_one(judgement)


@pytest.mark.parametrize("objective", ["0.9", "0.999"])
def test_a_calendar_window_is_walked_back_through_its_beginning(objective: str) -> None:
    """Days in UTC, END at noon: yesterday's last hours were all bad, today's are clean from the first minute on."""
    window = CalendarWindow(1, CalendarUnit.DAY, "UTC", date(2026, 1, 1))
    bad = [0.0] * 1200 + [100.0] * 240 + [0.0] * 720
    days = minutes(EVENTS, [C] * 2160, {"NONE": [100.0 - one for one in bad], "TIMEOUT": bad})
    status = slo_status(slo(objective=objective, window=window), days, NOW, MAIN)
    assert (status.band, status.band_since) == (Band.HEALTHY, datetime(2026, 3, 10, 0, 1, tzinfo=UTC))


def test_a_violation_is_in_the_lowest_band_until_somebody_answers_and_on_record_after() -> None:
    lost = [0.0] * 20 + [1.0] + [0.0] * 39
    days = minutes(CANARY, [C] * 60, {"acknowledged": [10.0] * 60, "lost": lost})
    definition = slo(CANARY)
    before = slo_status(definition, days, NOW, MAIN)
    assert (before.band, before.band_since) == (Band.LOCKDOWN, END - timedelta(minutes=39))
    answered = END - timedelta(minutes=5)
    after = slo_status(definition, days, NOW, MAIN, "", Terms(acknowledgements=(acknowledgement(answered),)))
    assert (after.state, after.bad, after.band, after.band_since) == (before.state, 1, Band.HEALTHY, answered)


def test_a_violation_after_the_answer_is_not_answered_for() -> None:
    lost = [0.0] * 20 + [1.0] + [0.0] * 38 + [1.0]
    days = minutes(CANARY, [C] * 60, {"acknowledged": [10.0] * 60, "lost": lost})
    terms = Terms(acknowledgements=(acknowledgement(END - timedelta(minutes=5)),))
    status = slo_status(slo(CANARY), days, NOW, MAIN, "", terms)
    assert (status.band, status.band_since) == (Band.LOCKDOWN, END)


def test_an_answer_says_why_and_where_it_is_written_up() -> None:
    with pytest.raises(ValueError, match="a cause, a postmortem and a name"):
        Acknowledgement(
            slo=slo().id,
            cluster=MAIN,
            through=END,
            cause="",
            postmortem="PM-1",
            acknowledged_by="bob",
            recorded_at=END,
        )


def acknowledgement(at: datetime) -> Acknowledgement:
    return Acknowledgement(
        slo=slo(CANARY).id,
        cluster=MAIN,
        through=at,
        cause="unclean election",
        postmortem="PM-7",
        acknowledged_by="bob",
        recorded_at=at,
    )


def _some_minutes() -> Exemption:
    return Exemption(
        id="E",
        slos=frozenset({EVERY_SLO}),
        start=END - timedelta(minutes=40),
        end=END - timedelta(minutes=25),
        reason="drill",
        requested_by="ann",
        approved_by="bob",
        recorded_at=END - timedelta(days=1),
    )


def test_an_answer_through_the_very_minute_of_a_violation_is_for_it() -> None:
    days = minutes(CANARY, [C] * 60, {"acknowledged": [10.0] * 60, "lost": [0.0] * 20 + [1.0] + [0.0] * 39})
    seen = slo_status(slo(CANARY), days, NOW, MAIN).violations
    assert seen is not None
    for through, band in ((seen.last, Band.HEALTHY), (seen.last - MINUTE, Band.LOCKDOWN)):
        terms = Terms(acknowledgements=(acknowledgement(through),))
        assert slo_status(slo(CANARY), days, NOW, MAIN, "", terms).band is band
