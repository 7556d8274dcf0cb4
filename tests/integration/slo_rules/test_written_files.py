"""What is written for the shipped SLOs, read by promtool and amtool."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from data.definitions.rule_files import ROUTES, TESTS, rule_files, write_all
from data.definitions.slo_files import load_definitions
from stack import downloads


@pytest.mark.parametrize("cluster", [{}, {"cluster": "main"}])
def test_promtool_and_amtool_accept_what_is_written_and_the_rules_pass_their_own_test(
    tmp_path: Path, cluster: Mapping[str, str]
) -> None:
    made = rule_files(load_definitions().slos, cluster)
    write_all(tmp_path, made.texts)
    rules = sorted(str(file) for file in (tmp_path / "rules").glob("*.yml"))
    assert accepts(downloads.promtool(), "check", "rules", *rules)
    assert accepts(downloads.promtool(), "test", "rules", str(tmp_path / TESTS))
    assert accepts(downloads.amtool(), "check-config", str(tmp_path / ROUTES))


def test_rules_that_count_something_else_do_not_pass_their_test(tmp_path: Path) -> None:
    made = rule_files(load_definitions().slos)
    wrong = {name: text.replace("sum_over_time(slo:bad", "avg_over_time(slo:bad") for name, text in made.texts.items()}
    write_all(tmp_path, wrong)
    assert not accepts(downloads.promtool(), "test", "rules", str(tmp_path / TESTS))


def accepts(program: Path, *arguments: str) -> bool:
    ran = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120)
    print(ran.stdout, ran.stderr)
    return ran.returncode == 0
