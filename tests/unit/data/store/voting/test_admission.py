"""How people come in, in both databases: by PIN or link, once and for good; and how PINs are kept from guessing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from data.store import Store
from data.store.voting.admission import OVERALL, PER_CALLER, WINDOW
from data.store.voting.voting import Voting
from scoring.meetings.texts import TextError
from scoring.voting.admitting import JoinRefusal, JoinRefusedError
from scoring.voting.choices import VotingError
from scoring.voting.lobbies import LobbySettings
from scoring.voting.rounds import Phase
from scoring.voting.voters import Joining
from tests.unit.data.store.estates import Clock
from tests.unit.data.store.voting.rooms import FAY, PHONE, RoomFull, assessment, room

SAID = Joining("Consumers")


def wrong_pin(held: RoomFull) -> str:
    """A PIN that no lobby has."""
    return f"{(int(held.lobby.pin) + 1) % 10**6:06d}"


def guess(held: RoomFull, caller: str) -> JoinRefusedError:
    """How a wrong PIN is refused."""
    with pytest.raises(JoinRefusedError) as caught:
        held.voting.admission.join(caller, wrong_pin(held), SAID)
    return caught.value


def test_a_phone_is_known_again_by_its_token_of_which_only_the_hash_is_kept(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=0)
    admitted = held.join("Platform team")
    assert len(admitted.token) >= 43  # 256 bits, six in a letter
    assert held.voting.admission.rejoin(admitted.token) == admitted.respondent
    assert held.voting.admission.rejoin(admitted.token[:-1]) is None
    with store.database.reading() as connection:
        kept = str(connection.execute(text("SELECT * FROM respondents")).all())
    assert admitted.token not in kept
    assert admitted.token not in str(store.read.audit())
    assert admitted.token not in repr(admitted)


def test_an_anonymous_session_keeps_no_name_and_a_named_one_asks_for_it(store: Store, clock: Clock) -> None:
    anonymous = room(store, clock, people=0)
    assert anonymous.join(name="Ann").respondent.name == ""
    named = room(store, clock, people=0, named=True)
    with pytest.raises(TextError, match="The name is empty; write it"):
        named.join()
    assert named.join(name=" Ann ").respondent.name == "Ann"
    assert "Ann" not in str(store.read.audit())


def test_group_and_unit_are_chosen_from_what_the_session_names(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=0, groups=("Ops", "Devs"), units=("Sales", "Billing"))
    with pytest.raises(VotingError, match="Choose the group that you belong to: Ops, Devs"):
        held.join("Consumers")
    with pytest.raises(VotingError, match="Choose where you work: Sales, Billing"):
        held.join("Ops")
    found = held.join("Ops", unit="Sales").respondent
    assert (found.group, found.unit, found.observer) == ("Ops", "Sales", False)


def test_pins_of_open_lobbies_differ_and_a_new_one_ends_the_old(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=0)
    others = [room(store, clock, people=0).lobby.pin for _ in range(5)]
    assert len({held.lobby.pin, *others}) == 6
    assert all(len(pin) == 6 and pin.isdigit() for pin in others)
    pin = held.voting.lobbies.new_pin(FAY, held.session.id)
    assert guess(held, PHONE).reason is JoinRefusal.WRONG_PIN
    with pytest.raises(JoinRefusedError):
        held.voting.admission.join(PHONE, held.lobby.pin, SAID, held.lobby.key)
    assert held.voting.admission.join(PHONE, pin, SAID).respondent.session == held.session.id


def test_a_closed_lobby_lets_nobody_in_and_those_inside_go_on(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=1)
    held.voting.lobbies.close(FAY, held.session.id)
    with pytest.raises(JoinRefusedError, match="No session has this PIN"):
        held.join()
    found = held.start()
    assert held.vote(held.people[0], found.id, "yes").changed
    opened = held.voting.lobbies.open(FAY, held.session.id, LobbySettings())
    assert opened.is_open
    assert held.voting.admission.join(PHONE, opened.pin, SAID).respondent.id != held.people[0].respondent.id
    held.voting.close()


def test_a_wrong_pin_is_refused_and_on_record_with_its_address(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=0)
    assert guess(held, "203.0.113.9").reason is JoinRefusal.WRONG_PIN
    (entry,) = store.read.audit(limit=1)
    assert (entry.actor, entry.action, entry.outcome) == ("stranger", "lobby.join", "refused")
    assert (entry.detail["reason"], entry.detail["from"]) == ("wrong_pin", "203.0.113.9")


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345\x00", "١٢٣٤٥٦", "12 456"])
def test_what_cannot_be_a_pin_is_a_wrong_one(store: Store, clock: Clock, pin: str) -> None:
    held = room(store, clock, people=0)
    with pytest.raises(JoinRefusedError, match="No session has this PIN"):
        held.voting.admission.join(PHONE, pin, SAID, held.lobby.key)


def test_one_address_guesses_only_so_often_and_others_still_come_in(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=1)
    for _ in range(PER_CALLER):
        assert guess(held, PHONE).reason is JoinRefusal.WRONG_PIN
    before = len(store.read.audit(limit=1_000))
    with pytest.raises(JoinRefusedError) as caught:
        held.join()  # the right PIN is not looked at either
    assert (caught.value.reason, caught.value.wait) == (JoinRefusal.BLOCKED, WINDOW)
    assert len(store.read.audit(limit=1_000)) == before  # a flood does not fill the log
    assert held.join(caller="203.0.113.9").respondent.votes
    clock.move(WINDOW.total_seconds())
    assert held.join().respondent.votes


def test_many_addresses_guess_no_oftener_than_all_of_them_may(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=1)
    for number in range(OVERALL):
        assert guess(held, f"203.0.113.{number}").reason is JoinRefusal.WRONG_PIN
    assert guess(held, "198.51.100.200").reason is JoinRefusal.BLOCKED
    again = Voting(store.database, store.writer, clock)  # another process, or after a restart
    with pytest.raises(JoinRefusedError, match="Scan the code on the screen instead"):
        again.admission.join("198.51.100.201", held.lobby.pin, SAID)
    assert again.admission.join("198.51.100.201", held.lobby.pin, SAID, held.lobby.key).respondent.votes
    assert held.voting.admission.rejoin(held.people[0].token) == held.people[0].respondent
    found = held.start()
    assert held.vote(held.people[0], found.id, "yes").changed
    held.voting.close()


def test_guesses_made_at_the_same_moment_are_counted_too(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=0)
    with ThreadPoolExecutor(8) as pool:
        reasons = [found.reason for found in pool.map(lambda _: guess(held, PHONE), range(PER_CALLER + 10))]
    assert reasons.count(JoinRefusal.WRONG_PIN) == PER_CALLER


def test_who_was_taken_out_is_nobody_any_more(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=4)
    found = held.start()
    for who in held.people:
        held.vote(who, found.id, "yes")
    clock.move(1)
    held.voting.lobbies.take_out(FAY, held.session.id, held.people[0].respondent.id)
    assert held.voting.admission.rejoin(held.people[0].token) is None
    with pytest.raises(VotingError, match="took this phone out of the session"):
        held.vote(held.people[0], found.id, "no")
    assert str(held.voting.read.room(held.session.id).turnout) == "3 of 3 in"
    clock.move(1)
    held.voting.rounds.reveal(FAY, held.session.id, found.id)
    clock.move(1)
    held.voting.lobbies.take_out(FAY, held.session.id, held.people[1].respondent.id)
    (((_, votes),),) = held.voting.read.revealed_votes(held.session.id).values()
    assert len(votes) == 3  # of those who were there at the reveal
    other = room(store, clock, people=1)
    with pytest.raises(VotingError, match="Nobody of that number"):
        held.voting.lobbies.take_out(FAY, held.session.id, other.people[0].respondent.id)
    held.voting.close()


@pytest.mark.parametrize("seconds", [1, 0, -60])
def test_who_was_there_at_a_reveal_does_not_hang_on_the_clock(store: Store, clock: Clock, seconds: int) -> None:
    """A clock that stands still or is set back changes neither what is told nor what was told."""
    held = room(store, clock, people=5)
    clock.move(120)
    found = held.start()
    for who in held.people:
        held.vote(who, found.id, "yes" if who in held.people[:3] else "no")
    held.voting.lobbies.take_out(FAY, held.session.id, held.people[4].respondent.id)
    clock.move(seconds)
    held.voting.rounds.reveal(FAY, held.session.id, found.id)

    def told() -> list[str]:
        (((_, votes),),) = held.voting.read.revealed_votes(held.session.id).values()
        return [vote.choice for vote in votes]

    assert told() == ["yes", "yes", "yes", "no"]
    clock.move(seconds)
    held.voting.lobbies.take_out(FAY, held.session.id, held.people[3].respondent.id)
    assert told() == ["yes", "yes", "yes", "no"]
    held.voting.close()


def test_a_round_that_waited_for_who_was_taken_out_alone_reveals_itself_if_so_set(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=4, auto_reveal=True)
    found = held.start()
    for who in held.people[:3]:
        held.vote(who, found.id, "yes")
    held.voting.lobbies.take_out(FAY, held.session.id, held.people[3].respondent.id)
    seen = held.voting.read.room(held.session.id)
    assert seen.round is not None
    assert seen.round.phase is Phase.REVEALED
    assert [vote.choice for vote in seen.votes[found.id]] == ["yes"] * 3
    assert [entry.action for entry in store.read.audit(limit=2)] == ["lobby.take_out", "round.reveal"]
    held.voting.close()


def test_the_vote_of_who_was_taken_out_is_not_in_the_round_that_is_revealed_by_it(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=4)
    found = held.start()
    for who in held.people:
        held.vote(who, found.id, "no" if who is held.people[0] else "yes")
    held.voting.lobbies.set_auto_reveal(FAY, held.session.id, auto_reveal=True)
    held.voting.lobbies.take_out(FAY, held.session.id, held.people[0].respondent.id)
    (((_, votes),),) = held.voting.read.revealed_votes(held.session.id).values()
    assert [vote.choice for vote in votes] == ["yes"] * 3
    held.voting.close()


def test_a_round_that_is_not_set_so_waits_for_the_facilitator(store: Store, clock: Clock) -> None:
    held = room(store, clock, people=2)
    found = held.start()
    held.vote(held.people[0], found.id, "yes")
    held.voting.lobbies.take_out(FAY, held.session.id, held.people[1].respondent.id)
    held.voting.lobbies.take_out(FAY, held.session.id, held.people[1].respondent.id)
    seen = held.voting.read.room(held.session.id)
    assert str(seen.turnout) == "1 of 1 in"
    assert seen.votes == {}
    held.voting.close()


def test_settings_that_no_phone_could_show_are_refused(store: Store, clock: Clock) -> None:
    voting = Voting(store.database, store.writer, clock)
    session = assessment(store)
    for settings, message in (
        (LobbySettings(groups=()), "at least one group"),
        (LobbySettings(groups=("a", "a ")), "there twice"),
        (LobbySettings(units=("x" * 81,)), "at most 80 characters"),
    ):
        with pytest.raises(VotingError, match=message):
            voting.lobbies.open(FAY, session.id, settings)
    lobby = voting.lobbies.open(FAY, session.id, LobbySettings())
    with pytest.raises(VotingError, match="A timer runs for up to 4 hours"):
        voting.lobbies.set_timer(FAY, session.id, timedelta(0))
    assert voting.read.lobby(session.id) == lobby
