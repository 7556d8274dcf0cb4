"""What goes wrong between us and an HTTP service, on a real one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from data.settings import HttpSettings
from data.sources.failures import SourceFailure
from data.sources.http import HttpSession
from scoring.catalog.estate import FailureKind
from tests.unit.data.conftest import Certificates, Reply, Service, reply

HELD_BACK = "kept-from-everybody"


def session(url: str, **options: Any) -> HttpSession:
    return HttpSession("The service", HttpSettings(url=url, **{"timeout": 30.0, **options}))


def failure(call: Callable[[], object]) -> SourceFailure:
    with pytest.raises(SourceFailure) as raised:
        call()
    return raised.value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_port_where_nobody_listens_is_unreachable_and_the_sentence_says_refused() -> None:
    found = failure(lambda: session(f"http://127.0.0.1:{free_port()}").get_json("/x"))
    assert found.kind is FailureKind.UNREACHABLE
    assert "Connection refused" in found.sentence


def test_a_name_that_does_not_resolve_is_unreachable() -> None:
    found = failure(lambda: session("http://nowhere.invalid").get_json("/x"))
    assert found.kind is FailureKind.UNREACHABLE


def test_a_service_that_never_answers_is_a_timeout_after_the_time_set(service: Service) -> None:
    hold = threading.Event()
    service.answer = lambda _: Reply(hold=hold)
    started = time.monotonic()
    found = failure(lambda: session(service.url, timeout=0.3).get_json("/x"))
    hold.set()
    assert found.kind is FailureKind.TIMEOUT
    assert 0.3 <= time.monotonic() - started < 5


def test_the_time_that_one_question_was_given_is_the_one_that_is_told(service: Service) -> None:
    hold = threading.Event()
    service.answer = lambda _: Reply(hold=hold)
    found = failure(lambda: session(service.url, timeout=30.0).get_json("/x", timeout=0.25))
    hold.set()
    assert found.kind is FailureKind.TIMEOUT
    assert "within 0.25 s" in found.sentence


def test_a_service_that_sends_a_byte_now_and_then_does_not_get_around_the_deadline() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not stop.wait(0.05):
            try:
                connection.sendall(b"1\r\n \r\n")
            except OSError:
                return

    threading.Thread(target=drip, daemon=True).start()
    try:
        found = failure(lambda: session(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=0.5).get_json("/x"))
    finally:
        stop.set()
        listener.close()
    assert found.kind is FailureKind.TIMEOUT


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, FailureKind.FORBIDDEN),
        (403, FailureKind.FORBIDDEN),
        (404, FailureKind.BAD_ANSWER),
        (408, FailureKind.TIMEOUT),
        (500, FailureKind.BAD_ANSWER),
        (503, FailureKind.UNREACHABLE),
        (504, FailureKind.TIMEOUT),
    ],
)
def test_a_status_says_what_kind_of_failure_it_is(service: Service, status: int, kind: FailureKind) -> None:
    service.answer = lambda _: reply({"message": "the reason given"}, status)
    found = failure(lambda: session(service.url).get_json("/x"))
    assert found.kind is kind
    assert f"{status}" in found.sentence
    assert "the reason given" in found.sentence
    assert len(service.asked) == 1


def test_a_page_in_place_of_json_is_a_bad_answer(service: Service) -> None:
    service.answer = lambda _: Reply(b"<html>Please log in</html>", headers={"Content-Type": "text/html"})
    found = failure(lambda: session(service.url).get_json("/x"))
    assert found.kind is FailureKind.BAD_ANSWER
    assert "text/html" in found.sentence


def test_an_answer_that_ends_in_its_middle_is_a_bad_answer(service: Service) -> None:
    service.answer = lambda _: Reply(b'{"half": ', claimed=1000)
    found = failure(lambda: session(service.url).get_json("/x"))
    assert found.kind is FailureKind.BAD_ANSWER
    assert "middle" in found.sentence


def test_a_redirect_to_a_login_is_not_followed(service: Service) -> None:
    service.answer = lambda _: Reply(b"", 302, {"Location": "https://user:hunter2@login.example.org/?x=1"})
    found = failure(lambda: session(service.url).get_json("/x"))
    assert found.kind is FailureKind.BAD_ANSWER
    assert "login.example.org" in found.next_step
    assert "hunter2" not in str(found)
    assert len(service.asked) == 1


def test_an_idle_connection_that_the_server_closed_is_opened_again() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    answered = threading.Event()
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"

    def serve() -> None:
        first, _ = listener.accept()
        first.recv(65536)
        first.sendall(body)
        answered.set()
        first.recv(65536)
        first.close()
        second, _ = listener.accept()
        second.recv(65536)
        second.sendall(body)

    threading.Thread(target=serve, daemon=True).start()
    one = session(f"http://127.0.0.1:{listener.getsockname()[1]}")
    assert one.get_json("/x") == []
    assert answered.wait(5)
    assert one.get_json("/x") == []
    listener.close()


def test_basic_credentials_and_extra_headers_are_sent(service: Service) -> None:
    session(
        service.url, username="reader", password=SecretStr("open"), headers={"X-Scope-OrgID": SecretStr("team-a")}
    ).get_json("/x")
    sent = service.asked[0].headers
    assert sent["Authorization"] == "Basic cmVhZGVyOm9wZW4="
    assert sent["X-Scope-OrgID"] == "team-a"


def test_a_mounted_token_is_read_anew_at_each_request(service: Service, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")
    one = session(service.url, bearer_token_file=token)
    one.get_json("/x")
    token.write_text("second\n")
    one.get_json("/x")
    assert [asked.headers["Authorization"] for asked in service.asked] == ["Bearer first", "Bearer second"]


def test_a_token_file_that_has_gone_is_forbidden_and_named(service: Service, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first")
    one = session(service.url, bearer_token_file=token)
    token.unlink()
    found = failure(lambda: one.get_json("/x"))
    assert found.kind is FailureKind.FORBIDDEN
    assert str(token) in found.sentence


def test_credentials_of_netrc_are_never_sent(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login someone password {HELD_BACK}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    session(service.url).get_json("/x")
    assert "Authorization" not in service.asked[0].headers


def test_a_certificate_of_an_unknown_authority_is_refused(secure_service: Service) -> None:
    found = failure(lambda: session(secure_service.url).get_json("/x"))
    assert found.kind is FailureKind.UNREACHABLE
    assert "certificate verify failed" in found.sentence
    assert "ca_file" in found.next_step


def test_mutual_tls_with_our_certificate_answers(secure_service: Service, certificates: Certificates) -> None:
    one = session(
        secure_service.url,
        ca_file=certificates.ca_file,
        certificate_file=certificates.certificate_file,
        key_file=certificates.key_file,
    )
    assert one.get_json("/x") == {}


def test_mutual_tls_without_our_certificate_does_not(secure_service: Service, certificates: Certificates) -> None:
    found = failure(lambda: session(secure_service.url, ca_file=certificates.ca_file).get_json("/x"))
    assert found.kind is FailureKind.UNREACHABLE


def test_no_failure_repeats_a_secret(service: Service) -> None:
    service.answer = lambda _: reply({"message": "no"}, 401)
    one = session(service.url, username="reader", password=SecretStr(HELD_BACK))
    assert HELD_BACK not in str(failure(lambda: one.get_json("/x")))
    assert HELD_BACK not in repr(one.__dict__)
