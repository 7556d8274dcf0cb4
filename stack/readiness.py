"""Whether a part does its work: asked from outside, as its users would ask."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import requests

from stack.plan import ALERTMANAGER, CONNECT, PROMETHEUS, REGISTRY
from stack.ports import HOST, is_open
from stack.state import Part

_PATHS = {
    REGISTRY: ("management", "/health/ready"),
    # 404 on every path until the worker has joined its group.
    CONNECT: ("http", "/connectors"),
    PROMETHEUS: ("http", "/-/ready"),
    ALERTMANAGER: ("http", "/-/ready"),
}


def answers(part: Part) -> bool:
    """True when the part answers now. A part with neither a known path nor ports answers by being alive."""
    if part.name in _PATHS:
        purpose, path = _PATHS[part.name]
        return answers_get(f"http://{HOST}:{part.ports[purpose]}{path}")
    return all(is_open(port) for port in part.ports.values())


def answers_get(url: str) -> bool:
    """True when that address answers a GET with 200 within five seconds."""
    try:
        return requests.get(url, timeout=5).status_code == HTTPStatus.OK
    except requests.RequestException:
        return False


def asks(part: Part) -> Callable[[], bool]:
    """The question as something to wait for."""
    return lambda: answers(part)
