"""The release gate: the worst band that stops a class, why, until when, and who let it pass all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scoring.slo.budget import Band
from scoring.slo.definition import SloId
from scoring.slo.exemptions import EVERY_SLO
from scoring.slo.gate import GateVerdict, Override, decide
from scoring.slo.judging import slo_status
from scoring.slo.policy import ReleaseClass
from scoring.slo.status import SloStatus
from tests.unit.scoring.slo.histories import CANARY, END, EVENTS, MAIN, NOW, C, minutes, slo

CRITICAL, NON_CRITICAL = ReleaseClass.CRITICAL, ReleaseClass.NON_CRITICAL


def status(left: int | None, name: str = "an-slo", gate: bool = True) -> SloStatus:
    """So many percent left of a budget of 60 of 6000; None: no data. All bad is in the first minute of the hour."""
    if left is None:
        return slo_status(slo(name=name, gate=gate), [], NOW, MAIN)
    spent = 60 * (100 - left) / 100
    counted = {"NONE": [100.0 - spent] + [100.0] * 59, "TIMEOUT": [spent] + [0.0] * 59}
    return slo_status(slo(name=name, gate=gate), minutes(EVENTS, [C] * 60, counted), NOW, MAIN)


def override(**changes: object) -> Override:
    fields: dict[str, object] = {
        "id": "O-1",
        "slos": frozenset({EVERY_SLO}),
        "reason": "the fix itself",
        "overridden_by": "bob",
        "recorded_at": NOW - timedelta(hours=1),
        "until": NOW + timedelta(hours=1),
    }
    return Override(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "verdict"),
    [
        (100, GateVerdict.GO),
        (20, GateVerdict.GO),
        (15, GateVerdict.HALT),
        (5, GateVerdict.INCIDENT),
        (0, GateVerdict.LOCKDOWN),
        (None, GateVerdict.NO_DATA),
    ],
)
def test_a_non_critical_release_goes_by_the_band(left: int | None, verdict: GateVerdict) -> None:
    assert decide(NON_CRITICAL, [status(left)], NOW).verdict is verdict


@pytest.mark.parametrize(
    ("left", "verdict"), [(15, GateVerdict.GO), (5, GateVerdict.GO), (0, GateVerdict.GO), (None, GateVerdict.NO_DATA)]
)
def test_a_critical_fix_passes_wherever_something_is_known(left: int | None, verdict: GateVerdict) -> None:
    assert decide(CRITICAL, [status(left)], NOW).verdict is verdict


def test_the_worst_slo_decides_and_the_others_stand_behind_it() -> None:
    found = decide(NON_CRITICAL, [status(100, "a"), status(None, "b"), status(0, "c"), status(15, "d")], NOW)
    assert found.verdict is GateVerdict.LOCKDOWN
    assert [reason.status.id for reason in found.reasons] == ["c", "d", "b", "a"]
    assert found.text == "An SLO, main: lockdown, 0.0 % of the budget left. Lockdown: critical fixes only."


def test_no_data_holds_a_critical_fix_back_although_a_worse_band_would_let_it_pass() -> None:
    found = decide(CRITICAL, [status(0, "a"), status(None, "b")], NOW)
    assert (found.verdict, found.reasons[0].status.id) == (GateVerdict.NO_DATA, "b")


def test_an_slo_that_guards_nothing_has_no_word() -> None:
    assert decide(NON_CRITICAL, [status(0, "a", gate=False), status(100, "b")], NOW).verdict is GateVerdict.GO


def test_without_a_guard_nothing_says_that_a_release_is_safe() -> None:
    found = decide(CRITICAL, [], NOW)
    assert (found.verdict, found.lifts) == (GateVerdict.NO_DATA, None)
    assert "No SLO is marked gate: true" in found.text


def test_no_data_passes_only_when_somebody_says_so() -> None:
    assert decide(NON_CRITICAL, [status(None)], NOW, pass_without_data=True).verdict is GateVerdict.GO
    found = decide(NON_CRITICAL, [status(None, "a"), status(15, "b")], NOW, pass_without_data=True)
    assert found.verdict is GateVerdict.HALT


def test_it_lifts_when_the_class_may_go_again() -> None:
    """All that was bad is in the window's first minute, which leaves it with the next."""
    assert decide(NON_CRITICAL, [status(0, "a"), status(15, "b")], NOW).lifts == END + timedelta(minutes=1)


def test_nobody_knows_when_no_data_ends() -> None:
    assert decide(NON_CRITICAL, [status(0, "a"), status(None, "b")], NOW).lifts is None


def test_an_override_lets_its_class_pass_until_its_end_and_is_shown() -> None:
    found = decide(NON_CRITICAL, [status(0)], NOW, [override()])
    assert (found.verdict, found.text) == (GateVerdict.GO, "Nothing holds this release back.")
    assert found.reasons[0].overridden == override()
    assert found.reasons[0].stops
    later = NOW + timedelta(hours=1)
    assert decide(NON_CRITICAL, [status(0)], later, [override()]).verdict is GateVerdict.LOCKDOWN


def test_an_override_is_for_its_slos_and_its_class() -> None:
    other = override(slos=frozenset({SloId("a")}), release_class=NON_CRITICAL)
    found = decide(NON_CRITICAL, [status(0, "a"), status(15, "b")], NOW, [other])
    assert (found.verdict, found.reasons[0].status.id) == (GateVerdict.HALT, "b")
    assert decide(CRITICAL, [status(None, "a")], NOW, [other]).verdict is GateVerdict.NO_DATA


def test_an_override_says_why_by_whom_and_until_when() -> None:
    with pytest.raises(ValueError, match="takes a reason"):
        override(reason=" ")
    with pytest.raises(ValueError, match="ends before it begins"):
        override(until=NOW - timedelta(hours=2))


def test_a_violated_invariant_locks_releases_down() -> None:
    days = minutes(CANARY, [C] * 60, {"acknowledged": [10.0] * 60, "lost": [0.0] * 59 + [2.0]})
    found = decide(NON_CRITICAL, [slo_status(slo(CANARY), days, NOW, MAIN)], NOW)
    assert (found.verdict, found.lifts) == (GateVerdict.LOCKDOWN, None)
    assert found.text.startswith("An SLO, main: lockdown, 2 found.")
    assert found.reasons[0].status.band is Band.LOCKDOWN
