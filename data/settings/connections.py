"""How to reach what speaks HTTP: schema registry, Connect, Prometheus and Alertmanager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from data.settings.secrets import ReadableFile, reveal
from data.settings.section import Section


def _http_url(value: str) -> str:
    """The URL without a trailing slash; raises PydanticCustomError when it is none, or carries a password."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise PydanticCustomError("setting", "http://host[:port][/path] or https://…")
    if "@" in parts.netloc:
        raise PydanticCustomError("setting", "a URL without user and password; put those into username and password")
    if parts.query or parts.fragment:
        raise PydanticCustomError("setting", "a URL without ? and #")
    return value.rstrip("/")


HttpUrl = Annotated[str, AfterValidator(_http_url)]


class HttpSettings(Section):
    """An HTTP service and how to log in to it."""

    url: HttpUrl = Field(description="address, with the path that its API starts at")
    username: str | None = Field(default=None, description="user for basic authentication")
    password: SecretStr | None = Field(default=None, description="password for basic authentication")
    password_file: ReadableFile | None = Field(default=None, description="file that holds password")
    bearer_token: SecretStr | None = Field(default=None, description="token for bearer authentication")
    bearer_token_file: ReadableFile | None = Field(
        default=None, description="file that holds bearer_token; read anew when it changes"
    )
    ca_file: ReadableFile | None = Field(default=None, description="CA certificates that sign the service's (PEM)")
    certificate_file: ReadableFile | None = Field(default=None, description="our certificate for mTLS (PEM)")
    key_file: ReadableFile | None = Field(default=None, description="the key of our certificate (PEM, not encrypted)")
    headers: dict[str, SecretStr] = Field(
        default_factory=dict, description="headers to send with every request, such as X-Scope-OrgID"
    )
    timeout: float = Field(default=10.0, gt=0, le=600, description="longest wait for an answer, seconds")

    either: ClassVar[tuple[tuple[str, str], ...]] = (
        ("password", "password_file"),
        ("bearer_token", "bearer_token_file"),
        ("username", "bearer_token"),
        ("username", "bearer_token_file"),
    )

    @classmethod
    def conflicts(cls, raw: Mapping[str, object]) -> list[tuple[str, str]]:
        """Keys that need another one."""
        found = super().conflicts(raw)
        has_password = bool({"password", "password_file"} & set(raw))
        if has_password != ("username" in raw):
            lacking = "username" if has_password else "password"
            found.append((lacking, "basic authentication needs username and password (or password_file)"))
        if "key_file" in raw and "certificate_file" not in raw:
            found.append(
                ("certificate_file", "mTLS needs certificate_file; key_file may be left out when it holds both")
            )
        return found

    def basic_password(self) -> str | None:
        """The password for basic authentication. Raises OSError when its file has gone."""
        return reveal(self.password, self.password_file)

    def bearer(self) -> str | None:
        """The token for bearer authentication. Raises OSError when its file has gone."""
        return reveal(self.bearer_token, self.bearer_token_file)


class RegistrySettings(HttpSettings):
    """A schema registry that speaks Confluent's REST API."""


class ConnectSettings(HttpSettings):
    """Kafka Connect's REST API."""


class PrometheusSettings(HttpSettings):
    """An engine that speaks Prometheus' HTTP API: Prometheus, Thanos, Mimir, VictoriaMetrics."""

    matchers: dict[str, str] = Field(
        default_factory=dict, description="labels that single out this cluster in a Prometheus that holds several"
    )
    timeout: float = Field(default=30.0, gt=0, le=600, description="longest wait for an answer, seconds")


class AlertmanagerSettings(HttpSettings):
    """An Alertmanager's API."""
