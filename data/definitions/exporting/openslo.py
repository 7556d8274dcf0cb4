"""An SLO as an OpenSLO v1 document that any tool can read which reads PromQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from data.definitions.exporting.queries import Queries, event_queries, gauge_query, share_queries, traffic_query
from data.definitions.importing.canonical import document, source
from data.definitions.importing.losses import Loss, NotCarried
from data.definitions.openslo import GATE, GROUP_BY, HALF, MIN_COVERAGE, MISSING, POLICY, TRAFFIC
from data.definitions.yaml_text import yaml_text
from scoring.slo.definition import InvariantSli, Missing, SlicesSli, SloDefinition
from scoring.slo.windows import CalendarWindow, Window

_OPERATORS = ("lt", "lte", "gt", "gte")


@dataclass(frozen=True, slots=True)
class Exported:
    """OpenSLO v1 files by SLO name, and what is not in them."""

    texts: Mapping[str, str]
    losses: tuple[Loss, ...]


def export_openslo(definitions: Sequence[SloDefinition]) -> Exported:
    """A document for every SLO that OpenSLO can say; the others are losses as a whole."""
    texts: dict[str, str] = {}
    losses: list[Loss] = []
    for definition in definitions:
        try:
            texts[definition.id] = yaml_text(_document(definition, losses))
        except NotCarried as problem:
            losses.append(Loss(definition.id, problem.path, problem.what, problem.why))
    return Exported(texts, tuple(losses))


def _document(definition: SloDefinition, losses: list[Loss]) -> dict[str, Any]:
    sli = definition.sli
    if isinstance(sli, InvariantSli):
        raise NotCarried("objective", "zero tolerance", "OpenSLO has targets below 1 only; keep it as an Invariant")
    annotations = _annotations(definition)
    objective: dict[str, Any] = {"target": definition.objective}
    if isinstance(sli, SlicesSli):
        said, indicator = _slices(sli, losses, definition.id)
        objective |= {**said, "timeSliceWindow": "1m"}
    elif any(dialect.gauges for dialect in sli.dialects):
        kind, query, traffic = traffic_query(sli)
        indicator = {"ratioMetric": {"rawType": kind, "raw": source(query)}}
        annotations |= {TRAFFIC: traffic}
        losses.append(Loss(definition.id, "dialects", traffic, f"other tools do not know the annotation {TRAFFIC}"))
    else:
        indicator = _ratio(event_queries(sli, losses, definition.id))
    labels = dict(definition.labels)
    return document(
        definition.id,
        service=labels.pop("service", "streamgauge"),
        title=definition.title,
        description=definition.description,
        labels=labels,
        annotations=annotations,
        window=_window(definition.window),
        objective=objective,
        indicator=indicator,
        slices=isinstance(sli, SlicesSli),
    )


def _slices(sli: SlicesSli, losses: list[Loss], slo: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the objective says of a minute, and the indicator."""
    operator, value = sli.condition.operator, sli.condition.value
    if sli.dialects[0].counters:
        return {"timeSliceTarget": value}, _ratio(share_queries(sli))
    if operator not in _OPERATORS:
        raise NotCarried("objectives.op", operator, "OpenSLO compares by lt, lte, gt and gte only")
    said = {"op": operator, "value": value, "timeSliceTarget": Decimal(1)}
    return said, {"thresholdMetric": source(gauge_query(sli, losses, slo))}


def _ratio(queries: Queries) -> dict[str, Any]:
    return {
        "ratioMetric": {"counter": True, queries.part: source(queries.its), "total": source(queries.total)},
    }


def _annotations(definition: SloDefinition) -> dict[str, str]:
    sli = definition.sli
    found = {GATE: "true"} if definition.gate else {}
    found |= {MIN_COVERAGE: f"{definition.min_coverage}"} if definition.min_coverage != HALF else {}
    found |= {POLICY: definition.policy} if definition.policy != "default" else {}
    found |= {GROUP_BY: ",".join(sli.group_by)} if sli.group_by else {}
    if isinstance(sli, SlicesSli) and sli.missing is Missing.BAD:
        found |= {MISSING: sli.missing.value}
    return found


def _window(window: Window) -> dict[str, Any]:
    if isinstance(window, CalendarWindow):
        calendar = {"startTime": f"{window.first} 00:00:00", "timeZone": window.zone}
        return {"duration": window.text, "isRolling": False, "calendar": calendar}
    return {"duration": window.text, "isRolling": True}
