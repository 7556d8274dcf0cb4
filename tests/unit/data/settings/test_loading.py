"""Settings from a file and from the environment, and every way to get them wrong."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from data.settings import Environment, SaslMechanism, SecurityProtocol, Settings, SettingsError, load_settings

HELD_BACK = "kept-from-everybody"

PREFIX = "STREAMGAUGE_CLUSTERS__0__"
ONE_CLUSTER = {f"{PREFIX}NAME": "eu", f"{PREFIX}KAFKA__BOOTSTRAP_SERVERS": "a:9092"}


def file(folder: Path, text: str) -> Path:
    path = folder / "streamgauge.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(config: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load_settings(config, environ or {})
    return [str(problem) for problem in raised.value.problems]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No streamgauge.yaml lies in the working directory."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")


def test_without_any_setting_nothing_is_configured_and_the_sample_database_is_used(tmp_path: Path) -> None:
    settings = load_settings(None, {"STREAMGAUGE_DATA_DIR": str(tmp_path)})
    assert not settings.configured
    assert settings.database() == f"sqlite:///{tmp_path}/sample.sqlite"


def test_a_cluster_makes_it_configured_and_moves_it_to_the_other_database(tmp_path: Path) -> None:
    settings = load_settings(None, ONE_CLUSTER | {"STREAMGAUGE_DATA_DIR": str(tmp_path)})
    assert settings.configured
    assert settings.database() == f"sqlite:///{tmp_path}/streamgauge.sqlite"


def test_a_database_url_is_used_in_either_case() -> None:
    assert load_settings(None, {"STREAMGAUGE_DATABASE_URL": "sqlite:////x.db"}).database() == "sqlite:////x.db"


def test_a_file_describes_several_clusters(tmp_path: Path) -> None:
    config = file(
        tmp_path,
        """
clusters:
  - name: eu-1
    environment: prod
    region: eu-central-1
    kafka:
      bootstrap_servers: [a:9092, b:9092]
      security_protocol: SASL_SSL
      sasl_mechanism: SCRAM-SHA-512
      sasl_username: streamgauge
      sasl_password: "12345"
    prometheus:
      url: https://prometheus.example.org/
      headers: {X-Scope-OrgID: team-a}
      matchers: {cluster: eu-1}
  - name: us-1
    kafka: {bootstrap_servers: "c:9092"}
