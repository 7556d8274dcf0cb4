"""Records on the command line: exported from the database, verified without it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashboard.cli import app
from dashboard.commands import failures
from dashboard.exports.records import Format, export
from data.store import open_store
from scoring.actors import Actor
from scoring.meetings.assessments import assessment_snapshot
from scoring.meetings.decisions import Decision
from scoring.meetings.records import Record
from scoring.meetings.sessions import Session, SessionId, SessionKind
from scoring.meetings.subjects import Subject
from tests.unit.scoring.maturity.papers import RUBRIC
from tests.unit.scoring.meetings.meetings import NOON, snapshot, status

ADMIN = Actor.local_admin()


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Record, Record]:
    """Two reviews in a database that the settings name."""
    url = f"sqlite:///{tmp_path}/store.sqlite"
    monkeypatch.setenv("STREAMGAUGE_DATABASE_URL", url)
    store = open_store(url, clock=lambda: NOON)

    def hold(left: float) -> Record:
        session = store.meetings.open(ADMIN, SessionKind.SLO_REVIEW, "Review", snapshot(status(remaining=left)))
        store.meetings.decide(ADMIN, session.id, Subject("produce-success/prod"), Decision("keep"), 0)
        return store.meetings.close(ADMIN, session.id)

    records = hold(0.5), hold(0.03)
    store.close()
    return records


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["record", *arguments], catch_exceptions=False)


def test_an_exported_record_is_verified_without_a_database(
    closed: tuple[Record, Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, last = closed
    file = tmp_path / "review.json"
    assert last.sha256 in run("export", str(last.session.id), str(file)).output
    monkeypatch.setenv("STREAMGAUGE_DATABASE_URL", "sqlite:////nowhere/at/all")
    whole = run("verify", str(file), "--sha256", last.sha256.upper())
    assert whole.exit_code == 0
    assert "unchanged. Review, closed 2026-11-20T12:00:00Z by local" in whole.output
    other = run("verify", str(file), "--sha256", "0" * 64)
    assert (other.exit_code, "another record" in other.output) == (1, True)
    file.write_text(file.read_text().replace('"bad": 1204', '"bad": 204'))
    changed = run("verify", str(file))
    assert (changed.exit_code, "The record was changed" in changed.output) == (1, True)
    file.write_text("{}")
    assert run("verify", str(file)).exit_code == 1


@pytest.mark.parametrize(("suffix", "start"), [("pdf", b"%PDF"), ("md", b"# Review"), ("csv", b"\xef\xbb\xbfslo,")])
def test_every_format_is_named_by_the_end_of_the_file(
    closed: tuple[Record, Record], tmp_path: Path, suffix: str, start: bytes
) -> None:
    file = tmp_path / f"review.{suffix}"
    assert run("export", str(closed[1].session.id), str(file)).exit_code == 0
    assert file.read_bytes().startswith(start)
    if suffix == "md":
        assert "−47.0 pp" in file.read_text()


def test_the_list_shows_the_chain(closed: tuple[Record, Record]) -> None:
    rows = json.loads(run("list", "--json").output)
    assert [row["sha256"] for row in rows] == [closed[1].sha256, closed[0].sha256]
    assert rows[0] == {
        "session": 2, "kind": "slo_review", "title": "Review", "closed_at": "2026-11-20T12:00:00Z",
        "sha256": closed[1].sha256, "origin": "",
    }  # fmt: skip
    assert datetime.fromisoformat(rows[0]["closed_at"]) == NOON.astimezone(UTC)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export", "1", "review.docx"), "end it with one of .pdf, .pptx, .xlsx, .md, .csv, .json"),
        (("export", "99", "review.pdf"), "Session 99 has no record"),
        (("export", "1", "/nowhere/review.pdf"), "cannot be written"),
        (("verify", "/nowhere/review.json"), "cannot be read"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    closed: tuple[Record, Record],
    arguments: tuple[str, ...],
    told: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert failures.explained(lambda: app(["record", *arguments])) == 2
    assert told in capsys.readouterr().err


def test_a_file_that_is_there_is_not_replaced(
    closed: tuple[Record, Record], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "review.json"
    file.write_text("precious")
    assert failures.explained(lambda: app(["record", "export", "1", str(file)])) == 2
    assert "exists already" in capsys.readouterr().err
    assert file.read_text() == "precious"


def test_an_assessment_from_elsewhere_is_taken_in_once_and_nothing_that_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = open_store(f"sqlite:///{tmp_path}/elsewhere.sqlite", clock=lambda: NOON)
    session = elsewhere.meetings.open(ADMIN, SessionKind.ASSESSMENT, "Spring", assessment_snapshot(RUBRIC, NOON))
    record = elsewhere.meetings.close(ADMIN, session.id)
    elsewhere.close()
    file, review = tmp_path / "spring.json", tmp_path / "review.json"
    file.write_bytes(export(record, Format.JSON))
    monkeypatch.setenv("STREAMGAUGE_DATABASE_URL", f"sqlite:///{tmp_path}/store.sqlite")

    wrong = run("import", str(file), "--origin", "North", "--sha256", "0" * 64)
    assert (wrong.exit_code, "another record" in wrong.output) == (1, True)
    assert json.loads(run("list", "--json").output) == []
    assert run("import", str(file), "--origin", "North", "--sha256", record.sha256).exit_code == 0
    (row,) = json.loads(run("list", "--json").output)
    assert (row["session"], row["origin"], row["title"], row["sha256"]) == (None, "North", "Spring", record.sha256)
    again = run("import", str(file), "--origin", "South")
    assert (again.exit_code, "here already, from “North”" in again.output) == (1, True)

    held = Session(SessionId(1), SessionKind.SLO_REVIEW, "Review", NOON, NOON, "fay", closed_at=NOON, closed_by="fay")
    review.write_bytes(export(Record(held, snapshot(status()), (), (), None), Format.JSON))
    other = run("import", str(review), "--origin", "North")
    assert (other.exit_code, "another kind of meeting (slo_review)" in other.output) == (1, True)
