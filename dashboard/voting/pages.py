"""The pages that a phone gets: joining, and voting. Plain HTML with one style sheet and, to vote, one small script."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

from dashboard.theme import DARK, LIGHT, Palette
from dashboard.voting.paths import JOIN, SCRIPT, STYLE, VOTE
from scoring.voting.lobbies import PIN_DIGITS, Lobby
from scoring.voting.voters import LONGEST_NAME, Joining

STATIC = Path(__file__).with_name("static")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Content-Security-Policy of these pages: stricter than that of Streamlit's, which start from an inline script."""


@cache
def script() -> bytes:
    """The script of the vote page."""
    return (STATIC / "page.js").read_bytes()


@cache
def style() -> bytes:
    """The style of all these pages, with the colours of both themes."""
    rules = (STATIC / "page.css").read_text(encoding="utf-8")
    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}"
    return f":root {{ color-scheme: light dark; {_variables(LIGHT)} }}\n{dark}\n{rules}".encode()


def _variables(palette: Palette) -> str:
    names = ("page", "surface", "border", "text", "muted", "accent", "healthy", "lockdown")
    return " ".join(f"--{name}: {getattr(palette, name)};" for name in names)


@cache
def _address(path: str) -> str:
    """The path with a mark of what the file holds, so that a browser may keep it for ever."""
    content = script() if path == SCRIPT else style()
    return f"{path}?v={sha256(content).hexdigest()[:12]}"


def _page(title: str, body: str, *, scripted: bool = False) -> str:
    source = f'<script src="{_address(SCRIPT)}" defer></script>' if scripted else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} · streamgauge</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{_address(STYLE)}">{source}</head><body>{body}</body></html>'
    )


def _problem(text: str) -> str:
    return f'<p role="alert" class="problem">■ {escape(text)}</p>' if text else ""


def pin_page(pin: str, problem: str = "") -> str:
    """Asks for the PIN."""
    return _page(
        "Join",
        f'<main class="form"><h1>Join the assessment</h1>{_problem(problem)}'
        f'<form method="post" action="{JOIN}"><label for="pin">PIN on the screen</label>'
        f'<input id="pin" name="pin" inputmode="numeric" autocomplete="off" pattern="[0-9 ]*" required '
        f'maxlength="{PIN_DIGITS + 2}" value="{escape(pin, quote=True)}" class="pin">'
        '<button type="submit">Go on</button></form></main>',
    )


def about_page(title: str, lobby: Lobby, key: str, said: Joining | None = None, problem: str = "") -> str:
    """Asks what the session wants to know of whoever joins; what was said before is filled in again."""
    said = said or Joining("")
    settings = lobby.settings
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value, quote=True)}">'
        for name, value in (("pin", lobby.pin), ("key", key), ("step", "about"))
    )
    name = (
        '<label for="name">Your name; the room sees it beside your votes after each reveal</label>'
        f'<input id="name" name="name" autocomplete="name" required maxlength="{LONGEST_NAME}" '
        f'value="{escape(said.name, quote=True)}">'
        if settings.named
        else ""
    )
    unit = _choices("unit", "Where do you work?", settings.units, said.unit) if settings.units else ""
    promise = "" if settings.named else '<p class="muted">Nobody learns who voted what.</p>'
    observer = " checked" if said.observer else ""
    return _page(
        "Join",
        f'<main class="form"><h1>{escape(title)}</h1>{_problem(problem)}'
        f'<form method="post" action="{JOIN}">{hidden}{name}'
        f"{_choices('group', 'Which group do you belong to?', settings.groups, said.group)}{unit}"
        f'<label class="choice"><input type="checkbox" name="observer" value="yes"{observer}>'
        "<span>I look on and do not vote</span></label>"
        f'{promise}<button type="submit">Join</button></form></main>',
    )


def _choices(name: str, legend: str, options: tuple[str, ...], chosen: str) -> str:
    only = len(options) == 1
    shown = "".join(
        f'<label class="choice"><input type="radio" name="{name}" value="{escape(option, quote=True)}" required'
        f"{' checked' if only or option == chosen else ''}><span>{escape(option)}</span></label>"
        for option in options
    )
    return f"<fieldset><legend>{escape(legend)}</legend>{shown}</fieldset>"


def refused_page(problem: str) -> str:
    """Says why nobody comes in here, and where to."""
    return _page(
        "Join",
        f'<main class="form"><h1>Join the assessment</h1>{_problem(problem)}<a href="{JOIN}">Enter a PIN</a></main>',
    )


@cache
def vote_page() -> str:
    """The page that votes; its script asks for everything that it shows."""
    return _page(
        "Vote",
        '<main class="vote"><header><p id="session" class="muted"></p>'
        '<p id="line" role="status" class="line" data-state="waiting">○ connecting…</p></header>'
        '<section id="asked" aria-live="polite"><h1 id="title">Please wait</h1><p id="text"></p>'
        '<p id="note" class="muted"></p></section>'
        '<p id="timer" class="muted" hidden></p>'
        '<p id="mine" role="status"></p>'
        '<div id="choices" role="group" aria-labelledby="title"></div>'
        '<nav id="steps" aria-label="Questions" hidden><button type="button" id="back">Back</button>'
        '<span id="progress"></span><button type="button" id="next">Next</button></nav>'
        f'<p id="leave" hidden><a href="{JOIN}">Join again</a></p>'
        '<noscript><p class="problem">■ This page needs JavaScript to vote.</p></noscript></main>',
        scripted=True,
    ).replace("<body>", f'<body data-vote="{VOTE}">')
