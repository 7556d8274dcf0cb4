"""Phones without a browser: they join, vote and listen over HTTP, as the page does."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from scoring.voting.lobbies import Lobby

LIMIT_SECONDS = 60.0


@dataclass(slots=True)
class Phone:
    """One phone: its cookies, and the address of the server."""

    url: str
    http: requests.Session = field(default_factory=requests.Session)

    def join(self, lobby: Lobby, **said: str) -> requests.Response:
        """Fill in both forms."""
        self.post_form(pin=lobby.pin)
        return self.post_form(pin=lobby.pin, step="about", **({"group": lobby.settings.groups[0]} | said))

    def post_form(self, origin: str | None = "", **fields: str) -> requests.Response:
        """Send a form of the joining page; origin: of the page that it is on, None for none."""
        return self.http.post(
            f"{self.url}/join", data=fields, headers=self._origin(origin), timeout=30, allow_redirects=False
        )

    def vote(self, found: int, choice: str, origin: str | None = "", **more: object) -> requests.Response:
        """Send a vote."""
        body = {"round": found, "choice": choice} | more
        return self.http.post(f"{self.url}/vote", json=body, headers=self._origin(origin), timeout=30)

    def state(self) -> dict[str, Any]:
        """What it is told when it asks."""
        answer = self.http.get(f"{self.url}/vote/state", timeout=30)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _origin(self, origin: str | None) -> dict[str, str]:
        return {} if origin is None else {"Origin": origin or self.url}


@dataclass(slots=True)
class Listening:
    """What an event stream has said so far."""

    events: list[tuple[str, Any]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def wait(self, wanted: Callable[[str, Any], bool]) -> Any:
        """The content of the first event that is wanted."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < deadline:
            for name, content in list(self.events):
                if wanted(name, content):
                    return content
            time.sleep(0.01)
        raise AssertionError(f"this did not come: {self.events}")


@contextmanager
def listening(http: requests.Session, address: str) -> Iterator[Listening]:
    """Read an event stream in the background."""
    answer = http.get(address, stream=True, timeout=LIMIT_SECONDS)
    assert answer.status_code == 200, answer.text
    heard = Listening()
    thread = threading.Thread(target=_read, args=(answer, heard), daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        answer.close()
        thread.join(LIMIT_SECONDS)


def _read(answer: requests.Response, heard: Listening) -> None:
    kept = ""
    try:
        for part in answer.iter_content(None, decode_unicode=False):
            kept += part.decode()
            *whole, kept = kept.split("\n\n")
            for one in whole:
                found = re.fullmatch(r"event: (\w+)\ndata: (.*)", one)
                if found:
                    heard.events.append((found[1], json.loads(found[2])))
    except (requests.RequestException, AttributeError, ValueError):
        pass  # closed by the test, or by the server's end
    heard.ended.set()
