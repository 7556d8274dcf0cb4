"""One write from a form, at once; what came of it is told where the page is drawn next.

A button's callback runs before the page is drawn anew: what was typed last, and left by the very click on the button,
is in the session and not yet in what the page drew. Callbacks therefore read fields by their keys.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from dashboard.theme import Tone, mark
from data.store.failures import StoreError
from scoring.actors import ForbiddenError
from scoring.meetings.texts import RefusedError

_TOLD = "acting_told"


def act(done: str, write: Callable[[], object]) -> bool:
    """Write, and keep what is to be told about it. done: empty where the page shows it anyway. True when written."""
    try:
        write()
    except (RefusedError, ForbiddenError, StoreError, ValueError) as error:
        st.session_state[_TOLD] = (Tone.INCIDENT, str(error))
        return False
    if done:
        st.session_state[_TOLD] = (Tone.HEALTHY, done)
    return True


def tell() -> None:
    """Say once what came of the last write."""
    told: tuple[Tone, str] | None = st.session_state.pop(_TOLD, None)
    if told is not None:
        st.markdown(mark(*told))


def moment_field(label: str, key: str, value: datetime | None, **options: object) -> datetime | None:
    """A field for a moment in UTC, to the minute."""
    shown = None if value is None else value.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)
    found = st.datetime_input(f"{label} (UTC)", value=shown, key=key, step=60, **options)  # type: ignore[call-overload]
    return None if found is None else found.replace(tzinfo=UTC)


def moment_in(key: str) -> datetime | None:
    """The moment that a field holds now."""
    found: datetime | None = st.session_state.get(key)
    return None if found is None else found.replace(tzinfo=UTC)
