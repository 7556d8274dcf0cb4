"""The colours of both themes, as `.streamlit/config.toml` sets them, for what Streamlit does not colour itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a colour states. Nothing else is coloured, and no tone stands without its icon and a word."""

    HEALTHY = "healthy"
    HALT = "halt"
    INCIDENT = "incident"
    LOCKDOWN = "lockdown"
    NO_DATA = "no data"


ICONS: dict[Tone, str] = {
    Tone.HEALTHY: "●",
    Tone.HALT: "▲",
    Tone.INCIDENT: "◆",
    Tone.LOCKDOWN: "■",
    Tone.NO_DATA: "○",
}

MARKDOWN_COLOURS: dict[Tone, str] = {
    Tone.HEALTHY: "green",
    Tone.HALT: "yellow",
    Tone.INCIDENT: "orange",
    Tone.LOCKDOWN: "red",
    Tone.NO_DATA: "gray",
}
"""The names under which Streamlit's Markdown knows the tones; the theme gives each name the tone's colour."""


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme's colours, as CSS hexadecimal."""

    page: str
    surface: str
    border: str
    text: str
    muted: str
    accent: str
    healthy: str
    halt: str
    incident: str
    lockdown: str

    def tone(self, tone: Tone) -> str:
        """The colour of a tone."""
        return {
            Tone.HEALTHY: self.healthy,
            Tone.HALT: self.halt,
            Tone.INCIDENT: self.incident,
            Tone.LOCKDOWN: self.lockdown,
            Tone.NO_DATA: self.muted,
        }[tone]


LIGHT = Palette(
    page="#FFFFFF",
    surface="#F4F6F8",
    border="#D0D7DE",
    text="#1B1F24",
    muted="#57606A",
    accent="#0B6BCB",
    healthy="#1A7F37",
    halt="#8A5A00",
    incident="#B54708",
    lockdown="#C21F2B",
)

DARK = Palette(
    page="#0E1420",
    surface="#182131",
    border="#303B4D",
    text="#E6EDF3",
    muted="#9AA4AF",
    accent="#6CB6FF",
    healthy="#46C35F",
    halt="#E0B040",
    incident="#F7935A",
    lockdown="#FF7B72",
)


def icon(tone: Tone) -> str:
    """The tone's icon in the tone's colour, as Markdown, held to the word that follows."""
    return f":{MARKDOWN_COLOURS[tone]}[{ICONS[tone]}]{_HOLD}"


def mark(tone: Tone, words: str) -> str:
    """Words with the tone's icon before them, both in the tone's colour, as Markdown."""
    return f":{MARKDOWN_COLOURS[tone]}[{ICONS[tone]}{_HOLD}{plain(words)}]"


def aside(words: str) -> str:
    """What is said in passing: small and muted, but with the contrast that Streamlit's captions lack."""
    return f":small[:gray[{plain(words)}]]"


def plain(text: str) -> str:
    """Text that Markdown shows as it is written: names and error messages come from outside."""
    return "".join(f"\\{character}" if character in _MARKDOWN else character for character in text)


_HOLD = "\u00a0"
"""A no-break space: an icon never ends a line that its word is not on."""

_MARKDOWN = set("\\`*_{}[]()#+!|<>~$:")
