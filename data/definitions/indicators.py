"""Indicators of OpenSLO v1: what good and bad is, as an SLI that slices can be counted of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from data.definitions.counted_queries import Counted, counted_in, divided_in, gauge_in
from data.definitions.dialects import read_dialects
from data.definitions.error_codes import load_error_table
from data.definitions.located import Located
from data.definitions.shelf import Shelf
from scoring.slo.definition import (
    MOST_GROUPS,
    Condition,
    CounterQuery,
    Dialect,
    EventClass,
    EventsSli,
    GaugeQuery,
    Missing,
    Sli,
    SlicesSli,
    Within,
)

DEFINITIONS = Path(__file__).parent

PROMETHEUS, OURS = "prometheus", "streamgauge"

OPERATORS = ("lt", "lte", "gt", "gte")
"""Operators of a threshold that OpenSLO knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the SLO around an indicator says that the SLI must know.

    op, value: of the objective, for a threshold. slices: the budgeting method counts time slices; slice_target: the
    good share from which on a slice is good. traffic: counters that weight a raw ratio.
    """

    slices: bool = False
    op: Located | None = None
    value: Located | None = None
    slice_target: Decimal | None = None
    group_by: tuple[str, ...] = ()
    most_groups: int = MOST_GROUPS
    missing: Missing = Missing.IGNORE
    traffic: Located | None = None


def read_indicator(node: Located, frame: Frame, shelf: Shelf) -> Sli:
    """The SLI of an indicator, which has a name and a spec."""
    fields = node.record(("metadata", "spec"))
    name = fields["metadata"].record(("name",), ("displayName", "labels", "annotations"))["name"].text()
    return read_indicator_spec(fields["spec"], name, frame, shelf)


def read_indicator_spec(node: Located, name: str, frame: Frame, shelf: Shelf) -> Sli:
    """The SLI of an indicator's spec: a ratio or a threshold."""
    spec = node.record((), ("description", "ratioMetric", "thresholdMetric"))
    if ("ratioMetric" in spec) == ("thresholdMetric" in spec):
        raise node.wrong("has either ratioMetric or thresholdMetric")
    if "thresholdMetric" in spec:
        return _threshold(spec["thresholdMetric"], name, frame, shelf)
    ratio = spec["ratioMetric"].record((), ("counter", "good", "bad", "total", "rawType", "raw"))
    for key in ("op", "value"):
        if (given := getattr(frame, key)) is not None:
            raise given.wrong("belongs to a thresholdMetric; a ratio has a target alone")
    if "raw" in ratio or "rawType" in ratio:
        return _raw(spec["ratioMetric"], name, frame, shelf)
    return _ratio(spec["ratioMetric"], name, frame, shelf)


def _ratio(node: Located, name: str, frame: Frame, shelf: Shelf) -> Sli:
    ratio = node.record(("counter", "total"), ("good", "bad"))
    if not ratio["counter"].boolean():
        raise ratio["counter"].wrong("must be true: events are counted by counters")
    if ("good" in ratio) == ("bad" in ratio):
        raise node.wrong("has either good or bad, beside total")
    part = "good" if "good" in ratio else "bad"
    kind, its = _source(ratio[part], shelf)
    total_kind, total = _source(ratio["total"], shelf)
    if kind != total_kind:
        raise ratio[part].wrong("must have a source of the same type as total")
    if kind == OURS:
        if frame.slices:
            raise node.wrong("with time slices is counted from PromQL, source type Prometheus")
        return _classified(part, its, total, name, frame)
    counted = (counted_in(_query(its)), counted_in(_query(total)))
    return _of_counters(part, *counted, node, name, frame)


