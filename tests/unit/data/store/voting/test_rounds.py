"""Rounds in both databases: opened, revealed, voted again, put aside; and who may steer them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.store import Store
from data.store.voting.reading import Answered
from data.store.voting.rows import NoLobbyError
from scoring.actors import ForbiddenError
from scoring.meetings.decisions import ConflictError, Decision
from scoring.meetings.sessions import SessionClosedError, SessionKind
from scoring.meetings.subjects import Subject
from scoring.voting.ballots import Refusal, VoteRefusedError
from scoring.voting.choices import Scale, VotingError
from scoring.voting.lobbies import LobbySettings, Mode
from scoring.voting.rounds import Phase
from tests.unit.data.store.estates import NOON, Clock
from tests.unit.data.store.voting.rooms import FAY, GUS, VERA, RoomFull, assessment, question, room
from tests.unit.scoring.meetings.meetings import snapshot

Rooms = Callable[..., RoomFull]


@pytest.fixture
def rooms(store: Store, clock: Clock) -> Iterator[Rooms]:
    """Opens assessments; what they started ends with the test."""
    opened: list[RoomFull] = []

    def open_one(**settings: object) -> RoomFull:
        opened.append(room(store, clock, **settings))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for one in opened:
        one.voting.close()


def test_before_the_reveal_nothing_but_the_number_of_votes_is_told(rooms: Rooms) -> None:
    held = rooms(people=7)
    found = held.start()
    for who, choice in zip(held.people, ("yes", "no", "yes", "unknown", "partial"), strict=False):
        held.vote(who, found.id, choice)
    seen = held.voting.read.room(held.session.id)
    assert str(seen.turnout) == "5 of 7 in"
    assert seen.votes == {}
    assert held.voting.read.revealed_votes(held.session.id) == {}


def test_after_the_reveal_the_spread_is_told_and_nothing_changes_any_more(rooms: Rooms, clock: Clock) -> None:
    held = rooms(people=4)
    found = held.start()
    for who, choice in zip(held.people, ("yes", "no", "yes", "n/a"), strict=True):
        held.vote(who, found.id, choice)
    clock.move(40)
    shown = held.voting.rounds.reveal(FAY, held.session.id, found.id)
    assert (shown.phase, shown.revealed_by, shown.revealed_at) == (Phase.REVEALED, "fay", NOON + timedelta(seconds=40))
    told = held.voting.read.room(held.session.id).votes[found.id]
    assert [vote.choice for vote in told] == ["yes", "no", "yes", "n/a"]
    assert {vote.name for vote in told} == {""}
    with pytest.raises(VoteRefusedError) as caught:
        held.vote(held.people[0], found.id, "no")
    assert caught.value.reason is Refusal.REVEALED
    assert held.voting.rounds.reveal(FAY, held.session.id, found.id) == shown
    assert held.voting.read.revealed_votes(held.session.id) == {Subject("L3.2"): ((shown, told),)}


def test_a_subject_is_voted_once_more_at_most_and_both_rounds_stay(rooms: Rooms) -> None:
    held = rooms()
    first = held.start()
    for who in held.people:
        held.vote(who, first.id, "no")
    held.voting.rounds.reveal(FAY, held.session.id, first.id)
    second = held.start()
    assert (first.number, second.number) == (1, 2)
    for who in held.people:
        held.vote(who, second.id, "yes")
    seen = held.voting.read.room(held.session.id)
    assert [vote.choice for vote in seen.votes[first.id]] == ["no"] * 3
    assert second.id not in seen.votes
    held.voting.rounds.reveal(FAY, held.session.id, second.id)
    both = held.voting.read.revealed_votes(held.session.id)[Subject("L3.2")]
    assert [[vote.choice for vote in votes] for _, votes in both] == [["no"] * 3, ["yes"] * 3]
    with pytest.raises(VotingError, match="was voted twice; decide it now, or park it"):
        held.start()


def test_one_round_is_open_at_a_time(rooms: Rooms) -> None:
    held = rooms()
    held.start()
    with pytest.raises(VotingError, match="A vote is open; reveal it, or park it"):
        held.start("L3.3")
    with pytest.raises(VotingError, match="A vote is open"):
        held.voting.rounds.show(FAY, held.session.id, Subject("L3.3"))


def test_a_parked_round_ends_unseen_and_does_not_count(rooms: Rooms) -> None:
    held = rooms()
    found = held.start()
    held.vote(held.people[0], found.id, "no")
    held.voting.rounds.park(FAY, held.session.id)
    with pytest.raises(VoteRefusedError) as caught:
        held.vote(held.people[1], found.id, "no")
    assert caught.value.reason is Refusal.DROPPED
    with pytest.raises(VotingError, match="put aside; start another one"):
        held.voting.rounds.reveal(FAY, held.session.id, found.id)
    lobby = held.voting.read.room(held.session.id).lobby
    assert (lobby.subject, lobby.round) == (None, None)
    assert held.start().number == 1


def test_a_round_is_revealed_by_itself_when_everybody_is_in_if_so_set(rooms: Rooms, store: Store) -> None:
    held = rooms(people=2, auto_reveal=True)
    held.join(observer=True)
    found = held.start()
    held.vote(held.people[0], found.id, "yes")
    assert held.voting.read.room(held.session.id).round.phase is Phase.OPEN  # type: ignore[union-attr]
    held.vote(held.people[1], found.id, "no")
    seen = held.voting.read.room(held.session.id)
    assert seen.round is not None
    assert (seen.round.phase, seen.round.revealed_by) == (Phase.REVEALED, "system:voting")
    assert store.read.audit(limit=1)[0].action == "round.reveal"


def test_only_the_one_who_presents_steers_and_a_second_facilitator_can_take_over(rooms: Rooms) -> None:
    held = rooms()
    with pytest.raises(VotingError, match="fay is presenting; take over first"):
        held.voting.rounds.start(GUS, held.session.id, question())
    found = held.start()
    held.voting.lobbies.take_over(GUS, held.session.id)
    assert held.voting.read.room(held.session.id).lobby.presenter == "gus"
    held.voting.rounds.reveal(GUS, held.session.id, found.id)
    with pytest.raises(VotingError, match="gus is presenting"):
        held.start()


def test_who_is_no_facilitator_steers_nothing_and_the_attempt_is_on_record(rooms: Rooms, store: Store) -> None:
    held = rooms()
    with pytest.raises(ForbiddenError):
        held.voting.rounds.start(VERA, held.session.id, question())
    entry = store.read.audit(limit=1)[0]
    assert (entry.actor, entry.action, entry.outcome) == ("vera", "round.start", "refused")


def test_every_step_raises_the_version_and_leaves_an_entry(rooms: Rooms, store: Store) -> None:
    held = rooms()
    before = held.voting.read.room(held.session.id).lobby.version
    found = held.start()
    held.voting.lobbies.set_timer(FAY, held.session.id, timedelta(seconds=45))
    assert held.voting.read.room(held.session.id).lobby.timer_ends_at == NOON + timedelta(seconds=45)
    held.voting.rounds.reveal(FAY, held.session.id, found.id)
    assert held.voting.read.room(held.session.id).lobby.timer_ends_at is None
    assert held.voting.read.room(held.session.id).lobby.version == before + 3
    assert [entry.action for entry in store.read.audit(limit=3)] == ["round.reveal", "lobby.timer", "round.start"]


def test_in_a_closed_session_nothing_is_voted_joined_or_steered(rooms: Rooms, store: Store) -> None:
    held = rooms()
    found = held.start()
    store.meetings.close(FAY, held.session.id)
    with pytest.raises(VoteRefusedError) as caught:
        held.vote(held.people[0], found.id, "yes")
    assert caught.value.reason is Refusal.SESSION_CLOSED
    with pytest.raises(SessionClosedError):
        held.voting.rounds.reveal(FAY, held.session.id, found.id)
    with pytest.raises(VotingError, match="No session has this PIN"):
        held.join()
    for statement in (
        "INSERT INTO votes SELECT max(id), 1, 'yes', 0 FROM voting_rounds",
        "INSERT INTO respondents (session_id, token_hash, actor_id, group_name, unit, name, observer, joined_at) "
        "SELECT session_id, lower(token_hash) || '', 1, '', '', '', observer, 0 FROM respondents LIMIT 1",
    ):
        with pytest.raises(IntegrityError), store.database.writing() as connection:
            connection.execute(text(statement))


def test_closing_a_session_closes_its_lobby_and_gives_its_pin_back(
    rooms: Rooms, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = rooms()
    before = held.lobby.version
    store.meetings.close(FAY, held.session.id)
    lobby = held.voting.read.lobby(held.session.id)
    assert lobby is not None
    assert not lobby.is_open
    assert lobby.version == before + 1  # whoever watches looks again
    assert [entry.action for entry in store.read.audit(limit=1)] == ["session.close"]
    asked = held.voting.read.asked(held.session.id)
    assert not asked.session.is_open
    monkeypatch.setattr("data.store.voting.lobbies.secrets.randbelow", lambda _: int(held.lobby.pin))
    assert rooms().lobby.pin == held.lobby.pin


def test_a_session_that_is_not_closed_after_all_keeps_its_lobby_open(rooms: Rooms, store: Store) -> None:
    held = rooms()
    store.meetings.decide(GUS, held.session.id, Subject("L3.2"), Decision("parked"), 0)
    with pytest.raises(ConflictError, match="gus decided"):
        store.meetings.close(FAY, held.session.id, decided={})
    assert held.voting.read.lobby(held.session.id) == held.lobby
    assert held.join().respondent.votes


def test_a_session_is_not_closed_on_votes_that_somebody_has_changed_meanwhile(rooms: Rooms, store: Store) -> None:
    held = rooms()
    found = held.start()
    seen = held.voting.read.room(held.session.id).lobby.version
    held.voting.rounds.reveal(FAY, held.session.id, found.id)
    with pytest.raises(ConflictError, match="Something was voted or revealed meanwhile"):
        store.meetings.close(FAY, held.session.id, voted=seen)
    assert held.voting.read.room(held.session.id).lobby.is_open
    store.meetings.close(FAY, held.session.id, voted=seen + 1)
    assert not held.voting.read.room(held.session.id).lobby.is_open


def test_a_lobby_that_was_closed_before_keeps_its_moment(rooms: Rooms, store: Store, clock: Clock) -> None:
    held = rooms()
    clock.move(1)
    held.voting.lobbies.close(GUS, held.session.id)
    closed = held.voting.read.lobby(held.session.id)
    clock.move(1)
    store.meetings.close(FAY, held.session.id)
    assert held.voting.read.lobby(held.session.id) == closed


def test_no_statement_changes_a_revealed_round_or_its_votes(rooms: Rooms, store: Store) -> None:
    held = rooms()
    found = held.start()
    held.vote(held.people[0], found.id, "yes")
    held.voting.rounds.reveal(FAY, held.session.id, found.id)
    for statement in (
        "UPDATE votes SET choice = 'no'", "DELETE FROM votes", "UPDATE voting_rounds SET revealed_at = NULL",
        "DELETE FROM voting_rounds", "DELETE FROM respondents",
    ):  # fmt: skip
        with pytest.raises(IntegrityError), store.database.writing() as connection:
            connection.execute(text(statement))


def test_only_an_assessment_has_a_lobby_and_only_one(store: Store, clock: Clock, rooms: Rooms) -> None:
    held = rooms()
    with pytest.raises(VotingError, match="open already"):
        held.voting.lobbies.open(FAY, held.session.id, LobbySettings())
    review = store.meetings.open(FAY, SessionKind.SLO_REVIEW, "SLO review", snapshot())
    with pytest.raises(VotingError, match="Only an assessment is voted in"):
        held.voting.lobbies.open(FAY, review.id, LobbySettings())
    with pytest.raises(NoLobbyError, match="has no lobby; open it"):
        held.voting.rounds.start(FAY, assessment(store).id, question())


def test_a_survey_opens_every_question_until_its_deadline_and_a_meeting_votes_once_more(
    rooms: Rooms, clock: Clock
) -> None:
    held = rooms()
    asked = [question("L3.2"), question("L3.3"), question("Skills", Scale.RATING)]
    rounds = held.voting.rounds.start_survey(FAY, held.session.id, asked, NOON + timedelta(days=2))
    assert [one.number for one in rounds] == [1, 1, 1]
    with pytest.raises(VotingError, match="A survey is running"):
        held.start("L4.1")
    for who in held.people:
        held.vote(who, rounds[0].id, "yes")
    held.vote(held.people[0], rounds[2].id, "4")
    told = held.voting.read.turnout(held.session.id)
    assert [(one.votes, one.voters) for one in told.values()] == [(3, 3), (0, 3), (1, 3)]
    held.vote(held.people[0], rounds[1].id, "n/a")
    assert held.voting.read.answered(held.session.id) == Answered(questions=3, voters=3, begun=3, finished=1)
    clock.move(2 * 86_400)
    with pytest.raises(VoteRefusedError) as caught:
        held.vote(held.people[1], rounds[2].id, "4")
    assert caught.value.reason is Refusal.TOO_LATE
    held.voting.rounds.end_survey(FAY, held.session.id)
    assert held.voting.read.room(held.session.id).lobby.mode is Mode.LIVE
    found = held.voting.read.revealed_votes(held.session.id)
    assert [vote.choice for _, votes in found[Subject("L3.2")] for vote in votes] == ["yes"] * 3
    assert [vote.choice for _, votes in found[Subject("Skills")] for vote in votes] == ["4"]
    assert [vote.choice for _, votes in found[Subject("L3.3")] for vote in votes] == ["n/a"]
    assert held.voting.read.answered(held.session.id).questions == 0
    assert held.start("L3.2").number == 2


def test_a_deadline_is_moved_and_never_into_the_past(rooms: Rooms, clock: Clock) -> None:
    held = rooms()
    session, hour = held.session.id, timedelta(hours=1)
    with pytest.raises(VotingError, match="No survey is running"):
        held.voting.rounds.move_deadline(FAY, session, NOON + hour)
    with pytest.raises(VotingError, match="The deadline has passed already"):
        held.voting.rounds.start_survey(FAY, session, [question()], NOON)
    with pytest.raises(VotingError, match="A survey needs a question"):
        held.voting.rounds.start_survey(FAY, session, [], NOON + hour)
    voted = held.start("L4.1").id
    with pytest.raises(VotingError, match="A vote is open; reveal it, or park it, before the survey"):
        held.voting.rounds.start_survey(FAY, session, [question()], NOON + hour)
    held.voting.rounds.reveal(FAY, session, voted)
    with pytest.raises(VotingError, match="was voted already; leave it out"):
        held.voting.rounds.start_survey(FAY, session, [question("L4.1")], NOON + hour)
    (found,) = held.voting.rounds.start_survey(FAY, session, [question()], NOON + hour)
    held.voting.rounds.move_deadline(FAY, session, NOON + 2 * hour)
    clock.move(90 * 60)
    assert held.vote(held.people[0], found.id, "yes").changed
