"""The gate of a shared instance: nothing is answered to whoever has not signed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qsl, urlencode

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.security.secrets import FailureLimit, HashedSecret
from dashboard.security.sessions import COOKIE, LIFETIME_SECONDS, Sessions
from dashboard.theme import DARK, LIGHT, Palette
from dashboard.voting.paths import OPEN_TO_PHONES

SIGN_IN = "/signin"
SIGN_OUT = "/signout"
OPEN_PATHS = (SIGN_IN, "/healthz", *OPEN_TO_PHONES)
LONGEST_FORM = 4096
"""Bytes of a sign-in form that are read at most."""


def _limit() -> FailureLimit:
    return FailureLimit(limit=5, overall=50, window=60.0, monotonic=time.monotonic)


@dataclass(frozen=True, slots=True)
class Gate:
    """Who knows the secret is the admin; nobody else sees anything.

    secure: the pages are reached over HTTPS, so the cookie is never sent without it.
    """

    secret: HashedSecret
    secure: bool
    sessions: Sessions = field(default_factory=Sessions)
    failures: FailureLimit = field(default_factory=_limit)
    seconds: Callable[[], float] = time.time

    def admits(self, token: str | None) -> bool:
        """True when the session token of a request is good."""
        return self.sessions.admits(token, self.seconds())

    def routes(self) -> list[Route]:
        """The sign-in page, its form and the way out."""
        return [
            Route(SIGN_IN, self._show, methods=["GET"]),
            Route(SIGN_IN, self._sign_in, methods=["POST"]),
            Route(SIGN_OUT, self._sign_out, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        return HTMLResponse(sign_in_page(_local(request.query_params.get("next")), ""))

    async def _sign_in(self, request: Request) -> Response:
        caller = request.client.host if request.client else "unknown"
        wait = self.failures.wait(caller)
        if wait > 0:
            seconds = int(wait) + 1
            page = sign_in_page("/", f"Too many wrong secrets. Try again in {seconds} seconds.")
            return HTMLResponse(page, status_code=429, headers={"Retry-After": str(seconds)})
        if int(request.headers.get("content-length") or LONGEST_FORM + 1) > LONGEST_FORM:
            return PlainTextResponse("the form is too long", status_code=413)
        form = await _read_form(request)
        target = _local(form.get("next"))
        self.failures.guessing(caller)
        if not await to_thread.run_sync(self.secret.matches, form.get("secret", "")):
            return HTMLResponse(sign_in_page(target, "That is not the secret."), status_code=403)
        self.failures.succeeded(caller)
        answer = RedirectResponse(target, status_code=303)
        answer.set_cookie(
            COOKIE,
            self.sessions.issue(self.seconds()),
            max_age=LIFETIME_SECONDS,
            httponly=True,
            samesite="lax",
            secure=self.secure,
        )
        return answer

    async def _sign_out(self, _: Request) -> Response:
        answer = RedirectResponse(SIGN_IN, status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=self.secure)
        return answer


class GateMiddleware:
    """Sends every request without a session to the sign-in page, and closes every websocket without one."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what carries a session or asks for an open path."""
        if scope["type"] == "lifespan" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        if self._gate.admits(HTTPConnection(scope).cookies.get(COOKIE)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4401, "reason": "sign in first"})
        else:
            await _turn_away(scope)(scope, receive, send)


def _turn_away(scope: Scope) -> Response:
    """The sign-in page for a person's browser, a plain refusal for everything else."""
    if scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
        query = scope["query_string"].decode("latin-1")
        target = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': target})}", status_code=303)
    return PlainTextResponse("sign in first", status_code=401)


async def _read_form(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form; needs no multipart parser."""
    body = await request.body()
    return dict(parse_qsl(body[:LONGEST_FORM].decode("utf-8", errors="replace"), keep_blank_values=True))


def _local(target: str | None) -> str:
    """The target when it is a path of ours, otherwise the first page: a link must not lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return "/"
    return target


def sign_in_page(target: str, problem: str) -> str:
    """The sign-in page: one field, in the reader's theme, without a script."""
    note = f'<p role="alert" class="problem">■ {escape(problem)}</p>' if problem else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · streamgauge</title><link rel="icon" href="data:,"><style>
:root {{ color-scheme: light dark; {_variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
body {{ font: 18px/1.5 system-ui, sans-serif; background: var(--page); color: var(--text); margin: 0; }}
main {{ max-width: 24rem; margin: 15vh auto 0; padding: 0 1.5rem; }}
h1 {{ font-size: 28px; }}
input, button {{ font: inherit; width: 100%; box-sizing: border-box; padding: .6rem .8rem; border-radius: 6px;
  border: 1px solid var(--muted); background: var(--surface); color: var(--text); margin-top: .4rem; }}
button {{ background: var(--accent); color: var(--page); border-color: var(--accent); margin-top: 1rem; }}
.problem {{ color: var(--lockdown); }}
</style></head><body><main><h1>streamgauge</h1>{note}
<form method="post" action="{SIGN_IN}"><input type="hidden" name="next" value="{escape(target, quote=True)}">
<label for="secret">Admin secret of this instance</label>
<input id="secret" name="secret" type="password" autocomplete="current-password" required autofocus>
<button type="submit">Sign in</button></form>
<p>The person who started it with <code>streamgauge run --share</code> has it.</p></main></body></html>"""


def _variables(palette: Palette) -> str:
    return (
        f"--page: {palette.page}; --surface: {palette.surface}; --text: {palette.text}; --muted: {palette.muted}; "
        f"--accent: {palette.accent}; --lockdown: {palette.lockdown};"
    )