def _classified(part: str, its: Located, total: Located, name: str, frame: Frame) -> EventsSli:
    """Components with classes, from dialects."""
    fields = total.record(("dialects",), ("classes", "classification"))
    classes: dict[str, EventClass] = {}
    unlisted = EventClass.PLATFORM
    bound = None
    if part == "bad":
        _expect_classes(its.record(("classes",))["classes"], {EventClass.PLATFORM})
        if "classes" not in fields:
            raise total.wrong("lacks classes")
        _expect_classes(fields["classes"], {EventClass.SUCCESS, EventClass.PLATFORM})
    else:
        bound = its.record(("bound",))["bound"].decimal()
    if "classification" in fields:
        table = load_error_table(_beside(fields["classification"]))
        classes.update({code.name: code.event_class for code in table.codes})
        unlisted = table.unlisted
    return EventsSli(
        name=name,
        dialects=read_dialects(fields["dialects"], classes),
        classes=classes,
        unlisted=unlisted,
        bound=bound,
        group_by=frame.group_by,
        most_groups=frame.most_groups,
    )


def _of_counters(
    part: str, its: Sequence[Counted], total: Sequence[Counted], node: Located, name: str, frame: Frame
) -> Sli:
    """An SLI of what PromQL expressions count; each further alternative is a dialect to fall back on."""
    length = max(len(its), len(total))
    if not {len(its), len(total)} <= {1, length}:
        raise node.wrong(f"has {len(its)} alternatives for {part} and {len(total)} for total; give as many of each")
    kept = frozenset[str]().union(*(one.by for one in (*its, *total)))
    if unknown := kept - set(frame.group_by):
        labels = ",".join(sorted({*frame.group_by, *unknown}))
        raise node.wrong(f"keeps {', '.join(sorted(unknown))} apart; add the annotation streamgauge/group-by: {labels}")
    pairs = [(its[min(at, len(its) - 1)], total[min(at, len(total) - 1)]) for at in range(length)]
    several = length > 1
    classes: dict[str, EventClass] = {}
    dialects = []
    for number, (some, everything) in enumerate(pairs, 1):
        suffix = f" {number}" if several else ""
        counters = [CounterQuery(selector, component=part + suffix) for selector in some.selectors]
        counters += [CounterQuery(selector, component=f"total{suffix}") for selector in everything.selectors]
        classes[part + suffix] = EventClass.GOOD if part == "good" else EventClass.FAILED
        classes[f"total{suffix}"] = EventClass.SUCCESS
        dialects.append(Dialect(f"promql{suffix}", tuple(counters), everything.selectors[0]))
    if not frame.slices:
        return EventsSli(
            name=name,
            dialects=tuple(dialects),
            classes=classes,
            group_by=frame.group_by,
            most_groups=frame.most_groups,
        )
    if several:
        raise node.wrong("with time slices has one expression, without alternatives by `or`")
    return SlicesSli(
        name=name,
        dialects=tuple(dialects),
        condition=Condition("gte", frame.slice_target if frame.slice_target is not None else Decimal(1)),
        missing=frame.missing,
        group_by=frame.group_by,
        most_groups=frame.most_groups,
    )


def _raw(node: Located, name: str, frame: Frame, shelf: Shelf) -> Sli:
    """A ratio that is a division of counters, or a gauge that is weighted by traffic."""
    ratio = node.record(("rawType", "raw"), ("counter",))
    part = {"success": "good", "failure": "bad"}[ratio["rawType"].exactly("success", "failure")]
    kind, spec = _source(ratio["raw"], shelf)
    if kind != PROMETHEUS:
        raise ratio["raw"].wrong("must have a source of type Prometheus")
    divided = divided_in(_query(spec))
    if divided is not None:
        return _of_counters(part, *divided, node, name, frame)
    if frame.slices:
        raise node.wrong("as one gauge is a thresholdMetric with op and value when slices are counted")
    if frame.traffic is None:
        raise node.wrong(
            "is a ratio whose minutes cannot be weighed: divide the counters themselves, or name the traffic in the "
            "annotation streamgauge/traffic, as in sum(rate(requests_total[5m]))"
        )
    selector, label, _ = gauge_in(_query(spec))
    if label is not None:
        raise node.wrong("must be one ratio; keep groups apart by the annotation streamgauge/group-by")
    (traffic, *more) = counted_in(frame.traffic)
    if more:
        raise frame.traffic.wrong("has alternatives by `or`; name one")
    counters = tuple(CounterQuery(one, component="traffic") for one in traffic.selectors)
    dialect = Dialect(
        "promql",
        counters,
        traffic.selectors[0],
        gauges=(GaugeQuery(selector, component=part, within=Within.LAST),),
    )
    classes = {"traffic": EventClass.SUCCESS, part: EventClass.GOOD if part == "good" else EventClass.FAILED}
    return EventsSli(
        name=name, dialects=(dialect,), classes=classes, group_by=frame.group_by, most_groups=frame.most_groups
    )


