"""Rounds are held here: opened, revealed, voted again, put aside; and surveys, in which all are open at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from data.store.content import canonical
from data.store.tables import VOTING_ROUNDS
from data.store.voting import rows
from data.store.voting.steering import Steering, Step
from scoring.actors import Actor
from scoring.meetings.canonical import instant
from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import Subject
from scoring.voting.choices import VotingError
from scoring.voting.lobbies import Lobby, Mode
from scoring.voting.questions import Question
from scoring.voting.rounds import Phase, Round, RoundId, next_number


class Rounds:
    """Steers what is voted about. Every step needs facilitator, and the one who presents."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering

    def start(self, actor: Actor, session: SessionId, question: Question) -> Round:
        """Put a question before the room and open a round about it: the first, or the re-vote after it was revealed.

        Raises VotingError while another round is open, after the re-vote, and during a survey.
        """
        with self._steering.step(actor, session, "round.start") as step:
            held = rows.rounds_of(step.write.connection, session)
            if step.lobby.mode is Mode.SURVEY:
                raise VotingError("A survey is running; end it before voting in the room.")
            if any(one.phase is Phase.OPEN for one in held):
                raise VotingError("A vote is open; reveal it, or park it, before the next one.")
            number = next_number(held, question.subject)
            key = _open_round(step, question, number)
            step.set(subject=question.subject, round_id=key, timer_ends_at=None)
            step.write.detail |= {"subject": question.subject, "round": key, "number": number}
            return _round(step.write.connection, key)

    def show(self, actor: Actor, session: SessionId, subject: Subject | None) -> None:
        """Put a subject before the room without a vote about it, or (None) nothing.

        Raises VotingError while a round is open.
        """
        with self._steering.step(actor, session, "round.show") as step:
            held = rows.rounds_of(step.write.connection, session)
            if step.lobby.mode is Mode.LIVE and any(one.phase is Phase.OPEN for one in held):
                raise VotingError("A vote is open; reveal it, or park it, before going on.")
            about = [one.id for one in held if one.subject == subject and one.phase is not Phase.DROPPED]
            step.set(subject=subject, round_id=about[-1] if about else None, timer_ends_at=None)
            step.write.detail |= {"subject": subject}

    def reveal(self, actor: Actor, session: SessionId, found: RoundId) -> Round:
        """Show what was voted; from then on the round does not change. Revealing it once more changes nothing.

        Raises VotingError for a round that was put aside, or of another session.
        """
        with self._steering.step(actor, session, "round.reveal") as step:
            held = _round_in(step, found)
            if held.phase is Phase.REVEALED:
                step.write.quiet = True
                return held
            if held.phase is Phase.DROPPED:
                raise VotingError("This vote was put aside; start another one.")
            turnout = rows.turnouts(step.write.connection, session, [found])[found]
            _end(step, [found], "revealed")
            step.set(timer_ends_at=None)
            step.write.detail |= {"round": found, "votes": turnout.votes, "voters": turnout.voters}
            return _round(step.write.connection, found)

    def park(self, actor: Actor, session: SessionId) -> None:
        """Put the question before the room aside. A round that is open ends unseen, and does not count as one of two.

        The decision that it is parked, with an owner, is the meeting's and is written there.
        """
        with self._steering.step(actor, session, "round.park") as step:
            if step.lobby.mode is Mode.SURVEY:
                raise VotingError("A survey is running; end it before parking questions.")
            held = rows.rounds_of(step.write.connection, session)
            _end(step, [one.id for one in held if one.phase is Phase.OPEN], "dropped")
            step.write.detail |= {"subject": step.lobby.subject}
            step.set(subject=None, round_id=None, timer_ends_at=None)

    def start_survey(
        self, actor: Actor, session: SessionId, questions: Sequence[Question], deadline: datetime
    ) -> tuple[Round, ...]:
        """Open the first round of every question at once, until a deadline; its results are proposals.

        A meeting that follows may vote once more on each: that is the re-vote. Raises VotingError for a deadline in
        the past, while a round is open, and for a question that was voted already.
        """
        with self._steering.step(actor, session, "survey.start") as step:
            _require_later(deadline, step.now)
            held = rows.rounds_of(step.write.connection, session)
            if not questions:
                raise VotingError("A survey needs a question.")
            if any(one.phase is Phase.OPEN for one in held):
                raise VotingError("A vote is open; reveal it, or park it, before the survey.")
            asked: list[Round] = []
            for question in questions:
                if next_number([*held, *asked], question.subject) != 1:
                    raise VotingError(f"{question.subject} was voted already; leave it out of the survey.")
                asked.append(_round(step.write.connection, _open_round(step, question, 1)))
            step.set(mode=Mode.SURVEY, deadline=deadline, subject=None, round_id=None, timer_ends_at=None)
            step.write.detail |= {"questions": len(asked), "deadline": instant(deadline)}
            return tuple(asked)

    def move_deadline(self, actor: Actor, session: SessionId, deadline: datetime) -> None:
        """Give a survey more time, or less. Raises VotingError for a moment in the past, or without a survey."""
        with self._steering.step(actor, session, "survey.deadline", presenting=False) as step:
            _require_survey(step.lobby)
            _require_later(deadline, step.now)
            step.set(deadline=deadline)
            step.write.detail |= {"deadline": instant(deadline)}

    def end_survey(self, actor: Actor, session: SessionId) -> tuple[Round, ...]:
        """Reveal all rounds of a survey, before its deadline or after it. Raises VotingError without a survey."""
        with self._steering.step(actor, session, "survey.end") as step:
            _require_survey(step.lobby)
            held = rows.rounds_of(step.write.connection, session)
            asked = [one.id for one in held if one.phase is Phase.OPEN]
            _end(step, asked, "revealed")
            step.set(mode=Mode.LIVE, deadline=None)
            step.write.detail |= {"questions": len(asked)}
            return tuple(rows.rounds_where(step.write.connection, VOTING_ROUNDS.c.id.in_(asked)))


