"""The gate over plain HTTP and websockets, with an application behind it that would answer everybody."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.security.gate import Gate, GateMiddleware
from dashboard.security.headers import SecurityHeaders
from dashboard.security.secrets import HashedSecret
from dashboard.security.sessions import COOKIE, LIFETIME_SECONDS, Sessions

SECRET = "correct horse battery"


async def data(_: object) -> PlainTextResponse:
    return PlainTextResponse("numbers")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("numbers")
    await socket.close()


def client(*, secure: bool = False) -> TestClient:
    gate = Gate(HashedSecret.of(SECRET), secure=secure)
    routes = [
        Route("/", data),
        Route("/estate", data),
        Route("/healthz", data),
        Route("/_stcore/metrics", data),
        WebSocketRoute("/_stcore/stream", stream),
        *gate.routes(),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders), Middleware(GateMiddleware, gate=gate)])
    return TestClient(app, base_url="https://testserver" if secure else "http://testserver", follow_redirects=False)


def test_a_browser_without_a_session_is_sent_to_sign_in_and_keeps_its_link() -> None:
    answer = client().get("/estate?asof=2026-11-20T12:00", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/signin?next=%2Festate%3Fasof%3D2026-11-20T12%3A00"


def test_everything_else_without_a_session_is_refused() -> None:
    answer = client().get("/estate")
    assert answer.status_code == 401
    assert "numbers" not in answer.text


def test_a_websocket_without_a_session_is_closed_before_a_word() -> None:
    with pytest.raises(WebSocketDisconnect) as closed, client().websocket_connect("/_stcore/stream"):
        pass
    assert closed.value.code == 4401


def test_the_secret_opens_pages_and_websocket_and_leads_back_to_the_link() -> None:
    browser = client()
    answer = browser.post("/signin", data={"secret": SECRET, "next": "/estate?q=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/estate?q=1")
    assert browser.get("/estate").text == "numbers"
    with browser.websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_text() == "numbers"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    cookie = client(secure=True).post("/signin", data={"secret": SECRET}).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" in cookie


def test_a_wrong_secret_gets_no_session() -> None:
    browser = client()
    answer = browser.post("/signin", data={"secret": "correct horse batterx"})
    assert answer.status_code == 403
    assert "That is not the secret." in answer.text
    assert COOKIE not in browser.cookies


def test_the_sixth_wrong_secret_has_to_wait_and_so_has_the_right_one() -> None:
    browser = client()
    assert [browser.post("/signin", data={"secret": "x"}).status_code for _ in range(6)] == [403] * 5 + [429]
    answer = browser.post("/signin", data={"secret": SECRET})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 61


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_a_link_never_leads_to_another_site(target: str) -> None:
    assert client().post("/signin", data={"secret": SECRET, "next": target}).headers["location"] == "/"


def test_signing_out_ends_the_session_in_this_browser() -> None:
    browser = client()
    browser.post("/signin", data={"secret": SECRET})
    browser.post("/signout")
    assert browser.get("/estate").status_code == 401


def test_health_answers_without_a_session() -> None:
    assert client().get("/healthz").status_code == 200


def test_the_page_repeats_a_link_as_text_only() -> None:
    page = client().get("/signin", params={"next": '/"><script>alert(1)</script>'}).text
    assert "<script>" not in page


def test_every_answer_forbids_frames_sniffing_and_other_sites() -> None:
    headers = client().get("/signin").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_streamlits_metrics_are_not_served() -> None:
    browser = client()
    browser.post("/signin", data={"secret": SECRET})
    assert browser.get("/_stcore/metrics").status_code == 404


def test_a_session_ends_after_its_lifetime_and_cannot_be_made_up() -> None:
    sessions = Sessions(key=b"k" * 32)
    token = sessions.issue(1000.0)
    assert sessions.admits(token, 1000.0 + LIFETIME_SECONDS - 1)
    assert not sessions.admits(token, 1000.0 + LIFETIME_SECONDS)
    assert not Sessions(key=b"x" * 32).admits(token, 1000.0)
    assert not sessions.admits("9" * 12 + token[10:], 1000.0)
    for broken in (None, "", ".", "..", "a.b.c", token[:-1]):
        assert not sessions.admits(broken, 1000.0)
