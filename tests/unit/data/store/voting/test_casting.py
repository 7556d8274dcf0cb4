"""Votes in both databases: idempotent, acknowledged after the commit, each on record, and refused where need be."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from data.store import Store, open_store
from data.store.failures import StoreError, StoreReadOnlyError
from data.store.maintenance import backup, check, restore
from data.store.voting.casting import Casting
from data.store.voting.judging import Cast, Receipt, write_together
from data.store.voting.steering import Steering
from scoring.actors import Actor, Scope, ScopeKind
from scoring.voting.ballots import SENTENCES, Ballot, Refusal, VoteRefusedError
from scoring.voting.lobbies import LobbySettings
from scoring.voting.rounds import RoundId
from scoring.voting.voters import Joining
from tests.unit.data.store.estates import NOON, Clock
from tests.unit.data.store.voting.rooms import FAY, PHONE, RoomFull, assessment, room
from tests.waiting import eventually


@pytest.fixture
def held(store: Store, clock: Clock) -> Iterator[RoomFull]:
    """An assessment with three voters."""
    opened = room(store, clock)
    yield opened
    opened.voting.close()


def own(held: RoomFull, who: int, found: RoundId) -> str | None:
    """What somebody's own phone shows."""
    return held.voting.read.own_votes(held.people[who].respondent.id, [found]).get(found)


def test_a_vote_is_changed_until_the_reveal_and_the_same_again_changes_nothing(
    held: RoomFull, store: Store, clock: Clock
) -> None:
    found = held.start().id
    assert held.vote(held.people[0], found, "no") == Receipt(found, "no", NOON, changed=True)
    clock.move(1)
    assert held.vote(held.people[0], found, "no") == Receipt(found, "no", NOON, changed=False)
    held.vote(held.people[0], found, "partial")
    assert own(held, 0, found) == "partial"
    assert own(held, 1, found) is None
    entries = [entry for entry in store.read.audit(limit=50) if entry.action == "vote.cast"]
    assert [entry.detail for entry in entries] == [{"again": True}, {"again": False}]
    assert {entry.actor for entry in entries} == {held.people[0].respondent.pseudonym}


def test_no_choice_is_in_the_audit_log(held: RoomFull, store: Store) -> None:
    found = held.start().id
    for who, choice in zip(held.people, ("partial", "unknown", "n/a"), strict=True):
        held.vote(who, found, choice)
    held.voting.rounds.reveal(FAY, held.session.id, found)
    logged = str([(entry.action, entry.object, entry.detail) for entry in store.read.audit(limit=1_000)])
    assert not any(choice in logged for choice in ("partial", "unknown", "n/a"))


@pytest.mark.parametrize("refusal", [one for one in Refusal if one is not Refusal.TOO_LATE])
def test_what_does_not_count_is_refused_with_a_sentence_and_on_record(
    refusal: Refusal, held: RoomFull, store: Store, clock: Clock
) -> None:
    found = held.start().id
    token, ballot, foreign = held.people[0].token, Ballot(found, "yes"), False
    who = held.people[0].respondent.pseudonym
    if refusal is Refusal.STRANGER:
        token, who = "forged" * 8, "stranger"
    elif refusal is Refusal.TAKEN_OUT:
        held.voting.lobbies.take_out(FAY, held.session.id, held.people[0].respondent.id)
    elif refusal is Refusal.OBSERVER:
        admitted = held.join(observer=True)
        token, who = admitted.token, admitted.respondent.pseudonym
    elif refusal is Refusal.SOMEONE_ELSE:
        ballot = Ballot(found, "yes", held.people[1].respondent.pseudonym)
    elif refusal is Refusal.FOREIGN_ORIGIN:
        foreign = True
    elif refusal is Refusal.OTHER_SESSION:
        ballot = Ballot(room(store, clock, people=0).start().id, "yes")
    elif refusal is Refusal.NO_ROUND:
        ballot = Ballot(RoundId(10**30), "yes")
    elif refusal is Refusal.SESSION_CLOSED:
        store.meetings.close(FAY, held.session.id)
    elif refusal is Refusal.REVEALED:
        held.voting.rounds.reveal(FAY, held.session.id, found)
    elif refusal is Refusal.DROPPED:
        held.voting.rounds.park(FAY, held.session.id)
    elif refusal is Refusal.NO_CHOICE:
        ballot = Ballot(found, "5")
    with pytest.raises(VoteRefusedError) as caught:
        held.voting.casting.cast(token, ballot, foreign=foreign).result(30)
    assert (caught.value.reason, str(caught.value)) == (refusal, SENTENCES[refusal])
    (entry,) = store.read.audit(limit=1)
    assert (entry.actor, entry.action, entry.outcome, entry.detail) == (
        who,
        "vote.cast",
        "refused",
        {"reason": refusal},
    )
    assert own(held, 0, found) is None


