"""The assessment's own markup. Every text in it is escaped; `assessment.css` lays it out."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from dashboard.assessing_words import EvidenceTold, abstained_words, agreement_words, choice_words
from dashboard.components.markup import told
from dashboard.reviewing_rows import Told
from dashboard.theme import Tone
from scoring.meetings.assessment_rounds import RoundTold
from scoring.voting.choices import VALUES, Scale
from scoring.voting.questions import Question

MANY = 60
"""Votes above which a dot is drawn small."""


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
    """Every revealed round, the latest first and large: a dot a vote under its anchor, the median marked.

    names: who voted what, by round, in a named session; empty mappings otherwise.
    """
    latest = len(rounds) - 1
    titles = [""] if not latest else ["First vote", "Re-vote"]
    drawn = [
        _round(shown, found, titles[place], names[place], latest=place == latest) for place, found in enumerate(rounds)
    ]
    return f'<div class="assess-spread">{"".join(reversed(drawn))}</div>'


def agreement(found: RoundTold, speakers: str) -> str:
    """Whether to talk about the latest round, and who speaks first."""
    who = f'<p class="speakers">{escape(speakers)}</p>' if speakers else ""
    words = f'<p class="agreement">{told(agreement_words(found))}</p>'
    return f'<div class="assess-agreement" role="status">{words}{who}</div>'


def _round(shown: Question, found: RoundTold, title: str, names: Mapping[str, Sequence[str]], *, latest: bool) -> str:
    words = "" if latest else f" · {agreement_words(found).words}"
    heading = f"<h3>{escape(title + words)}</h3>" if title else ""
    beside = abstained_words(found)
    aside = f'<p class="abstained">{escape(beside)}</p>' if beside else ""
    if found.counts is None:
        return f"<section>{heading}{aside}</section>" if heading or aside else ""
    median = None if found.agreement is None else found.agreement.median
    size = "dot" if latest and found.votes <= MANY else "dot small"
    columns = "".join(
        _column(option.choice, found.counts.get(option.choice, 0), found, median, size, names.get(option.choice, ()))
        for option in shown.options
        if option.choice in VALUES[shown.scale]
    )
    kind = "" if latest else ' class="earlier"'
    return f'<section{kind}>{heading}<div class="dots">{columns}</div>{aside}</section>'


def _column(choice: str, count: int, found: RoundTold, median: int | None, size: str, names: Sequence[str]) -> str:
    dots = f'<span class="{size}"></span>' * count
    here = VALUES[found.scale][choice] == median
    mark = ' <span class="median">▲ median</span>' if here else ""
    who = f'<span class="who">{escape(", ".join(names))}</span>' if names else ""
    word = choice_words(choice) if found.scale is Scale.INDICATOR else f"rated {choice}"
    said = f'<span class="count">{count} {escape(word)}{mark}</span>'
    return f'<div class="column"><span class="row" aria-hidden="true">{dots}</span>{said}{who}</div>'


def evidence(shown: EvidenceTold) -> str:
    """The evidence card."""
    conflict = (
        f'<p class="contradiction">{told(Told(shown.contradiction, Tone.INCIDENT))}</p>' if shown.contradiction else ""
    )
    sentence = f"<p>{escape(shown.sentence)}</p>" if shown.sentence else ""
    seen = f'<p class="seen">{escape(shown.seen)}</p>' if shown.seen else ""
    queries = "".join(f"<code>{escape(query)}</code>" for query in shown.queries)
    asked = f'<p class="asked">Asked: {queries}</p>' if queries else ""
    return (
        f'<div class="assess-evidence"><p class="verdict">{told(shown.verdict)}</p>{conflict}'
        f"{sentence}{seen}{asked}</div>"
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


def code(svg: str) -> str:
    """The QR code of a link to join, from SVG as it stands in a page; as an image it has to name its language."""
    image = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    data = b64encode(image.encode()).decode()
    return f'<img class="assess-code" alt="Code with the link to join" src="data:image/svg+xml;base64,{data}">'


def facts(found: Iterable[tuple[str, str]]) -> str:
    """Labels and values."""
    items = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in found)
    return f'<dl class="assess-facts">{items}</dl>'
