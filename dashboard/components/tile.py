"""The tile: one number that matters, what it is of, as of when, and what it means in words."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.burndown import BAND_TONES
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import clock, count, goal_words, moment, percents, plural, window_words
from scoring.slo.budget import Band
from scoring.slo.status import SloState, SloStatus

BAND_WORDS: dict[Band, str] = {
    Band.HEALTHY: "healthy",
    Band.HALT: "halt: non-critical releases stop",
    Band.INCIDENT: "incident: all hands on reliability",
    Band.LOCKDOWN: "lockdown: critical fixes only",
    Band.NO_DATA: "no data",
}

STATE_WORDS: dict[SloState, str] = {
    SloState.OK: "",
    SloState.NO_TRAFFIC: "no traffic: nobody produced in the window",
    SloState.NO_DATA: "no data: nothing was observed in the window",
    SloState.INSUFFICIENT: "too little was observed to give a band",
}


def budget_tile(status: SloStatus, *, named: bool) -> None:
    """One SLO's remaining budget. named: say the cluster too, because there are several."""
    title = f"{status.title} · {status.cluster}" if named else status.title
    remaining = status.remaining
    st.metric(
        f"{plain(title)}: error budget left",
        "no data" if remaining is None else percents(remaining, 1),
        help=f"Of the budget that {goal_words(status.objective)} over {window_words(status.window)} allows.",
    )
    st.markdown(mark(BAND_TONES[status.band], STATE_WORDS[status.state] or BAND_WORDS[status.band]))
    if status.down_since is not None:
        st.markdown(
            mark(Tone.LOCKDOWN, f"platform down since {clock(status.down_since)}: no broker answers Prometheus")
        )
    st.markdown("  \n".join(plain(line) for line in budget_lines(status)))
    st.markdown(aside(f"As of {moment(status.as_of)}, from Prometheus."))
    for note in status.notes:
        st.markdown(aside(note))


def budget_lines(status: SloStatus) -> list[str]:
    """What stands under the number: of what, how well observed, and what is left out."""
    actual = "unknown" if status.sli is None else percents(status.sli, 4)
    estimated = f", {count(status.estimated)} of them estimated while down" if status.estimated else ""
    lines = [
        f"{actual} good, promised {goal_words(status.objective)} over {window_words(status.window)}",
        f"{count(status.bad)} bad of {count(status.total)} answers{estimated}",
        f"{count(status.client_faults)} client faults, counted apart",
        f"{percents(status.coverage, 1)} of the window observed",
    ]
    if status.down_minutes:
        lines.append(f"{plural(status.down_minutes, 'minute')} down")
    return lines
