"""Meetings in both databases: every step kept, nobody's decision lost, and a closed one frozen."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.store import Store, open_store
from data.store.maintenance import backup, check, restore
from data.store.meetings.rows import NoSessionError
from scoring.actors import Actor, ForbiddenError, Grant, Role, Scope, ScopeKind
from scoring.meetings.actions import ActionDraft, ActionId, ActionStatus
from scoring.meetings.decisions import ConflictError, Decision, DecisionError
from scoring.meetings.records import Record, verified
from scoring.meetings.reviewing import ReviewStatus
from scoring.meetings.sessions import Session, SessionClosedError, SessionId, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import MeetingError, TextError
from tests.unit.data.store.estates import NOON, Clock
from tests.unit.scoring.meetings.meetings import snapshot, status

FAY = Actor("fay", frozenset({Grant(Role.FACILITATOR)}))
GUS = Actor("gus", frozenset({Grant(Role.FACILITATOR)}))
EVA = Actor("eva", frozenset({Grant(Role.EDITOR)}))
VERA = Actor("vera", frozenset({Grant(Role.VIEWER)}))
ADMIN = Actor.local_admin()
PRODUCE, BROKERS = Subject("produce-success/prod"), Subject("broker-up/prod")
SALES = Scope(ScopeKind.DOMAIN, "sales")
REVIEW = SessionKind.SLO_REVIEW


def opened(store: Store, shown: Snapshot | None = None, actor: Actor = FAY) -> Session:
    """An SLO review of two SLOs."""
    return store.meetings.open(actor, REVIEW, "SLO review", shown or snapshot(), zone="Europe/Berlin")


def test_a_review_is_opened_on_numbers_that_stay_while_it_is_held(store: Store) -> None:
    session = opened(store)
    meeting = store.meetings.read.meeting(session.id)
    assert meeting.session == session
    assert (session.opened_by, session.opened_at, session.zone, session.is_open) == ("fay", NOON, "Europe/Berlin", True)
    assert session.period_start == NOON - timedelta(days=7)
    assert meeting.snapshot.id == snapshot().id
    assert list(meeting.snapshot.subjects) == [PRODUCE, BROKERS]
    assert set(meeting.progress.statuses.values()) == {ReviewStatus.TO_REVIEW}
    assert store.meetings.read.open_session(REVIEW) == session
    (entry,) = store.read.audit()
    assert (entry.actor, entry.action, entry.detail["snapshot"]) == ("fay", "session.open", snapshot().id)


def test_numbers_are_refreshed_on_demand_and_the_earlier_ones_stay_on_file(store: Store) -> None:
    session = opened(store)
    fresh = replace(snapshot(status(bad=9_999)), as_of=NOON + timedelta(minutes=5))
    store.meetings.refresh(FAY, session.id, fresh)
    assert store.meetings.read.meeting(session.id).snapshot.id == fresh.id
    with store.database.reading() as connection:
        kept = connection.execute(text("SELECT snapshot_id FROM session_snapshots ORDER BY number")).scalars().all()
    assert kept == [snapshot().id, fresh.id]


def test_of_one_scope_one_review_is_open_at_a_time_and_assessments_as_many_as_there_are(store: Store) -> None:
    opened(store)
    with pytest.raises(MeetingError, match="open already"):
        opened(store, actor=GUS)
    store.meetings.open(ADMIN, REVIEW, "Sales", snapshot(), scope=SALES)
    for title in ("morning", "afternoon"):
        store.meetings.open(FAY, SessionKind.ASSESSMENT, title, snapshot())
    assert [session.title for session in store.meetings.read.sessions(SessionKind.ASSESSMENT)] == [
        "afternoon", "morning",
    ]  # fmt: skip


def test_two_facilitators_who_open_at_once_open_one(store: Store) -> None:
    ready = threading.Barrier(4)

    def start(_: int) -> bool:
        ready.wait(10)
        try:
            opened(store)
        except MeetingError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(4))) == [False, False, False, True]


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd"])
def test_a_zone_that_nobody_knows_is_refused(store: Store, zone: str) -> None:
    with pytest.raises(MeetingError, match="write one such as Europe/Berlin"):
        store.meetings.open(FAY, REVIEW, "SLO review", snapshot(), zone=zone)
    with pytest.raises(TextError, match="The title is empty"):
        store.meetings.open(FAY, REVIEW, " ", snapshot())


def test_a_decision_stands_until_another_one_and_comes_back_when_that_is_taken_back(store: Store, clock: Clock) -> None:
    session = opened(store)
    first = store.meetings.decide(FAY, session.id, PRODUCE, Decision("keep", "Fine."), 0)
    clock.move(60)
    store.meetings.decide(GUS, session.id, PRODUCE, Decision("fix", "", "tom", date(2026, 12, 1)), 1)
    meeting = store.meetings.read.meeting(session.id)
    assert meeting.decisions[PRODUCE].by == "gus"
    assert meeting.version(PRODUCE) == 2
    assert meeting.progress.next == BROKERS
    assert store.meetings.take_back(FAY, session.id, PRODUCE, 2) == first
    assert store.meetings.take_back(FAY, session.id, PRODUCE, 3) is None
    after = store.meetings.read.meeting(session.id)
    assert [step.decision and step.decision.choice for step in after.histories[PRODUCE]] == ["keep", "fix", None, None]
    assert after.decisions == {}
    with pytest.raises(DecisionError, match="Nothing is decided here"):
        store.meetings.take_back(FAY, session.id, PRODUCE, 4)
    store.meetings.decide(FAY, session.id, PRODUCE, Decision("loosen", dissent="tom", evidence=("https://x/1",)), 4)
    again = store.meetings.read.meeting(session.id).decisions[PRODUCE]
    assert again.decision == Decision("loosen", dissent="tom", evidence=("https://x/1",))


def test_of_two_who_decide_the_same_the_second_sees_what_the_first_did(store: Store) -> None:
    session = opened(store)
    store.meetings.decide(FAY, session.id, PRODUCE, Decision("tighten", "It never hurt."), 0)
    with pytest.raises(ConflictError, match="fay decided “tighten”") as caught:
        store.meetings.decide(GUS, session.id, PRODUCE, Decision("loosen"), 0)
    assert caught.value.current == store.meetings.read.meeting(session.id).decisions[PRODUCE]
    with pytest.raises(ConflictError):
        store.meetings.take_back(GUS, session.id, PRODUCE, 0)
    assert len(store.meetings.read.meeting(session.id).histories[PRODUCE]) == 1


def test_of_many_who_decide_at_once_one_is_kept_and_all_others_know_it(store: Store) -> None:
    session = opened(store)
    ready = threading.Barrier(6)

    def decide(number: int) -> str:
        ready.wait(10)
        try:
            store.meetings.decide(FAY, session.id, PRODUCE, Decision("keep", f"{number}"), 0)
        except ConflictError:
            return "conflict"
        return "kept"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(decide, range(6))) == ["conflict"] * 5 + ["kept"]


def test_only_what_is_on_the_screen_can_be_decided(store: Store) -> None:
    session = opened(store)
    with pytest.raises(DecisionError, match="not in this meeting's numbers"):
        store.meetings.decide(FAY, session.id, Subject("another/prod"), Decision("keep"), 0)
    with pytest.raises(DecisionError, match="choose one of"):
        store.meetings.decide(FAY, session.id, PRODUCE, Decision("yes"), 0)
    with pytest.raises(NoSessionError):
        store.meetings.decide(FAY, SessionId(99), PRODUCE, Decision("keep"), 0)


def test_every_step_needs_the_facilitator_of_that_scope(store: Store) -> None:
    session = store.meetings.open(ADMIN, REVIEW, "Sales", snapshot(), scope=SALES)
    seller = Actor("sue", frozenset({Grant(Role.FACILITATOR, SALES)}))
    with pytest.raises(ForbiddenError):
        opened(store, actor=seller)
    for forbidden in (VERA, EVA):
        with pytest.raises(ForbiddenError):
            store.meetings.decide(forbidden, session.id, PRODUCE, Decision("keep"), 0)
        with pytest.raises(ForbiddenError):
            store.meetings.close(forbidden, session.id)
    assert {entry.outcome for entry in store.read.audit(4)} == {"refused"}
    store.meetings.decide(seller, session.id, PRODUCE, Decision("keep"), 0)


def test_the_mark_changes_with_every_step_and_with_nothing_else(store: Store) -> None:
    session = opened(store)
    action = store.meetings.add_action(FAY, session.id, ActionDraft("x"))
    steps = (
        lambda: store.meetings.decide(FAY, session.id, PRODUCE, Decision("keep"), 0),
        lambda: store.meetings.take_back(FAY, session.id, PRODUCE, 1),
        lambda: store.meetings.refresh(FAY, session.id, snapshot()),
        lambda: store.meetings.change_action(FAY, action, 1, status=ActionStatus.DONE, owner="", due=None),
        lambda: store.meetings.close(FAY, session.id),
    )
    marks = [store.meetings.read.mark(session.id)]
    for step in steps:
        step()
        marks.append(store.meetings.read.mark(session.id))
        assert store.meetings.read.mark(session.id) == marks[-1]
    assert len(set(marks)) == len(steps) + 1


def held(store: Store, shown: Snapshot | None = None) -> Record:
    """A review that was opened, decided in and closed."""
    session = opened(store, shown)
    store.meetings.decide(FAY, session.id, BROKERS, Decision("keep"), 0)
    store.meetings.decide(FAY, session.id, PRODUCE, Decision("fix", "Count retries.", "tom", date(2026, 11, 25)), 0)
    store.meetings.add_action(FAY, session.id, ActionDraft("Ask for a bigger room"))
    return store.meetings.close(FAY, session.id)


def test_closing_freezes_numbers_decisions_and_actions_under_one_hash(store: Store, clock: Clock) -> None:
    clock.move(3600)
    record = held(store)
    assert (record.session.closed_by, record.session.closed_at) == ("fay", clock.now)
    assert [entry.subject for entry in record.decisions] == [PRODUCE, BROKERS]
    assert [(action.text, action.owner, action.due) for action in record.actions] == [
        ("Ask for a bigger room", "", None), ("fix: Count retries.", "tom", date(2026, 11, 25)),
    ]  # fmt: skip
    stored = store.meetings.read.record(record.session.id)
    assert stored is not None
    assert stored.sha256 == record.sha256
    assert verified(record.body(), record.sha256).snapshot.as_json() == snapshot().as_json()
    (row,) = store.meetings.read.records(REVIEW)
    assert (row.sha256, row.previous, row.closed_at) == (record.sha256, None, clock.now)
    assert store.meetings.read.open_session(REVIEW) is None
    assert check(store) == []


def test_the_last_numbers_may_be_taken_at_the_moment_of_closing(store: Store) -> None:
    session = opened(store)
    last = snapshot(status(bad=7))
    assert store.meetings.close(FAY, session.id, last).snapshot.id == last.id


def test_nobody_closes_on_numbers_that_they_have_not_seen(store: Store) -> None:
    session = opened(store)
    fresh = snapshot(status(bad=7))
    store.meetings.refresh(GUS, session.id, fresh)
    with pytest.raises(ConflictError, match="look at them before closing"):
        store.meetings.close(FAY, session.id, seen=snapshot().id)
    assert store.meetings.close(FAY, session.id, seen=fresh.id).snapshot.id == fresh.id


def test_a_closed_meeting_refuses_every_step(store: Store) -> None:
    session = held(store).session
    for step in (
        lambda: store.meetings.decide(FAY, session.id, PRODUCE, Decision("keep"), 1),
        lambda: store.meetings.take_back(FAY, session.id, PRODUCE, 1),
        lambda: store.meetings.add_action(FAY, session.id, ActionDraft("More")),
        lambda: store.meetings.refresh(FAY, session.id, snapshot()),
        lambda: store.meetings.close(FAY, session.id),
    ):
        with pytest.raises(SessionClosedError, match="was closed by fay"):
            step()


TAMPERING = [
    "UPDATE records SET body = '{}'",
    "UPDATE records SET sha256 = sha256",
    "DELETE FROM records",
    "INSERT INTO records (session_id, form, sha256, body) SELECT session_id, form, previous, body FROM records",
    "UPDATE sessions SET title = 'Another' WHERE closed_at IS NOT NULL",
    "UPDATE sessions SET closed_at = NULL, closed_by = NULL",
    "DELETE FROM sessions",
    "UPDATE decisions SET choice = 'keep'",
    "DELETE FROM decisions",
    "INSERT INTO decisions (session_id, subject, version, choice, note, owner, dissent, evidence, approved_by, "
    "decided_at, decided_by) SELECT session_id, subject, version + 1, 'keep', '', '', '', '[]', '', decided_at, "
    "decided_by FROM decisions",
    "UPDATE session_snapshots SET body = '{}'",
    "DELETE FROM session_snapshots",
    "INSERT INTO session_snapshots (session_id, number, taken_at, taken_by, snapshot_id, body) "
    "SELECT session_id, number + 1, taken_at, taken_by, snapshot_id, body FROM session_snapshots",
    "DELETE FROM actions",
    "INSERT INTO actions (session_id, subject, text, owner, status, note, version, created_at, created_by, changed_at, "
    "changed_by) SELECT session_id, '', 'x', '', 'open', '', 1, created_at, created_by, changed_at, changed_by "
    "FROM actions",
]


@pytest.mark.parametrize("statement", TAMPERING)
def test_not_even_sql_changes_a_closed_meeting(store: Store, statement: str) -> None:
    record = held(store)
    with pytest.raises(IntegrityError), store.database.writing() as connection:
        connection.execute(text(statement))
    stored = store.meetings.read.record(record.session.id)
    assert stored is not None
    assert stored.sha256 == record.sha256
    assert check(store) == []


def test_sqlite_refuses_to_replace_a_record_and_postgresql_to_truncate_it(store: Store) -> None:
    held(store)
    statement = "TRUNCATE records CASCADE"
    if store.database.is_sqlite:
        statement = "INSERT OR REPLACE INTO records SELECT * FROM records"
    with pytest.raises(IntegrityError), store.database.writing() as connection:
        connection.execute(text(statement))
    assert check(store) == []


def test_an_action_goes_from_meeting_to_meeting_until_it_is_done(store: Store, clock: Clock) -> None:
    first = held(store)
    clock.move(7 * 86_400)
    session = opened(store)
    assert session.period_start == NOON
    meeting = store.meetings.read.meeting(session.id)
    assert [action.text for action in meeting.carried] == ["Ask for a bigger room", "fix: Count retries."]
    assert meeting.previous is not None
    assert meeting.previous.sha256 == first.sha256
    room, retries = meeting.carried
    done = store.meetings.change_action(
        EVA, room.id, room.version, status=ActionStatus.DONE, owner="eva", due=None, note="Room 7"
    )
    assert (done.status, done.owner, done.note, done.version, done.changed_by) == ("done", "eva", "Room 7", 2, "eva")
    with pytest.raises(ConflictError, match="eva changed this action meanwhile to “done”") as caught:
        store.meetings.change_action(FAY, room.id, 1, status=ActionStatus.DROPPED, owner="", due=None)
    assert caught.value.current == done
    second = store.meetings.close(FAY, session.id)
    assert second.previous == first.sha256
    assert [(action.text, action.status) for action in second.actions] == [
        ("Ask for a bigger room", "done"), ("fix: Count retries.", "open"),
    ]  # fmt: skip
    clock.move(60)
    third = opened(store)
    assert [action.id for action in store.meetings.read.meeting(third.id).carried] == [retries.id]
    assert [action.id for action in store.meetings.read.actions()] == [retries.id]
    assert len(store.meetings.read.actions(None)) == 2
    # what the record of the first meeting says of it stays as it was
    assert [action.status for action in first.actions] == ["open", "open"]


def test_actions_of_another_series_are_not_carried(store: Store, clock: Clock) -> None:
    held(store)
    other = store.meetings.open(ADMIN, REVIEW, "Sales", snapshot(), scope=SALES)
    assert store.meetings.read.meeting(other.id).carried == ()
    assert store.meetings.close(ADMIN, other.id).previous is None
    last = store.meetings.read.last_record(REVIEW, SALES)
    assert last is not None
    assert last.session.id == other.id


def test_meetings_of_a_series_that_are_closed_at_once_still_form_one_chain(store: Store) -> None:
    sessions = [store.meetings.open(FAY, SessionKind.ASSESSMENT, f"{number}", snapshot()) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        records = list(pool.map(lambda session: store.meetings.close(FAY, session.id), sessions))
    following = {record.previous: record.sha256 for record in records}
    chain, last = [], following.get(None)
    while last is not None:
        chain.append(last)
        last = following.get(last)
    assert sorted(chain) == sorted(record.sha256 for record in records)
    assert check(store) == []


def test_a_review_is_owed_for_what_was_never_decided_about_or_only_parked(store: Store, clock: Clock) -> None:
    session = opened(store)
    store.meetings.decide(FAY, session.id, PRODUCE, Decision("parked"), 0)
    store.meetings.decide(FAY, session.id, BROKERS, Decision("keep"), 0)
    assert store.meetings.read.last_reviewed() == {}
    store.meetings.close(FAY, session.id)
    assert store.meetings.read.last_reviewed() == {BROKERS: NOON}
    clock.move(86_400)
    session = opened(store)
    store.meetings.decide(FAY, session.id, BROKERS, Decision("fix"), 0)
    store.meetings.take_back(FAY, session.id, BROKERS, 1)
    store.meetings.close(FAY, session.id)
    assert store.meetings.read.last_reviewed() == {BROKERS: NOON}


def test_a_backup_keeps_meetings_and_what_is_restored_is_frozen_again(store: Store, tmp_path: Path) -> None:
    record = held(store)
    going_on = opened(store)
    saved = backup(store, tmp_path / "backup.sqlite").file
    restore(store, saved, ADMIN, force=True)
    assert check(store) == []
    with pytest.raises(IntegrityError), store.database.writing() as connection:
        connection.execute(text("UPDATE records SET body = '{}'"))
    store.meetings.decide(FAY, going_on.id, PRODUCE, Decision("keep"), 0)
    other = open_store(f"sqlite:///{tmp_path}/other.sqlite")
    restore(other, saved, ADMIN)
    found = other.meetings.read.record(record.session.id)
    assert found is not None
    assert found.sha256 == record.sha256
    with pytest.raises(IntegrityError), other.database.writing() as connection:
        connection.execute(text("DELETE FROM records"))
    other.close()


FORGERY = [
    ("UPDATE records SET body = replace(body, 'Fine', 'Bad')", None),
    ("UPDATE records SET body = replace(body, 'Count', 'Forget')", "cannot be trusted"),
    ("UPDATE records SET form = '', previous = 'b' || substr(sha256, 2)", "another place in its series"),
    ("UPDATE session_snapshots SET body = replace(body, '1204', '1')", "is not what its id"),
    ("UPDATE session_snapshots SET body = '[]'", "is not what its id"),
    ("DELETE FROM records", "and its record says otherwise"),
]


@pytest.mark.parametrize(("forgery", "finding"), FORGERY)
def test_the_check_finds_what_somebody_forged_without_the_triggers(
    store: Store, forgery: str, finding: str | None
) -> None:
    held(store)
    with store.database.writing() as connection:
        for table in ("records", "session_snapshots"):
            if store.database.is_sqlite:
                for name in ("never_change", "never_go"):
                    connection.execute(text(f"DROP TRIGGER {table}_{name}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(forgery))
    problems = check(store)
    assert any(finding in problem for problem in problems) if finding else problems == []


def test_what_a_database_cannot_keep_is_refused_before_it_gets_there(store: Store) -> None:
    session = opened(store)
    with pytest.raises(TextError, match="no text"):
        store.meetings.decide(FAY, session.id, PRODUCE, Decision("keep", "a\x00b"), 0)
    with pytest.raises(TextError, match="begins with https"):
        store.meetings.decide(FAY, session.id, PRODUCE, Decision("keep", evidence=("javascript:alert(1)",)), 0)
    with pytest.raises(MeetingError, match="cannot be kept"):
        store.meetings.refresh(FAY, session.id, snapshot(status(bad=float("nan"))))
    with pytest.raises(MeetingError, match="cannot be kept"):
        store.meetings.open(FAY, SessionKind.ASSESSMENT, "x", snapshot(), settings={"people": {1, 2}})
    assert store.meetings.read.meeting(session.id).histories == {}


def test_a_note_that_fills_the_page_still_becomes_an_action(store: Store) -> None:
    session = opened(store)
    store.meetings.decide(FAY, session.id, PRODUCE, Decision("fix", "x" * 4_000, "tom"), 0)
    (action,) = store.meetings.close(FAY, session.id).actions
    assert (len(action.text), action.text[-1]) == (4_000, "…")


def test_an_action_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(MeetingError, match="There is no action 99"):
        store.meetings.change_action(FAY, ActionId(99), 1, status=ActionStatus.DONE, owner="", due=None)
    session = opened(store)
    key = store.meetings.add_action(FAY, session.id, ActionDraft("x"))
    with pytest.raises(ForbiddenError):
        store.meetings.change_action(VERA, key, 1, status=ActionStatus.DONE, owner="", due=None)
