"""The table of metric dialects, which is data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

FILE = Path(__file__).with_name("dialects.yaml")


@dataclass(frozen=True, slots=True)
class MetricDialect:
    """The names by which one exporter tells its facts.

    needed: what is lost without it, empty when nothing. remedy: how to get it.
    """

    name: str
    tells: str
    metrics: tuple[str, ...]
    needed: str = ""
    remedy: str = ""


@cache
def metric_dialects() -> tuple[MetricDialect, ...]:
    """Every dialect of the table."""
    return tuple(
        MetricDialect(row["name"], row["tells"], tuple(row["metrics"]), row.get("needed", ""), row.get("remedy", ""))
        for row in YAML(typ="safe").load(FILE)
    )


def names_query(names: tuple[str, ...], matchers: Mapping[str, str]) -> str:
    """PromQL that counts the series of each of these metrics: one query for all of them."""
    pinned = "".join(f", {label}={quoted(value)}" for label, value in sorted(matchers.items()))
    return f'count by (__name__) ({{__name__=~"{"|".join(names)}"{pinned}}})'


def quoted(text: str) -> str:
    """A PromQL string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
