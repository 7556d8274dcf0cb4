"""Compressed front-end bundles for people on the network; Streamlit sends its 9 MB of JavaScript as they are."""

from __future__ import annotations

import gzip
import mimetypes
import threading
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

_PREFIX = "/static/"
_SUFFIXES = {".js", ".css"}
_SMALLEST = 4096
"""Bytes below which compression is not worth a header."""
_YEAR = "public, max-age=31536000, immutable"
"""Bundle names carry a hash of their content."""


class CompressedBundles:
    """Answers requests for bundles from memory, compressed once in the background; passes on what is not ready."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressed: dict[str, bytes] = {}
        threading.Thread(target=self._compress, name="bundle compression", daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a bundle's request when the browser takes gzip."""
        body = self._compressed.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if body is None or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self._app(scope, receive, send)
            return
        kind = mimetypes.guess_type(scope["path"])[0] or "application/octet-stream"
        headers = {"Content-Encoding": "gzip", "Cache-Control": _YEAR, "Vary": "Accept-Encoding"}
        await Response(body, media_type=kind, headers=headers)(scope, receive, send)

    def _compress(self) -> None:
        root = Path(file_util.get_static_dir())
        bundles = [path for path in (root / "static").rglob("*") if path.suffix in _SUFFIXES]
        for path in sorted(bundles, key=lambda path: path.stat().st_size, reverse=True):
            content = path.read_bytes()
            if len(content) >= _SMALLEST:
                self._compressed[f"{_PREFIX}{path.relative_to(root / 'static').as_posix()}"] = gzip.compress(content, 6)
