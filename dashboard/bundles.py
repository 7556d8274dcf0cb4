"""The front end's scripts and styles: answered at once, asked for early, and compressed for people on the network.

Streamlit answers each of the seventy files of a first visit through a thread pool, which is slow while the store is
being opened beside it, and sends its 9 MB of JavaScript as they are. Its front end asks for the code of an element when
the first one of its kind arrives; the page's head asks for those that every page needs together with everything else.
"""

from __future__ import annotations

import gzip
import json
import mimetypes
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

PREFIX = "/static/"
_SUFFIXES = (".js", ".css")
_SMALLEST = 4096
"""Bytes below which compression is not worth a header."""
_YEAR = "public, max-age=31536000, immutable"
"""Bundle names carry a hash of their content."""

ELEMENTS = ("Html", "PageLink", "TextInput", "Metric")
"""What every page's frame and the first page are drawn with, by the names of Streamlit's components."""

_HEAD_END = b"</head>"


class Bundles:
    """Answers requests for bundles, and lets the page's head ask for more of them.

    compressed: send them compressed to browsers that take it, once that is done; over loopback it would only cost time.
    """

    def __init__(self, app: ASGIApp, *, compressed: bool) -> None:
        self._app = app
        root = Path(file_util.get_static_dir())
        found = (path for path in (root / "static").rglob("*") if path.suffix in _SUFFIXES)
        self._files = {f"{PREFIX}{path.relative_to(root / 'static').as_posix()}": path for path in found}
        manifest = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
        self._entry = manifest["index.html"]["file"].encode()
        self._preloads = preloads(manifest, ELEMENTS)
        self._compressed: dict[Path, bytes] = {}
        if compressed:
            threading.Thread(target=self._compress, name="bundle compression", daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a bundle's request; pass on every other one."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        path = self._files.get(scope["path"])
        if path is not None:
            await self._bundle(path, Headers(scope=scope))(scope, receive, send)
        elif "text/html" in Headers(scope=scope).get("accept", ""):
            await self._page(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _bundle(self, path: Path, asked: Headers) -> Response:
        headers = {"Cache-Control": _YEAR, "Vary": "Accept-Encoding"}
        body = self._compressed.get(path) if "gzip" in asked.get("accept-encoding", "") else None
        if body is None:
            body = path.read_bytes()
        else:
            headers["Content-Encoding"] = "gzip"
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Response(body, media_type=kind, headers=headers)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and write the preloads into the head of the page that answers it."""
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        begun: list[Message] = []
        body = bytearray()

        async def send_with_preloads(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            page = bytes(body)
            if self._entry in page:  # Streamlit's own page, and not that of the gate
                page = page.replace(_HEAD_END, self._preloads + _HEAD_END, 1)
                MutableHeaders(scope=begun[0])["content-length"] = str(len(page))
            await send(begun[0])
            await send({"type": "http.response.body", "body": page})

        await self._app({**scope, "headers": plain}, receive, send_with_preloads)

    def _compress(self) -> None:
        for path in sorted(self._files.values(), key=lambda path: path.stat().st_size, reverse=True):
            content = path.read_bytes()
            if len(content) >= _SMALLEST:
                self._compressed[path] = gzip.compress(content, 6)


def preloads(manifest: Mapping[str, Any], elements: Iterable[str]) -> bytes:
    """Links that ask for the code of elements and what it imports, without what the page asks for by itself.

    manifest: Vite's. An element that Streamlit no longer has is left out: its code is then loaded late, as without us.
    """
    known = set(_imported(manifest, "index.html", set()))
    entries = {entry.get("name"): key for key, entry in manifest.items() if entry.get("isDynamicEntry")}
    files: dict[str, None] = {}
    for element in elements:
        if element in entries:
            files.update(dict.fromkeys(manifest[key]["file"] for key in _imported(manifest, entries[element], known)))
    return "".join(f'<link rel="modulepreload" crossorigin href="./{file}">\n' for file in files).encode()


def _imported(manifest: Mapping[str, Any], key: str, known: set[str]) -> Iterator[str]:
    """The entry and everything that it imports, each once; `known` grows by them."""
    if key in known:
        return
    known.add(key)
    yield key
    for used in manifest[key].get("imports", ()):
        yield from _imported(manifest, used, known)
