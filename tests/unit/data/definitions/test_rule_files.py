"""What `streamgauge slo rules` writes, before any other program has read it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from data.definitions.promql import metrics_in
from data.definitions.rule_files import HEADER, OWNED, rule_files, write_all
from data.definitions.slo_files import load_definitions
from scoring.slo.rules.conventions import RECORDED

FILES = rule_files(load_definitions().slos)
BOARDS = {name: json.loads(text) for name, text in FILES.texts.items() if name.endswith(".json")}
OUTSIDE = re.compile(r"ALERTS|kafka_\w+|kminion_\w+")
UNITS = {"percentunit", "short", "cps", "Bps", "ms", "none"}


def queries(board: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def test_there_are_three_dashboards_a_rule_file_for_each_slo_a_test_and_routes() -> None:
    assert set(BOARDS) == {f"dashboards/{name}.json" for name in ("slo-overview", "slo-budget", "cluster-health")}
    slos = {f"rules/{definition.id}.yml" for definition in load_definitions().slos}
    assert set(FILES.texts) == {*BOARDS, *slos, "rules-test.yml", "alertmanager.yml"}


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_every_query_of_a_dashboard_is_promql_and_every_slo_metric_in_it_is_recorded(name: str) -> None:
    asked = set().union(*(metrics_in(query) for query in queries(BOARDS[name])))
    assert asked
    assert {metric for metric in asked if not OUTSIDE.fullmatch(metric)} <= RECORDED
    for metric in (metric for metric in asked if metric in RECORDED):
        assert any(f"record: {metric}\n" in text for path, text in FILES.texts.items() if path.startswith("rules/"))


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_every_panel_says_no_data_has_a_unit_an_explanation_and_the_datasource_that_is_chosen(name: str) -> None:
    board = BOARDS[name]
    assert board["schemaVersion"] == 39
    assert board["templating"]["list"][0]["type"] == "datasource"
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    for panel in board["panels"]:
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["noValue"] == "no data"
        assert defaults["unit"] in UNITS
        assert panel["description"]
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_no_panel_lies_upon_another_or_beyond_the_edge(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARDS[name]["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        taken |= cells


def test_a_remaining_budget_changes_colour_at_5_10_and_20_percent() -> None:
    tile = BOARDS["dashboards/slo-overview.json"]["panels"][0]
    assert [step["value"] for step in tile["fieldConfig"]["defaults"]["thresholds"]["steps"]] == [None, 0.05, 0.1, 0.2]


def test_a_rule_file_of_an_slo_that_is_gone_is_removed_and_one_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "gone.yml").write_text(HEADER + "groups: []\n")
    (tmp_path / "rules" / "mine.yml").write_text("groups: []\n")
    write_all(tmp_path, FILES.texts, OWNED)
    left = {file.name for file in (tmp_path / "rules").iterdir()}
    assert left == {"mine.yml", *(f"{definition.id}.yml" for definition in load_definitions().slos)}