def reveal_complete(step: Step) -> None:
    """Reveal the round before the room if it reveals itself and nobody is waited for any more."""
    found = step.lobby.round
    if found is None or not step.lobby.settings.auto_reveal:
        return
    turnout = rows.turnouts(step.write.connection, step.session.id, [found])[found]
    if not turnout.is_complete or _round_in(step, found).phase is not Phase.OPEN:
        return
    _end(step, [found], "revealed")
    step.set(timer_ends_at=None)
    step.write.audit(
        "round.reveal",
        f"session {step.session.id}",
        {"round": found, "votes": turnout.votes, "voters": turnout.voters},
    )


def _require_survey(lobby: Lobby) -> None:
    if lobby.mode is not Mode.SURVEY:
        raise VotingError("No survey is running.")


def _require_later(deadline: datetime, now: datetime) -> None:
    if deadline <= now:
        raise VotingError("The deadline has passed already; choose a later one.")


def _open_round(step: Step, question: Question, number: int) -> RoundId:
    row = {
        "session_id": step.session.id,
        "subject": question.subject,
        "number": number,
        "scale": question.scale,
        "question": canonical(question.as_json()),
        "opened_at": step.now,
        "opened_by": step.write.actor_id,
    }
    fresh = VOTING_ROUNDS.insert().values(row).returning(VOTING_ROUNDS.c.id)
    return RoundId(step.write.connection.execute(fresh).scalar_one())


def _end(step: Step, rounds: Sequence[RoundId], how: str) -> None:
    at = rows.end_of(step.write.connection, step.session.id, rounds, step.now)
    ended = VOTING_ROUNDS.update().where(VOTING_ROUNDS.c.id.in_(rounds))
    step.write.connection.execute(ended.values({f"{how}_at": at, f"{how}_by": step.write.actor_id}))


def _round(connection: Connection, key: RoundId) -> Round:
    (found,) = rows.rounds_where(connection, VOTING_ROUNDS.c.id == key)
    return found


def _round_in(step: Step, key: RoundId) -> Round:
    mine = (VOTING_ROUNDS.c.id == key, VOTING_ROUNDS.c.session_id == step.session.id)
    found = rows.rounds_where(step.write.connection, *mine)
    if not found:
        raise VotingError("This session has no such vote; look at it again.")
    return found[0]
