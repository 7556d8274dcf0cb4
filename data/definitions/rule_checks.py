"""What Prometheus' and Alertmanager's own tools say of the files that `streamgauge slo rules` wrote."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from data.definitions.promql import PromqlError, parsed
from data.definitions.rule_files import DASHBOARDS, ROUTES, RULES, TESTS

TOOL_SECONDS = 600


class Verdict(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """The tool is not there, so nothing is known."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. detail: the tool's own words, or how to get the tool."""

    name: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, the environment variable that names another one, and where it comes from."""

    name: str
    variable: str
    package: str

    def path(self, environment: Mapping[str, str]) -> str | None:
        """The program that is to be run; None when there is none."""
        return shutil.which(environment.get(self.variable) or self.name)

    @property
    def advice(self) -> str:
        """How to get it."""
        return (
            f"{self.name} was not found. It comes with {self.package}: install that (Debian and Ubuntu: "
            f"`apt-get install {self.package}`) or name the program in ${self.variable}."
        )


PROMTOOL = Tool("promtool", "PROMTOOL", "prometheus")
AMTOOL = Tool("amtool", "AMTOOL", "prometheus-alertmanager")


def check_files(folder: Path, environment: Mapping[str, str]) -> tuple[Check, ...]:
    """Rules, their test, routes and dashboards of a folder. environment: where the tools may be named."""
    rules = sorted(str(file) for file in (folder / RULES).glob("*.yml"))
    promtool, amtool = PROMTOOL.path(environment), AMTOOL.path(environment)
    return (
        _ran("rules", PROMTOOL, promtool, ("check", "rules", *rules)),
        _ran("the rules' own test", PROMTOOL, promtool, ("test", "rules", str(folder / TESTS))),
        _ran("routes", AMTOOL, amtool, ("check-config", str(folder / ROUTES))),
        *(_queries(file) for file in sorted((folder / DASHBOARDS).glob("*.json"))),
    )


def _ran(name: str, tool: Tool, program: str | None, arguments: Sequence[str]) -> Check:
    if program is None:
        return Check(name, Verdict.SKIPPED, tool.advice)
    try:
        ran = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=TOOL_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check(name, Verdict.FAILED, f"{program} could not be run: {error}")
    return Check(name, Verdict.PASSED if ran.returncode == 0 else Verdict.FAILED, f"{ran.stdout}{ran.stderr}".strip())


def _queries(file: Path) -> Check:
    """Whether every query of a dashboard is PromQL."""
    try:
        board: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
        for query in queries:
            parsed(query)
    except (OSError, ValueError, KeyError, TypeError, PromqlError) as error:
        return Check(f"dashboard {file.stem}", Verdict.FAILED, f"{type(error).__name__}: {error}")
    return Check(f"dashboard {file.stem}", Verdict.PASSED, f"{len(queries)} queries are PromQL")
