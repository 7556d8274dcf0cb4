"""The record of a maturity assessment as a workbook: result, answers, ratings, spread, agreement, evidence, actions."""

from __future__ import annotations

from dashboard.exports.assessment_parts import NAMES, spread_shapes
from dashboard.exports.assessment_rows import answer_shape, decisions_of, round_shape
from dashboard.exports.workbook import Sheet, sheet_of
from dashboard.maturity import Told, told_by
from dashboard.shapes import Shape
from scoring.maturity.rubric import Dimension
from scoring.meetings.records import Record

ACTION_COLUMNS = ("id", "status", "action", "subject", "owner", "due", "note", "from_session")
AGREEMENT_COLUMNS = (
    "question", "round", "votes", "on_the_scale", "median", "iqr", "range", "within_one", "discuss", "why", "counts",
)  # fmt: skip
SPREAD_COLUMNS = ("levels_proposed_by", *NAMES, "held_back")
EVIDENCE_COLUMNS = (
    "indicator", "verdict", "strength", "says", "age_seconds", "fresh", "cluster", "object", "outcome",
    "finding", "query",
)  # fmt: skip


def workbook(record: Record, before: Record | None) -> list[Sheet]:  # noqa: ARG001 - the form of every kind
    """The sheets; distributions that may not be shown are held back here as everywhere."""
    told = told_by(record)
    decisions = decisions_of(record)
    subjects = told.snapshot.subjects.items()
    return [
        sheet_of("Result", _result(told, record)),
        sheet_of("Answers", [answer_shape(numbers, decisions.get(subject)) for subject, numbers in subjects
                             if numbers["kind"] == "indicator"]),
        sheet_of("Ratings", _ratings(told)),
        sheet_of("Spread", spread_shapes(told), SPREAD_COLUMNS),
        sheet_of("Agreement", [round_shape(str(numbers["id"]), one) for _, numbers in subjects
                               for one in numbers["rounds"]], AGREEMENT_COLUMNS),
        sheet_of("Evidence", _evidence(told), EVIDENCE_COLUMNS),
        sheet_of("Actions", action_rows(record), ACTION_COLUMNS),
    ]  # fmt: skip


def action_rows(record: Record) -> list[Shape]:
    """What is to be done, carried over and new."""
    return [
        {
            "id": one.id,
            "status": one.status.value,
            "action": one.text,
            "subject": one.subject,
            "owner": one.owner,
            "due": None if one.due is None else one.due.isoformat(),
            "note": one.note,
            "from_session": one.session,
        }
        for one in record.actions
    ]


def _result(told: Told, record: Record) -> list[Shape]:
    decided = told.decided
    values = {
        "title": told.title,
        "closed at": "" if record.session.closed_at is None else record.session.closed_at.isoformat(),
        "headline": told.headline,
        "level": decided["level"],
        "level, unknown as yes": decided["level_high"],
        "index": decided["index"],
        "index, unknown as yes": decided["index_high"],
        "profile level": decided["profile_level"],
        "literal level of the paper sheet": decided["literal_level"],
        "transition": decided["transition"],
        "answers missing": len(decided["missing"]),
        "proposed by the votes": told.snapshot.result["proposed"]["headline"],
        "rubric": f"{told.rubric.id} {told.rubric.version} ({told.rubric.language})",
        "hash of the rubric": told.rubric.hash,
        "hash of the record": record.sha256,
    }
    counts = {
        f"level {one['level']}: satisfied of applicable": f"{one['satisfied']} of {one['applicable']}"
        for one in decided["counts"]
    }
    return [{"what": name, "value": value} for name, value in {**values, **counts}.items()]


def _ratings(told: Told) -> list[Shape]:
    return [
        {
            "dimension": one.value,
            "ratings": told.profile["pooled"][one.value]["n"],
            "median": told.medians[one],
            "needed_for_the_next_level": told.needed[one],
            "decided": told.numbers(one.value)["answer"],
            **{f"median of {name}": medians[one] for name, medians in told.groups.items()},
        }
        for one in Dimension
    ]


def _evidence(told: Told) -> list[Shape]:
    rows: list[Shape] = []
    for one in told.snapshot.evidence:
        verdict: Shape = {
            "indicator": one["indicator"],
            "verdict": one["state"],
            "strength": one["strength"],
            "says": one["sentence"],
            "age_seconds": one["age_seconds"],
            "fresh": one["fresh"],
        }
        found = [
            {
                "cluster": finding["cluster"],
                "object": f"{finding['about']['kind']} {finding['about']['name']}",
                "outcome": finding["outcome"],
                "finding": finding["sentence"],
                "query": finding["query"],
            }
            for finding in one["findings"]
        ]
        rows += [{**verdict, **finding} for finding in found or [{"query": "; ".join(one["queries"])}]]
    return rows
