"""What stands in the cells of the review's table, worked out by hand from the numbers of a snapshot."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.components.review.markup import row
from dashboard.reviewing_changes import change_lines
from dashboard.reviewing_rows import ReviewRow, Told, review_row
from dashboard.theme import Tone
from scoring.meetings.comparing import compare
from scoring.meetings.subjects import Subject
from tests.unit.scoring.meetings.meetings import snapshot, status, subject

BERLIN = ZoneInfo("Europe/Berlin")
NARROW = "\u202f"


def numbers(**changes: Any) -> dict[str, Any]:
    """1 241 of 12 412 371 answers may be bad; 1 204 are, so 37 may still come."""
    return status(
        **(
            {
                "action": "Lockdown: critical fixes only.",
                "lifts": "2026-12-03T09:30:00Z",
                "left": {"events": 37.2, "minutes": 0.13},
                "exhaustion": {
                    "spent": False,
                    "earliest": "2026-11-20T16:00:00Z",
                    "latest": "2026-11-22T13:00:00Z",
                    "known": True,
                },
                "firing": [],
                "down_since": None,
                "observed_until": "2026-11-20T12:00:00Z",
                "checked": None,
                "notes": [],
            }
            | changes
        )
    )


def shown(**changes: Any) -> ReviewRow:
    return review_row(Subject("produce-success/prod"), numbers(**changes), BERLIN)


def test_a_budget_in_lockdown_reads_as_the_wireframe_says() -> None:
    found = shown()
    assert found.band == Told("lockdown", Tone.LOCKDOWN)
    assert (found.title, found.where, found.owner) == ("produce success", "prod", "team-a")
    assert (found.objective, found.actual) == ("99.99 %", "99.9903 %")
    assert (found.share, found.left) == (0.03, "3.0 %")
    assert found.amount == f"37 events · 7{NARROW}s"
    assert found.burn == "2.1 / 0.9 / 1.3"
    assert found.empty == f"~4{NARROW}h – 2{NARROW}d"
    assert found.data == Told("100.0 %")
    assert found.demand == (
        "Lockdown: critical fixes only; since Tue 17 Nov 15:20; lifts Thu 3 Dec 10:30 if nothing more burns"
    )


def test_a_burn_rate_has_the_digits_that_say_something() -> None:
    assert shown(burn={"1h": 1000.49, "6h": 99.94, "3d": None}).burn == "1000 / 99.9 / —"


def test_too_little_observed_says_how_little() -> None:
    assert shown(state="insufficient", band="no_data", coverage=0.4821).data == Told("too little, 48.2 %", Tone.NO_DATA)
    assert shown(state="no_traffic", band="no_data", remaining=None).data == Told("no traffic", Tone.NO_DATA)


def test_an_overspent_budget_is_negative_and_its_bar_is_empty() -> None:
    gone = {"spent": True, "earliest": None, "latest": None, "known": False}
    found = shown(remaining=-0.123, left={"events": -152.6, "minutes": -3.0}, exhaustion=gone)
    assert (found.share, found.left, found.amount) == (0.0, "−12.3 %", "153 events over")
    assert found.empty == "spent"


def test_what_is_left_is_cut_and_never_rounded_over_the_edge_of_a_band() -> None:
    assert shown(remaining=0.1996, band="halt").left == "19.9 %"


@pytest.mark.parametrize(
    ("earliest", "latest", "known", "words"),
    [
        (None, None, True, "not at this pace"),
        (None, None, False, "unknown"),
        ("2026-11-20T16:00:00Z", None, True, f"~4{NARROW}h – never"),
        ("2026-11-20T16:10:00Z", "2026-11-20T16:50:00Z", True, f"~4{NARROW}h"),
    ],
)
def test_a_forecast_is_a_range_in_rough_words(
    earliest: str | None, latest: str | None, known: bool, words: str
) -> None:
    gone = {"spent": False, "earliest": earliest, "latest": latest, "known": known}
    assert shown(exhaustion=gone).empty == words


def test_no_data_is_never_a_zero() -> None:
    found = shown(
        state="no_data", band="no_data", remaining=None, sli=None, bad=0, total=0, coverage=0, band_since=None,
        burn={"1h": None, "6h": None, "3d": None}, exhaustion=None, left={"events": None, "minutes": None},
        action="Unknown is not healthy.", observed_until=None,
    )  # fmt: skip
    assert found.band == Told("no data", Tone.NO_DATA)
    assert found.data == Told("no data", Tone.NO_DATA)
    assert (found.actual, found.left, found.share, found.amount) == ("—", "—", None, "no data")
    assert (found.burn, found.empty, found.demand) == ("—", "—", "Unknown is not healthy")


def test_a_violated_invariant_says_what_was_found_among_how_many() -> None:
    found = shown(
        objective=None, kind="invariant", state="violated", bad=3, total=2_592_000, remaining=None, sli=None,
        exhaustion=None, left={"events": None, "minutes": None}, checked="canary records", lifts=None,
    )  # fmt: skip
    assert found.band == Told("violated", Tone.LOCKDOWN)
    assert (found.objective, found.actual) == ("zero", "3 found")
    assert found.amount == f"3 found in 2{NARROW}592{NARROW}000 canary records"
    assert found.demand.endswith("until an approver acknowledges it")


def test_an_invariant_of_which_nothing_was_looked_at_has_found_nothing_either() -> None:
    blind = {
        "objective": None,
        "state": "no_data",
        "band": "no_data",
        "remaining": None,
        "bad": 0,
        "checked": "records",
    }
    assert shown(**blind, total=0).amount == "no data"
    assert shown(**blind, total=400).amount == "0 found in 400 records"


def test_a_platform_that_is_down_says_so_whatever_its_band() -> None:
    found = shown(band="healthy", remaining=0.7, down_since="2026-11-20T11:52:00Z")
    assert found.data == Told("down since 12:52", Tone.LOCKDOWN)


def test_silence_of_the_last_minutes_is_said() -> None:
    assert shown(observed_until="2026-11-20T11:40:00Z").data == Told("silent since 12:40", Tone.NO_DATA)
    assert shown(observed_until="2026-11-20T11:58:00Z").data == Told("100.0 %")


def test_alerts_that_were_not_read_are_not_called_quiet() -> None:
    assert shown().alerts == Told("not read", Tone.NO_DATA)
    assert shown(firing=["page 1h/5m", "ticket 3d/6h"]).alerts == Told("page 1h/5m +1", Tone.INCIDENT)


def test_alerts_are_none_only_where_rules_could_fire() -> None:
    without = {"rules": False, "firing": [], "observed_at": "2026-11-20T12:00:00Z"}
    assert shown(alerts=without).alerts == Told("no rules", Tone.NO_DATA)
    assert shown(alerts=without, firing=["page 1h/5m"]).alerts == Told("page 1h/5m", Tone.INCIDENT)
    assert shown(alerts=without | {"rules": True}).alerts == Told("none")
    names = ["page: burn 1h/5m", "ticket: band halt", "ticket: no data"]
    firing = without | {"rules": True, "firing": names}
    assert shown(alerts=firing).alerts == Told("1 page +2", Tone.INCIDENT)
    assert shown(alerts=firing).demand.endswith(
        "; Prometheus fires page: burn 1h/5m, ticket: band halt, ticket: no data"
    )
    tickets = firing | {"firing": names[1:]}
    assert shown(alerts=tickets).alerts == Told("2 tickets", Tone.INCIDENT)


def test_change_since_the_last_review_is_in_points() -> None:
    then = snapshot(status(remaining=0.24))
    now = snapshot(numbers(), status("fresh"))
    old, new = compare(then, now)
    assert review_row(old.subject, now.subjects[old.subject], BERLIN, old).change == "−21.0 pp"
    assert review_row(new.subject, now.subjects[new.subject], BERLIN, new).change == "new"
    assert shown().change == "—"


def test_a_redefined_slo_is_not_compared() -> None:
    pins = snapshot(status()).definitions
    (change,) = compare(snapshot(status(), pins=()), snapshot(status(), pins=pins))
    assert review_row(change.subject, status() | {"exhaustion": None}, BERLIN, change).change == "redefined"


def test_two_reviews_differ_in_bands_and_in_what_came_and_went() -> None:
    then = snapshot(status(band="halt", remaining=0.15), status("retired"), status("same", band="healthy"))
    now = snapshot(status(remaining=0.03), status("same", band="healthy"), status("fresh"))
    assert change_lines(compare(then, now)) == [
        (Tone.LOCKDOWN, "produce success: halt → lockdown, −12.0 pp"),
        (Tone.LOCKDOWN, "fresh: new"),
        (Tone.NO_DATA, "retired: no longer there"),
    ]


def test_names_from_outside_are_text_and_no_markup() -> None:
    evil = "<img src=x onerror=alert(1)>"
    found = review_row(
        subject(status()), numbers(title=evil, group=evil, labels={"cluster": evil, "owner": evil}, action=evil), BERLIN
    )
    assert "<img" not in row(found, Told(evil))
    assert decimal_bar(row(found, Told("never"))) == Decimal("3.0")


def decimal_bar(markup: str) -> Decimal:
    """The width of the bar, in percent."""
    return Decimal(markup.split('style="width: ')[1].split("%")[0])
