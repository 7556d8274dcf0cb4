"""Who spent the budget, and in which stretches."""

from __future__ import annotations

import streamlit as st

from dashboard.components.detail.looking import Looking
from dashboard.repeating import unit_of
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import count, duration, percents
from scoring.slo.spending import Contributor, CostlyInterval

SHOWN = 8


def draw_contributors(looking: Looking) -> None:
    """By component, and by each label that the SLO is grouped by."""
    detail = looking.detail
    if detail is None:
        return
    if not detail.judgement.status.tally.observed:
        st.markdown(f"**Top contributors**  \n{aside('Nobody observed anything in the window.')}")
        return
    _table("component", detail.by_component, unit_of(looking.definition.sli))
    for label, found in detail.by_label.items():
        _table(label, found, unit_of(looking.definition.sli))


def _table(label: str, found: tuple[Contributor, ...], unit: str) -> None:
    st.markdown(f"**Top contributors by {plain(label)}**")
    if not found:
        st.markdown(aside("Nothing was bad in the window."))
        return
    rows = [
        {label.capitalize(): plain(one.name or "—"), f"Bad {unit}": count(one.bad), "Share": percents(one.share, 1)}
        for one in found[:SHOWN]
    ]
    st.table(rows, border="horizontal", hide_index=True, alt=f"Bad {unit} by {label}, the most first")
    if len(found) > SHOWN:
        st.markdown(aside(f"and {len(found) - SHOWN} more"))


def draw_costliest(looking: Looking) -> None:
    """The intervals that cost most; one of more than a fifth of the budget asks for a postmortem."""
    detail = looking.detail
    if detail is None or detail.burn is None:
        return
    st.markdown("**Costliest intervals**")
    if not detail.costliest:
        st.markdown(aside("No minute spent more than the objective allows it."))
    for one in detail.costliest:
        st.markdown(_interval(one, unit_of(looking.definition.sli)))


def _interval(one: CostlyInterval, unit: str) -> str:
    took = duration(one.minutes * 60)
    blamed = ", ".join(f"{each.name} {percents(each.share, 0)}" for each in one.components[:3])
    lines = [
        f"**{percents(one.share, 1)}** · {one.start:%b %d %H:%M} UTC, {took}",
        aside(f"{count(one.bad)} bad {unit}: {blamed}" if blamed else f"{count(one.bad)} bad {unit}"),
    ]
    if one.postmortem:
        lines.append(mark(Tone.INCIDENT, "more than 20 % of the budget: write a postmortem"))
    if one.down:
        lines.append(aside("Partly estimated: the platform was down."))
    return "  \n".join(lines)
