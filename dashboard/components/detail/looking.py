"""Which SLO is looked at, kept in the address; and its detail, computed once for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.agreed import agreed, terms_key
from dashboard.context import PageContext
from dashboard.definitions import PRODUCE_SUCCESS, definitions
from dashboard.detailing import Detail, detail_of, happened
from data.store.policy.read import AnnotationRow
from scoring.meetings.subjects import slo_subject
from scoring.slo.definition import SloDefinition
from scoring.slo.judging import Terms
from scoring.slo.slices import edge

SLO_KEY, GROUP_KEY = "slo", "group"

WORST_GROUP = "The worst group"


@dataclass(frozen=True, slots=True)
class Looking:
    """What the page is about. terms: what people agreed on, as it was known at the moment."""

    context: PageContext
    definition: SloDefinition
    detail: Detail | None
    terms: Terms
    zone: ZoneInfo


def choose() -> None:
    """The SLO, and the group where it has several; both are in the address."""
    ids = [str(definition.id) for definition in _ordered()]
    st.selectbox("SLO", ids, key=SLO_KEY, bind="query-params", width=360)


def choose_group(looking: Looking) -> None:
    """The group, where the SLO has more than one."""
    detail = looking.detail
    groups = sorted({one.status.group for one in detail.siblings}) if detail else []
    if len(groups) > 1:
        st.selectbox("Group", [WORST_GROUP, *groups], key=GROUP_KEY, bind="query-params", width=360)


def looking_at(context: PageContext) -> Looking:
    """What the address asks for."""
    chosen = st.session_state.get(SLO_KEY)
    definition = next((one for one in _ordered() if one.id == chosen), _ordered()[0])
    group = st.session_state.get(GROUP_KEY, WORST_GROUP)
    terms = agreed(context.store, context.asof)
    zone = reader_zone()
    minute = int(context.moment.timestamp() // 60)
    detail = context.reader.ask(
        ("detail", definition.id, context.cluster, group, minute, terms_key(terms), zone.key),
        lambda read: detail_of(
            read,
            definition,
            context.cluster,
            None if group == WORST_GROUP else group,
            context.moment,
            terms,
            zone,
        ),
    )
    return Looking(context, definition, detail, terms, zone)


def annotations_of(looking: Looking) -> list[AnnotationRow]:
    """What people say happened in the window of this SLO, in order."""
    if looking.detail is None:
        return []
    one = looking.detail.judgement
    status, span = one.status, one.standing.span
    rows = looking.context.store.annotations.rows(
        edge(span.start),
        edge(span.end),
        slo_subject(status.id, status.cluster, status.group),
        looking.context.asof,
    )
    return happened(rows, one)


def reader_zone() -> ZoneInfo:
    """The time zone that the reader's browser tells; UTC where it tells none that is known."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _ordered() -> list[SloDefinition]:
    """Produce success first, as on the overview; an order that stays, so that an address does."""
    return sorted(definitions(), key=lambda one: (one.id != PRODUCE_SUCCESS, one.id))
