"""The record of a maturity assessment as rows: one a question, and one a round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.maturity import HELD_BACK, Told, told_by
from dashboard.shapes import Shape
from scoring.meetings.decisions import Decision
from scoring.meetings.records import Record


def spreadsheet(record: Record, before: Record | None) -> list[Shape]:
    """One row a question, with numbers as numbers; what is unknown, or held back, is None."""
    told = told_by(record)
    earlier = None if before is None else told_by(before)
    decisions = decisions_of(record)
    return [
        {
            **answer_shape(numbers, decisions.get(subject)),
            "before": _before(earlier, str(numbers["id"])),
            **_last_round(numbers),
        }
        for subject, numbers in told.snapshot.subjects.items()
    ]


def decisions_of(record: Record) -> dict[str, Decision]:
    """The standing decisions by subject."""
    return {entry.subject: entry.decision for entry in record.decisions if entry.decision is not None}


def answer_shape(numbers: Mapping[str, Any], said: Decision | None) -> Shape:
    """One question with its answer, what was said about it, and what the evidence says."""
    evidence = numbers["evidence"]
    return {
        "question": numbers["id"],
        "kind": numbers["kind"],
        "level": numbers.get("level"),
        "dimension": numbers["dimension"],
        "polarity": numbers.get("polarity"),
        "title": numbers["title"],
        "proposal": numbers["proposal"],
        "answer": numbers["answer"],
        "note": said.note if said else None,
        "dissent": said.dissent if said else None,
        "owner": said.owner if said else None,
        "due": said.due.isoformat() if said and said.due else None,
        "approved_by": said.approved_by if said else None,
        "links": list(said.evidence) if said else None,
        "evidence": evidence["state"],
        "evidence_says": evidence.get("sentence"),
        "comparison": numbers["comparison"],
    }


def round_shape(question: str, one: Mapping[str, Any]) -> Shape:
    """One round: counts and agreement as far as they may be told."""
    agreed = one["agreement"] or {}
    counts = one["counts"]
    return {
        "question": question,
        "round": one["number"],
        "votes": one["votes"],
        "on_the_scale": one["n"],
        "median": agreed.get("median"),
        "iqr": agreed.get("iqr"),
        "range": agreed.get("range"),
        "within_one": agreed.get("within_one"),
        "discuss": agreed.get("discuss"),
        "why": "; ".join(agreed.get("reasons", ())),
        "counts": HELD_BACK if counts is None else ", ".join(f"{number} {word}" for word, number in counts.items()),
    }


def _last_round(numbers: Mapping[str, Any]) -> Shape:
    blank: Mapping[str, Any] = {"number": None, "votes": None, "n": None, "agreement": None, "counts": {}}
    last = numbers["rounds"][-1] if numbers["rounds"] else blank
    return {name: value for name, value in round_shape("", last).items() if name != "question"}


def _before(earlier: Told | None, question: str) -> object:
    if earlier is None or question not in earlier.snapshot.subjects:
        return None
    found: object = earlier.numbers(question)["answer"]
    return found
