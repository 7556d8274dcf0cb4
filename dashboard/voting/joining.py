"""Joining: a PIN, then what the session wants to know, then a cookie that only scripts of the server can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from dashboard.voting.doors import Doors
from dashboard.voting.origin import caller, is_ours
from dashboard.voting.pages import POLICY, about_page, pin_page, refused_page
from dashboard.voting.paths import COOKIE, COOKIE_SECONDS, VOTE
from data.store.failures import StoreError
from scoring.meetings.texts import RefusedError
from scoring.voting.admitting import JoinRefusal, JoinRefusedError
from scoring.voting.lobbies import PIN_DIGITS
from scoring.voting.voters import Joining

if TYPE_CHECKING:
    from data.store.voting.voting import Voting

LONGEST_FORM = 8192
"""Bytes of a form that are read at most."""

HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}


async def show(doors: Doors, request: Request) -> Response:
    """GET /join: the form for the PIN. A link that carries the key too goes on at once; who has joined votes on."""
    pin, key = _digits(request.query_params.get("pin", "")), request.query_params.get("key", "")
    voting = doors.voting()
    if voting is None:
        return page(refused_page(doors.why_not()), 503)
    try:
        if pin and key and await _has_joined(voting, request, pin, key):
            return RedirectResponse(VOTE, status_code=303, headers=HEADERS)
        if pin and key:
            session, lobby = await to_thread.run_sync(voting.admission.lobby, caller(request), pin, key)
            return page(about_page(session.title, lobby, key))
    except JoinRefusedError as error:
        return refused(error, pin)
    except StoreError as error:
        return page(refused_page(str(error)), 503)
    return page(pin_page(pin))


async def enter(doors: Doors, request: Request) -> Response:
    """POST /join: first the PIN, then who joins. Ends with the cookie and the vote page."""
    voting = doors.voting()
    if voting is None:
        return page(refused_page(doors.why_not()), 503)
    if not is_ours(request, doors.public_url):
        error = await to_thread.run_sync(voting.admission.refuse_foreign, caller(request))
        return page(refused_page(str(error)), 403)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LONGEST_FORM:
        return PlainTextResponse("the form is too long", status_code=413)
    form = dict(parse_qsl((await request.body())[:LONGEST_FORM].decode("utf-8", errors="replace")))
    pin, key = _digits(form.get("pin", "")), form.get("key", "")
    try:
        return await _entered(doors, voting, request, form, pin, key)
    except JoinRefusedError as error:
        return refused(error, pin)
    except RefusedError as error:  # a session that was closed, a lobby that is full
        return page(pin_page(pin, str(error)), 409)
    except StoreError as error:
        return page(refused_page(str(error)), 503)


async def _entered(
    doors: Doors, voting: Voting, request: Request, form: Mapping[str, str], pin: str, key: str
) -> Response:
    who = caller(request)
    if await _has_joined(voting, request, pin, key):
        return RedirectResponse(VOTE, status_code=303, headers=HEADERS)
    session, lobby = await to_thread.run_sync(voting.admission.lobby, who, pin, key)
    if form.get("step") != "about":
        return page(about_page(session.title, lobby, key))
    said = Joining(form.get("group", ""), form.get("unit", ""), form.get("name", ""), form.get("observer") == "yes")
    try:
        said.checked(lobby.settings)
    except RefusedError as error:
        return page(about_page(session.title, lobby, key, said, str(error)), 422)
    admitted = await to_thread.run_sync(voting.admission.join, who, pin, said, key)
    answer = RedirectResponse(VOTE, status_code=303, headers=HEADERS)
    answer.set_cookie(
        COOKIE,
        admitted.token,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=(doors.public_url or "").startswith("https://"),
    )
    return answer


async def _has_joined(voting: Voting, request: Request, pin: str, key: str) -> bool:
    """True when this phone is in that session already: who scans the code again stays who they were."""
    token = request.cookies.get(COOKIE, "")
    respondent = await to_thread.run_sync(voting.admission.rejoin, token) if token else None
    if respondent is None or respondent.observer:  # an observer may come in again, to vote
        return False
    lobby = await to_thread.run_sync(voting.read.lobby, respondent.session)
    return lobby is not None and lobby.is_open and lobby.pin == pin and key in ("", lobby.key)


def page(html: str, status: int = 200) -> Response:
    """A page of ours, with what it lets a browser do."""
    return HTMLResponse(html, status, headers=HEADERS)


def refused(error: JoinRefusedError, pin: str) -> Response:
    """The form again, with what was wrong."""
    status = 429 if error.reason is JoinRefusal.BLOCKED else 403
    answer = page(pin_page(pin, str(error)), status)
    if error.wait is not None:
        answer.headers["Retry-After"] = str(int(error.wait.total_seconds()) + 1)
    return answer


def _digits(text: str) -> str:
    """What was typed, without the spaces that people put into six digits."""
    return "".join(text.split())[: PIN_DIGITS + 1]
