"""How to reach a Kafka cluster: every security option that librdkafka knows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from data.settings.secrets import ReadableFile, reveal
from data.settings.section import Section


class SecurityProtocol(StrEnum):
    """How the connection is protected."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def sasl(self) -> bool:
        """True when the client logs in by SASL."""
        return self in {SecurityProtocol.SASL_PLAINTEXT, SecurityProtocol.SASL_SSL}

    @property
    def tls(self) -> bool:
        """True when the connection is encrypted."""
        return self in {SecurityProtocol.SSL, SecurityProtocol.SASL_SSL}


class SaslMechanism(StrEnum):
    """How the client proves who it is."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"
    OAUTHBEARER = "OAUTHBEARER"


class EndpointIdentification(StrEnum):
    """Whether a broker's certificate must carry the name that it is reached by."""

    HTTPS = "https"
    NONE = "none"


def _joined(value: object) -> object:
    """A YAML list of servers as the comma-separated text that Kafka uses."""
    return ",".join(str(item) for item in value) if isinstance(value, list | tuple) else value


def _as_option(value: object) -> object:
    """A YAML scalar as librdkafka spells it: true and false in lower case, numbers in digits."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _host_and_port(value: str) -> str:
    """The servers, each with a port; raises PydanticCustomError otherwise."""
    for server in value.split(","):
        host, _, port = server.strip().rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise PydanticCustomError("setting", "host:port, several separated by commas")
    return value


BootstrapServers = Annotated[
    str, StringConstraints(strip_whitespace=True), BeforeValidator(_joined), AfterValidator(_host_and_port)
]
RawOption = Annotated[SecretStr, BeforeValidator(_as_option)]


class KafkaSettings(Section):
    """A cluster's brokers and how to log in to them."""

    bootstrap_servers: BootstrapServers = Field(description="host:port of some brokers, comma-separated or a list")
    security_protocol: SecurityProtocol = Field(
        default=SecurityProtocol.PLAINTEXT, description="how the connection is protected"
    )
    sasl_mechanism: SaslMechanism | None = Field(
        default=None, description="how to log in; needed by SASL_PLAINTEXT and SASL_SSL"
    )
    sasl_username: str | None = Field(default=None, description="user for PLAIN and SCRAM")
    sasl_password: SecretStr | None = Field(default=None, description="password for PLAIN and SCRAM")
    sasl_password_file: ReadableFile | None = Field(default=None, description="file that holds sasl_password")
    oauth_token_url: str | None = Field(default=None, description="OIDC token endpoint for OAUTHBEARER")
    oauth_client_id: str | None = Field(default=None, description="client id at the token endpoint")
    oauth_client_secret: SecretStr | None = Field(default=None, description="client secret at the token endpoint")
    oauth_client_secret_file: ReadableFile | None = Field(
        default=None, description="file that holds oauth_client_secret"
    )
    oauth_scope: str | None = Field(default=None, description="scope to ask for")
    oauth_ca_file: ReadableFile | None = Field(default=None, description="CA certificates for the token endpoint")
    ssl_ca_file: ReadableFile | None = Field(
        default=None, description="CA certificates that sign the brokers' (PEM); default: the system's"
    )
    ssl_certificate_file: ReadableFile | None = Field(default=None, description="our certificate for mTLS (PEM)")
    ssl_key_file: ReadableFile | None = Field(default=None, description="the key of our certificate (PEM)")
    ssl_key_password: SecretStr | None = Field(default=None, description="password of ssl_key_file")
    ssl_key_password_file: ReadableFile | None = Field(default=None, description="file that holds ssl_key_password")
    ssl_endpoint_identification: EndpointIdentification = Field(
        default=EndpointIdentification.HTTPS, description="https checks a broker's name against its certificate"
    )
    client_id: str = Field(default="streamgauge", min_length=1, description="name that the brokers log and meter us by")
    timeout: float = Field(default=30.0, gt=0, le=600, description="longest wait for one part of the estate, seconds")
    extra: dict[str, RawOption] = Field(
        default_factory=dict,
        description="librdkafka options as they are, such as ssl.cipher.suites; commits are read without them",
    )

    either: ClassVar[tuple[tuple[str, str], ...]] = (
        ("sasl_password", "sasl_password_file"),
        ("oauth_client_secret", "oauth_client_secret_file"),
        ("ssl_key_password", "ssl_key_password_file"),
    )

    @classmethod
    def conflicts(cls, raw: Mapping[str, object]) -> list[tuple[str, str]]:
        """Keys that the chosen protocol and mechanism need or rule out."""
        found = super().conflicts(raw)
        protocol = _member(SecurityProtocol, raw.get("security_protocol", SecurityProtocol.PLAINTEXT))
        mechanism = _member(SaslMechanism, raw.get("sasl_mechanism"))
        if protocol is not None:
            found += _protocol_conflicts(protocol, raw)
        if mechanism is not None and protocol is not None and protocol.sasl:
            found += _mechanism_conflicts(mechanism, raw)
        if ("ssl_certificate_file" in raw) != ("ssl_key_file" in raw):
            lacking = "ssl_key_file" if "ssl_certificate_file" in raw else "ssl_certificate_file"
            found.append((lacking, "mTLS needs both ssl_certificate_file and ssl_key_file"))
        return found

    def librdkafka(self) -> dict[str, str]:
        """The options for a librdkafka client; holds secrets in the clear, so never log it.

        Raises OSError when a secret's file has gone since the start.
        """
        options: dict[str, str | None] = {
            "bootstrap.servers": self.bootstrap_servers,
            "client.id": self.client_id,
            "security.protocol": self.security_protocol.value,
            "sasl.mechanism": self.sasl_mechanism.value if self.sasl_mechanism else None,
            "sasl.username": self.sasl_username,
            "sasl.password": reveal(self.sasl_password, self.sasl_password_file),
            "ssl.ca.location": _path(self.ssl_ca_file),
            "ssl.certificate.location": _path(self.ssl_certificate_file),
            "ssl.key.location": _path(self.ssl_key_file),
            "ssl.key.password": reveal(self.ssl_key_password, self.ssl_key_password_file),
        }
        if self.security_protocol.tls:
            options["ssl.endpoint.identification.algorithm"] = self.ssl_endpoint_identification.value
        if self.security_protocol.sasl and self.sasl_mechanism is SaslMechanism.OAUTHBEARER:
            options |= {
                "sasl.oauthbearer.method": "oidc",
                "sasl.oauthbearer.token.endpoint.url": self.oauth_token_url,
                "sasl.oauthbearer.client.id": self.oauth_client_id,
                "sasl.oauthbearer.client.secret": reveal(self.oauth_client_secret, self.oauth_client_secret_file),
                "sasl.oauthbearer.scope": self.oauth_scope,
                "https.ca.location": _path(self.oauth_ca_file),
            }
        given = {name: value for name, value in options.items() if value is not None}
        return given | {name: value.get_secret_value() for name, value in self.extra.items()}


