"""Voting over HTTP: what a phone is told, what is pushed to it, and the vote itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from dashboard.voting.doors import Doors
from dashboard.voting.hub import Hub
from dashboard.voting.origin import caller, is_ours
from dashboard.voting.paths import COOKIE
from dashboard.voting.phone import asked_json, event, own_json
from data.store.failures import StoreError
from scoring.meetings.canonical import instant
from scoring.meetings.sessions import SessionId
from scoring.voting.ballots import SENTENCES, Ballot, Refusal, VoteRefusedError
from scoring.voting.rounds import RoundId
from scoring.voting.voters import Respondent

if TYPE_CHECKING:
    from data.store.voting.voting import Voting

LONGEST_BODY = 2048
"""Bytes of a vote; it has some sixty."""

MOST_STREAMS = 4
"""Event streams of one phone: those of connections that it has lost end only when they are next written to."""

NO_STORE = {"Cache-Control": "no-store"}
STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
RETRY = b"retry: 2000\n\n"
"""Milliseconds after which a browser connects again."""

STATUS: dict[Refusal, int] = {
    Refusal.STRANGER: 401,
    Refusal.TAKEN_OUT: 401,
    Refusal.OBSERVER: 403,
    Refusal.SOMEONE_ELSE: 403,
    Refusal.FOREIGN_ORIGIN: 403,
    Refusal.OTHER_SESSION: 403,
    Refusal.NO_ROUND: 404,
    Refusal.NO_CHOICE: 422,
}
"""Those that are not listed came too late: 409."""


@dataclass(frozen=True, slots=True)
class Phones:
    """The routes of phones that have joined."""

    doors: Doors
    hub: Hub
    streams: dict[int, int]

    async def vote(self, request: Request) -> Response:
        """POST /vote {"round": 12, "choice": "yes", "voter": "…"}: 200 once the vote is on disk, whatever comes then.

        The same vote may be sent again as often as it takes. 4xx says in a sentence why it does not count, 503 that it
        could not be written and should be sent again.
        """
        voting, token = self.doors.voting(), request.cookies.get(COOKIE, "")
        if voting is None:
            return _refusal(503, self.doors.why_not())
        try:
            if not await self._in_time(voting, request, token):
                return _refusal(429, "That was too fast; it is sent again in a moment.")
        except StoreError as error:
            return _refusal(503, str(error))
        ours = is_ours(request, self.doors.public_url)
        ballot = await _ballot(request)
        if ballot is None and ours:
            return _refusal(400, "This is no vote; reload the page.")
        casting = voting.casting.cast(token, ballot or Ballot(RoundId(0), ""), foreign=not ours)
        try:
            receipt = await asyncio.wrap_future(casting)
        except VoteRefusedError as error:
            return _refused(error.reason)
        except StoreError as error:
            return _refusal(503, str(error))
        answer = {"round": receipt.round, "choice": receipt.choice, "at": instant(receipt.at)}
        return JSONResponse(answer, headers=NO_STORE)

    async def state(self, request: Request) -> Response:
        """GET /vote/state: what this phone is asked, and what it voted."""
        voting = self.doors.voting()
        if voting is None:
            return _refusal(503, self.doors.why_not())
        try:
            respondent = await self._respondent(voting, request.cookies.get(COOKIE, ""))
            if respondent is None:
                return _refused(Refusal.STRANGER)
            return JSONResponse(await self._state(voting, respondent), headers=NO_STORE)
        except StoreError as error:
            return _refusal(503, str(error))

    async def events(self, request: Request) -> Response:
        """GET /vote/events: the same pushed: first `state`, then `asked` after every step, `beat`, at last `gone`."""
        voting = self.doors.voting()
        if voting is None:
            return _refusal(503, self.doors.why_not())
        try:
            respondent = await self._respondent(voting, request.cookies.get(COOKIE, ""))
        except StoreError as error:
            return _refusal(503, str(error))
        if respondent is None:
            return _refused(Refusal.STRANGER)
        if self.streams.get(respondent.id, 0) >= MOST_STREAMS:
            return _refusal(429, "This phone is connected too often; it asks again in a moment.")
        return StreamingResponse(self._pushed(voting, respondent), media_type="text/event-stream", headers=STREAM)

    async def present(self, request: Request) -> Response:
        """GET /present/events?session=3: `room` after every step and, at most five times a second, after votes.

        It carries how many are in, never what was voted. On a shared instance it is behind the same sign-in as pages.
        """
        voting = self.doors.voting()
        if voting is None:
            return _refusal(503, self.doors.why_not())
        asked = request.query_params.get("session", "")
        if not asked.isascii() or not asked.isdigit() or len(asked) > 9:
            return _refusal(400, "session is the number of a session, as in ?session=3.")
        session = SessionId(int(asked))
        try:
            if await self.hub.read(lambda: voting.read.mark(session)) is None:
                return _refusal(404, f"Session {session} has no lobby.")
        except StoreError as error:
            return _refusal(503, str(error))
        return StreamingResponse(self._presented(voting, session), media_type="text/event-stream", headers=STREAM)

    async def _pushed(self, voting: Voting, respondent: Respondent) -> AsyncGenerator[bytes]:
        self.streams[respondent.id] = self.streams.get(respondent.id, 0) + 1
        try:
            async with self.hub.watching(voting, respondent.session) as watched:
                number = watched.phones.number
                first = RETRY + event("state", await self._state(voting, respondent))
                async for content in self.hub.stream(watched.phones, first, number):
                    if watched.asked is not None and respondent.id in watched.asked.gone:
                        yield event("gone", {})
                        return
                    yield content
        finally:
            self.streams[respondent.id] -= 1
            if not self.streams[respondent.id]:
                del self.streams[respondent.id]

    async def _presented(self, voting: Voting, session: SessionId) -> AsyncGenerator[bytes]:
        async with self.hub.watching(voting, session) as watched:
            told = watched.presenters
            async for content in self.hub.stream(told, RETRY + told.content, told.number):
                yield content

    async def _in_time(self, voting: Voting, request: Request, token: str) -> bool:
        """False for a phone, or for an address of strangers, that sends faster than a person votes."""
        if token in self.doors.known or await self._respondent(voting, token) is not None:
            return self.doors.own.allows(token)
        return self.doors.strangers.allows(caller(request))

    async def _respondent(self, voting: Voting, token: str) -> Respondent | None:
        found = await self.hub.read(lambda: voting.admission.rejoin(token)) if token else None
        if found is not None:
            self.doors.known.add(token)
        return found

    async def _state(self, voting: Voting, respondent: Respondent) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            asked = voting.read.asked(respondent.session)
            votes = voting.read.own_votes(respondent.id, [one.id for one in asked.rounds])
            return {"asked": asked_json(asked, voting.clock()), "own": own_json(respondent, votes)}

        return await self.hub.read(read)


async def _ballot(request: Request) -> Ballot | None:
    """The vote in a request's body; None for what is none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    length = request.headers.get("content-length", "")
    if kind != "application/json" or not length.isdigit() or int(length) > LONGEST_BODY:
        return None
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    key, choice, voter = found.get("round"), found.get("choice"), found.get("voter", "")
    if isinstance(key, bool) or not isinstance(key, int) or not isinstance(choice, str) or not isinstance(voter, str):
        return None
    return Ballot(RoundId(key), choice, voter)


def _refused(reason: Refusal) -> Response:
    return _refusal(STATUS.get(reason, 409), SENTENCES[reason], reason)


def _refusal(status: int, text: str, reason: str = "") -> Response:
    return JSONResponse({"error": text, "reason": reason}, status_code=status, headers=NO_STORE)
