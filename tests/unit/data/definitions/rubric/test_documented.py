"""What docs/rubric.md shows is taken as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from data.definitions.rubric import read_rubric
from data.definitions.rubric.rewording import FIXED
from scoring.maturity.rubric import IndicatorId
from tests.unit.data.definitions.rubric.small import folder

DOCUMENT = (Path(__file__).parents[5] / "docs" / "rubric.md").read_text(encoding="utf-8")
KIND = re.compile(r"^kind: (\w+)$", re.MULTILINE)
EXAMPLES = {KIND.findall(text)[0]: text for text in re.findall(r"```yaml\n(apiVersion.*?)```", DOCUMENT, re.DOTALL)}


def test_the_documented_overlay_and_translation_are_taken(tmp_path: Path) -> None:
    source = folder(tmp_path, acme=EXAMPLES["RubricOverlay"], de=EXAMPLES["RubricTranslation"])
    rubric = read_rubric(source, "de").rubric
    assert (rubric.version, rubric.language) == ("2026.1+acme.1", "de")
    assert f"`{rubric.version}`" in DOCUMENT
    lag = rubric.by_id[IndicatorId("L3.4")]
    assert (lag.title, lag.effort, lag.anchors.yes[:20]) == ("Consumer-Lag mit Alarmen", 1, "Every consumer group")


def test_what_the_document_says_of_an_indicator_cannot_be_changed() -> None:
    assert {"level", "polarity", "dimension", "supersededBy", "probes"} <= set(FIXED["indicators"])
    assert "change level, polarity, dimension, `supersededBy` or probes of an indicator, or the profile" in DOCUMENT
