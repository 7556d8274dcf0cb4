"""An SLO review from opening to its record, clicked through without a browser."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.instance import Instance, install
from dashboard.reader import Reader
from data.settings import load_settings
from data.store import open_store
from data.store.meetings.reading import Meeting
from scoring.actors import Actor, Grant, Role
from scoring.meetings.actions import ActionStatus
from scoring.meetings.decisions import Decision
from scoring.meetings.sessions import SessionId, SessionKind
from scoring.meetings.subjects import Subject, slo_subject
from tests.unit.dashboard.conftest import NOW
from tests.unit.dashboard.review.conftest import Room, text_of

KIND = SessionKind.SLO_REVIEW
PRODUCE = slo_subject("produce-success", "prod-eu")
LATENCY = slo_subject("consume-latency", "prod-eu")
EVA = Actor("eva", frozenset({Grant(Role.FACILITATOR)}))


def meeting(room: Room) -> Meeting:
    session = room.store.meetings.read.open_session(KIND)
    assert session is not None
    return room.store.meetings.read.meeting(session.id)


def started(room: Room) -> AppTest:
    app = room.browser()
    app.button(key="review_start").click().run()
    assert not app.exception
    return app


def decided(app: AppTest, subject: Subject, choice: str) -> AppTest:
    app.button(key=f"review_open_{subject}").click().run()
    app.button(key=f"review_choose_{choice}").click().run()
    assert not app.exception
    return app


def closed(room: Room, app: AppTest) -> AppTest:
    if any(one.key == "review_table" for one in app.button):
        app.button(key="review_table").click().run()
    app.button(key="review_close").click().run()
    app.button(key="review_close_now").click().run()
    assert not app.exception
    return app


def test_before_any_review_the_page_says_what_was_never_reviewed(room: Room) -> None:
    said = text_of(room.browser())
    assert "6 never reviewed" in said
    assert "No review was closed yet" in said
    assert "Produce success" in said


def test_starting_keeps_the_numbers_of_that_moment(room: Room) -> None:
    app = started(room)
    snapshot = meeting(room).snapshot
    assert snapshot.as_of == NOW.replace(second=0) - timedelta(minutes=1)
    assert next(iter(snapshot.subjects)) != PRODUCE, "no data comes before healthy"
    room.later(timedelta(hours=1))
    app.run()
    assert snapshot.id in text_of(app)
    assert "0 of 6" in text_of(app)


def test_a_decision_carries_note_owner_and_due_date(room: Room) -> None:
    app = started(room)
    app.button(key=f"review_open_{PRODUCE}").click().run()
    app.text_area[0].set_value("It never hurt.").run()
    app.text_input(key=f"review_owner:1:{PRODUCE}").set_value("tom").run()
    app.date_input[0].set_value(date(2026, 12, 1)).run()
    app.button(key="review_choose_tighten").click().run()
    entry = meeting(room).decisions[PRODUCE]
    assert entry.decision == Decision("tighten", "It never hurt.", "tom", date(2026, 12, 1))
    assert entry.by == "local"
    assert "1 of 6 reviewed" in text_of(app)


def test_an_undone_decision_uncovers_the_one_before(room: Room) -> None:
    app = decided(started(room), PRODUCE, "keep")
    app.button(key="review_choose_fix").click().run()
    app.button(key="review_undo").click().run()
    entry = meeting(room).decisions[PRODUCE]
    assert entry.decision is not None
    assert entry.decision.choice == "keep"
    app.button(key="review_undo").click().run()
    assert PRODUCE not in meeting(room).decisions
    assert app.button(key="review_undo").disabled


def test_what_is_typed_is_still_there_after_walking_on_and_back(room: Room) -> None:
    app = started(room)
    app.button(key=f"review_open_{PRODUCE}").click().run()
    app.text_area[0].set_value("Half a thought").run()
    app.button(key="review_next").click().run()
    assert app.text_area[0].value == ""
    app.button(key="review_previous").click().run()
    assert app.text_area[0].value == "Half a thought"
    app.button(key="review_table").click().run()
    app.button(key=f"review_open_{PRODUCE}").click().run()
    assert app.text_area[0].value == "Half a thought"


def test_who_decides_over_somebody_unseen_is_told_and_overwrites_nothing(room: Room) -> None:
    app = started(room)
    app.button(key=f"review_open_{PRODUCE}").click().run()
    app.text_area[0].set_value("Mine").run()
    room.store.meetings.decide(EVA, SessionId(1), PRODUCE, Decision("loosen", "Hers"), 0)
    app.button(key="review_choose_keep").click().run()
    assert "eva decided “loosen”" in text_of(app)
    assert meeting(room).version(PRODUCE) == 1
    assert app.text_area[0].value == "Mine"
    app.button(key="review_choose_keep").click().run()
    entry = meeting(room).decisions[PRODUCE]
    assert (entry.version, entry.by) == (2, "local")


def test_closing_asks_first_and_then_freezes(room: Room) -> None:
    app = decided(started(room), PRODUCE, "keep")
    app.button(key="review_table").click().run()
    app.button(key="review_close").click().run()
    assert "Close this review?" in text_of(app)
    assert "1 of 6 reviewed" in text_of(app)
    app.button(key="review_close_not").click().run()
    assert "Close this review?" not in text_of(app)
    snapshot = meeting(room).snapshot.id
    closed(room, app)
    record = room.store.meetings.read.record(SessionId(1))
    assert record is not None
    assert record.snapshot.id == snapshot
    assert "Read-only" in text_of(app)
    assert record.sha256 in text_of(app)
    assert [getattr(one, "label", None) for one in app.get("download_button")] == [
        "PDF", "PPTX", "XLSX", "Markdown", "CSV", "JSON",
    ]  # fmt: skip
    assert not [one.key for one in app.button if str(one.key).startswith(("review_open", "review_choose"))]


def test_numbers_that_nobody_on_this_screen_has_seen_are_not_frozen(room: Room) -> None:
    app = started(room)
    app.button(key="review_close").click().run()
    fresh = meeting(room).snapshot
    room.later(timedelta(minutes=5))
    room.store.meetings.refresh(EVA, SessionId(1), type(fresh)(room.now, fresh.subjects))
    app.button(key="review_close_now").click().run()
    assert "refreshed the numbers meanwhile" in text_of(app)
    assert meeting(room).session.is_open


def test_actions_of_the_last_review_come_first_and_can_be_done(room: Room) -> None:
    app = started(room)
    app.button(key=f"review_open_{PRODUCE}").click().run()
    app.text_input(key=f"review_owner:1:{PRODUCE}").set_value("tom").run()
    app.date_input[0].set_value(date(2026, 11, 22)).run()
    closed(room, app.button(key="review_choose_fix").click().run())
    room.later(timedelta(days=7))
    app.button(key="review_leave").click().run()
    app.button(key="review_start").click().run()
    assert app.expander[0].label == "1 open action of earlier reviews, 1 overdue"
    app.button(key="review_action_1_done").click().run()
    (action,) = meeting(room).carried
    assert action.status is ActionStatus.DONE
    assert app.expander[0].label == "No open actions"


def test_the_next_review_shows_the_change_and_what_was_decided(room: Room) -> None:
    app = started(room)
    app.button(key=f"review_open_{PRODUCE}").click().run()
    app.text_area[0].set_value("Wait a week.").run()
    closed(room, app.button(key="review_choose_keep").click().run())
    app.button(key="review_leave").click().run()
    room.later(timedelta(minutes=30))
    app.button(key="review_start").click().run()
    app.button(key=f"review_open_{PRODUCE}").click().run()
    said = text_of(app)
    assert "Wait a week" in said
    assert " pp" in said
    closed(room, app)
    assert "Since the review before" in text_of(app)


def test_a_past_review_opens_from_the_list_and_by_its_address(room: Room) -> None:
    app = closed(room, decided(started(room), PRODUCE, "keep"))
    app.button(key="review_leave").click().run()
    app.button(key="review_past_1").click().run()
    assert "Read" in text_of(app)
    other = room.browser(review="1")
    assert "SLO review of 20 November 2026" in text_of(other)
    assert "no closed review with this number" in text_of(room.browser(review="7"))


def test_the_address_opens_one_slo_of_the_open_review(room: Room) -> None:
    started(room)
    said = text_of(room.browser(subject=LATENCY))
    assert "Consume latency" in said
    assert "not decided yet" in said
    assert "0 of 6" in text_of(room.browser(subject="nothing-like-it"))


def test_a_past_moment_starts_no_review(room: Room) -> None:
    app = room.browser(asof="2026-11-19T12:00")
    assert app.button(key="review_start").disabled
    assert "on the numbers of now" in text_of(app)


def test_sample_numbers_are_called_a_trial(room: Room) -> None:
    assert "recorded numbers" in text_of(room.browser())
    assert "trial on recorded numbers" in text_of(started(room))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.VOTER])
def test_who_may_not_hold_a_review_gets_no_button(room: Room, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Actor, "local_admin", classmethod(lambda cls: cls("ann", frozenset({Grant(role)}))))
    app = room.browser()
    assert app.button(key="review_start").disabled
    assert "needs the role facilitator" in text_of(app)


def test_an_address_of_a_review_that_was_closed_since_says_so(room: Room) -> None:
    closed(room, decided(started(room), PRODUCE, "keep"))
    assert "belongs to is closed" in text_of(room.browser(subject=PRODUCE))


def test_what_was_typed_after_deciding_is_pointed_out(room: Room) -> None:
    app = decided(started(room), PRODUCE, "keep")
    assert "say more than what is decided" not in text_of(app)
    app.text_area[0].set_value("One more thing").run()
    assert "say more than what is decided" in text_of(app)
    app.button(key="review_choose_keep").click().run()
    assert "say more than what is decided" not in text_of(app)
    entry = meeting(room).decisions[PRODUCE]
    assert entry.decision == Decision("keep", "One more thing")


def test_a_second_review_cannot_be_opened_beside_the_first(room: Room) -> None:
    early, late = room.browser(), room.browser()
    early.button(key="review_start").click().run()
    late.button(key="review_start").click().run()
    assert "A review of this is open already" in text_of(late)
    assert late.button(key="review_mode")


def test_a_past_moment_knows_the_reviews_before_it_and_none_after(room: Room) -> None:
    closed(room, decided(started(room), PRODUCE, "keep"))
    room.later(timedelta(days=3))
    after = room.browser(asof="2026-11-21T12:00")
    assert "5 never reviewed" in text_of(after)
    assert after.button(key="review_past_1")
    before = room.browser(asof="2026-11-20T11:00")
    assert "6 never reviewed" in text_of(before)
    assert "No review was closed yet" in text_of(before)


def test_without_any_cluster_the_page_says_what_comes_next(room: Room, tmp_path: Path) -> None:
    empty = open_store(f"sqlite:///{tmp_path / 'empty.sqlite'}", clock=lambda: NOW)
    opening: Future[Reader] = Future()
    opening.set_result(Reader(empty.read, lambda: empty.writable, store=empty))
    install(Instance(load_settings(None, {}), None, opening, lambda: NOW))
    app = room.browser()
    assert not app.exception
    assert "No cluster has been observed yet" in text_of(app)
    empty.close()


def test_numbers_that_judging_anew_does_not_give_are_pointed_out(room: Room) -> None:
    app = started(room)
    app.button(key=f"review_open_{PRODUCE}").click().run()
    assert "new count" not in text_of(app)
    snapshot = meeting(room).snapshot
    other = {subject: {**numbers, "bad": 1} for subject, numbers in snapshot.subjects.items()}
    room.store.meetings.refresh(EVA, SessionId(1), replace(snapshot, subjects=other))
    app.run()
    assert "new count" in text_of(app)
