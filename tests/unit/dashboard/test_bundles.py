"""The front end's bundles: what the head asks for, and how a bundle is answered."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import file_util

from dashboard.bundles import ELEMENTS, Bundles, preloads
from stack.processes import wait_until

STATIC = Path(file_util.get_static_dir())
ENTRY = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))["index.html"]["file"]
PAGE = f'<!doctype html><html><head><script src="./{ENTRY}"></script></head><body>b</body></html>'
VISIT = {"accept": "text/html,application/xhtml+xml"}
MANIFEST = {
    "index.html": {"file": "js/index.js", "name": "index", "imports": ["_react"]},
    "_react": {"file": "js/react.js"},
    "_numbers": {"file": "js/numbers.js", "imports": ["_react"]},
    "Metric.tsx": {"file": "js/Metric.js", "name": "Metric", "isDynamicEntry": True, "imports": ["_numbers", "_react"]},
    "Html.tsx": {"file": "js/Html.js", "name": "Html", "isDynamicEntry": True, "imports": ["_react"]},
}


def client(*, compressed: bool = False) -> TestClient:
    """A browser of a server with a page of Streamlit's and one that is not."""

    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE, headers={"x-encoding": request.headers.get("accept-encoding", "none")})

    async def sign_in(_: Request) -> Response:
        return HTMLResponse("<html><head></head><body>who is there?</body></html>")

    app = Starlette(routes=[Route("/", page), Route("/signin", sign_in)])
    return TestClient(Bundles(app, compressed=compressed))


def a_bundle(element: str) -> Path:
    """The file that holds the code of an element in the Streamlit that is installed."""
    (found,) = (STATIC / "static" / "js").glob(f"{element}.*.js")
    return found


def test_an_element_brings_what_it_imports_once_and_nothing_that_the_page_has_already() -> None:
    links = preloads(MANIFEST, ["Metric", "Html"]).decode()
    assert re.findall(r'href="([^"]+)"', links) == ["./js/Metric.js", "./js/numbers.js", "./js/Html.js"]


def test_an_element_that_streamlit_no_longer_has_is_left_out() -> None:
    assert preloads(MANIFEST, ["Gauge"]) == b""


def test_every_element_of_ours_is_known_to_the_installed_streamlit() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    for element in ELEMENTS:
        files = re.findall(r'href="\./([^"]+)"', preloads(manifest, [element]).decode())
        assert any(Path(file).name.startswith(f"{element}.") for file in files)
        assert all((STATIC / file).is_file() for file in files)


def test_the_head_of_the_page_asks_for_the_code_of_a_metric() -> None:
    answer = client().get("/", headers=VISIT)
    head, _, rest = answer.text.partition("</head>")
    assert f'<link rel="modulepreload" crossorigin href="./static/js/{a_bundle("Metric").name}">' in head
    assert head.startswith(f'<!doctype html><html><head><script src="./{ENTRY}"></script><link')
    assert rest == "<body>b</body></html>"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["x-encoding"] == "none"


@pytest.mark.parametrize(("path", "headers"), [("/signin", VISIT), ("/", {"accept": "application/json"})])
def test_every_other_answer_is_left_as_it_is(path: str, headers: dict[str, str]) -> None:
    assert "modulepreload" not in client().get(path, headers=headers).text


def test_a_bundle_is_answered_as_it_lies_on_disk_and_may_be_kept_for_a_year() -> None:
    bundle = a_bundle("Metric")
    answer = client().get(f"/static/js/{bundle.name}", headers={"accept-encoding": "gzip"})
    assert answer.content == bundle.read_bytes()
    assert "content-encoding" not in answer.headers
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_a_shared_instance_sends_a_bundle_compressed_to_whoever_takes_it() -> None:
    bundle, browser = a_bundle("Metric"), client(compressed=True)
    path = f"/static/js/{bundle.name}"

    def compressed() -> bool:
        return browser.get(path, headers={"accept-encoding": "gzip"}).headers.get("content-encoding") == "gzip"

    wait_until(compressed, "the bundle should be compressed", 120)
    with browser.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        assert gzip.decompress(b"".join(answer.iter_raw())) == bundle.read_bytes()
    assert "content-encoding" not in browser.get(path, headers={"accept-encoding": "identity"}).headers
    assert browser.get(path).headers["vary"] == "Accept-Encoding"


def test_a_file_outside_the_bundles_is_not_found() -> None:
    assert client().get("/static/../index.html").status_code == 404
