"""The record of a maturity assessment as a document; from the frozen record only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dashboard.exports.assessment_parts import spread_section
from dashboard.exports.assessment_rows import decisions_of, round_shape
from dashboard.exports.report import Cell, Column, Report, Section, Table
from dashboard.exports.sections import actions, definitions, held
from dashboard.maturity import COMPARISONS, Told, bounds_words, changes, evidence_words, told_by
from dashboard.theme import Tone
from dashboard.wording import age, plural
from scoring.maturity.rubric import Dimension
from scoring.meetings.decisions import Decision
from scoring.meetings.records import Record

NONE = "—"
TONES: Mapping[str, Tone] = {"proven": Tone.HEALTHY, "contradicted": Tone.INCIDENT, "differs": Tone.HALT}


def report(record: Record, before: Record | None) -> Report:
    """The assessment as a document. before: the record that this one names as the one before it."""
    told = told_by(record)
    return Report(
        title=record.session.title,
        subtitle="Maturity assessment",
        facts=(*held(record), *_facts(told)),
        sections=(
            _dimensions(told),
            spread_section(told),
            _indicators(told, record),
            _agreement(told),
            _way(told),
            *(() if before is None else (_since(told_by(before), told),)),
            actions(record),
            _evidence(told),
            definitions(record),
        ),
        seal=f"SHA-256 {record.sha256}; the record before it: {record.previous or 'none'}",
    )


def _facts(told: Told) -> tuple[tuple[str, str], ...]:
    decided = told.decided
    people = told.snapshot.result["respondents"]
    pairs = ", ".join(f"{deficit} and {capability}" for deficit, capability in decided["contradictions"])
    groups = ", ".join(f"{number} {name}" for name, number in people["groups"].items())
    return (
        ("Result", told.headline),
        ("Index", bounds_words(decided)),
        ("Profile level", _level_words(decided["profile_level"])),
        ("Paper sheet", f"level {decided['literal_level']}" if decided["literal_level"] else "no level"),
        ("Ahead of level", ", ".join(decided["ahead"]) or "nothing"),
        ("Contradictions", pairs or "none"),
        ("Proposed by the votes", str(told.snapshot.result["proposed"]["headline"])),
        ("People", f"{plural(people['voters'], 'voter')}{f' ({groups})' if groups else ''}"),
        *(
            (
                f"Alpha, {scale}",
                f"{_number(one['alpha'])} over {plural(one['questions'], 'question')}, {one['votes']} votes",
            )
            for scale, one in told.snapshot.result["alpha"].items()
        ),
    )


def _level_words(level: int | None) -> str:
    if level is None:
        return "none: a dimension has no rating"
    return str(level) if level else "below the profile of level 1"


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"


def _dimensions(told: Told) -> Section:
    columns = (
        Column("Dimension", 2.0),
        Column("Rated (median)", 1.2, numeric=True),
        Column("Needed next", 1.2, numeric=True),
        Column("Decided", 1.0, numeric=True),
        Column("By group", 4.0),
    )
    rows = []
    for one in Dimension:
        median, needed, pooled = told.medians[one], told.needed[one], told.profile["pooled"][one.value]
        tone = Tone.NO_DATA if median is None else None if median >= needed else Tone.HALT
        decided = told.numbers(one.value)["answer"]
        groups = ", ".join(f"{name} {NONE if of[one] is None else of[one]}" for name, of in told.groups.items())
        rows.append(
            (
                Cell(one.value),
                Cell("not rated" if median is None else str(median), f"{pooled['n']} ratings", tone),
                Cell(str(needed)),
                Cell(NONE if decided is None else str(decided)),
                Cell(groups or NONE),
            )
        )
    return Section("Dimensions", Table(columns, tuple(rows)), "No dimension was asked about.")


def _indicators(told: Told, record: Record) -> Section:
    columns = (
        Column("Level", 0.6, numeric=True),
        Column("Indicator", 3.4),
        Column("Answer", 0.9),
        Column("Beside the evidence", 1.6),
        Column("Evidence", 3.6),
        Column("Decision", 3.2),
    )
    said = decisions_of(record)
    rows = []
    for one in told.rubric.indicators:
        numbers = told.numbers(one.id)
        evidence, decision = numbers["evidence"], said.get(one.id)
        rows.append(
            (
                Cell(str(one.level)),
                Cell(f"{one.id} {one.title}", f"{one.dimension}, {one.polarity}"),
                Cell(str(numbers["answer"]), tone=Tone.NO_DATA if numbers["answer"] == "unknown" else None),
                Cell(
                    COMPARISONS.get(numbers["comparison"], numbers["comparison"]), tone=TONES.get(numbers["comparison"])
                ),
                Cell(evidence_words(evidence), str(evidence.get("sentence") or "")),
                Cell(*_decision(decision)),
            )
        )
    return Section("Indicators", Table(columns, tuple(rows)), "No indicator was asked about.")


def _decision(said: Decision | None) -> tuple[str, str]:
    if said is None:
        return "not decided", ""
    owner = f"{said.owner}{f' by {said.due}' if said.due else ''}" if said.owner else ""
    dissent = f"Dissent: {said.dissent}" if said.dissent else ""
    approved = f"approved by {said.approved_by}" if said.approved_by else ""
    return said.choice, " · ".join(text for text in (said.note, dissent, approved, owner, *said.evidence) if text)


def _agreement(told: Told) -> Section:
    columns = (
        Column("Question", 3.0),
        Column("Round", 0.6, numeric=True),
        Column("Votes", 0.6, numeric=True),
        Column("Distribution", 3.4),
        Column("Median", 0.7, numeric=True),
        Column("IQR", 0.6, numeric=True),
        Column("Within one", 0.9, numeric=True),
        Column("Talk about it", 3.0),
    )
    rows = []
    for numbers in told.snapshot.subjects.values():
        for one in numbers["rounds"]:
            shape = round_shape(str(numbers["id"]), one)
            within = shape["within_one"]
            rows.append(
                (
                    Cell(_title(numbers)),
                    Cell(str(shape["round"])),
                    Cell(str(shape["votes"])),
                    Cell(shape["counts"]),
                    Cell(NONE if shape["median"] is None else str(shape["median"])),
                    Cell(NONE if shape["iqr"] is None else f"{shape['iqr']:g}"),
                    Cell(NONE if within is None else f"{100 * within:.0f} %"),
                    Cell(shape["why"] or NONE, tone=Tone.HALT if shape["discuss"] else None),
                )
            )
    return Section("Agreement", Table(columns, tuple(rows)), "Nobody voted.")


def _title(numbers: Mapping[str, Any]) -> str:
    return str(numbers["title"] if numbers["kind"] == "dimension" else f"{numbers['id']} {numbers['title']}")


def _way(told: Told) -> Section:
    columns = (Column("What", 1.6), Column("Which", 6.0))
    gap = told.gap
    if gap is None:
        return Section("The way to the next level", Table(columns, ()), "There is no level above this one.")
    rows = [(Cell("Not there yet" if answer != "unknown" else "Not known"), Cell(told.title_of(one), str(answer)))
            for one, answer in gap.lacking.items()]  # fmt: skip
    paths = told.decided["next"]["paths"]
    rows += [(Cell("Smallest set"), Cell(" + ".join(path["indicators"]), f"reaches level {path['reaches']}"))
             for path in paths[:5]]  # fmt: skip
    most = told.decided["matters_most"]
    if most is not None:
        rows.append((Cell("Most telling unknown"), Cell(told.title_of(most))))
    rows += [(Cell("Characteristic", one.reached.value), Cell(one.statement.text)) for one in gap.characteristics]
    rows += [(Cell("Pitfall", tone=Tone.HALT), Cell(one.text)) for one in gap.pitfalls]
    return Section(f"The way to level {gap.level}", Table(columns, tuple(rows)), "Nothing is missing.")


def _since(before: Told, after: Told) -> Section:
    found = changes(before, after)
    rows = [(Cell("Level"), Cell(str(found.level.before)), Cell(str(found.level.after)))]
    for one, change in found.answers.items():
        then, now = change.before or "not asked", change.after or "not asked"
        rows.append((Cell(after.title_of(one)), Cell(str(then)), Cell(str(now))))
    for dimension, median in found.medians.items():
        if median.changed:
            then_rated, now_rated = median.before or "not rated", median.after or "not rated"
            rows.append((Cell(dimension.value), Cell(str(then_rated)), Cell(str(now_rated))))
    note = "" if found.same_rubric else " (by another version of the rubric)"
    columns = (Column("What", 4.0), Column("Then", 1.0), Column("Now", 1.0))
    return Section(f"Since {before.title}{note}", Table(columns, tuple(rows)), "Nothing changed.")


def _evidence(told: Told) -> Section:
    columns = (Column("Indicator", 0.8), Column("Says", 5.0), Column("Seen", 0.8), Column("Query", 3.0))
    rows = tuple(
        (
            Cell(one["indicator"]),
            Cell(evidence_words(one), str(one["sentence"])),
            Cell(NONE if one["age_seconds"] is None else f"{age(timedelta(seconds=one['age_seconds']))} before"),
            Cell("; ".join(one["queries"])),
        )
        for one in told.snapshot.evidence
    )
    return Section("Evidence", Table(columns, rows), "No probe looks at any of these indicators.")
