"""Records from elsewhere in both databases: verified and whole or not there at all, and in no series of this place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.store import Store, open_store
from data.store.maintenance import check
from data.store.tables import IMPORTED_RECORDS
from scoring.actors import Actor, ForbiddenError, Grant, Role
from scoring.meetings.assessments import Assessed, assessment_snapshot
from scoring.meetings.decisions import Decision
from scoring.meetings.records import Record, RecordError
from scoring.meetings.sessions import SessionKind
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import RefusedError, TextError
from tests.unit.data.store.estates import NOON, Clock
from tests.unit.scoring.maturity.papers import RUBRIC

EVA = Actor("eva", frozenset({Grant(Role.EDITOR)}))
FAY = Actor("fay", frozenset({Grant(Role.FACILITATOR)}))
KIND = SessionKind.ASSESSMENT


def closed(store: Store, *, yes: str = "L2.1") -> Record:
    """An assessment that was held and closed in that store."""
    session = store.meetings.open(FAY, KIND, "Spring", assessment_snapshot(RUBRIC, NOON))
    store.meetings.decide(FAY, session.id, Subject(yes), Decision("yes"), 0)
    decisions = store.meetings.read.meeting(session.id).decisions
    last = assessment_snapshot(RUBRIC, NOON, Assessed(decisions=decisions))
    return store.meetings.close(FAY, session.id, last, decided={Subject(yes): 1})


def exported(record: Record) -> bytes:
    """The record as a file, in a layout of its own."""
    return json.dumps({"sha256": record.sha256, "record": record.as_json()}).encode()


@pytest.fixture
def elsewhere(tmp_path: Path, clock: Clock) -> Record:
    """An assessment that was closed in another database."""
    other = open_store(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}", clock=clock)
    try:
        return closed(other)
    finally:
        other.close()


def test_a_record_from_elsewhere_is_read_here_word_for_word(store: Store, elsewhere: Record) -> None:
    key = store.imports.take(EVA, " Platform North ", exported(elsewhere), f" {elsewhere.sha256.upper()} ")
    (row,) = store.imports.every(KIND)
    assert (row.key, row.title, row.origin, row.sha256) == (key, "Spring", "Platform North", elsewhere.sha256)
    assert (row.closed_at, row.previous, row.compared, row.by) == (NOON, None, True, "eva")
    assert store.imports.record(key) == elsewhere
    assert [(entry.action, entry.actor) for entry in store.read.audit()] == [("record.import", "eva")]
    assert check(store) == []


def test_it_stands_in_no_series_of_this_place(store: Store, elsewhere: Record) -> None:
    store.imports.take(EVA, "North", exported(elsewhere))
    assert store.meetings.read.records(KIND) == ()
    assert store.meetings.read.last_record(KIND) is None
    assert closed(store, yes="L2.2").previous is None


def test_it_is_here_once(store: Store, elsewhere: Record) -> None:
    store.imports.take(EVA, "North", exported(elsewhere))
    with pytest.raises(RefusedError, match="is here already, from “North”"):
        store.imports.take(EVA, "South", exported(elsewhere))
    own = closed(store, yes="L2.2")
    with pytest.raises(RefusedError, match="was closed here: it is session"):
        store.imports.take(EVA, "South", exported(own))
    assert [row.origin for row in store.imports.every(KIND)] == ["North"]


def test_what_is_not_what_it_says_is_not_there_at_all(store: Store, elsewhere: Record) -> None:
    result = {**elsewhere.snapshot.result, "decided": {**elsewhere.snapshot.result["decided"], "level": 5}}
    lying = replace(elsewhere, snapshot=replace(elsewhere.snapshot, result=result))
    other_hash = exported(elsewhere).replace(elsewhere.sha256.encode(), b"0" * 64)
    for file, sha256, words in (
        (exported(lying), "", "says that level is 5; its decisions come to"),
        (other_hash, "", "was changed"),
        (exported(elsewhere), "f" * 64, "another record; its hash is"),
        (exported(elsewhere)[:-1], "", "no record"),
        (b"\xff", "", "no record"),
        (b"[]", "", "no exported record"),
    ):
        with pytest.raises(RecordError, match=words):
            store.imports.take(EVA, "North", file, sha256)
    with pytest.raises(TextError, match="The origin is empty"):
        store.imports.take(EVA, " ", exported(elsewhere))
    with pytest.raises(ForbiddenError):
        store.imports.take(FAY, "North", exported(elsewhere))
    assert store.imports.every(KIND) == ()


def test_a_record_that_was_put_away_is_known_of_the_time_before(store: Store, clock: Clock, elsewhere: Record) -> None:
    key = store.imports.take(EVA, "North", exported(elsewhere))
    clock.move(60)
    store.imports.put_away(EVA, key)
    assert store.imports.every(KIND) == ()
    assert [row.key for row in store.imports.every(KIND, NOON)] == [key]
    with pytest.raises(RefusedError, match="no such record"):
        store.imports.put_away(EVA, key)
    again = store.imports.take(EVA, "North", exported(elsewhere))
    assert again != key
    assert check(store) == []


def test_nothing_of_it_ever_changes(store: Store, elsewhere: Record) -> None:
    store.imports.take(EVA, "North", exported(elsewhere))
    for statement in ("UPDATE imported_records SET origin = 'South'", "DELETE FROM imported_records"):
        with pytest.raises(IntegrityError, match="put it away"), store.database.writing() as connection:
            connection.execute(text(statement))


def test_a_row_that_is_listed_as_another_is_found(store: Store, elsewhere: Record) -> None:
    store.imports.take(EVA, "North", exported(elsewhere))
    with store.database.writing() as connection:
        (row,) = connection.execute(IMPORTED_RECORDS.select()).mappings()
        lying = dict(row) | {
            "id": row["id"] + 1,
            "title": "Autumn",
            "removed_at": NOON,
            "removed_by": row["imported_by"],
        }
        connection.execute(IMPORTED_RECORDS.insert().values(lying))
    assert check(store) == [f"The imported record {row['id'] + 1} is listed as another than it is."]