def test_votes_that_arrive_together_are_all_written_each_with_its_entry(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=40)
    found = held.start().id
    ready = threading.Barrier(len(held.people))
    answers: list[Future[Receipt]] = []

    def phone(number: int) -> None:
        ready.wait(30)
        ballot = Ballot(found, ("yes", "no", "partial")[number % 3])
        answers.append(held.voting.casting.cast(held.people[number].token, ballot))

    phones = [threading.Thread(target=phone, args=(number,)) for number in range(len(held.people))]
    for one in phones:
        one.start()
    for one in phones:
        one.join()
    assert all(answer.result(30).changed for answer in answers)
    assert str(held.voting.read.room(held.session.id).turnout) == "40 of 40 in"
    cast = [entry for entry in store.read.audit(limit=1_000) if entry.action == "vote.cast"]
    assert len(cast) == len({entry.actor for entry in cast}) == 40
    assert check(store) == []
    held.voting.close()


def test_one_vote_that_cannot_be_written_takes_no_other_with_it(
    held: RoomFull, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = held.start().id
    casting = held.voting.casting
    bad = held.people[1].token
    sizes: list[int] = []

    def refusing(steering: Steering, casts: Sequence[Cast]) -> list[Receipt | Refusal]:
        sizes.append(len(casts))
        if any(cast.token == bad for cast in casts):
            raise ValueError(f"one of {len(casts)}")
        return write_together(steering, casts)

    monkeypatch.setattr("data.store.voting.casting.write_together", refusing)
    go_on = threading.Event()
    held.voting.changes.listen(lambda _: waited(go_on))  # keeps the writing thread in its first commit
    answers = [casting.cast(held.people[0].token, Ballot(found, "yes"))]
    eventually(lambda: sizes == [1], "the first should be written")
    answers += [casting.cast(who.token, Ballot(found, "no")) for who in held.people]
    go_on.set()
    assert answers[0].result(30).changed
    with pytest.raises(ValueError, match="one of 1"):
        answers[2].result(30)
    assert (answers[1].result(30).choice, answers[3].result(30).choice) == ("no", "no")
    assert sizes == [1, 3, 1, 1, 1]


def waited(event: threading.Event) -> None:
    """Go on when the event has come."""
    event.wait(30)


def test_two_servers_vote_and_reveal_at_once_and_nothing_is_lost(store: Store, clock: Clock, url: str) -> None:
    held = room(store, clock, people=30, auto_reveal=True)
    beside = open_store(url)
    rounds = [held.start()]
    acknowledged: set[tuple[RoundId, int]] = set()
    refused: set[Refusal] = set()

    def phones(casting: Casting, first: int) -> None:
        for found in iter(lambda: rounds[-1].id if len(rounds) <= 6 else None, None):
            answers = [
                (number, casting.cast(held.people[number].token, Ballot(found, ("yes", "no")[number % 2])))
                for number in range(first, len(held.people), 2)
            ]
            for number, answer in answers:
                try:
                    answer.result(60)
                except VoteRefusedError as error:
                    refused.add(error.reason)
                else:
                    acknowledged.add((found, held.people[number].respondent.id))

    servers = [
        threading.Thread(target=phones, args=(casting, first))
        for first, casting in enumerate((held.voting.casting, beside.voting.casting))
    ]
    for server in servers:
        server.start()
    for number in range(6):
        eventually(lambda: held.voting.read.turnout(held.session.id) == {}, "the round should have ended")
        rounds.append(held.start(f"Q{number}"))
    for server in servers:
        server.join(60)
    kept = held.voting.read.revealed_votes(held.session.id)
    votes = {(one.id, vote.respondent) for ((one, cast),) in kept.values() for vote in cast}
    assert {key for key in acknowledged if key[0] != rounds[-1].id} <= votes
    assert [len(cast) for ((_, cast),) in kept.values()][:6] == [30] * 6
    assert refused <= {Refusal.REVEALED}  # sent once more after the last of the others had revealed it
    assert check(store) == []
    beside.close()
    held.voting.close()


def test_a_voter_of_a_scoped_session_may_vote_there(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=0)
    session = assessment(store, Scope(ScopeKind.DOMAIN, "sales"))
    lobby = held.voting.lobbies.open(FAY, session.id, LobbySettings())
    admitted = held.voting.admission.join(PHONE, lobby.pin, Joining("Consumers"))
    scoped = RoomFull(held.voting, session, lobby, (admitted,))
    assert scoped.vote(admitted, scoped.start().id, "yes").changed
    held.voting.close()


def test_a_backup_brings_back_every_vote_and_every_voter(held: RoomFull, store: Store, tmp_path: Path) -> None:
    found = held.start().id
    held.vote(held.people[0], found, "partial")
    backup(store, tmp_path / "backup.sqlite")
    fresh = open_store(f"sqlite:///{tmp_path}/fresh.sqlite")
    restore(fresh, tmp_path / "backup.sqlite", Actor.local_admin())
    assert fresh.voting.admission.rejoin(held.people[0].token) == held.people[0].respondent
    assert fresh.voting.read.own_votes(held.people[0].respondent.id, [found]) == {found: "partial"}
    assert fresh.voting.casting.cast(held.people[0].token, Ballot(found, "yes")).result(30).changed
    assert check(fresh) == []
    fresh.close()


def test_whoever_listens_is_told_of_every_change_after_it_is_written(held: RoomFull) -> None:
    seen: list[int] = []
    end = held.voting.changes.listen(lambda session: seen.append(len(held.voting.read.turnout(session))))
    found = held.start().id
    held.vote(held.people[0], found, "yes")
    held.voting.rounds.reveal(FAY, held.session.id, found)
    end()
    held.start()
    assert seen == [1, 1, 0]


def test_a_mark_differs_after_every_step_and_every_vote(held: RoomFull, store: Store) -> None:
    def mark() -> object:
        return held.voting.read.mark(held.session.id)

    marks = [mark()]
    found = held.start().id
    marks.append(mark())
    held.vote(held.people[0], found, "yes")
    marks.append(mark())
    held.join()
    marks.append(mark())
    held.voting.rounds.reveal(FAY, held.session.id, found)
    marks.append(mark())
    store.meetings.close(FAY, held.session.id)
    marks.append(mark())
    assert len(set(marks)) == len(marks)


def test_what_was_not_written_is_not_acknowledged(held: RoomFull, monkeypatch: pytest.MonkeyPatch) -> None:
    found = held.start().id

    def full(*_: object) -> None:
        raise StoreReadOnlyError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("data.store.voting.judging._keep", full)
        with pytest.raises(StoreReadOnlyError):
            held.vote(held.people[0], found, "yes")
    assert held.vote(held.people[0], found, "yes").changed


def test_after_the_end_no_vote_is_taken(held: RoomFull) -> None:
    found = held.start().id
    held.voting.close()
    with pytest.raises(StoreError, match="vote again in a moment"):
        held.vote(held.people[0], found, "yes")
