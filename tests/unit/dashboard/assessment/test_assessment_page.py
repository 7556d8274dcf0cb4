"""An assessment from opening to its record, clicked through without a browser."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.assessment import question as live
from dashboard.components.assessment.people import labels
from dashboard.exports.records import Format, export
from data.store.failures import StoreUnreachableError
from scoring.actors import Actor, Grant, Role
from scoring.meetings.decisions import Decision
from scoring.meetings.records import verified_file
from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import Subject
from scoring.voting.ballots import Ballot
from scoring.voting.voters import Respondent, RespondentId
from tests.unit.dashboard.assessment.conftest import Room, text_of
from tests.unit.dashboard.conftest import NOW

GUS = Actor("gus", frozenset({Grant(Role.FACILITATOR)}))
L32 = Subject("L3.2")
SKILLS = Subject("Skills")


def opened(room: Room) -> AppTest:
    """An assessment with everything as the form suggests it."""
    app = room.browser()
    app.button(key="assess_open").click().run()
    assert not app.exception
    return app


def asked(room: Room, subject: Subject) -> AppTest:
    """A screen that shows one question."""
    return room.browser(session=str(room.session), question=subject)


def clicked(app: AppTest, key: str) -> AppTest:
    """The page after a button."""
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_the_empty_page_says_what_an_assessment_is_and_which_rubric_it_asks_by(room: Room) -> None:
    said = text_of(room.browser())
    assert "nobody sees a vote before all are revealed" in said
    assert "31 questions" in said
    assert "streaming-maturity" in said
    assert "None was closed yet" in said


def test_opening_shows_the_pin_and_why_there_is_no_code(room: Room) -> None:
    app = opened(room)
    lobby = room.state.lobby
    assert lobby is not None
    said = text_of(app)
    assert lobby.pin[:3] in said
    assert "set public_url" in said
    assert "0 of 31 decided" in said
    room.join(2)
    app.run()
    assert "<dt>Platform team</dt><dd>2</dd>" in text_of(app)


def test_the_door_is_closed_and_opened_again_with_another_pin_and_who_is_inside_goes_on(room: Room) -> None:
    app = opened(room)
    first = room.state.lobby
    phones = room.join(2)
    clicked(app, "assess_lobby_close")
    assert "Nobody joins any more; who has joined goes on." in text_of(app)
    asking = clicked(asked(room, L32), "assess_vote")
    room.vote(phones, ["yes"])
    clicked(asking, "assess_reveal")
    clicked(app, "assess_lobby")
    again = room.state.lobby
    assert first is not None
    assert again is not None
    assert again.is_open
    assert again.key != first.key
    assert room.state.joined["Platform team"] == 2


def test_before_the_reveal_the_page_holds_no_vote_and_no_evidence(room: Room) -> None:
    opened(room)
    phones = room.join(4)
    app = clicked(asked(room, L32), "assess_vote")
    room.vote(phones, ["yes", "no", "partial"])
    app.run()
    said = text_of(app)
    assert 'class="assess-spread"' not in said
    assert 'class="assess-evidence"' not in said
    assert "proposed" not in said
    clicked(app, "assess_reveal")
    said = text_of(app)
    assert 'class="assess-evidence"' in said
    assert "spread 2: from no to yes" in said
    assert "1 Yes" in said


def test_two_votes_are_never_spread_out(room: Room) -> None:
    opened(room)
    app = clicked(asked(room, L32), "assess_vote")
    room.vote(room.join(2), ["yes", "yes"])
    said = text_of(clicked(app, "assess_reveal"))
    assert "2 votes: a spread is shown from 3 votes on." in said
    assert "2 Yes" not in said
    assert "you say" not in said


def test_a_second_vote_stands_beside_the_first_and_there_is_no_third(room: Room) -> None:
    opened(room)
    phones = room.join(3)
    app = clicked(asked(room, L32), "assess_vote")
    room.vote(phones, ["yes", "no", "no"])
    clicked(app, "assess_reveal")
    clicked(app, "assess_vote")
    room.vote(phones, ["no", "no", "no"])
    clicked(app, "assess_reveal")
    said = text_of(app)
    assert said.index("Re-vote") < said.index("First vote")
    assert all(one.key != "assess_vote" for one in app.button)
    assert "All agree: No" in said


def test_what_all_agree_on_is_recorded_and_the_next_question_comes(room: Room) -> None:
    opened(room)
    phones = room.join(3)
    app = clicked(asked(room, L32), "assess_vote")
    room.vote(phones, ["partial"] * 3)
    clicked(app, "assess_reveal")
    clicked(app, "assess_accept")
    entry = room.state.meeting.decisions[L32]
    assert entry.decision == Decision("partial")
    assert app.query_params["question"] == "L3.3"


def test_a_decision_carries_everything_that_the_bar_asks_for(room: Room) -> None:
    opened(room)
    app = asked(room, L32)

    def key(field: str) -> str:
        return f"assess_{field}:{room.session}:L3.2"

    app.text_area(key=key("note")).set_value("All topics since March.")
    app.text_area(key=key("dissent")).set_value("Tom: not the old ones.")
    app.text_input(key=key("evidence")).set_value("https://wiki.example/contracts")
    app.text_input(key=key("owner")).set_value("ann")
    app.date_input(key=key("due")).set_value(date(2026, 12, 1)).run()
    clicked(app, "assess_choose_yes")
    assert room.state.meeting.decisions[L32].decision == Decision(
        "yes",
        "All topics since March.",
        "ann",
        date(2026, 12, 1),
        "Tom: not the old ones.",
        ("https://wiki.example/contracts",),
    )
    clicked(app, "assess_undo")
    assert L32 not in room.state.meeting.decisions
    assert app.text_area(key=key("note")).value == "All topics since March."


def test_does_not_apply_asks_for_a_reason_and_an_approver(room: Room) -> None:
    opened(room)
    app = clicked(asked(room, L32), "assess_choose_n/a")
    assert "needs a reason and who approved it" in text_of(app)
    assert L32 not in room.state.meeting.decisions


def test_nothing_but_parking_is_decided_while_a_vote_is_open(room: Room) -> None:
    opened(room)
    phones = room.join(3)
    app = clicked(asked(room, L32), "assess_vote")
    room.vote(phones, ["yes", "yes"])
    clicked(app, "assess_choose_yes")
    assert "is open; reveal it first, or park it" in text_of(app)
    clicked(app, "assess_choose_parked")
    assert room.state.open_round is None
    assert room.state.voted.get(L32) is None
    assert "parked" in text_of(room.browser(session=str(room.session)))


def test_a_rating_is_one_to_five(room: Room) -> None:
    opened(room)
    app = asked(room, SKILLS)
    assert [one.label for one in app.button if str(one.key).startswith("assess_choose_")] == [
        "1", "2", "3", "4", "5", "Unknown", "Park",
    ]  # fmt: skip
    clicked(app, "assess_choose_4")
    assert "1 of 31 decided" in text_of(app)


def test_another_facilitator_takes_over(room: Room) -> None:
    opened(room)
    room.store.voting.lobbies.take_over(GUS, room.session)
    app = asked(room, L32)
    assert "gus is presenting" in text_of(app)
    assert all(one.key != "assess_vote" for one in app.button)
    clicked(app, "assess_take_over")
    clicked(app, "assess_vote")
    assert room.state.open_round is not None


def left(app: AppTest, who: str) -> AppTest:
    """The page asks whether this person is to be taken out."""
    app.session_state["assess_people"] = True
    app.run()
    found = app.selectbox(key="assess_left")
    found.set_value(next(one for one in found.options if one.startswith(who))).run()
    return clicked(app, "assess_take_out")


def test_who_has_left_is_taken_out_after_one_more_question_and_is_waited_for_no_more(room: Room) -> None:
    opened(room)
    phones = room.join(3, ["Consumers", "Platform team", "Consumers"])
    clicked(asked(room, L32), "assess_vote")
    room.vote(phones, ["yes", "yes"])
    app = left(room.browser(session=str(room.session)), "Platform team")
    assert "Take out “Platform team, joined" in text_of(app)
    clicked(app, "assess_take_out_not")
    assert sum(room.state.joined.values()) == 3
    app = left(app, "Platform team")
    clicked(app, "assess_take_out_now")
    assert "Taken out: Platform team, joined" in text_of(app)
    assert room.state.joined == {"Platform team": 0, "Consumers": 2, "Business sponsors": 0}
    # The one of the platform team had voted: of two consumers one has.
    assert str(room.state.turnouts[L32]) == "1 of 2 in"
    assert len(app.selectbox(key="assess_left").options) == 2


def test_people_are_listed_by_name_only_in_a_named_session() -> None:
    def one(number: int, name: str, group: str, second: int, **more: bool) -> Respondent:
        at = NOW + timedelta(seconds=second)
        gone = at if more.get("gone") else None
        return Respondent(
            RespondentId(number), SessionId(1), f"voter:1-{number}", group, "Billing", name,
            more.get("observer", False), at, gone,
        )  # fmt: skip

    people = [
        one(1, "Zoe", "Consumers", 5), one(2, "ann", "Consumers", 5), one(3, "Ann", "Ops", 1, observer=True),
        one(4, "Gil", "Ops", 2, gone=True),
    ]  # fmt: skip
    assert list(labels(people, named=True).values()) == ["Ann, Ops, looks on", "ann, Consumers", "Zoe, Consumers"]
    unnamed = labels(people, named=False)
    at = f"{NOW + timedelta(seconds=5):%H:%M:%S} UTC"
    assert list(unnamed.values())[:2] == [f"Consumers, joined {at}", f"Consumers, joined {at} (2)"]
    said = " ".join(unnamed.values())
    assert not any(word in said for word in ("Zoe", "nn,", "Billing", "voter:"))


def test_an_open_vote_about_another_question_is_gone_to(room: Room) -> None:
    opened(room)
    clicked(asked(room, L32), "assess_vote")
    app = asked(room, SKILLS)
    clicked(app, "assess_go_open")
    assert app.query_params["question"] == "L3.2"


def test_people_who_give_their_names_are_named_after_the_reveal_only(room: Room) -> None:
    app = room.browser()
    app.toggle(key="assess_new_named").set_value(True)
    clicked(app, "assess_open")
    phones = [*room.join(1, name="Ann"), *room.join(1, name="Bob"), *room.join(1, name="Cid")]
    app = clicked(asked(room, L32), "assess_vote")
    room.vote(phones, ["yes", "no", "no"])
    app.run()
    assert "Ann" not in text_of(app)
    said = text_of(clicked(app, "assess_reveal"))
    assert "Bob, Cid; then Ann" in said


def test_closing_shows_the_result_freezes_it_and_opens_it_read_only(room: Room) -> None:
    opened(room)
    room.join(3)
    clicked(asked(room, L32), "assess_choose_yes")
    app = clicked(room.browser(session=str(room.session)), "assess_close")
    assert "1 of 31 decided" in text_of(app)
    assert "Level 0 to 5" in text_of(app)
    session = room.session
    clicked(app, "assess_close_now")
    said = text_of(app)
    assert "Read-only" in said
    record = room.store.meetings.read.record(session)
    assert record is not None
    assert record.snapshot.subjects[L32]["answer"] == "yes"
    assert record.snapshot.result["respondents"]["voters"] == 3
    assert [str(one.key) for one in app.button if str(one.key).startswith("assess_choose")] == []
    again = room.browser(session=str(session))
    assert record.sha256 in text_of(again)


def test_a_closed_assessment_is_compared_with_the_one_before(room: Room) -> None:
    for choice in ("yes", "no"):
        opened(room)
        clicked(asked(room, L32), f"assess_choose_{choice}")
        app = clicked(room.browser(session=str(room.session)), "assess_close")
        clicked(app, "assess_close_now")
    assert "yes → no" in text_of(app)


def test_a_survey_is_counted_while_it_runs_and_proposes_when_it_ends(room: Room) -> None:
    app = room.browser()
    app.radio(key="assess_new_mode").set_value("As a survey, until a deadline").run()
    clicked(app, "assess_open")
    assert room.state.is_survey
    assert "Nobody has joined yet" in text_of(app)
    phones = room.join(3)
    rounds = room.store.voting.read.asked(room.session).rounds
    assert len(rounds) == 31
    for token in phones:
        for found in rounds[:2]:
            room.store.voting.casting.cast(token, Ballot(found.id, "yes")).result(30)
    app.run()
    assert "6 answers of 93 in; 3 people asked" in text_of(app)
    assert "proposed" not in text_of(app)
    clicked(app, "assess_end_survey")
    assert "all agree, proposed: yes" in text_of(app)
    clicked(app, "assess_close")
    assert "Proposed: level" in text_of(app)


def test_an_assessment_that_is_not_there_is_said_to_be(room: Room) -> None:
    assert "There is no assessment with this number" in text_of(room.browser(session="77"))


def test_the_exported_json_is_verified(room: Room) -> None:
    opened(room)
    app = clicked(room.browser(session=str(room.session)), "assess_close")
    session = room.session
    clicked(app, "assess_close_now")
    record = room.store.meetings.read.record(session)
    assert record is not None
    assert verified_file(export(record, Format.JSON)).sha256 == record.sha256


def test_when_all_are_in_the_votes_are_revealed_by_themselves_if_asked_for(room: Room) -> None:
    app = room.browser()
    app.toggle(key="assess_new_auto").set_value(True)
    clicked(app, "assess_open")
    phones = room.join(3)
    app = clicked(asked(room, L32), "assess_vote")
    room.vote(phones, ["yes", "yes", "no"])
    app.run()
    assert "Discuss: spread 2: from no to yes" in text_of(app)
    assert all(one.key != "assess_reveal" for one in app.button)


def test_a_decision_of_somebody_else_is_not_overwritten_unseen(room: Room) -> None:
    opened(room)
    app = asked(room, L32)
    room.store.meetings.decide(GUS, room.session, L32, Decision("no"), 0)
    clicked(app, "assess_choose_yes")
    assert "gus decided “no”" in text_of(app)
    entry = room.state.meeting.decisions[L32]
    assert entry.decision == Decision("no")


def test_what_an_earlier_assessment_left_to_do_comes_first_and_is_settled(room: Room) -> None:
    opened(room)
    app = asked(room, L32)
    app.text_input(key=f"assess_owner:{room.session}:L3.2").set_value("ann").run()
    clicked(app, "assess_choose_no")
    app = clicked(room.browser(session=str(room.session)), "assess_close")
    clicked(app, "assess_close_now")
    opened(room)
    app = room.browser(session=str(room.session))
    assert "**A schema registry enforces contracts:** no" in text_of(app)
    (carried,) = room.state.meeting.carried
    clicked(app, f"review_action_{carried.id}_done")
    assert "Action done: no" in text_of(app)


def test_nobody_closes_while_a_vote_is_open(room: Room) -> None:
    opened(room)
    clicked(asked(room, L32), "assess_vote")
    app = clicked(room.browser(session=str(room.session)), "assess_close")
    clicked(app, "assess_close_now")
    assert "The vote about L3.2 is open" in text_of(app)
    assert room.state.meeting.session.is_open


def test_a_domain_is_assessed_apart_and_needs_a_name(room: Room) -> None:
    app = room.browser()
    app.selectbox(key="assess_new_scope").set_value("One domain").run()
    clicked(app, "assess_open")
    assert "Write which domain or product this is about" in text_of(app)
    app.text_input(key="assess_new_scope_name").set_value("payments").run()
    clicked(app, "assess_open")
    assert room.state.meeting.session.scope.name == "payments"


def test_when_the_votes_cannot_be_read_for_a_moment_the_decision_bar_stands(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(room)
    app = asked(room, L32)

    def gone(*_: object) -> None:
        raise StoreUnreachableError("The database does not answer; trying again.")

    monkeypatch.setattr(live, "_draw_vote", gone)
    app.run()
    assert "The database does not answer" in text_of(app)
    assert any(one.key == "assess_choose_yes" for one in app.button)
