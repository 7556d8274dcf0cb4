"""The canary's section, and what is wrong with it told in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.settings import SettingsError, load_settings

CLUSTER = "clusters:\n  - name: eu-1\n    kafka: {bootstrap_servers: 'b1:9092'}\n"


def settings_file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "streamgauge.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_nothing_is_written_to_a_cluster_whose_settings_say_nothing_of_a_canary(tmp_path: Path) -> None:
    (cluster,) = load_settings(settings_file(tmp_path, CLUSTER), {}).clusters
    assert cluster.canary is None


def test_an_empty_section_is_a_canary_with_every_default(tmp_path: Path) -> None:
    (cluster,) = load_settings(settings_file(tmp_path, CLUSTER + "    canary: {}\n"), {}).clusters
    assert cluster.canary is not None
    assert (cluster.canary.topic, cluster.canary.interval) == ("_streamgauge.canary", 1.0)
    assert cluster.canary.kafka is None


def test_the_canarys_own_login_comes_from_the_environment_too(tmp_path: Path) -> None:
    prefix = "STREAMGAUGE_CLUSTERS__0__CANARY__KAFKA__"
    (cluster,) = load_settings(
        settings_file(tmp_path, CLUSTER),
        {
            f"{prefix}BOOTSTRAP_SERVERS": "b1:9093",
            f"{prefix}SECURITY_PROTOCOL": "SASL_PLAINTEXT",
            f"{prefix}SASL_MECHANISM": "SCRAM-SHA-512",
            f"{prefix}SASL_USERNAME": "canary",
            f"{prefix}SASL_PASSWORD": "tweet",
        },
    ).clusters
    assert cluster.canary is not None
    assert cluster.canary.kafka is not None
    assert cluster.canary.kafka.sasl_username == "canary"


def test_every_mistake_is_told_with_its_line_and_what_is_allowed(tmp_path: Path) -> None:
    text = CLUSTER + "    canary:\n      topic: a b\n      port: 70000\n      intervall: 2\n"
    text += "      kafka: {bootstrap_servers: 'b1:9093', extra: {acks.of.nobody: 1}}\n"
    with pytest.raises(SettingsError) as caught:
        load_settings(settings_file(tmp_path, text), {})
    told = {problem.key: (problem.line, problem.allowed) for problem in caught.value.problems}
    assert told["clusters[0].canary.topic"][0] == 5
    assert "letters, digits" in told["clusters[0].canary.topic"][1]
    assert told["clusters[0].canary.port"] == (6, "less than or equal to 65535")
    assert told["clusters[0].canary.intervall"][1] == "did you mean interval?"


def test_librdkafka_judges_the_canarys_raw_options_too(tmp_path: Path) -> None:
    text = CLUSTER + "    canary:\n      kafka: {bootstrap_servers: 'b1:9093', extra: {acks.of.nobody: 1}}\n"
    with pytest.raises(SettingsError) as caught:
        load_settings(settings_file(tmp_path, text), {})
    assert [problem.key for problem in caught.value.problems] == ["clusters[0].canary.kafka.extra.acks.of.nobody"]
