"""`streamgauge canary` before it begins: what it is told to do, and what it says when it cannot."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli import app
from dashboard.commands.failures import CommandError

CLUSTER = "clusters:\n  - name: eu-1\n    kafka: {bootstrap_servers: '127.0.0.1:1'}\n"


def config(tmp_path: Path, more: str = "") -> str:
    file = tmp_path / "streamgauge.yaml"
    file.write_text(CLUSTER + more)
    return str(file)


def test_a_cluster_without_the_section_is_never_written_to(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"add `canary: \{\}`"):
        CliRunner().invoke(app, ["canary", "--config", config(tmp_path)], catch_exceptions=False)


def test_one_that_is_switched_off_is_left_out(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no cluster has a canary"):
        CliRunner().invoke(
            app, ["canary", "--config", config(tmp_path, "    canary: {enabled: false}\n")], catch_exceptions=False
        )


def test_a_misspelt_cluster_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no cluster is called us-1; configured: eu-1"):
        CliRunner().invoke(app, ["canary", "--config", config(tmp_path), "--cluster", "us-1"], catch_exceptions=False)


def test_the_permissions_are_printed_as_commands_for_its_own_user(tmp_path: Path) -> None:
    own = "    canary: {topic: pings, kafka: {bootstrap_servers: 'b:1', security_protocol: SASL_PLAINTEXT,"
    own += " sasl_mechanism: PLAIN, sasl_username: bird, sasl_password: x}}\n"
    result = CliRunner().invoke(app, ["canary", "--config", config(tmp_path, own), "--acls"], catch_exceptions=False)
    commands = [line for line in result.stdout.splitlines() if line.startswith("kafka-acls")]
    assert all("--allow-principal 'User:bird'" in line for line in commands)
    assert any(line.endswith("--operation Write --topic 'pings'") for line in commands)
    assert any(line.endswith("--operation Read --group '_streamgauge.canary'") for line in commands)
    assert not any("--operation Alter --cluster" in line for line in commands)


def test_a_port_that_somebody_else_has_is_told_with_the_setting_to_change(tmp_path: Path) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        with pytest.raises(CommandError, match=f"127.0.0.1:{port}: .* in use.* canary section"):
            CliRunner().invoke(
                app,
                ["canary", "--config", config(tmp_path, f"    canary: {{port: {port}}}\n")],
                catch_exceptions=False,
            )
