"""The parts of the overview."""

from __future__ import annotations

import streamlit as st

from dashboard.agreed import agreed, terms_key
from dashboard.budgets import burn_down_of, statuses_of
from dashboard.charts.burndown import burn_down_alt, burn_down_picture
from dashboard.charts.picture import SIZES
from dashboard.components.pictures import draw_pictures
from dashboard.components.source_card import condition_order
from dashboard.components.tile import budget_tile
from dashboard.context import PageContext, page_context
from dashboard.definitions import produce_success
from dashboard.freshness import SOURCE_TITLES, assess, describe
from dashboard.theme import Palette, aside, icon, plain
from dashboard.wording import age, count, window_words
from data.store.read import Count, SourceState
from scoring.slo.series import BurnDown
from scoring.slo.status import SloStatus

COUNTED = (
    ("topics", "Topics", "Kafka"),
    ("partitions", "Partitions", "Kafka"),
    ("groups", "Consumer groups", "Kafka"),
    ("subjects", "Schemas", "Schema registry"),
    ("connectors", "Connectors", "Kafka Connect"),
    ("acls", "Access rules", "Kafka"),
)


def draw_worst_budget() -> None:
    """Produce success of the cluster that has the least budget left."""
    context = page_context()
    statuses = _statuses(context)
    if not statuses:
        st.info("No cluster has been observed yet. The first numbers come within a minute of the collector's start.")
        return
    budget_tile(statuses[0], named=len(context.clusters) > 1)


def draw_other_budgets() -> None:
    """Produce success of the other clusters, the worst first."""
    statuses = _statuses(page_context())
    for row in range(1, len(statuses), 3):
        for column, status in zip(st.columns(3), statuses[row : row + 3], strict=False):
            with column:
                budget_tile(status, named=True)


def draw_burn_down() -> None:
    """The burn-down of the worst budget, drawn from the very numbers of its tile."""
    context = page_context()
    statuses = _statuses(context)
    if not statuses:
        return
    status, definition = statuses[0], produce_success()
    where = f" · {status.cluster}" if len(context.clusters) > 1 else ""
    st.markdown(f"**{plain(status.title + where)}: budget left over {window_words(status.window)}**")
    terms = agreed(context.store, context.asof)
    drawn = context.reader.ask(
        ("burn", status.id, status.cluster, status.group, context.palette, _minute(context), terms_key(terms)),
        lambda read: _drawn(burn_down_of(read, definition, status, context.moment, terms), context.palette),
    )
    if drawn is None:
        st.info("There is no budget to draw: nothing was produced, or nothing was observed.")
        return
    draw_pictures(*drawn)


def _drawn(burn: BurnDown | None, palette: Palette) -> tuple[dict[str, str], str] | None:
    """The chart in every size, and in words."""
    if burn is None:
        return None
    return {width: burn_down_picture(burn, palette, size) for width, size in SIZES.items()}, burn_down_alt(burn)


def _statuses(context: PageContext) -> list[SloStatus]:
    """Produce success of every cluster that is looked at, the worst first."""
    definition, terms = produce_success(), agreed(context.store, context.asof)
    return context.reader.ask(
        ("statuses", definition.id, context.cluster, _minute(context), terms_key(terms)),
        lambda read: statuses_of(read, definition, context.cluster, context.moment, terms),
    )


def draw_counts() -> None:
    """How much there is, each number with its source and age; unknown is said, never counted as none."""
    context = page_context()
    counts = context.reader.ask(
        ("counts", context.cluster, context.asof), lambda read: read.estate_counts(context.cluster, context.asof)
    )
    st.header("Estate")
    with st.grid(6, min_column_width=150):
        for name, title, source in COUNTED:
            value: Count = getattr(counts, name)
            with st.container(border=True, height="stretch"):
                st.metric(title, count(value.value))
                st.markdown(aside(_count_words(context, value, source)))


def _count_words(context: PageContext, value: Count, source: str) -> str:
    if value.observed_at is None:
        return f"{source}: never read"
    missing = f", unknown in {', '.join(value.unknown_in)}" if value.unknown_in else ""
    return f"{source}, {age(context.moment - value.observed_at)} ago{missing}"


def draw_sources() -> None:
    """Every source in words, the ones in trouble first."""
    context = page_context()
    states = context.reader.ask(
        ("source_states", context.cluster, context.asof),
        lambda read: read.source_states(context.cluster, context.asof),
    )
    st.header("Sources")
    if not states:
        st.info("No source is configured. Connections says how to connect one.")
        return
    for state in sorted(states, key=condition_order):
        _draw_source(context, state, named=len(context.clusters) > 1)


def _draw_source(context: PageContext, state: SourceState, *, named: bool) -> None:
    """One source in a line, and a second one with what happened to it and what to do."""
    cadence = context.instance.cadences()[state.source]
    tone, _ = assess(state, context.moment, cadence, sample=context.meta.sample)
    title = SOURCE_TITLES[state.source] + (f", {state.cluster}" if named else "")
    condition = "recorded" if context.meta.sample else describe(state.state)
    seen = "never read" if state.last_success is None else f"last read {age(context.moment - state.last_success)} ago"
    told = " ".join(part for part in (state.error, state.next_step) if part)
    line = f"{icon(tone)}**{plain(title)}** {condition}, {seen}"
    st.markdown(f"{line}  \n{aside(told)}" if told else line)


def _minute(context: PageContext) -> int:
    """Budgets are counted in whole minutes, so a minute's answer serves everybody who asks within it."""
    return int(context.moment.timestamp() // 60)
