"""Two hundred phones vote once a second, 10 000 votes in all; half-way the server is killed and started again.

The server is a process of its own, `streamgauge run --share` on SQLite; each phone keeps one connection to vote and one
that is pushed to; somebody presents, and steers from another process. A vote counts from the moment it is sent to the
acknowledgement that it is on disk, and to the moment at which the presenter is told a count that includes it. The peers
of these are what the room may be kept waiting: 100 ms and 300 ms. At the end every acknowledged vote is looked for, and
every phone must be the voter that it was. Beside it: 200 votes that share a transaction against one transaction each.
"""

from __future__ import annotations

import asyncio
import random
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

import requests

from benchmarks.machine import load_words, verdict
from benchmarks.phones import Acknowledged, Phone, Presenter
from benchmarks.ratios import Ratio, compare
from dashboard.security.sessions import COOKIE as SESSION_COOKIE
from dashboard.voting.paths import COOKIE
from data.store import Store, open_store
from data.store.maintenance import check
from data.store.voting.changes import Changes
from data.store.voting.judging import Cast, write_together
from data.store.voting.steering import Steering
from scoring.meetings.sessions import Session, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from scoring.voting.ballots import Ballot
from scoring.voting.lobbies import LobbySettings
from scoring.voting.rounds import RoundId
from scoring.voting.voters import Joining, RespondentId
from tests.browser.serving import Served, serving
from tests.integration.voting.conftest import SECRET, database, shared_options
from tests.unit.data.store.voting.rooms import FAY, question

PHONES = 200
ROUNDS = 25
"""Before the kill, and as many after it: 2 · 25 · 200 votes, and those of the round in which it happens."""

ACKNOWLEDGED_WITHIN, COUNTED_WITHIN = 100.0, 300.0
"""Milliseconds."""

CHOICES = ("yes", "partial", "no", "unknown")


def opened(store: Store, folder: Path) -> tuple[Session, list[str]]:
    """A session that the phones have joined, and their tokens."""
    shown = Snapshot(store.clock(), {Subject("L3.2"): {}})
    session = store.meetings.open(FAY, SessionKind.ASSESSMENT, f"Benchmark in {folder.name}", shown)
    lobby = store.voting.lobbies.open(FAY, session.id, LobbySettings())
    join = store.voting.admission.join
    return session, [join("bench", lobby.pin, Joining("Consumers"), lobby.key).token for _ in range(PHONES)]


async def one_second(
    phones: Sequence[Phone], found: RoundId, served: Served | None = None
) -> list[Acknowledged | None]:
    """Each phone votes once, at a random moment of a second. served: to be killed in the middle of it."""
    dice = random.Random(found)  # noqa: S311 - moments, not secrets

    async def one(phone: Phone) -> Acknowledged | None:
        await asyncio.sleep(dice.random())
        return await phone.vote(found, CHOICES[(phone.number + found) % len(CHOICES)])

    async def kill() -> None:
        await asyncio.sleep(0.5)
        if served is not None:
            served.process.send_signal(signal.SIGKILL)

    answers = await asyncio.gather(*(one(phone) for phone in phones), kill())
    return list(answers[:-1])


async def half(
    served: Served, store: Store, session: Session, phones: Sequence[Phone], first: int, *, killed: bool
) -> tuple[list[Acknowledged], list[float]]:
    """Half of the session. Returns what was acknowledged, and the presenter's milliseconds to each vote's count."""
    await asyncio.gather(*(phone.connect(served.url) for phone in phones))
    admin = requests.Session()
    await asyncio.to_thread(admin.post, f"{served.url}/signin", data={"secret": SECRET}, timeout=30)
    cookie = f"{SESSION_COOKIE}={admin.cookies[SESSION_COOKIE]}"
    presenter = Presenter(served.url, cookie, session.id)
    listening = asyncio.create_task(presenter.listen())
    acknowledged: list[Acknowledged] = []
    for number in range(first, first + ROUNDS + killed):
        last = killed and number == first + ROUNDS
        found = await asyncio.to_thread(store.voting.rounds.start, FAY, session.id, question(f"Q{number}"))
        answers = await one_second(phones, found.id, served if last else None)
        acknowledged += [answer for answer in answers if answer is not None]
        if last:
            break
        await until_told(presenter, found.id)
        await asyncio.to_thread(store.voting.rounds.reveal, FAY, session.id, found.id)
    listening.cancel()
    await asyncio.gather(listening, *(phone.hang_up() for phone in phones), return_exceptions=True)
    return acknowledged, counted(acknowledged, presenter)


async def until_told(presenter: Presenter, found: int) -> None:
    """Wait until the presenter was told that everybody is in."""
    for _ in range(500):
        if any(key == found and votes == PHONES for _, key, votes in presenter.counts):
            return
        await asyncio.sleep(0.01)
    raise RuntimeError(f"the presenter was never told that all votes of round {found} are in")


