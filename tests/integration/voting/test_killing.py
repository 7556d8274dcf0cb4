"""A server that is killed while people vote, and one that is asked to end while they listen."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import requests

from data.store import open_store
from data.store.maintenance import check
from tests.browser.serving import serving
from tests.integration.voting.conftest import SECRET, database, hall, shared_options
from tests.integration.voting.phones import Phone, listening
from tests.waiting import eventually

PHONES = 20
ACKNOWLEDGED = 60
"""Votes that must have been acknowledged before the server is killed."""

CHOICES = ("yes", "partial", "no")


def voting_on(phone: Phone, found: int, acknowledged: list[str], stop: threading.Event) -> None:
    """Vote one thing after the other until the server is gone; keep what was acknowledged."""
    turn = 0
    while not stop.is_set():
        choice = CHOICES[turn % len(CHOICES)]
        try:
            answer = phone.vote(found, choice)
        except requests.RequestException:
            return
        if answer.status_code == 200:
            acknowledged.append(answer.json()["choice"])
            turn += 1
        time.sleep(0.1)


def test_after_a_kill_every_acknowledged_vote_is_there_and_every_phone_is_who_it_was(tmp_path: Path) -> None:
    options, environ = shared_options(tmp_path)
    stop = threading.Event()
    with serving(tmp_path, *options, environ=environ) as served:
        store = open_store(database(tmp_path))
        held = hall(served, store)
        phones = [held.phone() for _ in range(PHONES)]
        voters = [phone.state()["own"]["voter"] for phone in phones]
        found = held.start().id
        acknowledged: list[list[str]] = [[] for _ in phones]
        threads = [
            threading.Thread(target=voting_on, args=(phone, found, kept, stop), daemon=True)
            for phone, kept in zip(phones, acknowledged, strict=True)
        ]
        for thread in threads:
            thread.start()
        eventually(lambda: sum(map(len, acknowledged)) >= ACKNOWLEDGED, "votes should be acknowledged")
        served.process.send_signal(signal.SIGKILL)
        served.process.wait(20)
        stop.set()
        for thread in threads:
            thread.join(60)
    with serving(tmp_path, *options, environ=environ) as served:
        for phone, voter, kept in zip(phones, voters, acknowledged, strict=True):
            phone.url = served.url
            state = phone.state()
            assert state["own"]["voter"] == voter
            if kept:
                # The vote after the last acknowledged one may have been written, and its answer lost with the server.
                following = CHOICES[len(kept) % len(CHOICES)]
                assert state["own"]["mine"][str(found)] in (kept[-1], following)
            assert phone.vote(found, "no").status_code == 200
        assert str(store.voting.read.room(held.session.id).turnout) == f"{PHONES} of {PHONES} in"
        cast = [entry for entry in store.read.audit(limit=10_000) if entry.action == "vote.cast"]
        assert len(cast) >= sum(map(len, acknowledged))
        assert check(store) == []
        store.close()


def test_a_server_ends_at_once_while_phones_and_presenters_listen(tmp_path: Path) -> None:
    options, environ = shared_options(tmp_path)
    with serving(tmp_path, *options, environ=environ) as served:
        store = open_store(database(tmp_path))
        held = hall(served, store)
        phone, presenter = held.phone(), requests.Session()
        presenter.post(f"{held.url}/signin", data={"secret": SECRET}, timeout=30)
        room = f"{held.url}/present/events?session={held.session.id}"
        with listening(phone.http, f"{held.url}/vote/events") as heard, listening(presenter, room) as seen:
            heard.wait(lambda name, _: name == "state")
            seen.wait(lambda name, _: name == "room")
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(10) is not None  # a stream alone would hold it up for ever
            assert heard.ended.wait(10)
            assert seen.ended.wait(10)
        store.close()
