"""The record of an SLO review as a workbook and as slides."""

from __future__ import annotations

from dashboard.exports import slo_review
from dashboard.exports.assessment_book import ACTION_COLUMNS, action_rows
from dashboard.exports.slides import Chart, Grid, Slide
from dashboard.exports.workbook import Sheet, sheet_of
from dashboard.shapes import Shape
from dashboard.theme import LIGHT
from dashboard.wording import plural
from scoring.meetings.records import Record

MOST_ROWS = 10


def workbook(record: Record, before: Record | None) -> list[Sheet]:
    """Objectives, actions and definitions."""
    pins = [
        {"definition": pin.id, "kind": pin.kind, "version": pin.version, "hash": pin.hash}
        for pin in record.snapshot.definitions
    ]
    return [
        sheet_of("Objectives", slo_review.spreadsheet(record, before)),
        sheet_of("Actions", action_rows(record), ACTION_COLUMNS),
        sheet_of("Definitions", pins, ("definition", "kind", "version", "hash")),
    ]


def slides(record: Record, before: Record | None) -> list[Slide]:
    """The budgets, worst first, and what was decided about them."""
    rows = slo_review.spreadsheet(record, before)
    budgets = [one for one in rows if one["remaining"] is not None][:MOST_ROWS]
    made = [
        Slide(record.session.title, [f"{plural(len(rows), 'objective')} looked at, {_decided(rows)} decided about"])
    ]
    if budgets:
        chart = Chart(
            alt="Error budget left in percent, by objective",
            categories=[_name(one) for one in budgets],
            series={"budget left, %": [round(100 * max(one["remaining"], 0), 1) for one in budgets]},
            colours=[LIGHT.accent],
            highest=100,
            digits="0.0",
        )
        made.append(Slide("Error budget left, worst first", ["An overspent budget is drawn as none left."], chart))
    said = [
        (_name(one), str(one["decision"]), str(one["note"] or ""), str(one["decision_owner"] or ""))
        for one in rows
        if one["decision"]
    ]
    if said:
        header = ("Objective", "Decision", "Why", "Owner")
        made.append(Slide("What was decided", grid=Grid(header, said[:MOST_ROWS], (3, 1.2, 6, 1.6))))
    return made


def _name(row: Shape) -> str:
    return ", ".join(str(part) for part in (row["title"] or row["slo"], row["cluster"], row["group"]) if part)


def _decided(rows: list[Shape]) -> int:
    return sum(bool(one["decision"]) for one in rows)
