"""One of several things with a name, kept in the address by its key, so that a link shows the same to the next person.

A bound field of Streamlit's would put the name into the address, which may change and be there twice.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def choose(label: str, names: Mapping[str, str], parameter: str) -> str:
    """A field for one of the names; returns its key, the first one unless the address names another."""
    field = f"chosen_{parameter}"
    asked = st.query_params.get(parameter, "")
    if asked in names:
        st.session_state[field] = asked
    elif st.session_state.get(field) not in names:
        st.session_state[field] = next(iter(names))
    st.selectbox(
        label,
        list(names),
        key=field,
        format_func=lambda one: names.get(one, one),
        on_change=_remember,
        args=(parameter, field),
    )
    return str(st.session_state[field])


def _remember(parameter: str, field: str) -> None:
    st.query_params[parameter] = st.session_state[field]
