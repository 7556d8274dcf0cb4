"""Actions of earlier reviews: they come first, and are done, dropped or still open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import streamlit as st

from dashboard.components.review import steps
from dashboard.context import PageContext
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import plural
from scoring.meetings.actions import Action, ActionStatus, in_order
from scoring.meetings.subjects import MEETING, Subject

Settle = Callable[[PageContext, Action, ActionStatus], None]
"""Says that an action is done, dropped or open again."""


def draw_actions(
    context: PageContext,
    actions: Sequence[Action],
    today: date,
    names: Mapping[Subject, str] | None = None,
    *,
    meetings: str = "reviews",
    settle: Settle = steps.settle,
) -> None:
    """What earlier meetings left to do; the open ones are unfolded. names: of their subjects; None to leave them out.

    meetings: what they are called. settle: the step behind the buttons.
    """
    if not actions:
        return
    still = [one for one in actions if one.status is ActionStatus.OPEN]
    overdue = sum(one.is_overdue(today) for one in still)
    late = f", {overdue} overdue" if overdue else ""
    title = f"{plural(len(still), 'open action')} of earlier {meetings}{late}" if still else "No open actions"
    with st.expander(title, expanded=bool(still)):
        for action in in_order(actions, today):
            _draw(context, action, today, names, settle)


def _draw(
    context: PageContext, action: Action, today: date, names: Mapping[Subject, str] | None, settle: Settle
) -> None:
    named = names is not None and action.subject != MEETING
    about = f"**{plain(names.get(action.subject, action.subject))}:** " if named and names else ""
    due = f", due {action.due}" if action.due else ""
    late = f"{mark(Tone.INCIDENT, 'overdue')} " if action.is_overdue(today) else ""
    who = aside(f"{action.owner or 'nobody'}{due}")
    with st.container(key=f"review_action_{action.id}", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{late}{about}{plain(action.text)}  \n{who}", width="stretch")
        if action.status is ActionStatus.OPEN:
            _button(context, action, "Done", ActionStatus.DONE, settle)
            _button(context, action, "Drop", ActionStatus.DROPPED, settle)
        else:
            st.markdown(mark(Tone.HEALTHY if action.status is ActionStatus.DONE else Tone.NO_DATA, action.status))
            _button(context, action, "Reopen", ActionStatus.OPEN, settle)


def _button(context: PageContext, action: Action, label: str, status: ActionStatus, settle: Settle) -> None:
    st.button(
        label,
        key=f"review_action_{action.id}_{status.value}",
        on_click=settle,
        args=(context, action, status),
    )
