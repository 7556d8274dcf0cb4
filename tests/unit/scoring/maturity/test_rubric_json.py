"""A rubric that was written as JSON comes back as it was, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data.definitions.rubric import load_rubric
from scoring.maturity.rubric_json import as_json, from_json
from tests.unit.data.definitions.rubric.small import OVERLAY, SMALL, folder


def written(at: Path) -> Any:
    return json.loads(json.dumps(as_json(load_rubric(folder(at, small=SMALL, acme=OVERLAY)))))


def test_a_rubric_comes_back_with_its_hash(tmp_path: Path) -> None:
    rubric = load_rubric(folder(tmp_path, small=SMALL, acme=OVERLAY))
    back = from_json(written(tmp_path))
    assert back == rubric
    assert back.hash == rubric.hash


def test_the_shipped_rubric_comes_back_too() -> None:
    assert from_json(as_json(load_rubric())) == load_rubric()


def test_a_word_that_was_changed_afterwards_is_noticed(tmp_path: Path) -> None:
    value = written(tmp_path)
    value["indicators"][0]["question"] = "Is it not here?"
    with pytest.raises(ValueError, match=r"small 1\+acme\.3 does not have the hash"):
        from_json(value)


@pytest.mark.parametrize("gone", ["version", "indicators", "hash"])
def test_a_rubric_that_lacks_something_is_refused(tmp_path: Path, gone: str) -> None:
    value = written(tmp_path)
    del value[gone]
    with pytest.raises(ValueError, match=r"no rubric as streamgauge writes it|does not have the hash"):
        from_json(value)
