"""The frame of every page: freshness of every source, the cluster filter, the as-of moment, and what must be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard.context import (
    ASOF_KEY,
    CLUSTER_KEY,
    EARLIEST,
    EVERY_CLUSTER,
    LATEST,
    PageContext,
    asof_text,
    page_context,
)
from dashboard.freshness import Freshness, freshness_line
from dashboard.registry import CONNECTIONS, PageEntry
from dashboard.theme import Tone, icon, plain
from dashboard.wording import age, moment
from data.store.failures import ReadOnly

REFRESH_SECONDS = 5
"""How often live parts are drawn anew; all sessions together ask the store once a second at most."""

STYLES = Path(__file__).parents[1] / "assets" / "frame.css"

Pages = Mapping[PageEntry, st.Page]


def draw_frame(pages: Pages) -> None:
    """Draw the frame. The filters come first, so that everything after them sees what they say."""
    st.html(STYLES)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="frame"):
        line = st.container(width="stretch", key="freshness")
        with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center", key="filters"):
            _cluster_filter()
            _asof_filter()
    context = page_context()
    with line:
        st.fragment(_freshness, run_every=None if context.asof else REFRESH_SECONDS)(pages)
    _notices(context)


def _cluster_filter() -> None:
    """The cluster filter, kept in the address; with one cluster there is nothing to filter."""
    names = page_context().clusters
    if len(names) > 1:
        st.selectbox(
            "Cluster",
            [EVERY_CLUSTER, *names],
            key=CLUSTER_KEY,
            bind="query-params",
            label_visibility="collapsed",
            width=220,
        )


def _asof_filter() -> None:
    """The moment that the page shows, kept in the address; empty means now.

    The address is bound to a field that is not shown: Streamlit keeps a bound parameter on a change of page only while
    its widget is drawn, and what is in a closed popover is not.
    """
    with st.container(key="asof_address"):
        st.text_input("As of", key=ASOF_KEY, bind="query-params", label_visibility="collapsed")
    chosen = page_context().asof
    with st.popover("as of now" if chosen is None else f"as of {chosen:%Y-%m-%d %H:%M} UTC", key="asof_popover"):
        st.session_state[_ASOF_FIELD] = None if chosen is None else chosen.replace(tzinfo=None)
        st.datetime_input(
            "Show everything as it was known at (UTC)",
            value=None,
            min_value=EARLIEST,
            max_value=LATEST,
            key=_ASOF_FIELD,
            on_change=_choose_asof,
            step=60,
        )
        st.button("Back to now", on_click=_back_to_now, disabled=chosen is None, key="asof_now")
        st.markdown("Link to what you see:")
        public_url = page_context().instance.settings.public_url
        st.code(shared_link(public_url, str(st.context.url), st.query_params.to_dict()), language=None, wrap_lines=True)


_ASOF_FIELD = "asof_field"


def _choose_asof() -> None:
    chosen: datetime | None = st.session_state[_ASOF_FIELD]
    st.session_state[ASOF_KEY] = "" if chosen is None else asof_text(chosen)


def _back_to_now() -> None:
    st.session_state[ASOF_KEY] = ""


def shared_link(public_url: str | None, seen_at: str, parameters: Mapping[str, str]) -> str:
    """The page's address for the next person: under the public URL when there is one, with every filter."""
    path = urlsplit(seen_at).path
    base = seen_at if public_url is None else public_url.rstrip("/") + path
    return f"{base}?{urlencode(parameters)}" if parameters else base


def _freshness(pages: Pages) -> None:
    """One line: what needs a look first. Each entry leads to Connections."""
    context = page_context()
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall", key="freshness_line"):
        for number, item in enumerate(_entries(context)):
            st.page_link(
                pages[CONNECTIONS],
                label=f"{icon(item.tone)}{plain(item.title)} {plain(item.words)}".rstrip(),
                width="content",
                query_params=context.address(),
                help=None if number else "State of every source; opens Connections",
            )


def _entries(context: PageContext) -> Sequence[Freshness]:
    """The entries of the line: the sample, the collector when it is in trouble, then the sources."""
    states = context.reader.ask(
        ("source_states", context.cluster, context.asof),
        lambda read: read.source_states(context.cluster, context.asof),
    )
    entries = freshness_line(states, context.moment, context.instance.cadences(), sample=context.meta.sample)
    ahead = [Freshness("Sample data", Tone.HALT, "— connect a platform")] if context.meta.sample else []
    if not states and not context.meta.sample:
        ahead.append(Freshness("Nothing observed yet", Tone.NO_DATA, ""))
    return [*ahead, *collector_entry(context), *entries]


def collector_entry(context: PageContext) -> list[Freshness]:
    """The collector when it does not run although it should."""
    supervisor = context.instance.supervisor
    if supervisor is None or supervisor.state.running:
        return []
    state = supervisor.state
    if state.exit_code is None and context.now - state.since < timedelta(seconds=REFRESH_SECONDS):
        return []
    return [Freshness("Collector", Tone.INCIDENT, f"not running for {age(context.now - state.since)}")]


def _notices(context: PageContext) -> None:
    """What changes how the page is to be read, as sentences under the line."""
    condition = context.reader.write_condition()
    if isinstance(condition, ReadOnly):
        st.warning(
            f"The database takes no writes since {moment(condition.since)}; nothing new is kept. "
            f"{plain(condition.reason)}"
        )
    if context.asof is not None and context.asof > context.now:
        st.warning(f"{moment(context.asof)} has not come yet; the page shows what is known now.")
