"""One tab of the estate: search, table, export, and what to do when there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.catalogue import Table, frame_of, matching, since_column
from dashboard.components.details import acl_key
from dashboard.components.selection import Selected, name_of, select, selected
from dashboard.components.side_panel import open_side_panel
from dashboard.context import PageContext, page_context
from dashboard.exports.listing import as_csv, as_json
from dashboard.shapes import LISTINGS, Shape
from dashboard.theme import aside, plain
from dashboard.wording import moment, plural
from data.store.read import FactKind
from scoring.catalog.estate import ClusterName

TABLE_HEIGHT = 620
_ROW_HEIGHT = 38


def draw_estate_table(table: Table) -> None:
    """Draw the tab; it reruns on its own, so that typing a search redraws nothing else."""
    st.fragment(_draw)(table)


def _draw(table: Table) -> None:
    """The tab, and the side panel when the address opens an object: a click on a name reruns only this."""
    context = page_context()
    item = selected()
    if item is not None:
        open_side_panel(context, item)
    asked = (table.listing, context.cluster, context.asof)
    shapes = context.reader.ask(asked, lambda read: LISTINGS[table.listing].shapes(read, context.cluster, context.asof))
    frame = context.reader.ask(("frame", *asked), lambda _: frame_of(table, shapes))
    search, actions = st.columns([3, 2], vertical_alignment="bottom")
    words = search.text_input(
        f"Search {table.title}",
        type="search",
        live=True,
        key=f"search_{table.listing}",
        bind="query-params",
        placeholder="Any part of a name; several words narrow it down",
        label_visibility="collapsed",
    )
    shown = matching(frame, words or "")
    with actions.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"):
        _open_first(table, shown, words or "")
        _exports(table, shapes, shown)
    if frame.empty:
        st.info(table.empty)
        _draw_removed(context, table)
        return
    of_all = "" if len(shown) == len(frame) else f" of {plural(len(frame), table.noun)}"
    number = plural(len(shown), table.noun) if not of_all else f"{len(shown)}"
    told = f"{number}{of_all}, as of {moment(context.moment)}, from {table.source}."
    st.markdown(aside(f"{told} Click a name for everything known."))
    if shown.empty:
        st.info(f"Nothing matches “{plain(words or '')}”. Clear the search to see all.")
        return
    _grid(context, table, shown)
    _draw_removed(context, table)


def _grid(context: PageContext, table: Table, shown: pd.DataFrame) -> None:
    """The table itself; a click on a name opens the side panel."""
    key = f"open_{table.listing}"
    columns: dict[str, Any] = {
        "cluster": "Cluster",
        "object": _name_column(table, key, partial(_open_clicked, table, shown, key)),
        **table.columns,
    }
    order = ["object", *(["cluster"] if context.cluster is None and len(context.clusters) > 1 else []), *table.columns]
    st.dataframe(
        shown[list(dict.fromkeys(order))],
        column_config=columns,
        column_order=order,
        hide_index=True,
        height=min(TABLE_HEIGHT, _ROW_HEIGHT * (len(shown) + 1) + 4),
        row_height=_ROW_HEIGHT,
        key=f"table_{table.listing}",
        alt=f"{table.title} of the estate, {plural(len(shown), table.noun)}",
    )


def _draw_removed(context: PageContext, table: Table) -> None:
    """What is gone, behind a click: it was there, and its history still is."""
    removed = context.reader.ask(
        ("removed", table.kind, context.cluster, context.asof),
        lambda read: read.removed(table.kind, context.cluster, context.asof),
    )
    if not removed:
        return
    items = [Selected(table.kind, row.cluster, row.key) for row in removed]
    frame = pd.DataFrame(
        {
            "object": [name_of(item) for item in items],
            "cluster": [row.cluster for row in removed],
            "known_since": [row.known_since for row in removed],
            "last_seen": [row.last_seen for row in removed],
            "removed_at": [row.removed_at for row in removed],
        }
    )
    key = f"gone_{table.listing}"
    with st.expander(f"{plural(len(removed), f'deleted {table.noun}')}"):
        st.dataframe(
            frame,
            column_config={
                "object": _name_column(table, key, partial(_open_removed, items, key)),
                "cluster": "Cluster",
                "known_since": since_column("Known since"),
                "last_seen": since_column("Last seen"),
                "removed_at": since_column("Found missing"),
            },
            hide_index=True,
            row_height=_ROW_HEIGHT,
            key=f"removed_{table.listing}",
            alt=f"Deleted {table.title.lower()}, the latest first",
        )


def _open_removed(items: Sequence[Selected], key: str) -> None:
    click = st.session_state[key]
    if click is not None:
        select(items[click.row])


def _name_column(table: Table, key: str, on_click: Callable[[], None]) -> Any:
    """The first column: a name that opens the side panel."""
    return st.column_config.ButtonColumn(
        table.noun.capitalize(),
        key=key,
        on_click=on_click,
        type="tertiary",
        alignment="left",
        pinned=True,
        width="large",
    )


def _open_clicked(table: Table, shown: pd.DataFrame, key: str) -> None:
    click = st.session_state[key]
    if click is not None:
        select(selected_of(table, _row(shown, click.row)))


def _open_first(table: Table, shown: pd.DataFrame, words: str) -> None:
    """A button that opens the first match, for whoever searches by keyboard: type, Tab, Enter."""
    if words and not shown.empty:
        first = _row(shown, 0)
        st.button(
            "Open first match",
            key=f"first_{table.listing}",
            on_click=select,
            args=(selected_of(table, first),),
            help=f"Opens {plain(str(first['object']))}",
        )


def _row(frame: pd.DataFrame, number: int) -> Shape:
    """One row of the table, by its position."""
    return {str(name): value for name, value in frame.iloc[number].items()}


def selected_of(table: Table, row: Shape) -> Selected:
    """The object of one row of the table."""
    key = str(row["object"])
    if table.kind is FactKind.ACL:
        key = acl_key([str(row[name]) for name in _ACL_FIELDS])
    return Selected(table.kind, ClusterName(str(row["cluster"])), key)


_ACL_FIELDS = ("principal", "host", "operation", "permission", "resource_type", "resource_name", "pattern_type")


def _exports(table: Table, shapes: Sequence[Shape], shown: pd.DataFrame) -> None:
    """The shown rows as a file, made only when somebody asks for it."""

    def chosen() -> list[Shape]:
        wanted = {selected_of(table, _row(shown, number)) for number in range(len(shown))}
        return [shape for shape in shapes if selected_of(table, {**shape, "object": table.names(shape)}) in wanted]

    for label, kind, encode in (("CSV", "text/csv", as_csv), ("JSON", "application/json", as_json)):
        st.download_button(
            label,
            data=partial(_encoded, encode, chosen),
            file_name=f"streamgauge-{table.listing}.{label.lower()}",
            mime=kind,
            key=f"{label}_{table.listing}",
            on_click="ignore",
            help=f"The shown rows as {label}",
        )


def _encoded(encode: Callable[[Sequence[Shape]], bytes], chosen: Callable[[], list[Shape]]) -> bytes:
    return encode(chosen())
