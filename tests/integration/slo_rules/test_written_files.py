"""What is written for the shipped SLOs, read by promtool and amtool."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from data.definitions.rule_files import ROUTES, TESTS, rule_files, write_all
from data.definitions.slo_files import load_definitions
from scoring.slo.rules.routing import alertmanager_document
from stack import downloads
from tests.integration.slo_rules.definitions import answers, slo


@pytest.mark.parametrize("cluster", [pytest.param({}, marks=pytest.mark.long), {"cluster": "main"}])
def test_promtool_and_amtool_accept_what_is_written_and_the_rules_pass_their_own_test(
    tmp_path: Path, cluster: Mapping[str, str]
) -> None:
    made = rule_files(load_definitions().slos, cluster)
    write_all(tmp_path, made.texts)
    rules = sorted(str(file) for file in (tmp_path / "rules").glob("*.yml"))
    assert accepts(downloads.promtool(), "check", "rules", *rules)
    assert accepts(downloads.promtool(), "test", "rules", str(tmp_path / TESTS))
    assert accepts(downloads.amtool(), "check-config", str(tmp_path / ROUTES))


@pytest.mark.long
def test_rules_that_count_something_else_do_not_pass_their_test(tmp_path: Path) -> None:
    made = rule_files(load_definitions().slos)
    wrong = {name: text.replace("sum_over_time(slo:bad", "avg_over_time(slo:bad") for name, text in made.texts.items()}
    write_all(tmp_path, wrong)
    assert not accepts(downloads.promtool(), "test", "rules", str(tmp_path / TESTS))


def accepts(program: Path, *arguments: str) -> bool:
    ran = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120)
    print(ran.stdout, ran.stderr)
    return ran.returncode == 0


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({"slo": "service", "severity": "page"}, "page"),
        ({"slo": "service", "severity": "page", "team": "platform"}, "page-platform"),
        ({"slo": "service", "severity": "ticket", "team": "platform"}, "ticket-platform"),
        ({"slo": "service", "severity": "ticket", "team": "nobody's"}, "ticket"),
        ({"alertname": "SomethingElse", "severity": "page"}, "ticket"),
    ],
)
def test_alerts_reach_the_receiver_of_their_severity_and_team(
    tmp_path: Path, labels: Mapping[str, str], receiver: str
) -> None:
    config = tmp_path / "alertmanager.json"
    config.write_text(json.dumps(alertmanager_document([slo(answers("topic"))], {"cluster": "main"})))
    ran = subprocess.run(
        [
            *(downloads.amtool(), "config", "routes", "test", f"--config.file={config}"),
            *(f"{name}={value}" for name, value in labels.items()),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.strip() == receiver
