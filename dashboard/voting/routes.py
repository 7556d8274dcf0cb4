"""All routes of voting, in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboard.instance import Instance
from dashboard.voting import joining, pages, paths
from dashboard.voting.doors import Doors
from dashboard.voting.hub import Hub
from dashboard.voting.votes import Phones

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""The two files are asked for by what they hold."""

Handler = Callable[[Request], Awaitable[Response]]


def voting_routes(instance: Instance) -> tuple[Hub, list[Route]]:
    """The routes, and the hub that must run while they are served."""
    doors = Doors(instance)
    hub = Hub()
    phones = Phones(doors, hub, {})
    handlers: list[tuple[str, str, Handler]] = [
        (paths.JOIN, "GET", partial(joining.show, doors)),
        (paths.JOIN, "POST", partial(joining.enter, doors)),
        (paths.VOTE, "GET", _page),
        (paths.VOTE, "POST", phones.vote),
        (paths.STATE, "GET", phones.state),
        (paths.EVENTS, "GET", phones.events),
        (paths.SCRIPT, "GET", _script),
        (paths.STYLE, "GET", _style),
        (paths.PRESENT, "GET", phones.present),
    ]
    return hub, [Route(path, handler, methods=[method]) for path, method, handler in handlers]


async def _page(_: Request) -> Response:
    headers = {"Content-Security-Policy": pages.POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse(pages.vote_page(), headers=headers)


async def _script(_: Request) -> Response:
    return Response(pages.script(), media_type="text/javascript", headers=FOREVER)


async def _style(_: Request) -> Response:
    return Response(pages.style(), media_type="text/css", headers=FOREVER)
