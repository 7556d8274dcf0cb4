"""The files that `streamgauge slo rules` writes: rules, their test, routes and dashboards, as texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.definitions.promql import normalised
from data.definitions.yaml_text import yaml_text
from scoring.slo.definition import SloDefinition
from scoring.slo.policy import DEFAULT_POLICY, ErrorBudgetPolicy
from scoring.slo.rules.boards import boards
from scoring.slo.rules.documents import rule_document
from scoring.slo.rules.generating import slo_rules
from scoring.slo.rules.routing import alertmanager_document
from scoring.slo.rules.unit_tests import unit_test_document

RULES, TESTS, ROUTES, DASHBOARDS = "rules", "rules-test.yml", "alertmanager.yml", "dashboards"

OWNED = (f"{RULES}/*.yml",)
"""Files that are removed when the SLO that they were written for is gone."""

HEADER = "# Written by `streamgauge slo rules`; changes are lost the next time it runs.\n"


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """Texts by path below the folder, and a sentence for each thing that they do not do."""

    texts: Mapping[str, str]
    warnings: tuple[str, ...]


def rule_files(
    definitions: Sequence[SloDefinition],
    cluster: Mapping[str, str] | None = None,
    policies: Mapping[str, ErrorBudgetPolicy] | None = None,
) -> RuleFiles:
    """Everything for these SLOs. cluster: labels that single out one in a Prometheus that holds several.

    Raises RulesError for an SLO that no rules can be made of, and PromqlError for a rule that would be no PromQL.
    """
    texts: dict[str, str] = {}
    warnings: list[str] = []
    for definition in definitions:
        made = slo_rules(definition, cluster, (policies or {}).get(definition.policy, DEFAULT_POLICY))
        texts[f"{RULES}/{definition.id}.yml"] = HEADER + yaml_text(rule_document(made.groups, normalised))
        warnings += made.warnings
    test = unit_test_document(sorted(texts), definitions, cluster)
    warnings += [
        f"{slo}: its rules are not in {TESTS}, for no series can be made up that its selectors match."
        for slo in test.untested
    ]
    texts[TESTS] = HEADER + yaml_text(test.document)
    texts[ROUTES] = HEADER + yaml_text(alertmanager_document(definitions, cluster))
    for name, board in boards(definitions).items():
        texts[f"{DASHBOARDS}/{name}.json"] = json.dumps(board, indent=2, ensure_ascii=False) + "\n"
    return RuleFiles(texts, tuple(warnings))


def write_all(folder: Path, texts: Mapping[str, str], owned: Sequence[str] = ()) -> tuple[str, ...]:
    """Write every text, each in one step, and remove files of `owned` patterns that are not among them any more.

    Gives the paths that are there now. Prometheus, which may read at any moment, finds each file whole. Raises OSError.
    """
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    for pattern in owned:
        for file in folder.glob(pattern):
            if str(file.relative_to(folder)) not in texts and _is_ours(file):
                file.unlink()
    return tuple(texts)


def _is_ours(file: Path) -> bool:
    return file.read_text(encoding="utf-8").startswith(HEADER)
