"""Phones on the real server: they join without an account, vote, are told what happens, and open nothing else."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import requests

from dashboard.security.sessions import COOKIE as SESSION_COOKIE
from dashboard.voting.paths import COOKIE
from data.store import Store
from data.store.voting.admission import PER_CALLER
from scoring.voting.lobbies import LobbySettings
from tests.browser.serving import Served
from tests.integration.voting.conftest import SECRET, Hall, hall
from tests.integration.voting.phones import Phone, listening
from tests.unit.data.store.voting.rooms import FAY, question


def newest(store: Store) -> tuple[str, str, str]:
    """Who did what in the newest audit entry, and how it ended."""
    entry = store.read.audit(limit=1)[0]
    return entry.actor, entry.action, entry.outcome


def test_a_phone_joins_by_pin_and_gets_a_cookie_that_no_script_can_read(held: Hall) -> None:
    phone = Phone(held.url)
    asked = phone.post_form(pin=f"{held.lobby.pin[:3]} {held.lobby.pin[3:]}")
    assert "Platform &lt;assessment&gt;" in asked.text
    assert COOKIE not in phone.http.cookies
    answer = phone.join(held.lobby)
    assert (answer.status_code, answer.headers["location"]) == (303, "/vote")
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags
    assert phone.http.get(f"{held.url}/vote", timeout=30).status_code == 200
    assert phone.state()["asked"]["phase"] == "waiting"


def test_the_link_of_the_code_asks_for_no_pin_and_scanning_it_again_changes_nobody(held: Hall) -> None:
    phone = Phone(held.url)
    link = f"{held.url}/join?pin={held.lobby.pin}&key={held.lobby.key}"
    assert "Which group do you belong to?" in phone.http.get(link, timeout=30).text
    only_pin = phone.http.get(f"{held.url}/join?pin={held.lobby.pin}", timeout=30).text
    assert f'value="{held.lobby.pin}"' in only_pin
    assert "Which group" not in only_pin
    phone.join(held.lobby, key=held.lobby.key)
    voter = phone.state()["own"]["voter"]
    again = phone.http.get(link, timeout=30, allow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, "/vote")
    assert phone.state()["own"]["voter"] == voter
    assert len(held.store.voting.read.respondents(held.session.id)) == 1


def test_a_vote_is_acknowledged_changed_and_shown_again_after_a_reload(held: Hall) -> None:
    phone, other = held.phone(), held.phone()
    found = held.start().id
    state = phone.state()
    assert state["asked"]["rounds"][0]["options"][0] == ["yes", "Yes", "What yes looks like."]
    answer = phone.vote(found, "no", voter=state["own"]["voter"])
    assert (answer.status_code, answer.json()["choice"]) == (200, "no")
    assert phone.vote(found, "yes").json()["round"] == found
    assert phone.state()["own"]["mine"] == {str(found): "yes"}
    assert other.state()["own"]["mine"] == {}
    assert str(held.store.voting.read.room(held.session.id).turnout) == "1 of 2 in"


def test_phones_are_told_at_once_what_is_asked_and_never_how_many_or_what_others_voted(held: Hall) -> None:
    phone, other = held.phone(), held.phone()
    with listening(phone.http, f"{held.url}/vote/events") as heard:
        assert heard.wait(lambda name, _: name == "state")["asked"]["phase"] == "waiting"
        found = held.start().id  # by another process: seen within a second
        told = heard.wait(lambda name, content: name == "asked" and content["phase"] == "voting")
        assert told["rounds"][0]["id"] == found
        assert other.vote(found, "partial").status_code == 200
        held.store.voting.rounds.reveal(FAY, held.session.id, found)
        heard.wait(lambda name, content: name == "asked" and content["phase"] == "revealed")
        wire = json.dumps([content for name, content in heard.events if name != "beat"])
        steps = [content["version"] for name, content in heard.events if name == "asked"]
    assert sorted(set(steps)) == steps  # one for each step, none for the vote
    assert "mine" not in wire.replace('"mine": {}', "")
    assert "turnout" not in wire
    assert "votes" not in wire


def test_whoever_presents_is_told_how_many_are_in_and_nothing_else_before_the_reveal(held: Hall) -> None:
    phones = [held.phone() for _ in range(3)]
    presenter = requests.Session()
    presenter.post(f"{held.url}/signin", data={"secret": SECRET}, timeout=30)
    found = held.start().id
    with listening(presenter, f"{held.url}/present/events?session={held.session.id}") as heard:
        heard.wait(lambda name, content: name == "room" and content["rounds"] == {str(found): [0, 3]})
        for phone in phones[:2]:
            phone.vote(found, "partial")
        heard.wait(lambda name, content: name == "room" and content["rounds"] == {str(found): [2, 3]})
        assert "partial" not in json.dumps(heard.events)
    for wrong in ("", "x", "1e3", "99999999999"):
        assert presenter.get(f"{held.url}/present/events?session={wrong}", timeout=30).status_code == 400
    assert presenter.get(f"{held.url}/present/events?session=999999", timeout=30).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/", "/estate", "/static/index.html", "/_stcore/host-config", "/api/v1/gate?class=critical", "/present/events",
     "/vote/", "/vote/events/x", "/join/x", "/vote/../estate", "/media/x"],
)  # fmt: skip
def test_a_voter_opens_the_pages_of_voting_and_nothing_else(held: Hall, path: str) -> None:
    phone = held.phone()
    request = requests.Request("GET", held.url, cookies=phone.http.cookies).prepare()
    request.url = held.url + path  # as it is written: no client tidies it up
    answer = requests.Session().send(request, timeout=30, allow_redirects=False)
    assert answer.status_code in (303, 401, 404)
    assert answer.headers.get("location", "/signin").startswith("/signin")
    stolen = requests.get(
        f"{held.url}/estate", cookies={SESSION_COOKIE: phone.http.cookies[COOKIE]}, timeout=30, allow_redirects=False
    )
    assert stolen.status_code == 401


def test_strangers_see_an_empty_page_and_are_told_nothing(held: Hall) -> None:
    assert requests.get(f"{held.url}/vote", timeout=30).status_code == 200
    for path in ("/vote/state", "/vote/events"):
        answer = requests.get(held.url + path, timeout=30)
        assert (answer.status_code, answer.json()["reason"]) == (401, "stranger")


def test_a_forged_respondent_is_refused_and_on_record(held: Hall) -> None:
    held.phone()
    found = held.start().id
    forger = Phone(held.url)
    forger.http.cookies.set(COOKIE, "x" * 43)
    assert forger.vote(found, "yes").status_code == 401
    assert newest(held.store) == ("stranger", "vote.cast", "refused")


def test_a_vote_for_someone_else_is_refused_and_on_record(held: Hall) -> None:
    phone, other = held.phone(), held.phone()
    found = held.start().id
    answer = phone.vote(found, "yes", voter=other.state()["own"]["voter"])
    assert (answer.status_code, answer.json()["reason"]) == (403, "someone_else")
    assert newest(held.store) == (phone.state()["own"]["voter"], "vote.cast", "refused")
    assert other.state()["own"]["mine"] == {}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://localhost"])
def test_a_foreign_origin_is_refused_and_on_record(held: Hall, origin: str | None) -> None:
    phone = held.phone()
    found = held.start().id
    answer = phone.vote(found, "yes", origin=origin)
    assert (answer.status_code, answer.json()["reason"]) == (403, "foreign_origin")
    assert newest(held.store) == (phone.state()["own"]["voter"], "vote.cast", "refused")
    assert phone.state()["own"]["mine"] == {}


def test_a_vote_after_the_reveal_and_after_the_close_is_refused_and_on_record(held: Hall) -> None:
    phone = held.phone()
    voter = phone.state()["own"]["voter"]
    found = held.start().id
    held.store.voting.rounds.reveal(FAY, held.session.id, found)
    assert (phone.vote(found, "yes").status_code, newest(held.store)) == (409, (voter, "vote.cast", "refused"))
    second = held.start().id
    held.store.meetings.close(FAY, held.session.id)
    answer = phone.vote(second, "yes")
    assert (answer.status_code, answer.json()["reason"]) == (409, "session_closed")
    assert newest(held.store) == (voter, "vote.cast", "refused")
    assert phone.state()["asked"]["phase"] == "closed"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"round": true, "choice": "yes"}', b'{"round": 1}', b'{"round": "1", "choice": "yes"}',
             b"[" * 900, b'{"round": 1, "choice": "' + b"y" * 3000 + b'"}']
)  # fmt: skip
def test_what_is_no_vote_is_refused(held: Hall, body: bytes) -> None:
    phone = held.phone()
    headers = {"Origin": held.url, "Content-Type": "application/json"}
    answer = phone.http.post(f"{held.url}/vote", data=body, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (400, "This is no vote; reload the page.")
    text = phone.http.post(f"{held.url}/vote", data=b"{}", headers={"Origin": held.url}, timeout=30)
    assert text.status_code == 400


def test_who_was_taken_out_is_told_and_may_join_again(held: Hall) -> None:
    phone = held.phone()
    (respondent,) = held.store.voting.read.respondents(held.session.id)
    with listening(phone.http, f"{held.url}/vote/events") as heard:
        heard.wait(lambda name, _: name == "state")
        held.store.voting.lobbies.take_out(FAY, held.session.id, respondent.id)
        heard.wait(lambda name, _: name == "gone")
        assert heard.ended.wait(30)
    assert phone.http.get(f"{held.url}/vote/state", timeout=30).status_code == 401
    assert phone.join(held.lobby).status_code == 303


def test_an_observer_is_told_everything_and_votes_nothing_until_joining_to_vote(held: Hall) -> None:
    phone = held.phone(observer="yes")
    found = held.start().id
    assert phone.state()["own"]["observer"] is True
    assert (phone.vote(found, "yes").status_code, newest(held.store)[2]) == (403, "refused")
    assert phone.join(held.lobby).status_code == 303
    assert phone.vote(found, "yes").status_code == 200


def test_a_named_session_asks_for_the_name_and_says_what_is_missing(shared: tuple[Served, Store]) -> None:
    named = hall(*shared, LobbySettings(groups=("Ops", "Devs"), units=("Sales",), named=True))
    phone = Phone(named.url)
    answer = phone.join(named.lobby, group="Ops", unit="Sales", name="")
    assert (answer.status_code, "The name is empty; write it." in answer.text) == (422, True)
    assert phone.join(named.lobby, group="Ops", unit="Sales", name="<Ann>").status_code == 303
    (respondent,) = named.store.voting.read.respondents(named.session.id)
    assert (respondent.name, respondent.group, respondent.unit) == ("<Ann>", "Ops", "Sales")


def test_a_foreign_page_joins_nobody_and_is_on_record(held: Hall) -> None:
    answer = Phone(held.url).post_form("https://evil.example", pin=held.lobby.pin, step="about", group="Consumers")
    assert answer.status_code == 403
    assert newest(held.store) == ("stranger", "lobby.join", "refused")
    assert held.store.voting.read.respondents(held.session.id) == ()


def test_a_survey_is_answered_in_any_order_until_its_end(held: Hall) -> None:
    phone = held.phone()
    deadline = held.store.voting.clock() + timedelta(days=1)
    asked = [question("L3.2"), question("L3.3"), question("L4.1")]
    rounds = held.store.voting.rounds.start_survey(FAY, held.session.id, asked, deadline)
    state = phone.state()["asked"]
    assert (state["survey"], state["phase"], len(state["rounds"])) == (True, "voting", 3)
    for one in reversed(rounds):
        assert phone.vote(one.id, "partial").status_code == 200
    assert phone.state()["own"]["mine"] == {str(one.id): "partial" for one in rounds}
    held.store.voting.rounds.end_survey(FAY, held.session.id)
    assert phone.vote(rounds[0].id, "yes").json()["reason"] == "revealed"


def test_the_page_is_light_and_refuses_what_it_does_not_need(held: Hall) -> None:
    page = requests.get(f"{held.url}/vote", timeout=30)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    sizes = len(page.content)
    for reference in ("/vote/page.js?v=", "/vote/page.css?v="):
        address = reference + page.text.split(reference)[1].split('"')[0]
        part = requests.get(held.url + address, timeout=30)
        assert "immutable" in part.headers["cache-control"]
        sizes += len(part.content)
    assert sizes < 24_000


def test_who_guesses_pins_is_stopped_and_who_has_joined_is_not(held: Hall) -> None:
    """The last one of this file: the address of all these phones may guess no more after it."""
    phone = held.phone()
    found = held.start().id
    guesser = Phone(held.url)
    wrong = f"{(int(held.lobby.pin) + 1) % 10**6:06d}"
    answers = [guesser.post_form(pin=wrong) for _ in range(PER_CALLER + 1)]
    assert answers[0].status_code == 403
    assert "No session has this PIN" in answers[0].text
    assert (answers[-1].status_code, int(answers[-1].headers["retry-after"]) > 0) == (429, True)
    assert guesser.post_form(pin=held.lobby.pin).status_code == 429
    assert phone.vote(found, "yes").status_code == 200
    late = Phone(held.url)
    assert late.post_form(pin=held.lobby.pin, key="x", step="about", group="Consumers").status_code == 429
    assert late.post_form(pin=held.lobby.pin, key=held.lobby.key, step="about", group="Consumers").status_code == 303
    assert late.vote(found, "no").status_code == 200
