"""A typed model of the part of Grafana's dashboard schema that the generated dashboards use.

grafanalib would have been the alternative; it was last released for Grafana 9 and sets panels that Grafana has removed
since. Schema version 39 is read by Grafana 10.4 and everything after it, which migrates it when it is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

SCHEMA_VERSION = 39
WIDTH = 24
NO_DATA = "no data"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


class Kind(StrEnum):
    """Grafana's names of panels."""

    STAT = "stat"
    TABLE = "table"
    LINES = "timeseries"
    GAUGE = "gauge"


class Unit(StrEnum):
    """Grafana's names of units."""

    SHARE = "percentunit"
    COUNT = "short"
    PER_SECOND = "cps"
    BYTES_PER_SECOND = "Bps"
    MILLISECONDS = "ms"
    TIMES = "none"


@dataclass(frozen=True, slots=True)
class Step:
    """From `value` on (None: from the lowest) the colour is `colour`."""

    value: float | None
    colour: str


PLAIN = (Step(None, "text"),)


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL and the words for each of its series, in which {{label}} stands for a label's value."""

    promql: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. height: in Grafana's rows of 30 pixels; width: of 24. description: what the number means."""

    kind: Kind
    title: str
    description: str
    queries: tuple[Query, ...]
    unit: Unit = Unit.COUNT
    width: int = 12
    height: int = 8
    steps: tuple[Step, ...] = PLAIN
    lowest: float | None = None
    highest: float | None = None
    decimals: int | None = None
    hidden: tuple[str, ...] = ()
    """Columns that a table does not show."""
    names: dict[str, str] = field(default_factory=dict)
    """New names of a table's columns."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice at the top of a dashboard: the values of a label of a metric."""

    name: str
    title: str
    metric: str
    label: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard; uid stays the same over all versions, so that links and bookmarks hold."""

    uid: str
    title: str
    description: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now-24h"

    def document(self) -> dict[str, Any]:
        """As Grafana imports and provisions it."""
        return {
            "uid": self.uid,
            "title": self.title,
            "description": self.description,
            "tags": ["slo", "kafka", "streamgauge"],
            "schemaVersion": SCHEMA_VERSION,
            "version": 1,
            "editable": True,
            "graphTooltip": 1,
            "refresh": "1m",
            "timezone": "browser",
            "time": {"from": self.since, "to": "now"},
            "timepicker": {},
            "annotations": {"list": []},
            "links": [],
            "templating": {"list": [_datasource(), *(_variable(variable) for variable in self.variables)]},
            "panels": _placed(self.panels),
        }


def _datasource() -> dict[str, Any]:
    return {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "current": {}}


def _variable(variable: Variable) -> dict[str, Any]:
    query = f"label_values({variable.metric}, {variable.label})"
    return {
        "name": variable.name,
        "label": variable.title,
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"query": query, "refId": variable.name},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _placed(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Panels from left to right, in rows as high as their highest."""
    placed: list[dict[str, Any]] = []
    x = y = row = 0
    for number, panel in enumerate(panels, start=1):
        if x + panel.width > WIDTH:
            x, y, row = 0, y + row, 0
        placed.append(_panel(number, panel, {"x": x, "y": y, "w": panel.width, "h": panel.height}))
        x, row = x + panel.width, max(row, panel.height)
    return placed


def _panel(number: int, panel: Panel, position: dict[str, int]) -> dict[str, Any]:
    limits = {"min": panel.lowest, "max": panel.highest, "decimals": panel.decimals}
    return {
        "id": number,
        "type": panel.kind.value,
        "title": panel.title,
        "description": panel.description,
        "gridPos": position,
        "datasource": SOURCE,
        "targets": [_target(index, query, panel.kind) for index, query in enumerate(panel.queries)],
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit.value,
                "noValue": NO_DATA,
                "color": {"mode": "palette-classic" if panel.kind is Kind.LINES else "thresholds"},
                "thresholds": {
                    "mode": "absolute",
                    "steps": [{"value": step.value, "color": step.colour} for step in panel.steps],
                },
                **{name: value for name, value in limits.items() if value is not None},
                **({"custom": _line_style(panel)} if panel.kind is Kind.LINES else {}),
            },
            "overrides": [],
        },
        "options": _OPTIONS[panel.kind],
        "transformations": _columns(panel) if panel.kind is Kind.TABLE else [],
    }


def _target(index: int, query: Query, kind: Kind) -> dict[str, Any]:
    at_once = kind is not Kind.LINES
    return {
        "refId": "ABCDEFGHIJ"[index],
        "datasource": SOURCE,
        "editorMode": "code",
        "expr": query.promql,
        "legendFormat": query.legend or "__auto",
        "instant": at_once,
        "range": not at_once,
        "format": "table" if kind is Kind.TABLE else "time_series",
    }


def _line_style(panel: Panel) -> dict[str, Any]:
    """Gaps stay gaps: a line drawn across one would be data that nobody has."""
    shown = "line" if len(panel.steps) > 1 else "off"
    return {
        "drawStyle": "line",
        "lineWidth": 2,
        "fillOpacity": 0,
        "spanNulls": False,
        "thresholdsStyle": {"mode": shown},
    }


def _columns(panel: Panel) -> list[dict[str, Any]]:
    names = {"Value": panel.title} | {
        f"Value #{'ABCDEFGHIJ'[index]}": query.legend for index, query in enumerate(panel.queries)
    }
    organised = {
        "excludeByName": dict.fromkeys(("Time", "__name__", *panel.hidden), True),
        "renameByName": names | panel.names,
    }
    return [{"id": "merge", "options": {}}, {"id": "organize", "options": organised}]


_REDUCED = {"values": False, "calcs": ["lastNotNull"], "fields": ""}
_OPTIONS: dict[Kind, dict[str, Any]] = {
    Kind.STAT: {
        "reduceOptions": _REDUCED,
        "colorMode": "background",
        "graphMode": "none",
        "textMode": "value_and_name",
    },
    Kind.GAUGE: {"reduceOptions": _REDUCED, "showThresholdMarkers": True, "showThresholdLabels": True},
    Kind.TABLE: {"showHeader": True, "cellHeight": "md", "footer": {"show": False}},
    Kind.LINES: {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
}
