"""SLOs in a form: some of them, or every one."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard.definitions import definitions
from scoring.slo.definition import InvariantSli, SloId
from scoring.slo.exemptions import EVERY_SLO

EVERY_SLO_TITLE = "Every SLO"


def slos_field(key: str, *, invariants: bool = True) -> None:
    """A field for SLOs, whose titles the session holds under the key. invariants: False where they cannot be meant."""
    titles = [one.title for one in definitions() if invariants or not isinstance(one.sli, InvariantSli)]
    st.multiselect("SLOs", [EVERY_SLO_TITLE, *titles], key=key, placeholder="Choose one or more")


def chosen_slos(titles: Iterable[str]) -> list[SloId]:
    """Ids of what was chosen."""
    chosen = set(titles)
    if EVERY_SLO_TITLE in chosen:
        return [EVERY_SLO]
    return [one.id for one in definitions() if one.title in chosen]


def slo_titles(ids: Iterable[SloId]) -> str:
    """Titles of SLOs in a sentence; one that is defined no more keeps its id."""
    wanted = set(ids)
    if EVERY_SLO in wanted:
        return "every SLO"
    known = {one.id: one.title for one in definitions()}
    return ", ".join(sorted(known.get(one, str(one)) for one in wanted))
