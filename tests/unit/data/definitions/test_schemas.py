"""The JSON Schemas of definitions say what the reader says."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from data.definitions.located import DefinitionError
from data.definitions.slo_files import DEFINITIONS, SLOS, load_definitions
from tests.unit.data.definitions.test_openslo import BAD, TOTAL, ratio, raw, slo, threshold
from tests.unit.data.definitions.test_own_kinds import EXEMPTION, INVARIANT, POLICY

SCHEMAS = DEFINITIONS / "schemas"
OF_KIND = {
    "SLO": "slo",
    "Invariant": "invariant",
    "ErrorBudgetPolicy": "error_budget_policy",
    "Exemption": "exemption",
}


def complaints(text: str) -> list[str]:
    """What the schema of a document's kind has against it."""
    document: Any = YAML(typ="safe", pure=True).load(StringIO(text))
    plain = json.loads(json.dumps(document, default=str).replace("+00:00", "Z"))
    schema = json.loads((SCHEMAS / f"{OF_KIND[plain['kind']]}.schema.json").read_text())
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(plain)]


def test_every_schema_is_one() -> None:
    for name in OF_KIND.values():
        jsonschema.Draft202012Validator.check_schema(json.loads((SCHEMAS / f"{name}.schema.json").read_text()))


@pytest.mark.parametrize("file", sorted(SLOS.glob("*.yaml")), ids=lambda file: file.stem)
def test_what_ships_follows_its_schema(file: Path) -> None:
    assert complaints(file.read_text()) == []


CALENDAR = "{duration: 1M, isRolling: false, calendar: {startTime: '2026-01-01 00:00:00', timeZone: Europe/Berlin}}"
GOOD = [
    slo(ratio(bad=BAD, total=TOTAL)),
    slo(ratio(good=BAD, total=TOTAL), "{targetPercent: 99.5, timeSliceTarget: 0.9}", "Timeslices", CALENDAR),
    slo(raw(f"{BAD} / {TOTAL}")),
    slo(threshold("max by (broker) (lag)"), "{target: 0.9, op: lt, value: 5}", "Timeslices"),
    INVARIANT,
    POLICY,
    EXEMPTION,
]
WRONG = [
    GOOD[0].replace("target: 0.99", "target: 1"),
    GOOD[0].replace("target: 0.99", "target: 0.99, targetPercent: 99"),
    GOOD[0].replace("Occurrences", "RatioTimeslices"),
    GOOD[0].replace("30d", "30 days"),
    GOOD[0].replace("30d", "1M"),
    GOOD[0].replace("name: hand-made", "name: Hand made"),
    GOOD[0].replace("annotations: {}", "annotations: {streamgauge/gated: 'true'}"),
    GOOD[1].replace("00:00:00", "06:00:00"),
    GOOD[3].replace("value: 5", "value: -5"),
    INVARIANT.replace("class: platform", "class: client"),
    INVARIANT.replace("minimumChecked: 100", "minimumChecked: 0"),
    POLICY.replace("band: halt", "band: healthy"),
    POLICY.replace("critical: Go on., ", ""),
    EXEMPTION.replace("  reason: Rack b moves.\n", ""),
]


@pytest.mark.parametrize("text", GOOD)
def test_what_the_reader_takes_follows_the_schema(text: str) -> None:
    assert complaints(text) == []


@pytest.mark.parametrize("text", WRONG)
def test_what_breaks_the_schema_the_reader_refuses(tmp_path: Path, text: str) -> None:
    assert complaints(text)
    (tmp_path / "one.yaml").write_text(text)
    with pytest.raises(DefinitionError):
        load_definitions(tmp_path)
