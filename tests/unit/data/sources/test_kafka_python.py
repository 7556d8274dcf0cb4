"""The same settings lead librdkafka and kafka-python to the same brokers by the same login."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest
from kafka.admin import KafkaAdminClient

from data.settings import KafkaSettings
from data.sources.kafka_python import ClientCredentials, client_options


def settings(**given: object) -> KafkaSettings:
    return KafkaSettings.model_validate({"bootstrap_servers": "one:9092, two:9093", **given})


def test_a_plain_connection_names_the_servers_and_nothing_secret() -> None:
    assert client_options(settings()) == {
        "bootstrap_servers": ["one:9092", "two:9093"],
        "client_id": "streamgauge",
        "security_protocol": "PLAINTEXT",
    }


def test_every_option_is_one_that_the_client_knows(tmp_path: Path) -> None:
    file = tmp_path / "pem"
    file.write_text("x")
    secured = settings(
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_username="reader",
        sasl_password="secret",
        ssl_ca_file=str(file),
        ssl_certificate_file=str(file),
        ssl_key_file=str(file),
        ssl_key_password="opens",
        ssl_endpoint_identification="none",
    )
    options = client_options(secured)
    assert set(options) <= set(KafkaAdminClient.DEFAULT_CONFIG)
    assert options["ssl_check_hostname"] is False
    assert {options[f"ssl_{name}file"] for name in ("ca", "cert", "key")} == {str(file)}
    assert options["ssl_password"] == "opens"
    login = (options["sasl_mechanism"], options["sasl_plain_username"], options["sasl_plain_password"])
    assert login == ("SCRAM-SHA-512", "reader", "secret")


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[tuple[str, dict[str, list[str]]]]]]:
    """A token endpoint whose tokens live for an hour, and what it was asked: the login and the form."""
    asked: list[tuple[str, dict[str, list[str]]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            asked.append((base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode(), form))
            body = json.dumps({"access_token": f"token-{len(asked)}", "expires_in": 3600}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/token", asked
    server.shutdown()
    server.server_close()


def test_a_token_is_asked_for_once_and_kept_while_it_is_fresh(
    endpoint: tuple[str, list[tuple[str, dict[str, list[str]]]]],
) -> None:
    url, asked = endpoint
    by_token = settings(
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="OAUTHBEARER",
        oauth_token_url=url,
        oauth_client_id="gauge",
        oauth_client_secret="secret",
        oauth_scope="kafka",
    )
    provider = client_options(by_token)["sasl_oauth_token_provider"]
    assert isinstance(provider, ClientCredentials)
    assert [provider.token(), provider.token()] == ["token-1", "token-1"]
    assert asked == [("gauge:secret", {"grant_type": ["client_credentials"], "scope": ["kafka"]})]
