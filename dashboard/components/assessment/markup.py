"""The assessment's own markup. Every text in it is escaped; `assessment.css` lays it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from dashboard.assessing_words import EvidenceTold, abstained_words, agreement_words, choice_words
from dashboard.reviewing_rows import Told
from dashboard.theme import ICONS, Palette, Tone
from scoring.meetings.assessment_rounds import RoundTold
from scoring.voting.choices import VALUES
from scoring.voting.questions import Question

MANY = 60
"""Votes above which a dot is drawn small."""


def variables(palette: Palette) -> str:
    """The theme's colours for `assessment.css`."""
    colours = {
        **{tone.name.lower(): palette.tone(tone) for tone in Tone},
        "border": palette.border,
        "muted": palette.muted,
        "surface": palette.surface,
        "page": palette.page,
        "text": palette.text,
        "accent": palette.accent,
    }
    return f"<style>:root {{ {' '.join(f'--assess-{name}: {value};' for name, value in colours.items())} }}</style>"


def told(words: Told) -> str:
    """Words, with icon and colour where they state a condition."""
    if words.tone is None:
        return f"<span>{escape(words.words)}</span>"
    tone = words.tone.name.lower()
    return f'<span class="tone {tone}"><span aria-hidden="true">{ICONS[words.tone]}</span> {escape(words.words)}</span>'


def question(shown: Question, place: str) -> str:
    """The question at 40 px, and what each answer looks like. place: id, level and dimension in words."""
    anchors = "".join(
        f'<div class="anchor"><dt>{escape(option.label)}</dt><dd>{escape(option.anchor)}</dd></div>'
        for option in shown.options
        if option.anchor
    )
    return (
        f'<div class="assess-question"><p class="place">{escape(place)}</p>'
        f'<h2>{escape(shown.text or shown.title)}</h2><dl class="anchors">{anchors}</dl></div>'
    )


def spread(shown: Question, rounds: Sequence[RoundTold], names: Sequence[Mapping[str, Sequence[str]]]) -> str:
    """Every revealed round, the latest first: a dot a vote under its anchor, the median marked.

    names: who voted what, by round, in a named session; empty mappings otherwise.
    """
    titles = [""] if len(rounds) == 1 else [f"Vote {one.number}" if one.number == 1 else "Re-vote" for one in rounds]
    drawn = [_round(shown, *one) for one in zip(rounds, titles, names, strict=True)]
    return f'<div class="assess-spread">{"".join(reversed(drawn))}</div>'


def _round(shown: Question, found: RoundTold, title: str, names: Mapping[str, Sequence[str]]) -> str:
    heading = f"<h3>{escape(title)}</h3>" if title else ""
    words = f'<p class="agreement">{told(agreement_words(found))}</p>'
    if found.counts is None:
        return f"<section>{heading}{words}</section>"
    median = None if found.agreement is None else found.agreement.median
    columns = "".join(
        _column(option.choice, found.counts.get(option.choice, 0), found, median, names.get(option.choice, ()))
        for option in shown.options
        if option.choice in VALUES[shown.scale]
    )
    beside = abstained_words(found)
    aside = f'<p class="abstained">{escape(beside)}</p>' if beside else ""
    return f'<section>{heading}<div class="dots">{columns}</div>{aside}{words}</section>'


def _column(choice: str, count: int, found: RoundTold, median: int | None, names: Sequence[str]) -> str:
    size = " small" if found.votes > MANY else ""
    dots = f'<span class="dot{size}"></span>' * count
    here = VALUES[found.scale][choice] == median
    mark = '<span class="median">▲ median</span>' if here else '<span class="median"></span>'
    who = f'<span class="who">{escape(", ".join(names))}</span>' if names else ""
    said = f'<span class="count">{count} {escape(choice_words(choice))}</span>'
    return f'<div class="column"><span class="row" aria-hidden="true">{dots}</span>{said}{mark}{who}</div>'


def evidence(shown: EvidenceTold) -> str:
    """The evidence card."""
    conflict = (
        f'<p class="contradiction">{told(Told(shown.contradiction, Tone.INCIDENT))}</p>' if shown.contradiction else ""
    )
    seen = f'<p class="seen">{escape(shown.seen)}</p>' if shown.seen else ""
    queries = "".join(f"<code>{escape(query)}</code>" for query in shown.queries)
    asked = f'<p class="asked">Asked: {queries}</p>' if queries else ""
    return (
        f'<div class="assess-evidence"><p class="verdict">{told(shown.verdict)}</p>{conflict}'
        f"<p>{escape(shown.sentence)}</p>{seen}{asked}</div>"
    )


def pin(digits: str) -> str:
    """The PIN in large digits, in two groups that are read aloud one by one."""
    half = len(digits) // 2
    groups = "".join(f"<span>{escape(part)}</span>" for part in (digits[:half], digits[half:]))
    return f'<p class="assess-pin" aria-label="PIN {escape(" ".join(digits))}">{groups}</p>'


def joined(groups: Mapping[str, int], observers: int) -> str:
    """Who is there: numbers by group, no names."""
    lines = "".join(f"<div><dt>{escape(name)}</dt><dd>{number}</dd></div>" for name, number in groups.items())
    more = f"<div><dt>Observers</dt><dd>{observers}</dd></div>" if observers else ""
    return f'<dl class="assess-joined">{lines}{more}</dl>'
