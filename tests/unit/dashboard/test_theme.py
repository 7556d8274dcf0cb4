"""The theme's colours against the colours that were decided, and against WCAG's contrast formula."""

from __future__ import annotations

import tomllib

import pytest

from dashboard.options import CONFIG_FILE
from dashboard.theme import DARK, LIGHT, Palette, Tone, icon, mark, plain

DECIDED = {
    "light": ("#FFFFFF", "#F4F6F8", "#1B1F24", "#57606A", "#0B6BCB", "#1A7F37", "#8A5A00", "#B54708", "#C21F2B"),
    "dark": ("#0E1420", "#182131", "#E6EDF3", "#9AA4AF", "#6CB6FF", "#46C35F", "#E0B040", "#F7935A", "#FF7B72"),
}
KEYS = (
    "backgroundColor",
    "secondaryBackgroundColor",
    "textColor",
    "grayTextColor",
    "primaryColor",
    "greenTextColor",
    "yellowTextColor",
    "orangeTextColor",
    "redTextColor",
)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("name", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_config_file_and_palette_hold_the_decided_colours(name: str, palette: Palette) -> None:
    theme = tomllib.loads(CONFIG_FILE.read_text())["theme"][name]
    assert tuple(theme[key] for key in KEYS) == DECIDED[name]
    ours = (palette.page, palette.surface, palette.text, palette.muted, palette.accent)
    assert ours + tuple(palette.tone(tone) for tone in list(Tone)[:4]) == DECIDED[name]
    assert palette.border == theme["borderColor"]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_tone_reads_on_page_and_surface(palette: Palette) -> None:
    for colour in (palette.text, palette.accent, *(palette.tone(tone) for tone in Tone)):
        assert contrast(colour, palette.page) >= 4.5
        assert contrast(colour, palette.surface) >= 4.5


def test_base_and_heading_sizes_are_those_of_a_meeting_room_screen() -> None:
    theme = tomllib.loads(CONFIG_FILE.read_text())["theme"]
    assert theme["baseFontSize"] == 18
    assert theme["headingFontSizes"][:2] == ["28px", "22px"]
    assert int(theme["metricValueFontSize"].removesuffix("px")) >= 32


def test_a_tone_never_stands_without_its_icon() -> None:
    assert icon(Tone.HEALTHY) == ":green[●]\u00a0"
    assert mark(Tone.LOCKDOWN, "lockdown") == ":red[■\u00a0lockdown]"


def test_names_from_outside_do_not_become_markup() -> None:
    assert plain("a_b*c [x](y) :red[z]") == r"a\_b\*c \[x\]\(y\) \:red\[z\]"
