"""The steps that people take in an assessment, each one write; what came of it is told where the page is drawn next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import streamlit as st

from dashboard.assessing import AssessmentState, assessment_state, last_snapshot
from dashboard.components.acting import act
from dashboard.components.assessment import seen
from dashboard.context import PageContext
from scoring.maturity.rubric import Answer
from scoring.meetings.actions import Action, ActionStatus
from scoring.meetings.decisions import Decision
from scoring.meetings.sessions import PARKED, Session
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import MeetingError
from scoring.voting.lobbies import GROUPS, LobbySettings
from scoring.voting.voters import RespondentId

CLOSING = "assess_closing"
"""Session state: True while the page asks whether the assessment is to be closed."""

TIMER = "timer_seconds"
"""In the settings of a session: how long a vote is meant to take; None for no timer."""

FIELDS = ("note", "dissent", "evidence", "owner", "due", "approver")


def lobby_settings(session: Session) -> LobbySettings:
    """How a session was meant to be voted in, when it was opened."""
    said = session.settings
    return LobbySettings(
        groups=tuple(said.get("groups") or GROUPS),
        units=tuple(said.get("units") or ()),
        named=bool(said.get("named")),
        auto_reveal=bool(said.get("auto_reveal")),
    )


def open_lobby(context: PageContext, session: Session) -> None:
    """Let people join."""
    act("", lambda: context.store.voting.lobbies.open(context.actor, session.id, lobby_settings(session)))


def close_lobby(context: PageContext, session: Session) -> None:
    """Let nobody else join; who has joined goes on."""
    act("", lambda: context.store.voting.lobbies.close(context.actor, session.id))


def new_pin(context: PageContext, session: Session) -> None:
    """Draw another PIN; the one before lets nobody in any more."""
    act(
        "A new PIN is drawn; who has joined stays.",
        lambda: context.store.voting.lobbies.new_pin(context.actor, session.id),
    )


def take_over(context: PageContext, session: Session) -> None:
    """Present from now on."""
    act("You are presenting now.", lambda: context.store.voting.lobbies.take_over(context.actor, session.id))


def take_out(context: PageContext, state: AssessmentState, who: RespondentId, name: str) -> None:
    """Take out somebody who has left; nobody waits for them any more. name: as the session may tell it."""
    act(
        f"Taken out: {name}. They can join again with the PIN.",
        lambda: context.store.voting.lobbies.take_out(context.actor, state.meeting.session.id, who),
    )


def start_vote(context: PageContext, state: AssessmentState, subject: Subject) -> None:
    """Open the vote about a question, or the re-vote, and let the timer run."""
    session, voting = state.meeting.session, context.store.voting
    started = act("", lambda: voting.rounds.start(context.actor, session.id, state.questions[subject]))
    seconds = session.settings.get(TIMER)
    if started and seconds:
        act("", lambda: voting.lobbies.set_timer(context.actor, session.id, timedelta(seconds=int(seconds))))


def reveal(context: PageContext, state: AssessmentState) -> None:
    """Show what was voted, to everybody at once."""
    found = state.open_round
    if found is not None:
        act("", lambda: context.store.voting.rounds.reveal(context.actor, state.meeting.session.id, found.id))


def put_aside(context: PageContext, state: AssessmentState) -> None:
    """End the open vote unseen."""
    act(
        "The vote was put aside unseen; it can be started again.",
        lambda: context.store.voting.rounds.park(context.actor, state.meeting.session.id),
    )


def field_key(state: AssessmentState, subject: Subject, field: str) -> str:
    """Where what is typed about a subject is kept until it is decided."""
    return f"assess_{field}:{state.meeting.session.id}:{subject}"


def typed(state: AssessmentState, subject: Subject, choice: str) -> Decision:
    """The decision that the fields say."""

    def text(field: str) -> str:
        return str(st.session_state.get(field_key(state, subject, field)) or "")

    due: date | None = st.session_state.get(field_key(state, subject, "due"))
    links = tuple(text("evidence").split())
    needs_approval = choice == Answer.NOT_APPLICABLE
    return Decision(
        choice,
        note=text("note").strip(),
        owner=text("owner").strip(),
        due=due,
        dissent=text("dissent").strip(),
        evidence=links,
        approved_by=text("approver").strip() if needs_approval else "",
    )


def decide(context: PageContext, state: AssessmentState, subject: Subject, choice: str) -> None:
    """Decide with what is typed; the version is that of the screen, so that nobody is overwritten unseen."""
    act("", lambda: _decide(context, state, subject, typed(state, subject, choice)))


def accept(context: PageContext, state: AssessmentState, subject: Subject, choice: str, following: Subject) -> None:
    """All agree: decide what they say without talking, and go on."""
    said = Decision(choice, note=str(st.session_state.get(field_key(state, subject, "note")) or "").strip())
    if act("", lambda: _decide(context, state, subject, said)):
        seen.show_question(following)


def take_back(context: PageContext, state: AssessmentState, subject: Subject) -> None:
    """Take the standing decision back; the one before it stands again."""
    meeting = state.meeting
    act(
        "",
        lambda: context.store.meetings.take_back(context.actor, meeting.session.id, subject, meeting.version(subject)),
    )


def _decide(context: PageContext, state: AssessmentState, subject: Subject, decision: Decision) -> None:
    session, now = state.meeting.session, seen.state_of(context, state.meeting.session.id)
    if now.open_round is not None and now.open_round.subject == subject:
        if decision.choice != PARKED:
            raise MeetingError("The vote about this is open; reveal it first, or park it.")
        context.store.voting.rounds.park(context.actor, session.id)
    context.store.meetings.decide(context.actor, session.id, subject, decision, state.meeting.version(subject))


def settle(context: PageContext, action: Action, status: ActionStatus) -> None:
    """Say that an action is done, dropped or open again."""
    act(
        f"Action {status.value}: {action.text}",
        lambda: context.store.meetings.change_action(
            context.actor,
            action.id,
            action.version,
            status=status,
            owner=action.owner,
            due=action.due,
            note=action.note,
        ),
    )


def end_survey(context: PageContext, state: AssessmentState) -> None:
    """Reveal what the survey says; it proposes, and decides nothing."""
    act(
        "The survey is over. What it says are proposals; nothing is decided yet.",
        lambda: context.store.voting.rounds.end_survey(context.actor, state.meeting.session.id),
    )


def move_deadline(context: PageContext, state: AssessmentState, deadline: datetime | None) -> None:
    """Give a survey more time, or less."""
    if deadline is not None:
        act(
            "The deadline is moved.",
            lambda: context.store.voting.rounds.move_deadline(context.actor, state.meeting.session.id, deadline),
        )


def ask_to_close() -> None:
    """Ask whether the assessment is to be closed."""
    st.session_state[CLOSING] = True


def go_on() -> None:
    """Stop asking: the assessment goes on."""
    st.session_state[CLOSING] = False


def close(context: PageContext, session: Session) -> None:
    """Close the assessment on what stands at this moment, and open its record."""
    closed = act(
        "Closed. Questions, votes, decisions, evidence and result are frozen.", lambda: _close(context, session)
    )
    go_on()
    if closed:
        seen.show_session(session.id)


def _close(context: PageContext, session: Session) -> None:
    store = context.store
    state = assessment_state(store, session.id)  # read anew: what somebody else has just decided is frozen too
    if state.is_survey:
        raise MeetingError("A survey is running; end it first, so that its proposals are in the record.")
    if state.open_round is not None:
        raise MeetingError(f"The vote about {state.open_round.subject} is open; reveal it or put it aside first.")
    snapshot = last_snapshot(store, state, context.now)
    versions = {subject: steps[-1].version for subject, steps in state.meeting.histories.items() if steps}
    voted = None if state.lobby is None else state.lobby.version
    store.meetings.close(context.actor, session.id, snapshot, decided=versions, voted=voted)
    store.voting.changes.tell([session.id])  # phones and other screens learn at once that it is over
