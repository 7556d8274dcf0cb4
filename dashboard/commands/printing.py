"""How commands print: JSON for programs, tables for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from dashboard.wording import UNKNOWN


def print_json(value: object) -> None:
    """Print a value as JSON on standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows with the same fields; None reads "unknown"."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", header_style="bold")
    for field in rows[0] if rows else ():
        numeric = all(isinstance(row[field], int) for row in rows)
        table.add_column(field.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console().print(table if rows else f"{title}: none", markup=False)


def _cell(value: Any) -> str:
    from rich.markup import escape

    if isinstance(value, bool):
        return "yes" if value else "no"
    return UNKNOWN if value is None else escape(f"{value:,}" if isinstance(value, int) else str(value))
