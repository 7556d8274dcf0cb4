"""A record is what it was: it reads back whole, and any change of it shows."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.actors import Scope, ScopeKind
from scoring.meetings.canonical import CanonicalError, digest
from scoring.meetings.decisions import Decision
from scoring.meetings.records import SCHEMA, RecordError, verified, verified_file
from scoring.meetings.sessions import SessionKind
from tests.unit.scoring.meetings.meetings import NOON, entry, record, session, snapshot, status


def file_of(content: dict[str, Any], sha256: str | None = None) -> str:
    """An exported file, indented as a person would look at it."""
    return json.dumps({"record": content, "sha256": sha256 or digest(content)}, indent=2)


def test_a_record_reads_back_as_itself() -> None:
    whole = record(session=session(kind=SessionKind.COE_MEETING, scope=Scope(ScopeKind.DOMAIN, "sales")))
    again = verified(whole.body(), whole.sha256)
    assert again == replace(whole, snapshot=again.snapshot)
    assert again.snapshot.as_json() == whole.snapshot.as_json()
    assert verified_file(file_of(whole.as_json())).sha256 == whole.sha256


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every leaf."""
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in places(item, (*path, key))]
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in places(item, (*path, index))]
    return [path]


@given(st.sampled_from(places(record().as_json())), st.none() | st.integers(0, 9) | st.text("ab0", max_size=3))
def test_a_change_of_any_value_is_found(path: tuple[Any, ...], fresh: Any) -> None:
    content = record().as_json()
    sha256 = digest(content)
    changed = deepcopy(content)
    place = changed
    for step in path[:-1]:
        place = place[step]
    before, place[path[-1]] = place[path[-1]], fresh
    if json.dumps(before) == json.dumps(fresh):
        return
    assert digest(changed) != sha256
    with pytest.raises(RecordError):
        verified_file(file_of(changed, sha256))


def test_the_order_of_subjects_is_part_of_the_record() -> None:
    worst, best = status(), status("broker-up")
    assert record(snapshot=snapshot(worst, best)).sha256 != record(snapshot=snapshot(best, worst)).sha256


def test_a_change_together_with_its_hash_is_another_record_and_breaks_the_chain() -> None:
    first = record(previous=None)
    second = record(previous=first.sha256)
    content = first.as_json()
    content["session"]["title"] = "Another title"
    forged = verified_file(file_of(content))
    assert forged.sha256 != second.previous


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda it: it.pop("decisions"), "does not have the form"),
        (lambda it: it.update(extra=1), "has fields that"),
        (lambda it: it["session"].update(closed_at=None), "does not have the form"),
        (lambda it: it["session"].update(kind="party"), "does not have the form"),
        (lambda it: it.update(snapshot_id="0" * 12), "has fields that"),
        (lambda it: it.update(schema="streamgauge/record/v9"), "its schema is 'streamgauge/record/v9'"),
        (lambda it: it.update(actions=7), "does not have the form"),
    ],
)
def test_a_forged_form_with_a_right_hash_is_refused(change: Any, message: str) -> None:
    content = record().as_json()
    change(content)
    with pytest.raises(RecordError, match=message):
        verified_file(file_of(content))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"record": {}, "sha256": 1}', '{"record": [], "sha256": ""}']
)
def test_another_file_is_no_record(text: str) -> None:
    with pytest.raises(RecordError):
        verified_file(text)


def test_a_record_names_its_schema_and_its_numbers_stay_numbers() -> None:
    content = json.loads(record().body())
    assert content["schema"] == SCHEMA
    numbers = content["snapshot"]["subjects"][0]["numbers"]
    assert (numbers["sli"], numbers["remaining"], numbers["coverage"]) == (0.999903, 0.03, 1)
    assert content["snapshot_id"] == snapshot().id


def test_two_screens_with_the_same_snapshot_id_show_the_same_numbers() -> None:
    assert snapshot().id == snapshot().id
    assert len(snapshot().id) == 12
    assert snapshot(status(bad=1205)).id != snapshot(status()).id
    assert replace(snapshot(), as_of=NOON + timedelta(minutes=1)).id != snapshot().id


def test_a_decision_that_was_taken_back_stands_in_no_record() -> None:
    with pytest.raises(CanonicalError, match="taken back"):
        record(decisions=(entry(1, Decision("keep")), entry(2, None))).body()
