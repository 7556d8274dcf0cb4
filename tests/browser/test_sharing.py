"""A shared instance: nobody sees a number before signing in, and a reload does not ask again."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, expect

from dashboard.security.sessions import COOKIE
from tests.browser.believable import written
from tests.browser.serving import Served, serving
from tests.browser.watching import watched

SECRET = "correct horse battery"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that others could reach, with a secret in a file."""
    folder = tmp_path_factory.mktemp("shared")
    secret = folder / "secret"
    secret.write_text(f"{SECRET}\n")
    with serving(folder, "--share", "--admin-secret-file", str(secret), environ=written(folder)) as served:
        yield served


def test_signing_in_leads_to_the_link_and_a_reload_does_not_ask_again(browser: Browser, shared: Served) -> None:
    with watched(browser, shared.url) as watching:
        watching.page.goto(f"{shared.url}/estate?search_topics=orders")
        expect(watching.page.get_by_role("heading", name="streamgauge")).to_be_visible()
        assert "orders" not in watching.page.inner_text("body")
        watching.page.get_by_label("Admin secret of this instance").fill(SECRET)
        watching.page.get_by_role("button", name="Sign in").click()
        watching.settle()
        assert watching.page.url == f"{shared.url}/estate?search_topics=orders"
        watching.page.reload()
        watching.settle()
        assert "topics" in watching.page.inner_text("body")
        assert COOKIE not in watching.page.evaluate("document.cookie")
        assert watching.all_faults() == []


def test_a_wrong_secret_is_told_and_opens_nothing(browser: Browser, shared: Served) -> None:
    with watched(browser, shared.url) as watching:
        watching.page.goto(shared.url)
        watching.page.get_by_label("Admin secret of this instance").fill("something else")
        watching.page.get_by_role("button", name="Sign in").click()
        expect(watching.page.get_by_role("alert")).to_have_text("■ That is not the secret.")
        assert watching.page.context.cookies() == []


@pytest.mark.parametrize(
    "path", ["/_stcore/host-config", "/_stcore/metrics", "/static/index.html", "/media/x", "/estate"]
)
def test_no_path_answers_a_stranger(shared: Served, path: str) -> None:
    answer = requests.get(f"{shared.url}{path}", timeout=30, allow_redirects=False)
    assert answer.status_code in (401, 404)
    assert "prod-eu" not in answer.text


def test_bundles_come_compressed_over_the_network(shared: Served) -> None:
    session = requests.Session()
    session.post(f"{shared.url}/signin", data={"secret": SECRET}, timeout=30)
    page = session.get(shared.url, timeout=30).text
    bundle = page.split('src="./static/js/')[1].split('"')[0]
    path = f"{shared.url}/static/js/{bundle}"
    deadline = time.monotonic() + 60
    answer = session.get(path, timeout=60)
    while "content-encoding" not in answer.headers and time.monotonic() < deadline:
        time.sleep(0.2)  # they are compressed in the background, the largest first
        answer = session.get(path, timeout=60)
    assert answer.headers["content-encoding"] == "gzip"
    sent = int(answer.headers["content-length"])
    assert sent < 0.5 * len(answer.content)
