"""Two hundred phones in one event loop, as light as can be: they share the machine with the server under test."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit


@dataclass(slots=True)
class Acknowledged:
    """A vote that was acknowledged. sent, answered: seconds of this process's clock."""

    phone: int
    round: int
    choice: str
    sent: float
    answered: float


@dataclass(slots=True)
class Phone:
    """One phone: a connection that votes, and one that listens. heard: bytes pushed to it."""

    number: int
    url: str
    cookie: str
    heard: int = 0
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None
    _listening: asyncio.Task[None] | None = None

    async def connect(self, url: str) -> None:
        """Connect to the server at this address, and listen."""
        await self.hang_up()
        self.url = url
        self._reader, self._writer = await self._opened()
        self._listening = asyncio.create_task(self._listen())

    async def hang_up(self) -> None:
        """Let go of both connections."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = self._listening = None

    async def vote(self, found: int, choice: str) -> Acknowledged | None:
        """Vote and wait for the acknowledgement; None when the server did not give one."""
        body = json.dumps({"round": found, "choice": choice}).encode()
        sent = perf_counter()
        try:
            status, _ = await self.ask("POST", "/vote", body)
        except (OSError, asyncio.IncompleteReadError):
            return None
        return Acknowledged(self.number, found, choice, sent, perf_counter()) if status == 200 else None

    async def state(self) -> dict[str, Any]:
        """What the server tells this phone."""
        _, body = await self.ask("GET", "/vote/state", b"")
        found: dict[str, Any] = json.loads(body)
        return found

    async def ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """One request on the connection that votes. Raises OSError or IncompleteReadError when the server has gone."""
        if self._reader is None or self._writer is None:
            raise OSError("not connected")
        self._writer.write(self._head(method, path, body) + body)
        await self._writer.drain()
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        return int(head.split(" ", 2)[1]), await self._reader.readexactly(length)

    async def _listen(self) -> None:
        reader, writer = await self._opened()
        try:
            writer.write(self._head("GET", "/vote/events", b""))
            while part := await reader.read(65_536):
                self.heard += len(part)
        except OSError:
            pass  # the server was killed, which is part of the measurement
        finally:
            writer.close()

    def _head(self, method: str, path: str, body: bytes) -> bytes:
        host = urlsplit(self.url).netloc
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {self.url}\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.url)
        return await asyncio.open_connection("127.0.0.1", parts.port)


@dataclass(slots=True)
class Presenter:
    """Listens as the presenter's page does. counts: (seconds, round, votes that are in), as they were told."""

    url: str
    cookie: str
    session: int
    counts: list[tuple[float, int, int]] = field(default_factory=list)

    async def listen(self) -> None:
        """Until the server ends or this is cancelled."""
        parts = urlsplit(self.url)
        reader, writer = await asyncio.open_connection("127.0.0.1", parts.port)
        head = f"GET /present/events?session={self.session} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {self.cookie}"
        try:
            writer.write(f"{head}\r\n\r\n".encode())
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    told = json.loads(line[6:]).get("rounds", {})
                    now = perf_counter()
                    self.counts += [(now, int(key), votes) for key, (votes, _) in told.items()]
        except OSError:
            pass  # the server was killed, which is part of the measurement
        finally:
            writer.close()
