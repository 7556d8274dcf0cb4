"""Exemptions: who may grant them, what they match, and what they take out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from scoring.slo.budget import Band
from scoring.slo.definition import SloId
from scoring.slo.exemptions import EVERY_SLO, Exemption, exempted_minutes
from scoring.slo.judging import Terms, slo_status
from scoring.slo.slices import minute_index
from scoring.slo.standing import SloState
from scoring.slo.windows import CalendarUnit, CalendarWindow
from tests.unit.scoring.slo.histories import CANARY, END, MAIN, NOW, C, D, gauge_sli, minutes, slo
from tests.unit.scoring.slo.histories import EVENTS as SLI


def exemption(first: int = -60, after: int = 0, **changes: Any) -> Exemption:
    """Minutes relative to END."""
    fields: dict[str, Any] = {
        "id": "E-1",
        "slos": frozenset({EVERY_SLO}),
        "start": END + timedelta(minutes=first),
        "end": END + timedelta(minutes=after),
        "reason": "announced",
        "requested_by": "ann",
        "approved_by": "bob",
        "recorded_at": END - timedelta(days=2),
    }
    return Exemption(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"approved_by": "ann"}, "approved by ann, who asked for it"),
        ({"recorded_at": END + timedelta(days=30)}, "more than 30 days before"),
        ({"reason": "  "}, "no reason"),
        ({"slos": frozenset()}, "names no SLO"),
        ({"start": END + timedelta(seconds=1), "end": END + timedelta(minutes=3)}, "whole minutes"),
        ({"start": END, "end": END}, "not after its start"),
        ({"recorded_at": datetime(2026, 3, 10, tzinfo=None)}, "without a time zone"),  # noqa: DTZ001
        ({"labels": {"topic": "~("}}, "no regular expression"),
    ],
)
def test_nobody_may_grant_what_breaks_the_rules(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        exemption(**changes)


def test_thirty_days_back_is_the_farthest() -> None:
    assert exemption(recorded_at=END - timedelta(minutes=60) + timedelta(days=30)).late


def test_it_is_late_when_recorded_after_it_began() -> None:
    assert not exemption(recorded_at=END - timedelta(minutes=60)).late
    assert exemption(recorded_at=END - timedelta(minutes=59)).late


def test_it_matches_by_id_and_by_all_of_its_labels() -> None:
    labels = {"cluster": "main", "topic": "orders.eu"}
    assert exemption(labels={"cluster": "main", "topic": "~orders[.].*"}).matches(SloId("a"), labels)
    assert not exemption(labels={"cluster": "main", "topic": "~orders"}).matches(SloId("a"), labels)
    assert not exemption(labels={"owner": "x"}).matches(SloId("a"), labels)
    assert exemption(slos=frozenset({SloId("a")})).matches(SloId("a"), labels)
    assert not exemption(slos=frozenset({SloId("a")})).matches(SloId("b"), labels)


def test_overlapping_exemptions_exempt_a_minute_once() -> None:
    start = minute_index(END) - 10
    found = exempted_minutes(
        [exemption(-8, -4), exemption(-6, -2), exemption(-2, 5), exemption(-100, -9)], start, start + 10
    )
    assert found.tolist() == [True, False] + [True] * 8


def test_bands_follow_the_budget_with_exemptions_and_the_other_stands_beside_it() -> None:
    counted = {"NONE": [100.0] * 50 + [0.0] * 10, "TIMEOUT": [0.0] * 50 + [100.0] * 10}
    terms = Terms(exemptions=(exemption(-10, -1),))
    status = slo_status(slo(objective="0.9"), minutes(SLI, [C] * 60, counted), NOW, MAIN, "", terms)
    assert (status.bad, status.total, status.tally.exempted) == (100, 5100, 9)
    assert status.remaining == pytest.approx(float(1 - Fraction(100, 5100) * 10))
    assert status.remaining_without_exemptions == pytest.approx(float(1 - Fraction(1000, 6000) * 10))
    assert (status.band, status.coverage) == (Band.HEALTHY, 1)
    assert [one.id for one in status.exemptions] == ["E-1"]


def test_what_is_only_asked_for_changes_nothing() -> None:
    counted = {"NONE": [0.0] * 60, "TIMEOUT": [100.0] * 60}
    days = minutes(SLI, [C] * 60, counted)
    status = slo_status(slo(), days, NOW, MAIN, "", Terms(exemptions=(exemption(approved_by=None),)))
    assert (status.bad, status.exemptions, status.band) == (6000, (), Band.LOCKDOWN)


def test_estimated_minutes_of_an_outage_can_be_exempted() -> None:
    days = minutes(SLI, [C] * 30 + [D] * 30, {"NONE": [10.0] * 30 + [0.0] * 30})
    status = slo_status(slo(), days, NOW, MAIN, "", Terms(exemptions=(exemption(-30, -10),)))
    assert (status.estimated, status.bad, status.total, status.down_minutes) == (100, 100, 400, 10)
    assert status.coverage == 1


def test_exempted_slices_leave_the_denominator() -> None:
    lag = gauge_sli()
    days = minutes(lag, [C] * 60, {"1": [2000.0] * 20 + [0.0] * 40})
    status = slo_status(slo(lag, "0.9"), days, NOW, MAIN, "", Terms(exemptions=(exemption(-60, -45),)))
    assert (status.bad, status.total) == (5, 45)


def test_a_planned_exemption_shortens_the_calendar_window_that_is_to_come() -> None:
    """30 days of June, 10 of its coming hours exempted: 43 200 − 600 slices."""
    lag = gauge_sli()
    end = datetime(2026, 6, 2, tzinfo=UTC)
    window = CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 1))
    begin = end + timedelta(days=5)
    planned = replace(exemption(), start=begin, end=begin + timedelta(hours=10))
    days = minutes(lag, [C] * 1440, {"1": [0.0] * 1440}, end=end)
    status = slo_status(
        slo(lag, "0.9", window), days, end + timedelta(minutes=1), MAIN, "", Terms(exemptions=(planned,))
    )
    assert status.total == 43_200 - 600


def test_nothing_of_an_invariant_can_be_exempted() -> None:
    days = minutes(CANARY, [C] * 60, {"acknowledged": [10.0] * 60, "lost": [1.0] + [0.0] * 59})
    status = slo_status(slo(CANARY), days, NOW, MAIN, "", Terms(exemptions=(exemption(),)))
    assert (status.bad, status.state, status.exemptions) == (1, SloState.VIOLATED, ())


def test_a_window_that_is_exempted_as_a_whole_says_nothing() -> None:
    days = minutes(SLI, [C] * 60, {"NONE": [10.0] * 60})
    status = slo_status(slo(), days, NOW, MAIN, "", Terms(exemptions=(exemption(),)))
    assert (status.state, status.band, status.coverage) == (SloState.NO_DATA, Band.NO_DATA, 0)
