"""A cluster's settings as kafka-python takes them."""

from __future__ import annotations

import time
from typing import Any

import requests
from kafka.net.sasl.oauth import AbstractTokenProvider

from data.settings import KafkaSettings, SaslMechanism
from data.settings.kafka import EndpointIdentification
from data.settings.secrets import reveal

TOKEN_SECONDS = 30.0
FRESH_SHARE = 0.8
"""Share of a token's life after which the next connection asks for another one, as librdkafka does."""


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """The options for a kafka-python client; holds secrets in the clear, so never log it.

    What stands under `extra` is librdkafka's alone. Raises OSError when a secret's file has gone since the start.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": [server.strip() for server in settings.bootstrap_servers.split(",")],
        "client_id": settings.client_id,
        "security_protocol": settings.security_protocol.value,
    }
    if settings.security_protocol.tls:
        options |= {
            "ssl_check_hostname": settings.ssl_endpoint_identification is EndpointIdentification.HTTPS,
            "ssl_cafile": _text(settings.ssl_ca_file),
            "ssl_certfile": _text(settings.ssl_certificate_file),
            "ssl_keyfile": _text(settings.ssl_key_file),
            "ssl_password": reveal(settings.ssl_key_password, settings.ssl_key_password_file),
        }
    if settings.security_protocol.sasl and settings.sasl_mechanism is not None:
        options["sasl_mechanism"] = settings.sasl_mechanism.value
        if settings.sasl_mechanism is SaslMechanism.OAUTHBEARER:
            options["sasl_oauth_token_provider"] = ClientCredentials(settings)
        else:
            options["sasl_plain_username"] = settings.sasl_username
            options["sasl_plain_password"] = reveal(settings.sasl_password, settings.sasl_password_file)
    return options


class ClientCredentials(AbstractTokenProvider):  # type: ignore[misc]
    """Tokens of the OIDC endpoint by the client credentials grant (RFC 6749, section 4.4), kept while fresh."""

    def __init__(self, settings: KafkaSettings) -> None:
        super().__init__()
        self._settings = settings
        self._token = ""
        self._fresh_until = float("-inf")

    def token(self) -> str:
        """A token that is valid now. Raises requests.RequestException when the endpoint gives none."""
        if time.monotonic() >= self._fresh_until:
            answer = self._asked()
            self._token = str(answer["access_token"])
            self._fresh_until = time.monotonic() + FRESH_SHARE * float(answer.get("expires_in", 0))
        return self._token

    def _asked(self) -> dict[str, Any]:
        settings = self._settings
        secret = reveal(settings.oauth_client_secret, settings.oauth_client_secret_file)
        scope = {} if settings.oauth_scope is None else {"scope": settings.oauth_scope}
        response = requests.post(
            str(settings.oauth_token_url),
            data={"grant_type": "client_credentials", **scope},
            auth=(settings.oauth_client_id or "", secret or ""),
            verify=_text(settings.oauth_ca_file) or True,
            timeout=TOKEN_SECONDS,
        )
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found


def _text(file: object | None) -> str | None:
    return None if file is None else str(file)