collect: {estate: 60}
retention: {audit: null, runs: 7}
""",
    )
    settings = load_settings(config, {})
    first, second = settings.clusters
    assert (first.name, first.environment, first.region) == ("eu-1", Environment.PROD, "eu-central-1")
    assert first.kafka.bootstrap_servers == "a:9092,b:9092"
    assert (first.kafka.security_protocol, first.kafka.sasl_mechanism) == (
        SecurityProtocol.SASL_SSL,
        SaslMechanism.SCRAM_SHA_512,
    )
    assert first.prometheus is not None
    assert first.prometheus.url == "https://prometheus.example.org"
    assert first.prometheus.headers["X-Scope-OrgID"].get_secret_value() == "team-a"
    assert first.prometheus.matchers == {"cluster": "eu-1"}
    assert (second.environment, second.registry, second.connect) == (Environment.DEV, None, None)
    assert (settings.collect.estate, settings.collect.configs) == (60, 300)
    assert (settings.retention.audit, settings.retention.runs) == (None, 7)


def test_the_environment_reaches_into_a_list_by_position() -> None:
    settings = load_settings(
        None,
        ONE_CLUSTER
        | {
            f"{PREFIX}REGISTRY__URL": "http://r/apis/ccompat/v7",
            "STREAMGAUGE_CLUSTERS__1__NAME": "us",
            "STREAMGAUGE_CLUSTERS__1__KAFKA__BOOTSTRAP_SERVERS": "b:9092",
        },
    )
    assert [cluster.name for cluster in settings.clusters] == ["eu", "us"]
    assert settings.clusters[0].registry is not None
    assert settings.clusters[0].registry.url == "http://r/apis/ccompat/v7"


def test_eleven_clusters_of_the_environment_come_in_the_order_of_their_numbers() -> None:
    environ = {}
    for number in range(11):
        environ[f"STREAMGAUGE_CLUSTERS__{number}__KAFKA__BOOTSTRAP_SERVERS"] = "a:9092"
        environ[f"STREAMGAUGE_CLUSTERS__{number}__NAME"] = f"c{number}"
    assert [cluster.name for cluster in load_settings(None, environ).clusters] == [f"c{n}" for n in range(11)]


def test_the_environment_wins_over_the_file_value_by_value(tmp_path: Path) -> None:
    config = file(tmp_path, "clusters:\n  - {name: eu, region: north, kafka: {bootstrap_servers: 'a:1', timeout: 5}}\n")
    settings = load_settings(config, {f"{PREFIX}KAFKA__TIMEOUT": "7.5"})
    assert (settings.clusters[0].kafka.timeout, settings.clusters[0].region) == (7.5, "north")


def test_a_list_or_a_map_may_be_given_whole_as_json() -> None:
    clusters = [{"name": "eu", "kafka": {"bootstrap_servers": "a:9092"}, "prometheus": {"url": "http://p"}}]
    settings = load_settings(
        None,
        {
            "STREAMGAUGE_CLUSTERS": json.dumps(clusters),
            f"{PREFIX}PROMETHEUS__HEADERS": '{"X-Scope-OrgID": "team-a"}',
        },
    )
    assert settings.clusters[0].prometheus is not None
    assert settings.clusters[0].prometheus.headers["X-Scope-OrgID"].get_secret_value() == "team-a"


def test_a_secret_that_looks_like_json_is_taken_as_it_is() -> None:
    environ = ONE_CLUSTER | {
        f"{PREFIX}KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        f"{PREFIX}KAFKA__SASL_MECHANISM": "PLAIN",
        f"{PREFIX}KAFKA__SASL_USERNAME": "u",
        f"{PREFIX}KAFKA__SASL_PASSWORD": '{"a',
    }
    assert load_settings(None, environ).clusters[0].kafka.librdkafka()["sasl.password"] == '{"a'


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_settings(None, {"STREAMGAUGE_DATABASE_URL": ""}).database_url is None


def test_the_file_is_found_by_option_then_variable_then_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("option", "variable", "here"):
        (tmp_path / name).mkdir()
        file(tmp_path / name, f"public_url: http://{name}\n")
    monkeypatch.chdir(tmp_path / "here")
    environ = {"STREAMGAUGE_CONFIG": str(tmp_path / "variable" / "streamgauge.yaml")}
    option = tmp_path / "option" / "streamgauge.yaml"
    assert load_settings(option, environ).public_url == "http://option"
    assert load_settings(None, environ).public_url == "http://variable"
    assert load_settings(None, {}).public_url == "http://here"


def test_every_mistake_is_reported_at_once_with_file_line_key_value_and_what_is_allowed(tmp_path: Path) -> None:
    config = file(
        tmp_path,
        """clusters:
  - name: eu 1
    enviroment: prod
    kafka:
      bootstrap_servers: a
      security_protocol: SASL_SSL
      sasl_mechanism: SCRAM
  - name: us
    kafka: {}
