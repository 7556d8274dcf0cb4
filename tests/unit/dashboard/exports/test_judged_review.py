"""A review of what was really judged: the numbers of the terminal are those of the record and of its files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from dashboard.budgets import statuses_of
from dashboard.definitions import produce_success
from dashboard.exports.records import Format, export
from data.store import Store, open_store
from scoring.actors import Actor
from scoring.meetings.decisions import Decision
from scoring.meetings.records import verified_file
from scoring.meetings.sessions import SessionKind
from scoring.meetings.slo_reviews import review_snapshot, subject_of_status
from tests.unit.dashboard.conftest import NOW

ADMIN = Actor.local_admin()


def test_what_was_judged_is_what_is_frozen_and_exported(store: Store, tmp_path: Path) -> None:
    definition = produce_success()
    (status,) = statuses_of(store.read, definition, None, NOW)
    meetings = open_store(f"sqlite:///{tmp_path}/meetings.sqlite", clock=lambda: NOW).meetings
    session = meetings.open(ADMIN, SessionKind.SLO_REVIEW, "Review", review_snapshot([status], [definition], NOW))
    meetings.decide(ADMIN, session.id, subject_of_status(status), Decision("keep"), 0)
    record = meetings.close(ADMIN, session.id)
    numbers = verified_file(export(record, Format.JSON)).snapshot.subjects[subject_of_status(status)]
    assert {key: numbers[key] for key in status.as_json()} == status.as_json()
    (row,) = csv.DictReader(io.StringIO(export(record, Format.CSV).decode("utf-8-sig")))
    assert (float(row["remaining"]), float(row["bad"]), row["decision"]) == (status.remaining, status.bad, "keep")
    assert export(record, Format.PDF).startswith(b"%PDF")
    assert status.title in export(record, Format.MARKDOWN).decode()
