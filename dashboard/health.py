"""What the health route answers: whether the database can be read and whether the collector runs."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit import config

from dashboard.instance import Instance
from dashboard.wording import instant


def health_route(instance: Instance, options: dict[str, Any]) -> Route:
    """`/healthz`: 200 when pages can be drawn, 503 while the database is opening or cannot be read.

    It says nothing about clusters, because it answers without a sign-in.
    """

    def healthz(_: Request) -> Response:
        database = database_health(instance)
        answer = {
            "status": "ok" if database["state"] == "ok" else "unavailable",
            "database": database,
            "collector": collector_health(instance),
            "options": fingerprint(options),
        }
        return JSONResponse(answer, status_code=200 if database["state"] == "ok" else 503)

    return Route("/healthz", healthz, methods=["GET"])


def database_health(instance: Instance) -> dict[str, str | None]:
    """State of the database: opening, failed, unreadable or ok; the newest attempt of any source, by this database."""
    if not instance.opening.done():
        return {"state": "opening", "last_attempt": None}
    if instance.opening.exception() is not None:
        return {"state": "failed", "last_attempt": None}
    try:
        states = instance.reader.ask(("source_states", None, None), lambda read: read.source_states())
    except Exception:  # noqa: BLE001 - whatever the database driver raises, the answer is that it cannot be read
        return {"state": "unreadable", "last_attempt": None}
    attempts = [state.last_attempt for state in states if state.last_attempt is not None]
    return {"state": "ok", "last_attempt": instant(max(attempts, default=None))}


def collector_health(instance: Instance) -> dict[str, Any]:
    """State of the supervised collector; `supervised` is false when it runs elsewhere or nothing is configured."""
    if instance.supervisor is None:
        return {"supervised": False}
    state = instance.supervisor.state
    return {
        "supervised": True,
        "running": state.running,
        "pid": state.pid,
        "restarts": state.restarts,
        "seconds": round((instance.clock() - state.since).total_seconds(), 1),
    }


def fingerprint(options: dict[str, Any]) -> str:
    """A hash of what the server really uses for each of these options, to compare with what was meant."""
    return fingerprint_of({name: config.get_option(name) for name in options})


def fingerprint_of(values: dict[str, Any]) -> str:
    """A hash of option values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
