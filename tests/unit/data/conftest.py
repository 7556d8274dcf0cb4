"""A real HTTP server for the sources to meet, and certificates for its TLS."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme


@dataclass
class Asked:
    """One request as the server got it."""

    method: str
    path: str
    parameters: dict[str, list[str]]
    form: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class Reply:
    """What the server answers. Content-Length is `claimed` when given, to end an answer in its middle."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    claimed: int | None = None
    hold: threading.Event | None = None


Answering = Callable[[Asked], Reply]


def reply(value: object, status: int = 200) -> Reply:
    """JSON as a reply."""
    return Reply(json.dumps(value).encode(), status)


class Service:
    """A server on a free port; `answer` decides, `asked` remembers."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.answer: Answering = lambda _: Reply()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                asked = Asked(self.command, parts.path, parse_qs(parts.query), parse_qs(body), dict(self.headers))
                service.asked.append(asked)
                answer = service.answer(asked)
                if answer.hold is not None:
                    answer.hold.wait(20)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(answer.claimed or len(answer.body)))
                self.end_headers()
                with suppress(ConnectionError):  # the client may have given up waiting
                    self.wfile.write(answer.body)
                if answer.claimed is not None:
                    self.close_connection = True

            do_GET = _serve  # noqa: N815 - http.server's name
            do_POST = _serve  # noqa: N815 - http.server's name

            def log_message(self, *_: object) -> None:
                """The tests read `asked` instead."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Free the port."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    """A plain HTTP server."""
    running = Service()
    yield running
    running.stop()


@dataclass(frozen=True)
class Certificates:
    """Files of a small certificate authority."""

    authority: trustme.CA
    ca_file: Path
    certificate_file: Path
    key_file: Path


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """A CA and a client certificate that it signed."""
    authority = trustme.CA()
    ours = authority.issue_cert("collector@example.org")
    found = Certificates(authority, tmp_path / "ca.pem", tmp_path / "ours.pem", tmp_path / "ours.key")
    authority.cert_pem.write_to_path(found.ca_file)
    ours.cert_chain_pems[0].write_to_path(found.certificate_file)
    ours.private_key_pem.write_to_path(found.key_file)
    return found


@pytest.fixture
def secure_service(certificates: Certificates) -> Iterator[Service]:
    """An HTTPS server that asks for a client certificate of the CA, and answers nobody without one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificates.authority.issue_cert("127.0.0.1").configure_cert(context)
    certificates.authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    running = Service(context)
    yield running
    running.stop()
