"""What counts as a secret's name, and what is covered inside a value."""

from __future__ import annotations

import pytest

from data.settings.secrets import looks_secret, redacted, scrubbed


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "database.password",
        "ssl.key.password",
        "sasl.jaas.config",
        "consumer.override.sasl.jaas.config",
        "aws.secret.access.key",
        "aws.access.key.id",
        "oauth.client.secret",
        "api.token",
        "gcs.credentials.json",
        "basic.auth.user.info",
        "azure.account.key",
        "ssl.keystore.key",
        "db.pass",
        "snowflake.private.key",
    ],
)
def test_a_name_like_this_holds_a_secret(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "key.converter",
        "key.converter.schemas.enable",
        "message.key.columns",
        "connection.url",
        "ssl.keystore.location",
        "sasl.oauthbearer.token.endpoint.url",
        "database.user",
        "tasks.max",
        "transforms.insertKey.type",
        "compass.direction",
    ],
)
def test_a_name_like_this_does_not(name: str) -> None:
    assert not looks_secret(name)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("http://u:p@h/x", "http://[redacted]@h/x"),
        ("mongodb+srv://u:p@a,b/?w=1", "mongodb+srv://[redacted]@a,b/?w=1"),
        ("jdbc:x?user=a&password=b&c=d", "jdbc:x?user=a&password=[redacted]&c=d"),
        ('Module required username="a" password="b c";', 'Module required username="a" password=[redacted];'),
        ("password=${file:/x:y}", "password=${file:/x:y}"),
        ("Authorization: Bearer abcdefgh12", "Authorization: Bearer [redacted]"),
        ("plain words and a.b@example.org", "plain words and a.b@example.org"),
    ],
)
def test_a_secret_inside_a_value_is_covered_and_the_rest_stays(text: str, covered: str) -> None:
    assert scrubbed(text) == covered


def test_a_reference_beside_a_secret_does_not_protect_it() -> None:
    assert redacted("password", "${file:/x:y}") == "${file:/x:y}"
    assert redacted("password", "x${file:/x:y}") == "[redacted]"