def _path(file: ReadableFile | None) -> str | None:
    return str(file) if file is not None else None


E = TypeVar("E", bound=StrEnum)


def _member(kind: type[E], raw: object) -> E | None:
    """The enum's member for a raw value; None when there is none, which is another error's business."""
    return next((member for member in kind if member.value == raw), None)


def _protocol_conflicts(protocol: SecurityProtocol, raw: Mapping[str, object]) -> list[tuple[str, str]]:
    found = []
    if protocol.sasl and raw.get("sasl_mechanism") is None:
        found.append(("sasl_mechanism", f"{protocol} needs one of {', '.join(SaslMechanism)}"))
    if not protocol.sasl:
        found += [
            (key, f"{key} is used by SASL_PLAINTEXT and SASL_SSL only; security_protocol is {protocol}")
            for key in raw
            if key.startswith(("sasl_", "oauth_"))
        ]
    if not protocol.tls:
        found += [
            (key, f"{key} is used by SSL and SASL_SSL only; security_protocol is {protocol}")
            for key in raw
            if key.startswith("ssl_")
        ]
    return found


def _mechanism_conflicts(mechanism: SaslMechanism, raw: Mapping[str, object]) -> list[tuple[str, str]]:
    if mechanism is SaslMechanism.OAUTHBEARER:
        needed = [("oauth_token_url",), ("oauth_client_id",), ("oauth_client_secret", "oauth_client_secret_file")]
    else:
        needed = [("sasl_username",), ("sasl_password", "sasl_password_file")]
    return [(keys[0], f"{mechanism} needs {' or '.join(keys)}") for keys in needed if not set(keys) & set(raw)]