collect: {estate: soon}
""",
    )
    assert problems(config, {"STREAMGAUGE_RETENTION__SLICES": "0"}) == [
        f'{config}:2: clusters[0].name is "eu 1"; allowed: name on every page; letters, digits, dot, dash, underscore',
        f"{config}:3: clusters[0].enviroment is [redacted]; allowed: did you mean environment?",
        f'{config}:5: clusters[0].kafka.bootstrap_servers is "a"; allowed: host:port, several separated by commas',
        f'{config}:7: clusters[0].kafka.sasl_mechanism is "SCRAM"; '
        "allowed: 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512' or 'OAUTHBEARER'",
        f"{config}:9: clusters[1].kafka.bootstrap_servers; "
        "allowed: needed: host:port of some brokers, comma-separated or a list",
        f'{config}:10: collect.estate is "soon"; allowed: number, unable to parse string as a number',
        'environment: STREAMGAUGE_RETENTION__SLICES is "0"; allowed: greater than or equal to 1',
    ]


def test_keys_that_do_not_go_together_are_reported_with_the_rest(tmp_path: Path) -> None:
    config = file(
        tmp_path,
        """clusters:
  - name: eu
    kafka:
      bootstrap_servers: a:1
      security_protocol: SASL_PLAINTEXT
      ssl_certificate_file: nowhere.pem
    registry: {url: http://r, username: u}
  - name: eu
    kafka: {bootstrap_servers: "b:1", sasl_username: u}
""",
    )
    found = "\n".join(problems(config))
    assert "clusters[0].kafka.sasl_mechanism; allowed: SASL_PLAINTEXT needs one of PLAIN, SCRAM-SHA-256" in found
    assert "clusters[0].kafka.ssl_key_file; allowed: mTLS needs both" in found
    assert ":6: clusters[0].kafka.ssl_certificate_file" in found
    assert ":7: clusters[0].registry.password; allowed: basic authentication needs username and password" in found
    assert ':8: clusters[1].name is "eu"; allowed: a name that no other cluster has' in found
    assert ':9: clusters[1].kafka.sasl_username is "u"; allowed: sasl_username is used by SASL' in found


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("STREAMGAUGE_DATABSE_URL", "did you mean STREAMGAUGE_DATABASE_URL?"),
        ("STREAMGAUGE_CLUSTERS__EU__NAME", "a position after the list's name, as in STREAMGAUGE_CLUSTERS__0__NAME"),
        ("STREAMGAUGE_CLUSTERS__2__NAME", "positions without a gap; the next one is STREAMGAUGE_CLUSTERS__1"),
        ("STREAMGAUGE_DATA_DIR__X", "STREAMGAUGE_DATA_DIR, which is one value"),
        (f"{PREFIX}KAFKA__SASL_PASWORD", f"did you mean {PREFIX}KAFKA__SASL_PASSWORD?"),
    ],
)
def test_a_variable_that_sets_nothing_is_an_error_with_a_hint(name: str, allowed: str) -> None:
    (found,) = problems(None, ONE_CLUSTER | {name: HELD_BACK})
    assert found.startswith(f"environment: {name}")
    assert found.endswith(f"allowed: {allowed}")
    assert HELD_BACK not in found


def test_variables_that_are_no_settings_are_left_alone() -> None:
    assert load_settings(None, {"STREAMGAUGE_STACK_DIR": "/x", "STREAMGAUGE_INTERNAL_ANY": "y"}) == load_settings(
        None, {}
    )


@pytest.mark.parametrize(
    ("text", "line", "allowed"),
    [
        ("clusters: [\n", 2, "well-formed YAML (ParserError)"),
        ("public_url: http://a\npublic_url: http://b\n", 2, "each key once"),
        ("- a\n", 1, "keys such as clusters: at the outermost level"),
    ],
)
def test_a_file_that_is_no_settings_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, allowed: str
) -> None:
    config = file(tmp_path, text)
    assert problems(config) == [f"{config}:{line}: the file; allowed: {allowed}"]


def test_a_file_that_is_not_there_is_an_error_when_it_was_named(tmp_path: Path) -> None:
    (found,) = problems(tmp_path / "none.yaml")
    assert "No such file" in found


def test_secrets_come_from_mounted_files_beside_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{HELD_BACK}\n")
    config = file(
        tmp_path,
        """clusters:
  - name: eu
    kafka:
      bootstrap_servers: a:1
      security_protocol: SASL_PLAINTEXT
      sasl_mechanism: PLAIN
      sasl_username: u
      sasl_password_file: password
""",
    )
    kafka = load_settings(config, {}).clusters[0].kafka
    assert kafka.librdkafka()["sasl.password"] == HELD_BACK
    (tmp_path / "password").write_text("rotated")
    assert kafka.librdkafka()["sasl.password"] == "rotated"


def test_a_secret_given_twice_or_in_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    environ = ONE_CLUSTER | {
        f"{PREFIX}CONNECT__URL": "http://c",
        f"{PREFIX}CONNECT__BEARER_TOKEN": HELD_BACK,
        f"{PREFIX}CONNECT__BEARER_TOKEN_FILE": str(tmp_path / "none"),
    }
    found = problems(None, environ)
    assert len(found) == 1
    assert found[0].endswith("either bearer_token or bearer_token_file, not both")
    del environ[f"{PREFIX}CONNECT__BEARER_TOKEN"]
    assert "a file that this process can read (No such file or directory)" in problems(None, environ)[0]


def everything_secret(tmp_path: Path) -> Settings:
    return load_settings(
        None,
        ONE_CLUSTER
        | {
            f"{PREFIX}KAFKA__SECURITY_PROTOCOL": "SASL_SSL",
            f"{PREFIX}KAFKA__SASL_MECHANISM": "PLAIN",
            f"{PREFIX}KAFKA__SASL_USERNAME": "u",
            f"{PREFIX}KAFKA__SASL_PASSWORD": HELD_BACK,
            f"{PREFIX}KAFKA__EXTRA": json.dumps({"ssl.keystore.password": HELD_BACK}),
            f"{PREFIX}PROMETHEUS__URL": "http://p",
            f"{PREFIX}PROMETHEUS__BEARER_TOKEN": HELD_BACK,
            f"{PREFIX}PROMETHEUS__HEADERS": json.dumps({"X-Key": HELD_BACK}),
            "STREAMGAUGE_DATABASE_URL": f"postgresql://u:{HELD_BACK}@h/d?sslpassword={HELD_BACK}",
            "STREAMGAUGE_ADMIN_SECRET": HELD_BACK,
        },
    )


def test_no_secret_is_in_the_text_of_the_settings(tmp_path: Path) -> None:
    settings = everything_secret(tmp_path)
    assert HELD_BACK not in f"{settings} {settings!r} {settings.clusters!r} {settings.shown_database()}"
    assert settings.shown_database() == "postgresql://[redacted]@h/d?[redacted]"
    assert settings.admin() == HELD_BACK


def test_no_secret_is_in_an_error(tmp_path: Path) -> None:
    config = file(
        tmp_path,
        f"""clusters:
  - name: eu
    kafka:
      bootstrap_servers: a:1
      sasl_password: {HELD_BACK}
      sasl_pasword: {HELD_BACK}
      oauth_client_secret: [{HELD_BACK}]
    registry: {{url: "http://u:{HELD_BACK}@h"}}
    connect: {{url: "http://h", headers: {{X: [{HELD_BACK}]}}}}
database_url: mysql://u:{HELD_BACK}@h/d
admin_secret: {HELD_BACK[:5]}
""",
    )
    with pytest.raises(SettingsError) as raised:
        load_settings(config, {"STREAMGAUGE_ADMIN_SECRT": HELD_BACK})
    assert len(raised.value.problems) >= 7
    assert HELD_BACK[:5] not in f"{raised.value} {raised.value!r} {raised.value.problems!r}"


def test_raw_librdkafka_options_are_judged_by_librdkafka_one_by_one() -> None:
    environ = ONE_CLUSTER | {
        f"{PREFIX}KAFKA__EXTRA": json.dumps({"socket.keepalive.enable": True, "no.such.option": 1, "linger.ms": "many"})
    }
    found = problems(None, environ)
    assert len(found) == 2
    assert 'No such configuration property: "no.such.option"' in found[1]
    assert 'Invalid value for configuration property "queue.buffering.max.ms"' in found[0]


def test_a_ca_file_that_holds_no_certificate_is_refused_at_start(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    environ = ONE_CLUSTER | {
        f"{PREFIX}KAFKA__SECURITY_PROTOCOL": "SSL",
        f"{PREFIX}KAFKA__SSL_CA_FILE": str(tmp_path / "ca.pem"),
    }
    (found,) = problems(None, environ)
    assert "ssl.ca.location failed" in found


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {
                "SECURITY_PROTOCOL": "SASL_SSL",
                "SASL_MECHANISM": "OAUTHBEARER",
                "OAUTH_TOKEN_URL": "https://idp/token",
                "OAUTH_CLIENT_ID": "id",
                "OAUTH_CLIENT_SECRET": "s",
                "OAUTH_SCOPE": "kafka",
            },
            {
                "sasl.mechanism": "OAUTHBEARER",
                "sasl.oauthbearer.method": "oidc",
                "sasl.oauthbearer.token.endpoint.url": "https://idp/token",
                "sasl.oauthbearer.client.id": "id",
                "sasl.oauthbearer.client.secret": "s",
                "sasl.oauthbearer.scope": "kafka",
                "ssl.endpoint.identification.algorithm": "https",
            },
        ),
        (
            {
                "SECURITY_PROTOCOL": "SASL_PLAINTEXT",
                "SASL_MECHANISM": "SCRAM-SHA-256",
                "SASL_USERNAME": "u",
                "SASL_PASSWORD": "p",
            },
            {"sasl.mechanism": "SCRAM-SHA-256", "sasl.username": "u", "sasl.password": "p"},
        ),
        (
            {"SECURITY_PROTOCOL": "SSL", "SSL_ENDPOINT_IDENTIFICATION": "none"},
            {"ssl.endpoint.identification.algorithm": "none"},
        ),
        (
            {"EXTRA": '{"client.rack": "a", "socket.keepalive.enable": true}'},
            {"client.rack": "a", "socket.keepalive.enable": "true"},
        ),
    ],
)
def test_security_options_reach_librdkafka_under_its_names(options: dict[str, str], expected: dict[str, str]) -> None:
    environ = ONE_CLUSTER | {f"{PREFIX}KAFKA__{name}": value for name, value in options.items()}
    made = load_settings(None, environ).clusters[0].kafka.librdkafka()
    protocol = options.get("SECURITY_PROTOCOL", "PLAINTEXT")
    assert made == {"bootstrap.servers": "a:9092", "client.id": "streamgauge", "security.protocol": protocol} | expected


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = load_settings(None, ONE_CLUSTER)
    with pytest.raises(ValueError, match="frozen"):
        settings.public_url = "http://x"
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 - our own bytes
