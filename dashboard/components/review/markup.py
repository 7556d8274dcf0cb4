"""The review's own markup: rows that become cards on a phone. Every text in it is escaped; `review.css` lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from dashboard.components.markup import told
from dashboard.reviewing_header import ReviewHeader
from dashboard.reviewing_rows import ReviewRow, Told
from dashboard.theme import Tone
from dashboard.wording import count, duration, percents
from scoring.slo.spending import Contributor, CostlyInterval

COLUMNS = (
    ("band", "Band"),
    ("slo", "SLO"),
    ("objective", "Objective"),
    ("actual", "Actual"),
    ("left", "Budget left"),
    ("change", "Since last"),
    ("burn", "Burn 1h / 6h / 3d"),
    ("empty", "Empty in"),
    ("data", "Observed"),
    ("alerts", "Alerts"),
    ("owner", "Owner"),
    ("status", "Review"),
)
"""Class and heading of every cell, in the order of the table."""


def headings() -> str:
    """The line above the rows; every cell says its heading to a screen reader and on a phone by itself."""
    cells = "".join(f'<span class="cell {name}">{escape(heading)}</span>' for name, heading in COLUMNS)
    return f'<div class="review-head" aria-hidden="true">{cells}</div>'


def row(shown: ReviewRow, status: Told | None = None) -> str:
    """One SLO: twelve cells, and under them what the policy demands. status: None where a button stands instead."""
    cells = {**_numbers(shown), "band": told(shown.band), "slo": _name(shown)}
    if status is not None:
        cells["status"] = told(status)
    demand = f'<div class="cell demand"><dt>Demanded</dt><dd>{escape(shown.demand)}</dd></div>'
    return f'<dl class="review-row">{_cells(cells, (name for name, _ in COLUMNS if name in cells))}{demand}</dl>'


def strip(shown: ReviewRow) -> str:
    """The numbers of one SLO, when it fills the screen: the budget large, the others beside it."""
    names = ("left", "band", "objective", "actual", "change", "burn", "empty", "data", "alerts", "owner")
    cells = {**_numbers(shown), "band": told(shown.band)}
    demand = f'<div class="cell demand"><dt>Demanded</dt><dd>{escape(shown.demand)}</dd></div>'
    return f'<dl class="review-strip">{_cells(cells, names)}{demand}</dl>'


def _cells(cells: dict[str, str], names: Iterable[str]) -> str:
    titles = dict(COLUMNS)
    return "".join(
        f'<div class="cell {name}"><dt>{escape(titles[name])}</dt><dd>{cells[name]}</dd></div>' for name in names
    )


def _numbers(shown: ReviewRow) -> dict[str, str]:
    return {
        "objective": escape(shown.objective),
        "actual": escape(shown.actual),
        "left": _left(shown),
        "change": escape(shown.change),
        "burn": escape(shown.burn),
        "empty": escape(shown.empty),
        "data": told(shown.data),
        "alerts": told(shown.alerts),
        "owner": escape(shown.owner),
    }


def _name(shown: ReviewRow) -> str:
    whole = ", ".join(part for part in (shown.title, shown.where) if part)
    place = f' <span class="where">{escape(shown.where)}</span>' if shown.where else ""
    return f'<span title="{escape(whole)}"><span class="name">{escape(shown.title)}</span>{place}</span>'


def _left(shown: ReviewRow) -> str:
    tone = (shown.band.tone or Tone.NO_DATA).name.lower()
    amount = f'<span class="amount">{escape(shown.amount)}</span>'
    if shown.share is None:
        return amount
    bar = f'<span class="bar {tone}" aria-hidden="true"><span style="width: {shown.share:.1%}"></span></span>'
    return f'{bar}<span class="percent">{escape(shown.left)}</span>{amount}'


def header(shown: ReviewHeader) -> str:
    """Bands with their counts, then the facts."""
    bands = "".join(f"<span>{told(Told(f'{number} {word}', tone))}</span>" for tone, word, number in shown.bands)
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in shown.facts)
    return f'<div class="review-header"><p class="bands">{bands}</p><dl>{facts}</dl></div>'


def contributors(found: Sequence[Contributor], noun: str, most: int = 6) -> str:
    """Who spent the budget, the most first."""
    items = "".join(
        f'<li><span class="name">{escape(one.name)}</span><span class="bar neutral" aria-hidden="true">'
        f'<span style="width: {one.share:.1%}"></span></span><span>{percents(one.share, 1)}, '
        f"{count(one.bad)} {noun}</span></li>"
        for one in found[:most]
    )
    rest = f"<li>and {len(found) - most} more</li>" if len(found) > most else ""
    return f'<ol class="review-spent">{items}{rest}</ol>'


def costliest(found: Sequence[CostlyInterval], when: Sequence[str]) -> str:
    """The dearest intervals. when: their starts in words, as many."""
    items = "".join(
        f"<li><span>{escape(start)}, {escape(duration(one.minutes * 60))}</span>"
        f"<span>{percents(one.share, 1)} of the budget{_postmortem(one)}</span></li>"
        for one, start in zip(found, when, strict=True)
    )
    return f'<ol class="review-costly">{items}</ol>'


def _postmortem(one: CostlyInterval) -> str:
    words = ", partly estimated" if one.down else ""
    return words + (f" {told(Told('asks for a postmortem', Tone.INCIDENT))}" if one.postmortem else "")
