"""The way on: what would move the level, and what separates us from the next one."""

from __future__ import annotations

import streamlit as st

from dashboard.maturity import Told
from dashboard.registry import ROADMAP
from dashboard.theme import Tone, aside, icon, mark, plain
from dashboard.wording import plural
from scoring.maturity.gaps import Gap, Reached

MOST_PATHS = 5
TONES = {Reached.YES: Tone.HEALTHY, Reached.NO: Tone.HALT, Reached.UNKNOWN: Tone.NO_DATA}


def draw_moves(told: Told) -> None:
    """The smallest sets of indicators that reach the next level, and the unknown that matters most."""
    st.header("What would move the level")
    found = told.decided["next"]
    if found["level"] is None:
        st.markdown("There is no level above this one.")
        return
    if not found["paths"]:
        st.markdown(f"Too few indicators of level {found['level']} apply; no answer leads there.")
    for number, path in enumerate(found["paths"][:MOST_PATHS]):
        names = "".join(f"\n- {plain(told.title_of(one))}{_asked(one, path['unknown'])}" for one in path["indicators"])
        lead = f"Level {path['reaches']} needs a yes to {plural(len(path['indicators']), 'indicator')}"
        st.markdown(f"{lead if number == 0 else 'Or to'}:\n{names}")
    more = len(found["paths"]) - MOST_PATHS
    if more > 0:
        st.markdown(aside(f"{plural(more, 'more set')} of the same size."))
    most = told.decided["matters_most"]
    if most is not None:
        words = plain(told.title_of(most))
        st.markdown(f"**Find out first:** {words}  \n{aside('Of all that is unknown, it narrows the bounds most.')}")


def _asked(indicator: str, unknown: list[str]) -> str:
    return f" {mark(Tone.NO_DATA, 'not answered yet')}" if indicator in unknown else ""


def draw_gap(told: Told) -> None:
    """Indicators, characteristics and dimensions of the next level; its pitfalls as warnings."""
    gap = told.gap
    if gap is None:
        return
    level = told.rubric.levels[gap.level - 1]
    st.header(f"Gap to level {gap.level}: {plain(level.title)}")
    st.markdown(plain(level.summary))
    left, right = st.columns(2, gap="large")
    with left:
        _draw_indicators(told, gap)
        _draw_weaknesses(told, gap)
    with right:
        _draw_characteristics(gap)
        st.markdown("**Pitfalls on this way**")
        for one in gap.pitfalls:
            st.markdown(f"{icon(Tone.HALT)}{plain(one.text)}")
    st.markdown(f"[What to do, in which order]({ROADMAP.address})")


def _draw_indicators(told: Told, gap: Gap) -> None:
    whole = len(gap.lacking) + len(gap.satisfied)
    st.markdown(f"**{len(gap.satisfied)} of {whole} indicators are satisfied**")
    for lacking, answer in gap.lacking.items():
        tone = Tone.NO_DATA if answer.value == "unknown" else Tone.HALT
        st.markdown(f"{mark(tone, answer.value)} {plain(told.title_of(lacking))}")
    for one in gap.satisfied:
        st.markdown(f"{mark(Tone.HEALTHY, 'yes')} {plain(told.title_of(one))}")


def _draw_weaknesses(told: Told, gap: Gap) -> None:
    if gap.weaknesses:
        st.markdown("**Weaknesses that were answered yes**")
        for one in gap.weaknesses:
            st.markdown(f"{icon(Tone.HALT)}{plain(told.title_of(one))}")
        st.markdown(aside("They hold no level back; the platform is better off without them."))


def _draw_characteristics(gap: Gap) -> None:
    st.markdown("**What this level looks like**")
    ratings = {one.dimension: one for one in gap.dimensions}
    for one in gap.characteristics:
        dimension = one.statement.dimension
        if dimension is None:
            words = "about all of it"
        else:
            rated = ratings[dimension]
            words = f"{dimension} {'not rated' if rated.rated is None else rated.rated} of {rated.needed}"
        st.markdown(f"{mark(TONES[one.reached], words)} {plain(one.statement.text)}")
