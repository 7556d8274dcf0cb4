"""What a meeting may do: decide, take back, carry on; and what changed since the last one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.meetings.actions import ActionStatus, action_from, in_order
from scoring.meetings.comparing import Presence, compare
from scoring.meetings.decisions import (
    ConflictError,
    Decision,
    DecisionEntry,
    DecisionError,
    checked,
    require_unchanged,
    standing,
)
from scoring.meetings.reviewing import ReviewStatus, progress, review_debt
from scoring.meetings.sessions import CHOICES, SessionClosedError, SessionKind
from scoring.meetings.snapshots import DefinitionPin
from scoring.meetings.subjects import MEETING, Subject, slo_subject, subject_of
from scoring.meetings.texts import TextError, written
from tests.unit.scoring.meetings.meetings import NOON, action, entry, session, snapshot, status

PRODUCE = Subject("produce-success/prod")
REVIEW = SessionKind.SLO_REVIEW


def test_a_subject_is_the_slo_of_a_cluster_and_group() -> None:
    assert slo_subject("produce-success", "prod") == PRODUCE
    assert slo_subject("produce-success", "prod", "topic=a/b") == "produce-success/prod/topic=a%2Fb"


@given(st.lists(st.text("ab/%2F", min_size=1)), st.lists(st.text("ab/%2F", min_size=1)))
def test_two_things_never_share_a_subject(one: list[str], other: list[str]) -> None:
    assert (subject_of(*one) == subject_of(*other)) == (one == other)


def test_a_closed_meeting_stays_closed() -> None:
    opened = session(closed_at=None, closed_by=None)
    closed = opened.closed("fay", NOON)
    assert (opened.is_open, closed.is_open, closed.closed_by) == (True, False, "fay")
    with pytest.raises(SessionClosedError, match=r"was closed by fay on 2026-11-20 12:00 UTC.*open the next one"):
        closed.closed("tom", NOON)


@pytest.mark.parametrize("choice", CHOICES[REVIEW])
def test_every_choice_of_a_review_can_be_made(choice: str) -> None:
    assert checked(REVIEW, PRODUCE, Decision(choice, " why ")).note == "why"


def test_a_choice_of_another_kind_of_meeting_is_refused_with_what_there_is() -> None:
    with pytest.raises(DecisionError, match="choose one of keep, tighten, loosen, fix, parked"):
        checked(REVIEW, PRODUCE, Decision("yes"))
    with pytest.raises(DecisionError, match="needs a subject"):
        checked(REVIEW, MEETING, Decision("keep"))
    assert checked(SessionKind.ASSESSMENT, Subject("L3.2"), Decision("partial")).choice == "partial"


@pytest.mark.parametrize("text", ["\x00", "a\ud800", "x" * 4_001])
def test_a_text_that_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(TextError):
        written("note", text)
    with pytest.raises(TextError):
        checked(REVIEW, PRODUCE, Decision("keep", dissent=text))


def test_a_needed_text_is_asked_for() -> None:
    with pytest.raises(TextError, match="The reason is empty"):
        written("reason", " \n", needed=True)


def test_taking_back_uncovers_the_decision_before() -> None:
    keep, fix = Decision("keep"), Decision("fix")
    history = [entry(1, keep), entry(2, fix), entry(3, None)]
    assert standing(history) == history[0]
    assert standing([*history, entry(4, None)]) is None
    assert standing([*history, entry(4, fix)]) == entry(4, fix)
    assert standing([]) is None


@given(st.lists(st.sampled_from(["keep", "fix", ""])))
def test_the_standing_decision_is_what_an_editor_with_undo_would_show(steps: list[str]) -> None:
    """The model: text on paper, each undo rubs out the last word."""
    paper = ""
    history: list[DecisionEntry] = []
    for number, step in enumerate(steps, start=1):
        paper = paper + step[0] if step else paper[:-1]
        history.append(entry(number, Decision(step) if step else None))
    found = standing(history)
    assert (found.decision.choice[0] if found and found.decision else "") == paper[-1:]


def test_whoever_decides_after_somebody_else_sees_what_they_did() -> None:
    history = [entry(1, Decision("keep"))]
    require_unchanged([], 0)
    require_unchanged(history, 1)
    with pytest.raises(ConflictError, match="fay decided “keep” at 12:01:00 UTC") as caught:
        require_unchanged(history, 0)
    assert caught.value.current == history[0]
    with pytest.raises(ConflictError, match="taken back by somebody else") as caught:
        require_unchanged([*history, entry(2, None)], 1)
    assert caught.value.current is None


def test_a_decision_with_an_owner_becomes_an_action() -> None:
    made = action_from(PRODUCE, Decision("fix", "Count retries.", "tom", date(2026, 12, 1)))
    assert made is not None
    assert (made.text, made.owner, made.due, made.subject) == ("fix: Count retries.", "tom", date(2026, 12, 1), PRODUCE)
    assert action_from(PRODUCE, Decision("keep", "Fine.")) is None


def test_a_meeting_begins_with_what_is_overdue() -> None:
    today = date(2026, 11, 20)
    done = action(1, ActionStatus.DONE, date(2026, 11, 1))
    late = action(2, due=date(2026, 11, 19))
    later = action(3, due=date(2026, 11, 18))
    due_today = action(4, due=today)
    undated = action(5)
    assert in_order((done, undated, due_today, late, later), today) == (later, late, due_today, undated, done)
    assert [one.is_overdue(today) for one in (done, late, due_today, undated)] == [False, True, False, False]


def test_the_change_since_the_last_review_is_exact_and_says_when_it_compares_two_different_questions() -> None:
    before = snapshot(status(remaining=0.3), status("gone"), status("silent", remaining=None))
    after = snapshot(
        status(remaining=0.1, band="halt"),
        status("fresh"),
        status("silent"),
        pins=(DefinitionPin("SLO", "silent", "c"),),
    )
    changes = {change.subject: change for change in compare(before, after)}
    assert list(changes) == [PRODUCE, "fresh/prod", "silent/prod", "gone/prod"]
    produce = changes[PRODUCE]
    assert (produce.presence, produce.remaining, produce.band_changed) == (Presence.KEPT, Decimal("-0.2"), True)
    assert produce.redefined
    assert (changes[Subject("fresh/prod")].presence, changes[Subject("gone/prod")].presence) == (
        Presence.NEW, Presence.REMOVED,
    )  # fmt: skip
    silent = changes[Subject("silent/prod")]
    assert (silent.remaining, silent.band_changed, silent.redefined) == (None, False, True)
    assert not any(change.redefined for change in compare(before, before))


def test_progress_names_what_comes_next() -> None:
    subjects = [PRODUCE, Subject("a"), Subject("b")]
    found = progress(subjects, {PRODUCE: entry(1, Decision("keep")), Subject("a"): entry(1, Decision("parked"), "a")})
    assert list(found.statuses.values()) == [ReviewStatus.REVIEWED, ReviewStatus.PARKED, ReviewStatus.TO_REVIEW]
    assert (found.reviewed, found.next) == (1, "b")
    assert progress([], {}).next is None


def test_review_debt_is_what_went_more_than_a_week_and_a_day_without_review() -> None:
    week = timedelta(days=7)
    last = {Subject("a"): NOON - week, Subject("b"): NOON - timedelta(days=8, seconds=1), Subject("c"): NOON - 3 * week}
    debt = review_debt([Subject(name) for name in "abcd"], last, NOON)
    assert (debt.never, debt.overdue, debt.count) == (("d",), ("c", "b"), 3)
