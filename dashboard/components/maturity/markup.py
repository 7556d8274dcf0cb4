"""The result's own markup; every text in it is escaped, `maturity.css` lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from dashboard.charts.maturity import RAMP
from dashboard.components.markup import told as toned
from dashboard.maturity import COMPARISONS, evidence_words
from dashboard.reviewing_rows import Told as Words
from dashboard.theme import Tone
from scoring.maturity.rubric import Dimension, Indicator, Rubric

TONES: Mapping[str, Tone] = {
    "proven": Tone.HEALTHY,
    "contradicted": Tone.INCIDENT,
    "differs": Tone.HALT,
    "unknown": Tone.NO_DATA,
    "not_applicable": Tone.NO_DATA,
    "no_probe": Tone.NO_DATA,
}
"""A claim is neither good nor bad news and has no colour."""


def headline(words: str) -> str:
    """The result in one line."""
    return f'<p class="maturity-headline">{escape(words)}</p>'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """What stands under the headline."""
    each = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="maturity-facts">{each}</dl>'


def grid(rubric: Rubric, numbers: Mapping[str, Mapping[str, Any]], *, asked: bool = True) -> str:
    """The indicators by level and dimension. numbers: by indicator. asked: False where people have not answered yet."""
    used = [one for one in Dimension if any(indicator.dimension is one for indicator in rubric.indicators)]
    head = "".join(f'<th scope="col">{escape(one.value)}</th>' for one in used)
    body = []
    for level, (fill, ink) in zip(rubric.levels, RAMP, strict=True):
        cells = "".join(
            f'<td data-dimension="{escape(one.value)}">{_cell(rubric, numbers, level.number, one, asked=asked)}</td>'
            for one in used
        )
        number = f'<b style="background: {fill}; color: {ink}">{level.number}</b>'
        body.append(f'<tr><th scope="row" class="level">{number}{escape(level.title)}</th>{cells}</tr>')
    return (
        '<table class="maturity-grid"><caption class="maturity-quiet">Indicators by level and dimension; no indicator '
        'asks about skills, which people rate.</caption><thead><tr><th scope="col" class="level">Level</th>'
        f"{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def _cell(
    rubric: Rubric, numbers: Mapping[str, Mapping[str, Any]], level: int, dimension: Dimension, *, asked: bool
) -> str:
    mine = [one for one in rubric.indicators if one.level == level and one.dimension is dimension]
    items = "".join(_indicator(one, numbers.get(one.id), asked=asked) for one in mine)
    return f"<ul>{items}</ul>" if mine else ""


def _indicator(indicator: Indicator, numbers: Mapping[str, Any] | None, *, asked: bool) -> str:
    kind = "" if indicator.gates else ' <span class="maturity-quiet">(weakness)</span>'
    name = f"<b>{escape(indicator.id)}</b> {escape(indicator.title)}{kind}"
    return f'<li>{name}<span class="pair">{_pair(numbers or {}, asked=asked)}</span></li>'


def _pair(numbers: Mapping[str, Any], *, asked: bool) -> str:
    """People's answer and the evidence side by side."""
    evidence = numbers.get("evidence") or {"state": "no_probe"}
    people = f"<span>people: <b>{escape(str(numbers['answer']))}</b></span>" if asked else ""
    if not asked:
        tone = Tone.HEALTHY if evidence.get("proven") else None if evidence["state"] == "supported" else Tone.NO_DATA
        tone = {"partly": Tone.HALT, "refuted": Tone.INCIDENT}.get(evidence["state"], tone)
        return toned(Words(evidence_words(evidence), tone))
    comparison = str(numbers["comparison"])
    words = COMPARISONS.get(comparison, comparison)
    if comparison == "unknown":  # that nobody answered stands before it; what evidence says is worth the room
        words = evidence_words(evidence)
    return f"{people}{toned(Words(words, TONES.get(comparison)))}"


def table(label: str, rows: Sequence[Mapping[str, str | Words]]) -> str:
    """Rows with the same columns. A narrow screen scrolls it sideways, by keyboard too; Streamlit's own cannot."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in rows[0])
    body = "".join(f"<tr>{''.join(_table_cell(one, first=place == 0) for place, one in enumerate(row.values()))}</tr>"
                   for row in rows)  # fmt: skip
    return (
        f'<div class="maturity-scroll" tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<table class="maturity-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _table_cell(value: str | Words, *, first: bool) -> str:
    words = escape(value) if isinstance(value, str) else toned(value)
    return f'<th scope="row">{words}</th>' if first else f"<td>{words}</td>"
