"""Generated rules run by promtool over a hand-made past, one sample a minute."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.definitions.promql import normalised
from scoring.slo.definition import SloDefinition
from scoring.slo.rules.documents import rule_document
from scoring.slo.rules.generating import slo_rules
from stack import downloads


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression without labels must be at a minute; None for nothing at all. off: the most it may differ."""

    minute: int
    expr: str
    value: float | None
    off: float = 0.0


@dataclass(frozen=True, slots=True)
class Firing:
    """Labels (of those named) of the alerts of a name that fire at a minute."""

    minute: int
    alert: str
    labels: Sequence[Mapping[str, str]] = field(default=())


def verify(
    folder: Path,
    definitions: Sequence[SloDefinition],
    series: Mapping[str, str],
    *expected: Value | Firing,
    cluster: Mapping[str, str] | None = None,
    evaluation: str = "1m",
) -> None:
    """Fails with promtool's own words unless all of it is so. series: promtool's
    notation by series."""
    groups = [group for definition in definitions for group in slo_rules(definition, cluster).groups]
    (folder / "rules.json").write_text(json.dumps(rule_document(groups, normalised)))
    tests = {
        "rule_files": ["rules.json"],
        "evaluation_interval": evaluation,
        # Among several groups promtool goes through this order only.
        "group_eval_order": [group.name for group in groups],
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [_as_test(one) for one in expected],
            }
        ],
    }
    (folder / "tests.json").write_text(json.dumps(tests))
    ran = subprocess.run(
        [downloads.promtool(), "test", "rules", folder / "tests.json"], capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def _as_test(one: Value | Firing) -> dict[str, Any]:
    at = f"{one.minute}m"
    if isinstance(one, Firing):
        names = sorted({name for labels in one.labels for name in labels})
        by = f" by ({', '.join(names)})" if names else ""
        samples = [{"labels": _series(labels), "value": 1} for labels in one.labels]
        return {
            "expr": f'max{by} (ALERTS{{alertname="{one.alert}",alertstate="firing"}})',
            "eval_time": at,
            "exp_samples": samples,
        }
    if one.value is None:
        return {"expr": one.expr, "eval_time": at, "exp_samples": []}
    close = f"sum(abs({one.expr} - {one.value!r}) <= bool {one.off!r})"
    return {"expr": close, "eval_time": at, "exp_samples": [{"labels": "{}", "value": 1}]}


def _series(labels: Mapping[str, str]) -> str:
    """A series without a name, as promtool writes it."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in sorted(labels.items())) + "}"


def grows(*stretches: tuple[int, int], start: int = 0) -> str:
    """A counter that starts at a value and then grows by so much a minute for so many minutes, and so on."""
    values, now = [f"{start!r}"], start
    for step, minutes in stretches:
        values.append(f"{now + step!r}+{step!r}x{minutes - 1}")
        now += step * minutes
    return " ".join(values)
