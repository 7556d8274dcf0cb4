"""The JSON Schemas of the rubric say what the reader says."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from data.definitions.located import DefinitionError
from data.definitions.rubric import SHIPPED, load_rubric
from data.definitions.slo_files import DEFINITIONS
from tests.unit.data.definitions.rubric.small import OVERLAY, SMALL, TRANSLATION, broken, folder

OF_KIND = {"Rubric": "rubric", "RubricOverlay": "rubric_overlay", "RubricTranslation": "rubric_translation"}


def schema(name: str) -> Any:
    return json.loads((DEFINITIONS / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))


def complaints(text: str) -> list[str]:
    """What the schema of a document's kind has against it; numbers as keys are texts in JSON."""
    plain = json.loads(json.dumps(YAML(typ="safe", pure=True).load(StringIO(text))))
    validator = jsonschema.Draft202012Validator(schema(OF_KIND[plain["kind"]]))
    return [error.message for error in validator.iter_errors(plain)]


def test_every_schema_is_one() -> None:
    for name in OF_KIND.values():
        jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_what_ships_follows_its_schema(file: Path) -> None:
    assert complaints(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", [SMALL, OVERLAY, TRANSLATION], ids=OF_KIND)
def test_what_the_reader_takes_follows_the_schema(text: str) -> None:
    assert complaints(text) == []


WRONG = {
    "an unknown key": (SMALL, "title: First", "titel: First"),
    "a missing key": (SMALL, "      question: Is it there?\n", ""),
    "a level out of range": (SMALL, "      level: 1\n", "      level: 6\n"),
    "a profile out of range": (SMALL, "{Technology: 1,", "{Technology: 0,"),
    "a profile without a dimension": (SMALL, "Skills: 1, ", ""),
    "an empty text": (SMALL, "title: First", "title: ' '"),
    "an effort out of range": (SMALL, "effort: 1\n", "effort: 0\n"),
    "a rating too few": (SMALL, "Machines., anchors: {1: a, ", "Machines., anchors: {"),
    "an id with a blank": (SMALL, "{id: k1", "{id: k 1"),
    "an action for nothing": (SMALL, "needs: [a2], helps: [i3]", "needs: [a2]"),
    "an action above level five": (SMALL, "{id: a3, fromLevel: 2", "{id: a3, fromLevel: 5"),
    "a KPI of no level": (SMALL, "levels: [1, 2]", "levels: []"),
    "a language in words": (SMALL, "language: en", "language: English"),
    "another polarity of an indicator": (OVERLAY, "        effort: 4", "        polarity: deficit"),
    "another profile of a level": (OVERLAY, "{1: {title: Erste}}", "{1: {profile: {}}}"),
    "no reason": (OVERLAY, ", reason: We never had it.", ""),
    "an own id without a prefix": (OVERLAY, "- id: acme.exit", "- id: exit"),
    "no change at all": (OVERLAY, OVERLAY[OVERLAY.index("  change:") :], ""),
    "an effort in a translation": (TRANSLATION, "{c1: {text: Es läuft.}}", "{c1: {text: Es läuft., effort: 2}}"),
    "an empty translation": (TRANSLATION, "title: Eins", "title: ''"),
}


@pytest.mark.parametrize(("text", "old", "new"), WRONG.values(), ids=list(WRONG))
def test_what_breaks_the_schema_the_reader_refuses(tmp_path: Path, text: str, old: str, new: str) -> None:
    wrong = broken(text, old, new)
    assert complaints(wrong)
    others = {} if text is SMALL else {"small": SMALL}
    with pytest.raises(DefinitionError):
        load_rubric(folder(tmp_path, wrong=wrong, **others), "de" if text is TRANSLATION else None)
