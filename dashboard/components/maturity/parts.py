"""The result by respondent group and organisation unit: the spread, what is held back, and one part at a time.

No table has a level for each of them: a shared screen would turn it into a ranking.
"""

from __future__ import annotations

import streamlit as st

from dashboard.charts.maturity import group_rows
from dashboard.components.maturity import markup
from dashboard.components.maturity.choosing import choose
from dashboard.maturity import Told
from dashboard.maturity_parts import (
    NOUNS,
    OLDER,
    PartsTold,
    part_facts,
    part_rows,
    part_told,
    parts_told,
    spread_words,
    withheld_words,
)
from dashboard.theme import aside, plain
from scoring.maturity.parts import Part

PART = "part"
"""Query parameter: the group or unit that is shown by itself."""

_NOBODY = "none"


def draw_parts(told: Told) -> None:
    """Groups and units in a part of the page that is opened when wanted, or when the address names one of them."""
    named = st.query_params.get(PART, _NOBODY) != _NOBODY
    with st.expander(
        "By respondent group and organisation unit", expanded=named, key="maturity_groups", on_change="rerun"
    ) as groups:
        if not groups.open:
            return
        found = parts_told(told)
        if not found:
            st.markdown(aside(OLDER))
        for parts in found:
            _draw_spread(parts)
        if told.groups:
            st.html(markup.table("Median ratings by respondent group", group_rows(told)))
        elif not found:
            st.markdown(aside("No group may be told apart: each needs three people, and so do all others together."))
        _draw_one(told, found)


def _draw_spread(parts: PartsTold) -> None:
    words = spread_words(parts)
    st.markdown(aside(words) if parts.spread is None else f"**{plain(words)}**")
    if parts.withheld:
        st.markdown(aside(withheld_words(parts)))


def _draw_one(told: Told, found: tuple[PartsTold, ...]) -> None:
    """One part by itself, kept in the address; none unless somebody asks."""
    keys = {f"{parts.part}:{name}": (parts.part, name) for parts in found for name in parts.names}
    if not keys:
        return
    names = {key: f"{name} ({NOUNS[part]})" for key, (part, name) in keys.items()}
    chosen = choose("One of them by itself", {_NOBODY: "nobody: the spread only", **names}, PART)
    if chosen == _NOBODY:
        return
    part, name = keys[chosen]
    shown = part_told(told, Part(part), name)
    st.markdown(f"**{plain(name)}.** {plain(str(shown.result['headline']))}")
    st.html(markup.facts(part_facts(shown)))
    st.html(markup.table(f"Median ratings of {name}", part_rows(told, shown)))
