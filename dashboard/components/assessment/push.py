"""What happens in the room, pushed to whoever presents: how many are in, the timer, and that something has moved on.

The count and the timer are written by the browser itself, so that a vote costs no run of the page; only a step (a
reveal, somebody who joins, another question) runs the part of the page that this stands in. Where no stream comes
through, the part is drawn again every few seconds anyway.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import streamlit as st

from dashboard.assessing import AssessmentState
from dashboard.context import PageContext
from dashboard.voting.paths import PRESENT
from scoring.meetings.subjects import Subject

POLL_SECONDS = 2
"""How often the live part is drawn where nothing is pushed."""

_ASSETS = Path(__file__).parents[2] / "assets"

_PUSH = st.components.v2.component(
    "streamgauge_room",
    html='<p role="status"><span class="count"></span> <span class="timer"></span></p>\n',
    css=(_ASSETS / "room.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "room.js").read_text(encoding="utf-8"),
)


def draw_push(context: PageContext, state: AssessmentState, subject: Subject | None, *, people: bool) -> None:
    """The count and the timer. subject: whose open vote is counted; None for all votes of a survey.

    people: run this part of the page also when somebody joins.
    """
    lobby = state.lobby
    if lobby is None:
        return
    mark = context.store.voting.read.mark(state.meeting.session.id)
    turnout = None if subject is None else state.turnouts.get(subject)
    ours = state.open_round is not None and state.open_round.subject == subject
    _PUSH(
        key=f"assess_push_{state.meeting.session.id}",
        data={
            "source": f"{PRESENT}?session={state.meeting.session.id}",
            "version": lobby.version,
            "people": mark.people if people and mark else None,
            "round": state.open_round.id if ours and state.open_round else None,
            "count": None if turnout is None else [turnout.votes, turnout.voters],
            "shown": ours,
            "left": seconds_left(lobby.timer_ends_at, context.store.voting.clock()) if ours else None,
        },
        on_moved_change=_moved,
    )


def seconds_left(ends_at: datetime | None, now: datetime) -> int | None:
    """Whole seconds until a timer ends, 0 when it has; None without one."""
    return None if ends_at is None else max(0, round((ends_at - now).total_seconds()))


def _moved() -> None:
    """Nothing is kept: that this part of the page runs again is all."""
