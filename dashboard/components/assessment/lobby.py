"""The lobby: how people come in, and how many have; and the same while a survey runs."""

from __future__ import annotations

import streamlit as st

from dashboard.assessing import AssessmentState
from dashboard.components.assessment import markup, seen, steps
from dashboard.components.assessment.people import draw_people
from dashboard.components.assessment.push import POLL_SECONDS, draw_push
from dashboard.context import PageContext, page_context
from dashboard.theme import Tone, aside, mark, plain
from dashboard.voting.invitation import Invitation, InvitationError, invitation
from scoring.actors import Role
from scoring.meetings.sessions import SessionId


def draw_lobby(context: PageContext, state: AssessmentState) -> None:
    """PIN, code and who has joined, and who has left; drawn anew by itself when somebody comes in."""
    _draw_door(context, state)
    if state.lobby is not None:
        draw_people(state.meeting.session.id)


def _draw_door(context: PageContext, state: AssessmentState) -> None:
    session = state.meeting.session
    allowed = context.actor.may(Role.FACILITATOR, session.scope)
    if state.lobby is None or not state.lobby.is_open:
        closed = state.lobby is not None
        words = "Nobody joins any more; who has joined goes on." if closed else "Nobody can join yet."
        st.markdown(mark(Tone.NO_DATA, words))
        st.button(
            "Let people join",
            key="assess_lobby",
            type="primary",
            on_click=steps.open_lobby,
            args=(context, session),
            disabled=not allowed,
        )
        return
    begun = bool(state.voted) or bool(state.meeting.decisions) or state.open_round is not None
    box = st.expander(
        f"Join with PIN {state.lobby.pin}", expanded=not begun, key="assess_lobby_parts", on_change="rerun"
    )
    if not box.open:
        return
    with box:
        code, beside = st.columns([1, 3], gap="large", vertical_alignment="center")
        found = _invitation(context, state)
        with code:
            if isinstance(found, Invitation):
                st.html(markup.code(found.svg))
            else:
                st.markdown(mark(Tone.HALT, f"No code: {found}"))
        with beside:
            where = found.address if isinstance(found, Invitation) else "/join on this server"
            st.markdown(f"Scan the code, or open **{plain(where)}** and type the PIN")
            st.html(markup.pin(state.lobby.pin))
            st.fragment(draw_joined, run_every=POLL_SECONDS)(session.id)
            with st.container(horizontal=True):
                st.button(
                    "New PIN",
                    key="assess_new_pin",
                    on_click=steps.new_pin,
                    args=(context, session),
                    disabled=not allowed,
                    help="The PIN and the code before let nobody in any more; who has joined stays",
                )
                st.button(
                    "Let nobody else join",
                    key="assess_lobby_close",
                    on_click=steps.close_lobby,
                    args=(context, session),
                    disabled=not allowed,
                    help="Who has joined goes on; it can be opened again, with another PIN",
                )


def draw_joined(session: SessionId) -> None:
    """How many have joined, by group."""
    context = page_context()
    state = seen.state_of(context, session)
    st.html(markup.joined(state.joined, state.observers))
    draw_push(context, state, None, people=True)
    if state.lobby is not None and state.lobby.settings.named:
        st.markdown(aside("People give their names; after a reveal the room sees who voted what."))
    else:
        st.markdown(aside("Nobody ever learns who voted what; numbers are told of three people and more."))


def _invitation(context: PageContext, state: AssessmentState) -> Invitation | str:
    """The invitation, or in a sentence why phones cannot be invited."""
    if state.lobby is None:
        return "the lobby is not open."
    public_url = context.instance.settings.public_url
    try:
        return invitation(None if public_url is None else str(public_url), state.lobby)
    except InvitationError as error:
        return str(error)
