"""Taking out somebody who has left, so that nobody waits for their vote; it is asked once more before it is done.

There is no way back but joining again: whoever could be put back after a reveal would change what the room has seen by
exactly their vote. In an anonymous session nothing is told of a person but group and time of joining.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.assessing import AssessmentState
from dashboard.components.assessment import seen, steps
from dashboard.components.assessment.push import POLL_SECONDS
from dashboard.context import PageContext, page_context
from dashboard.theme import aside, plain
from dashboard.wording import clock
from scoring.actors import Role
from scoring.meetings.sessions import SessionId
from scoring.voting.voters import Respondent, RespondentId

_WHO = "assess_left"
_ASKING = "assess_left_asking"
"""Session state: who is to be taken out, while the page asks whether they are."""
_REDRAW = "assess_left_redraw"
"""Session state: True when the whole page is to say what came of it; this part is drawn anew too soon to be read."""


def draw_people(session: SessionId) -> None:
    """A part of the page of its own, drawn anew by itself as people come in."""
    st.session_state.pop(_REDRAW, None)  # the whole page is being drawn
    st.fragment(_draw, run_every=POLL_SECONDS)(session)


def labels(people: Sequence[Respondent], *, named: bool) -> Mapping[RespondentId, str]:
    """Those who are there as the session may tell them, no two alike: by name and group, or by group and joining."""
    there = sorted(
        (one for one in people if one.left_at is None),
        key=lambda one: (one.name.casefold() if named else one.group, one.joined_at, one.id),
    )
    found: dict[RespondentId, str] = {}
    times: Counter[str] = Counter()
    for one in there:
        words = f"{one.name}, {one.group}" if named else f"{one.group}, joined {clock(one.joined_at)}"
        words = f"{words}, looks on" if one.observer else words
        times[words] += 1
        found[one.id] = words if times[words] == 1 else f"{words} ({times[words]})"
    return found


def _draw(session: SessionId) -> None:
    if st.session_state.pop(_REDRAW, False):
        st.rerun(scope="app")
    context = page_context()
    state = seen.state_of(context, session)
    named = state.lobby is not None and state.lobby.settings.named
    there = labels(state.respondents, named=named)
    if not there:
        return
    with st.expander("Has somebody left?", key="assess_people", on_change="rerun") as people:
        if not people.open:
            return
        asking: RespondentId | None = st.session_state.get(_ASKING)
        if asking is not None and asking in there:
            _ask(context, state, asking, there[asking])
            return
        if st.session_state.get(_WHO) not in there:
            st.session_state[_WHO] = None
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            st.selectbox(
                "Who has left",
                list(there),
                index=None,
                key=_WHO,
                format_func=there.__getitem__,
                placeholder="Choose one",
                width=520,
            )
            chosen: RespondentId | None = st.session_state.get(_WHO)
            st.button(
                "Take out …",
                key="assess_take_out",
                on_click=_begin,
                args=(chosen,),
                disabled=chosen is None or not context.actor.may(Role.FACILITATOR, state.meeting.session.scope),
            )
        if not named:
            st.markdown(aside("Nobody gave a name here: people are told by group and time of joining, and no more."))


def _ask(context: PageContext, state: AssessmentState, who: RespondentId, name: str) -> None:
    st.markdown(
        f"**Take out “{plain(name)}”?** Nobody waits for their vote any more. What they voted in rounds that were "
        "revealed stays; a vote in an open one is not counted. They can join again with the PIN."
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Take out",
            key="assess_take_out_now",
            type="primary",
            on_click=_take_out,
            args=(context, state, who, name),
        )
        st.button("Not now", key="assess_take_out_not", on_click=_end)


def _begin(who: RespondentId | None) -> None:
    st.session_state[_ASKING] = who


def _take_out(context: PageContext, state: AssessmentState, who: RespondentId, name: str) -> None:
    steps.take_out(context, state, who, name)
    st.session_state[_REDRAW] = True
    _end()


def _end() -> None:
    st.session_state[_ASKING] = None
