"""The numbers of one SLO: what is left, of what, how fast it goes, and since when it stands as it does."""

from __future__ import annotations

from datetime import datetime
from math import floor

import streamlit as st

from dashboard.components.detail.looking import Looking
from dashboard.components.tile import minutes_left
from dashboard.repeating import unit_of
from dashboard.theme import Tone, aside, mark, plain
from dashboard.verdict import band_verdict, verdict
from dashboard.wording import count, duration, goal_words, moment, percents, window_words
from scoring.slo.budget import Band
from scoring.slo.definition import InvariantSli
from scoring.slo.forecast import Exhaustion
from scoring.slo.policy import ReleaseClass
from scoring.slo.status import SloStatus


def draw_numbers(looking: Looking) -> None:
    """The row of numbers, and the sentences under it."""
    detail = looking.detail
    if detail is None:
        st.info("No cluster has been observed yet. The first numbers come within a minute of the collector's start.")
        return
    status = detail.judgement.status
    _draw_standing(status)
    if isinstance(looking.definition.sli, InvariantSli):
        _draw_invariant(status, looking.definition.sli)
    else:
        _draw_budget(status, unit_of(looking.definition.sli), detail.exhaustion)
    for note in status.notes:
        st.markdown(aside(note))


def _draw_standing(status: SloStatus) -> None:
    where = " · ".join(filter(None, (status.cluster, status.group)))
    first, band = verdict(status), band_verdict(status)
    since = "" if status.band_since is None else f", since {moment(status.band_since)}"
    lines = [
        f"**{plain(status.title)}** · {plain(where)}",
        mark(first.tone, first.words + (since if first == band else "")),
    ]
    if first != band and band.tone not in (Tone.HEALTHY, Tone.NO_DATA):
        lines.append(mark(band.tone, band.words + since))
    action = status.policy.action(status.band, ReleaseClass.NON_CRITICAL)
    lifts = status.lifts.get(status.band)
    until = "" if lifts is None or status.band is Band.HEALTHY else f" Lifts {moment(lifts)} if nothing more burns."
    lines.append(plain(f"{action}{until}"))
    lines.append(aside(f"As of {moment(status.as_of)}, from Prometheus; {percents(status.coverage, 1)} observed."))
    st.markdown("  \n".join(lines))


def _draw_budget(status: SloStatus, unit: str, gone: Exhaustion | None) -> None:
    with st.grid(5, min_column_width=210):
        with st.container(border=True, height="stretch"):
            left = status.remaining if status.projected_budget is None else status.projected
            st.metric("Budget left", "no data" if left is None else percents(left, 1))
            st.markdown(aside(f"of what {goal_words(status.objective)} over {window_words(status.window)} allows"))
            if status.exemptions and status.remaining_without_exemptions is not None:
                st.markdown(aside(f"{percents(status.remaining_without_exemptions, 1)} without exemptions"))
        with st.container(border=True, height="stretch"):
            st.metric(
                "May still go wrong", "no data" if status.events_left is None else count(floor(status.events_left))
            )
            st.markdown(aside(f"{unit}; {minutes_left(status)}"))
        with st.container(border=True, height="stretch"):
            st.metric("Good", "no data" if status.sli is None else percents(status.sli, 4))
            counted = f"{count(status.bad)} bad of {count(status.total)} {unit}"
            st.markdown(aside("nothing was observed" if status.sli is None else counted))
        with st.container(border=True, height="stretch"):
            hour = status.burn.get("1h")
            st.metric("Burn, 1 h", "no data" if hour is None else f"{hour:.1f}")
            st.markdown(
                aside(f"6 h {_rate(status.burn.get('6h'))}, 3 d {_rate(status.burn.get('3d'))}; 1 is sustainable")
            )
        with st.container(border=True, height="stretch"):
            soon, words = empty_words(gone, status.as_of)
            st.metric("Empty in", soon)
            st.markdown(aside(words))


def _draw_invariant(status: SloStatus, sli: InvariantSli) -> None:
    found = status.violations
    with st.grid(4, min_column_width=210):
        for title, value in (
            ("Found", "no data" if not status.tally.observed else count(status.bad)),
            (f"{sli.noun.capitalize()} checked", count(status.total) if sli.checked else "not counted"),
            ("First", "never" if found is None else f"{found.first:%b %d %H:%M}"),
            ("Last", "never" if found is None else f"{found.last:%b %d %H:%M}"),
        ):
            with st.container(border=True, height="stretch"):
                st.metric(title, value)
    if found is None:
        return
    st.markdown("Where: " + plain(", ".join(f"{name} ({count(number)})" for name, number in found.where.items())))
    if found.unacknowledged_since is not None:
        st.markdown(
            mark(
                Tone.LOCKDOWN,
                f"not acknowledged since {moment(found.unacknowledged_since)}; an approver does that on Policy",
            )
        )
    else:
        st.markdown(aside("Acknowledged; it stays on record as violated for the window."))


def _rate(rate: float | None) -> str:
    return "unknown" if rate is None else f"{rate:.1f}"


def empty_words(gone: Exhaustion | None, as_of: datetime) -> tuple[str, str]:
    """When the budget is gone at the earliest, and the rest of the range."""
    paces = "at the pace of the last day, 3 and 7 days"
    if gone is None or (not gone.spent and not gone.by_pace):
        return "no data", paces
    if gone.spent:
        return "spent", "there is nothing left to spend"
    if gone.earliest is None:
        return "never", paces
    soon = duration((gone.earliest - as_of).total_seconds())
    if gone.latest is None:
        return soon, f"or never, {paces}"
    late = duration((gone.latest - as_of).total_seconds())
    return soon, paces if soon == late else f"to {late}, {paces}"
