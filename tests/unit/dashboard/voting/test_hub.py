"""The hub: what this process writes is told at once, what another writes soon, and counts only to who presents."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from dashboard.voting import hub as hubs
from dashboard.voting.hub import Hub, Watched
from data.store import Store, open_store
from tests.unit.data.store.estates import Clock
from tests.unit.data.store.voting.rooms import FAY, RoomFull, room

LIMIT_SECONDS = 20


@pytest.fixture
def held(tmp_path: Path) -> RoomFull:
    """An assessment with three voters."""
    return room(open_store(f"sqlite:///{tmp_path}/votes.sqlite"), Clock())


def run(held: RoomFull, body: Callable[[Hub, Watched], Coroutine[Any, Any, None]]) -> None:
    """Run this while the session is watched; in its own thread, because a browser's driver keeps a loop in this one."""

    async def whole() -> None:
        hub = Hub()
        async with hub.running(), hub.watching(held.voting, held.session.id) as watched:
            await asyncio.wait_for(body(hub, watched), LIMIT_SECONDS)

    try:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(whole())).result()
    finally:
        held.voting.close()


async def said(stream: AsyncGenerator[bytes], count: int) -> list[tuple[str, Any]]:
    """The next things that a stream says."""
    found = []
    for _ in range(count):
        name, content = (await anext(stream)).decode().rstrip("\n").split("\n")
        found.append((name.removeprefix("event: "), json.loads(content.removeprefix("data: "))))
    return found


async def settled(watched: Watched) -> None:
    """Wait for the first look."""
    while not watched.presenters.number:
        await asyncio.sleep(0.01)


def test_phones_are_told_of_steps_and_not_of_votes(held: RoomFull) -> None:
    async def body(hub: Hub, watched: Watched) -> None:
        await settled(watched)
        async with aclosing(hub.stream(watched.phones, b"event: state\ndata: {}\n\n", watched.phones.number)) as phone:
            await said(phone, 1)
            found = await asyncio.to_thread(held.start)
            ((name, content),) = await said(phone, 1)
            assert (name, content["phase"]) == ("asked", "voting")
            number = watched.presenters.number
            await asyncio.to_thread(held.vote, held.people[0], found.id, "yes")
            while watched.presenters.number == number:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(held.voting.rounds.reveal, FAY, held.session.id, found.id)
            ((_, content),) = await said(phone, 1)
            assert content["phase"] == "revealed"

    run(held, body)


def test_votes_that_come_together_are_told_together_to_who_presents(held: RoomFull) -> None:
    async def body(hub: Hub, watched: Watched) -> None:
        found = await asyncio.to_thread(held.start)
        await settled(watched)
        begun, number = asyncio.get_running_loop().time(), watched.presenters.number
        for turn in range(12):
            for who in held.people:
                await asyncio.to_thread(held.vote, who, found.id, ("yes", "no")[turn % 2])
        while json.loads(watched.presenters.content.decode().split("data: ")[1])["rounds"] != {str(found.id): [3, 3]}:
            await asyncio.sleep(0.01)
        most = (asyncio.get_running_loop().time() - begun) / hubs.COALESCE_SECONDS + 2
        assert watched.presenters.number - number <= most
        assert b"yes" not in watched.presenters.content

    run(held, body)


def test_what_another_process_writes_is_told_within_a_look(held: RoomFull, tmp_path: Path) -> None:
    other: Store = open_store(f"sqlite:///{tmp_path}/votes.sqlite")

    async def body(hub: Hub, watched: Watched) -> None:
        await settled(watched)
        async with aclosing(hub.stream(watched.phones, b"event: state\ndata: {}\n\n", watched.phones.number)) as phone:
            await said(phone, 1)
            await asyncio.to_thread(other.voting.rounds.show, FAY, held.session.id, None)
            ((name, _),) = await said(phone, 1)
            assert name == "asked"

    run(held, body)
    other.close()


def test_a_stream_beats_while_nothing_happens_and_ends_with_the_server(
    held: RoomFull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "BEAT_SECONDS", 0.05)

    async def body(hub: Hub, watched: Watched) -> None:
        await settled(watched)
        stream = hub.stream(watched.phones, b"event: state\ndata: {}\n\n", watched.phones.number)
        assert [name for name, _ in await said(stream, 3)] == ["state", "beat", "beat"]
        await asyncio.to_thread(hub.stop_soon)
        with pytest.raises(StopAsyncIteration):
            await said(stream, 2)

    run(held, body)


def test_a_change_between_the_first_state_and_the_stream_is_not_missed(held: RoomFull) -> None:
    async def body(hub: Hub, watched: Watched) -> None:
        await settled(watched)
        number = watched.phones.number
        await asyncio.to_thread(held.start)
        while watched.phones.number == number:
            await asyncio.sleep(0.01)
        async with aclosing(hub.stream(watched.phones, b"event: state\ndata: {}\n\n", number)) as phone:
            assert [name for name, _ in await said(phone, 2)] == ["state", "asked"]

    run(held, body)


def test_a_database_that_fails_is_asked_again(held: RoomFull, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [OSError("gone"), OSError("gone")]
    real = held.voting.read.mark

    def failing(session: Any) -> Any:
        if failures:
            raise failures.pop()
        return real(session)

    monkeypatch.setattr(held.voting.read, "mark", failing)
    monkeypatch.setattr(hubs, "POLL_SECONDS", 0.05)

    async def body(hub: Hub, watched: Watched) -> None:
        await settled(watched)

    run(held, body)
    assert failures == []
