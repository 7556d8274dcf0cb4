"""What a page is given: the reader, and what the address says to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from dashboard.instance import Instance, current
from dashboard.reader import Reader
from dashboard.theme import DARK, LIGHT, Palette
from data.store.read import Meta
from data.store.store import Store
from scoring.actors import Actor, Grant, Role
from scoring.catalog.estate import ClusterName

CLUSTER_KEY = "cluster"
ASOF_KEY = "asof"
EVERY_CLUSTER = "All clusters"
EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - a field without a zone; it means UTC


SHARED_ADMIN = Actor(name="admin", grants=frozenset({Grant(Role.ADMIN)}))
"""Whoever has signed in to a shared instance: there is one secret, and it is the admin's."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """One run of one page.

    cluster: the one looked at, None for all. asof: the past moment looked at, None for now. now: when the run began.
    """

    instance: Instance
    reader: Reader
    cluster: ClusterName | None
    asof: datetime | None
    now: datetime
    actor: Actor
    palette: Palette
    meta: Meta

    @property
    def clusters(self) -> tuple[ClusterName, ...]:
        """Every cluster that there is something about."""
        return self.reader.ask("clusters", lambda read: tuple(row.name for row in read.clusters()))

    @property
    def store(self) -> Store:
        """The services that write, and what people said through them. Raises RuntimeError where there are none."""
        if self.reader.store is None:
            raise RuntimeError("this reader was made without the store that it reads")
        return self.reader.store

    def address(self) -> dict[str, str]:
        """The filters as query parameters, for a link to another page that shows the same."""
        asof = {} if self.asof is None else {ASOF_KEY: asof_text(self.asof)}
        return asof if self.cluster is None else {CLUSTER_KEY: self.cluster, **asof}

    @property
    def moment(self) -> datetime:
        """The moment that the page shows: as-of, or now."""
        return self.asof or self.now


def page_context() -> PageContext:
    """The context of the page that is running; the frame has put the filters into the session."""
    instance = current()
    reader = instance.reader
    chosen = st.session_state.get(CLUSTER_KEY, EVERY_CLUSTER)
    return PageContext(
        instance=instance,
        reader=reader,
        cluster=None if chosen == EVERY_CLUSTER else ClusterName(chosen),
        asof=asof_in(st.session_state.get(ASOF_KEY, "")),
        now=instance.clock(),
        actor=Actor.local_admin() if instance.gate is None else SHARED_ADMIN,
        palette=DARK if st.context.theme.type == "dark" else LIGHT,
        meta=reader.ask("meta", lambda read: read.meta()),
    )


def asof_in(text: str) -> datetime | None:
    """The moment that an address asks for, to the minute (UTC); None when it asks for none."""
    try:
        asked = datetime.fromisoformat(text)
    except ValueError:
        return None
    asked = asked.astimezone(UTC) if asked.tzinfo is not None else asked.replace(tzinfo=UTC)
    asked = asked.replace(second=0, microsecond=0)
    return asked if EARLIEST <= asked.replace(tzinfo=None) <= LATEST else None


def asof_text(moment: datetime) -> str:
    """A moment (UTC) as an address asks for it."""
    return f"{moment:%Y-%m-%dT%H:%M}"
