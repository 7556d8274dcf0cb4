"""The tile: one number that matters, what it is of, as of when, and what it means in words."""

from __future__ import annotations

from math import floor

import streamlit as st

from dashboard.theme import Tone, aside, mark, plain
from dashboard.verdict import band_verdict, verdict
from dashboard.wording import count, duration, goal_words, moment, percents, plural, window_words
from scoring.slo.status import SloStatus


def budget_tile(status: SloStatus, *, named: bool) -> None:
    """One SLO's remaining budget. named: say the cluster too, because there are several."""
    title = f"{status.title} · {status.cluster}" if named else status.title
    remaining = status.remaining
    st.metric(
        f"{plain(title)}: error budget left",
        "no data" if remaining is None else percents(remaining, 1),
        help=f"Of the budget that {goal_words(status.objective)} over {window_words(status.window)} allows.",
    )
    first, band = verdict(status), band_verdict(status)
    st.markdown(mark(first.tone, first.words))
    if first != band and band.tone not in (Tone.HEALTHY, Tone.NO_DATA):
        st.markdown(mark(band.tone, band.words))
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
    if status.events_left is not None:
        more = f"{count(floor(status.events_left))} more may fail: " if status.events_left > 0 else ""
        lines.insert(2, more + minutes_left(status))
    if status.down_minutes:
        lines.append(f"{plural(status.down_minutes, 'minute')} down")
    return lines


def minutes_left(status: SloStatus) -> str:
    """Full-outage minutes in words; negative ones are told as overspent."""
    left = status.minutes_left
    if left is None:
        return "minutes left unknown"
    if left < 0:
        return f"overspent by {duration(-left * 60)} of full outage"
    return f"{duration(left * 60)} of full outage left"
