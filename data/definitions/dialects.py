"""Dialects of an SLI in a definition file: which metrics tell what it counts or measures, exporter by exporter."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.definitions.located import Located
from data.definitions.names import LABEL, label_of, metric_of
from scoring.slo.definition import CounterQuery, Dialect, EventClass, GaugeQuery, Reading, Selector, Within

_UP = "up"


def read_dialects(node: Located, classes: dict[str, EventClass] | None) -> tuple[Dialect, ...]:
    """A list of dialects, best first.

    classes: classes of components with a fixed name are added to it; None where components have no class.
    """
    dialects = tuple(_dialect(item, classes) for item in node.items())
    if not dialects:
        raise node.wrong("must have at least one dialect")
    if len({dialect.name for dialect in dialects}) < len(dialects):
        raise node.wrong("has two dialects of one name")
    return dialects


def _dialect(node: Located, classes: dict[str, EventClass] | None) -> Dialect:
    fields = node.record(
        ("name", "presence"), ("counters", "gauges", "targetLabels", "duplicateLabels", "misses", "advice")
    )
    if ("counters" in fields) == ("gauges" in fields):
        raise node.wrong("has either counters or gauges")
    chosen = {
        field: tuple(label_of(item) for item in fields[key].items())
        for key, field in (("targetLabels", "target_labels"), ("duplicateLabels", "duplicate_labels"))
        if key in fields
    }
    if "targetLabels" in fields and not chosen["target_labels"]:
        raise fields["targetLabels"].wrong("must name at least one label")
    counters, gauges = fields.get("counters"), fields.get("gauges")
    for some in filter(None, (counters, gauges)):
        if not some.items():
            raise some.wrong("must have at least one metric")
    dialect = Dialect(
        name=fields["name"].text(),
        counters=tuple(_counter(item, classes) for item in counters.items()) if counters else (),
        gauges=tuple(_gauge(item) for item in gauges.items()) if gauges else (),
        presence=read_selector(fields["presence"].record(("metric",), ("labels",))),
        misses=fields["misses"].text() if "misses" in fields else "",
        advice=fields["advice"].text() if "advice" in fields else "",
        **chosen,
    )
    for gauge in dialect.gauges:
        if gauge.selector.metric == _UP and gauge.component_label not in dialect.target_labels:
            raise node.wrong(f"reads up, whose component must be one of its target labels: {dialect.target_labels}")
    if len({gauge.within for gauge in dialect.gauges}) > 1:
        raise node.wrong("reads all of its gauges by one of max, min and last")
    return dialect


def _counter(node: Located, classes: dict[str, EventClass] | None) -> CounterQuery:
    fields = node.record(("metric", "component"), ("labels", "reading", "bound"))
    reading = fields["reading"].choice(Reading) if "reading" in fields else Reading.COUNTER
    if ("bound" in fields) != (reading is Reading.HISTOGRAM_BELOW):
        raise node.wrong(f"has a bound if its reading is {Reading.HISTOGRAM_BELOW}, and only then")
    label, name = _component(fields["component"], classes)
    return CounterQuery(
        read_selector(fields),
        component_label=label,
        component=name,
        reading=reading,
        bound=fields["bound"].decimal() if "bound" in fields else None,
    )


def _gauge(node: Located) -> GaugeQuery:
    fields = node.record(("metric", "component"), ("labels", "within"))
    label, name = _component(fields["component"], None)
    within = fields["within"].choice(Within) if "within" in fields else Within.MAX
    return GaugeQuery(read_selector(fields), component_label=label, component=name, within=within)


def _component(node: Located, classes: dict[str, EventClass] | None) -> tuple[str | None, str]:
    """Label and name of the components: a fixed name, or a label with what stands before its value."""
    fields = node.record((), ("label", "prefix", "name", "class"))
    if "label" in fields:
        if "name" in fields or "class" in fields:
            raise node.wrong("has either a label or a name with its class")
        return label_of(fields["label"]), fields["prefix"].text() if "prefix" in fields else ""
    wanted = {"name"} if classes is None else {"name", "class"}
    if set(fields) != wanted:
        raise node.wrong("lacks label, or name" + ("" if classes is None else " and class"))
    name = fields["name"].text()
    if classes is not None:
        if name in classes:
            raise fields["name"].wrong(f"{name} has a class already")
        classes[name] = fields["class"].choice(EventClass)
    return None, name


def read_selector(fields: Mapping[str, Located]) -> Selector:
    """The selector of a mapping that has metric, and may have labels."""
    metric = metric_of(fields["metric"])
    labels = fields["labels"].texts() if "labels" in fields else {}
    for name, condition in labels.items():
        if not LABEL.fullmatch(name):
            raise fields["labels"].wrong(f"{name!r} is no label name")
        if condition.removeprefix("!").startswith("~"):
            try:
                re.compile(condition.removeprefix("!")[1:])
            except re.error as error:
                raise fields["labels"].wrong(f"{name}: {condition!r} is no regular expression: {error}") from error
    return Selector(metric, labels)