def _threshold(node: Located, name: str, frame: Frame, shelf: Shelf) -> SlicesSli:
    """Minutes in which a gauge is on the right side of a value."""
    if frame.op is None or frame.value is None:
        raise node.wrong("needs op and value in the objective, as in op: lt, value: 1000")
    if frame.slice_target not in (None, 1):
        raise node.wrong("keeps the worst value of each minute, so timeSliceTarget is 1 or left out")
    operator = frame.op.exactly(*OPERATORS)
    condition = Condition(operator, frame.value.decimal())
    if condition.value < 0:
        raise frame.value.wrong("must not be negative: slices hold values of 0 and more")
    within = Within.MAX if operator in ("lt", "lte") else Within.MIN
    kind, spec = _source(node, shelf)
    per_component = False
    if kind == OURS:
        fields = spec.record(("dialects",), ("perComponent",))
        dialects = read_dialects(fields["dialects"], None)
        per_component = fields["perComponent"].boolean() if "perComponent" in fields else False
    else:
        selector, label, said = gauge_in(_query(spec))
        if said not in (None, Within.LAST, within):
            raise spec.wrong(f"takes the {said}, but {operator} is broken by the {within}")
        gauge = GaugeQuery(selector, label, "" if label else "value", said or within)
        labels = ("instance",) if selector.metric != "up" else (label or "instance",)
        dialects = (Dialect("promql", (), selector, labels, gauges=(gauge,)),)
    return SlicesSli(
        name=name,
        dialects=dialects,
        condition=condition,
        missing=frame.missing,
        per_component=per_component,
        group_by=frame.group_by,
        most_groups=frame.most_groups,
    )


def _source(node: Located, shelf: Shelf) -> tuple[str, Located]:
    """Type and specification of a metric that has a metricSource."""
    source = node.record(("metricSource",))["metricSource"].record(("spec",), ("type", "metricSourceRef"))
    kind = source.get("type")
    if "metricSourceRef" in source:
        named = shelf.find("DataSource", source["metricSourceRef"]).record(
            ("type",), ("description", "connectionDetails")
        )
        if kind is not None and kind.text().lower() != named["type"].text().lower():
            raise kind.wrong(f"is not the type of the data source, {named['type'].text()}")
        kind = named["type"]
    if kind is None:
        raise node.wrong("lacks metricSource.type or metricSource.metricSourceRef")
    if kind.text().lower() not in (PROMETHEUS, OURS):
        raise kind.wrong(f"must be Prometheus or streamgauge, not {kind.text()!r}")
    return kind.text().lower(), source["spec"]


def _query(spec: Located) -> Located:
    """The expression of a Prometheus source."""
    return spec.record(("query",), ("queryType",))["query"]


def _expect_classes(node: Located, expected: set[EventClass]) -> None:
    if {item.choice(EventClass) for item in node.items()} != expected:
        raise node.wrong(f"must be [{', '.join(sorted(expected))}]: client faults leave bad and total")


def _beside(node: Located) -> Path:
    """A file of the definitions folder: that of the SLO's own folder first, then the one that ships."""
    if Path(node.text()).name != node.text():
        raise node.wrong("must be a file name without a folder")
    places = (node.file.parent / node.text(), node.file.parent.parent / node.text(), DEFINITIONS / node.text())
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise node.wrong(f"there is no {node.text()} in {node.file.parent}, above it or among the shipped definitions")
    return found
