"""The card of one source: how it is, what it feeds, what went wrong and what to do about it."""

from __future__ import annotations

import streamlit as st

from dashboard.context import PageContext
from dashboard.freshness import SOURCE_TITLES, assess, describe
from dashboard.probing import WAIT_SECONDS, Probed, probe
from dashboard.theme import Tone, mark, plain
from dashboard.wording import age, moment
from data.store.read import SourceCondition, SourceState
from scoring.actors import Role


def draw_source_card(context: PageContext, state: SourceState) -> None:
    """Draw the card; the cluster is named by the heading above it."""
    tone, _ = assess(state, context.moment, context.instance.cadences()[state.source], sample=context.meta.sample)
    with st.container(border=True, height="stretch"):
        st.subheader(SOURCE_TITLES[state.source])
        st.markdown(mark(tone, _condition(context, state)))
        st.markdown(
            f"Last success: {_last_success(context, state)}  \nFeeds: {', '.join(state.feeds) or 'nothing yet'}"
        )
        if state.error:
            st.markdown(f"**{plain(state.error)}**  \n{plain(state.next_step)}".rstrip())
        st.space("stretch")
        _test(context, state)


def _condition(context: PageContext, state: SourceState) -> str:
    words = "recorded, not asked" if context.meta.sample else describe(state.state)
    if state.since is None or context.meta.sample:
        return words
    return f"{words} since {moment(state.since)}"


def _last_success(context: PageContext, state: SourceState) -> str:
    if state.last_success is None:
        return "never"
    return f"{age(context.moment - state.last_success)} ago, {moment(state.last_success)}"


def _test(context: PageContext, state: SourceState) -> None:
    """The Test button; its result stays until the next test or reload, it is not an observation."""
    names = [cluster.name for cluster in context.instance.settings.clusters]
    configured = state.cluster in names
    allowed = context.actor.may(Role.ADMIN)
    key = f"test_{state.cluster}_{state.source.value}"
    reason = (
        f"Asks it now and waits at most {WAIT_SECONDS:.0f} s"
        if configured and allowed
        else "Nothing to test: no connection is configured"
        if not configured
        else "Only an admin may test a connection"
    )
    if st.button("Test", key=key, disabled=not (configured and allowed), help=reason):
        with st.spinner("Asking …"):
            st.session_state[f"{key}_result"] = probe(
                context.instance.settings.cluster(state.cluster), state.source, WAIT_SECONDS
            )
    result: Probed | None = st.session_state.get(f"{key}_result")
    if result is not None:
        tone = Tone.HEALTHY if result.answered else Tone.INCIDENT
        st.markdown(f"{mark(tone, result.words)} ({result.seconds:.1f} s)  \n{plain(result.next_step)}".rstrip())


def condition_order(state: SourceState) -> tuple[bool, str, str]:
    """Sorts sources in trouble before those that are well."""
    return state.state is SourceCondition.OK, state.cluster, state.source.value