def counted(acknowledged: Sequence[Acknowledged], presenter: Presenter) -> list[float]:
    """Milliseconds from each vote's sending to the first count that includes as many as were acknowledged by then."""
    taken = []
    for found in {one.round for one in acknowledged}:
        told = sorted((at, votes) for at, key, votes in presenter.counts if key == found)
        votes = sorted((one for one in acknowledged if one.round == found), key=lambda one: one.answered)
        for rank, one in enumerate(votes, start=1):
            at = next((at for at, count in told if count >= rank and at >= one.sent), None)
            if at is not None:
                taken.append(1000 * (at - one.sent))
    return taken


def lost(store: Store, voters: Sequence[RespondentId], acknowledged: Sequence[Acknowledged]) -> int:
    """Acknowledged votes that are not in the database."""
    keys = sorted({RoundId(one.round) for one in acknowledged})
    kept = [store.voting.read.own_votes(respondent, keys) for respondent in voters]
    return sum(kept[one.phone].get(RoundId(one.round)) != one.choice for one in acknowledged)


def told(name: str, milliseconds: Sequence[float], limit: float) -> Ratio:
    """Print the median and the 95th percentile; the latter against what the room may wait."""
    percentile = quantiles(milliseconds, n=20)[-1]
    print(f"{name}: p50 {median(milliseconds):.1f} ms, p95 {percentile:.1f} ms, most {max(milliseconds):.1f} ms")
    return Ratio(f"{name}, p95 / {limit:.0f} ms", ((percentile, limit),), 1.0, "ms")


def measure(folder: Path) -> list[Ratio]:
    """The session, with its kill."""
    options, environ = shared_options(folder)
    store = open_store(database(folder))
    session, tokens = opened(store, folder)
    phones = [Phone(number, "", f"{COOKIE}={token}") for number, token in enumerate(tokens)]
    respondents = store.voting.read.respondents(session.id)
    with serving(folder, *options, environ=environ) as served:
        first, counts = asyncio.run(half(served, store, session, phones, 0, killed=True))
        served.process.wait(20)
    open_round = store.voting.read.room(session.id).lobby.round
    if open_round is None:
        raise RuntimeError("the round in which the server was killed has gone")
    store.voting.rounds.reveal(FAY, session.id, open_round)
    with serving(folder, *options, environ=environ) as served:
        same = asyncio.run(who_they_are(served, phones))
        second, more = asyncio.run(half(served, store, session, phones, 100, killed=False))
    acknowledged = [*first, *second]
    missing = lost(store, [one.id for one in respondents], acknowledged)
    known = sum(voter == one.pseudonym for voter, one in zip(same, respondents, strict=True))
    pushed = median(phone.heard for phone in phones) / 1024
    print(f"{len(acknowledged)} votes acknowledged by {PHONES} phones, {missing} lost")
    print(f"after the kill {known} of {PHONES} phones are who they were")
    print(f"pushed to a phone: {pushed:.1f} KiB; the store: {check(store) or 'whole'}")
    store.close()
    waits = [1000 * (one.answered - one.sent) for one in acknowledged]
    return [
        told("acknowledgement", waits, ACKNOWLEDGED_WITHIN),
        told("presenter's count", [*counts, *more], COUNTED_WITHIN),
    ]


async def who_they_are(served: Served, phones: Sequence[Phone]) -> list[str]:
    """Each phone's pseudonym on a server that was started again."""
    await asyncio.gather(*(phone.connect(served.url) for phone in phones))
    states = [await phone.state() for phone in phones]
    await asyncio.gather(*(phone.hang_up() for phone in phones))
    return [state["own"]["voter"] for state in states]


def together(folder: Path) -> Ratio:
    """Two hundred votes that share a transaction, against one transaction each."""
    store = open_store(database(folder))
    session, tokens = opened(store, folder)
    steering = Steering(store.database, store.writer, Changes(), store.clock)
    found = store.voting.rounds.start(FAY, session.id, question()).id
    turns = iter(range(1_000_000))

    def casts() -> list[Cast]:
        choice = CHOICES[next(turns) % len(CHOICES)]  # another one each time, so that each is written
        return [Cast(token, Ballot(found, choice)) for token in tokens]

    def each() -> None:
        for cast in casts():
            write_together(steering, [cast])

    ratio = compare(
        "200 votes in one transaction / in one each", lambda: write_together(steering, casts()), each, goal=0.2
    )
    store.close()
    return ratio


def main() -> None:
    """Measure both."""
    print(load_words())
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        print(verdict([*measure(Path(first)), together(Path(second))]))


if __name__ == "__main__":
    main()
