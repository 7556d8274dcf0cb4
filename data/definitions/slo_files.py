"""Reads SLOs from OpenSLO v1 files, as far as an events SLI with a rolling window goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from data.definitions.error_codes import load_error_table
from data.definitions.located import Located, read_document
from scoring.slo.definition import CounterQuery, Dialect, EventClass, EventsSli, Selector, SloDefinition, SloId
from scoring.slo.windows import RollingWindow

DEFINITIONS = Path(__file__).parent
SLOS = DEFINITIONS / "slos"

ANNOTATION = "streamgauge/"
GATE, MIN_COVERAGE = f"{ANNOTATION}gate", f"{ANNOTATION}min-coverage"

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_DURATION = re.compile(r"([1-9][0-9]*)([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def load_slos(folder: Path = SLOS) -> tuple[SloDefinition, ...]:
    """Every SLO of a folder, by file name. Raises DefinitionError, also when two files give one name."""
    definitions: dict[SloId, SloDefinition] = {}
    for file in sorted(folder.glob("*.yaml")):
        root = read_document(file)
        definition = read_slo(root)
        if definition.id in definitions:
            raise (
                root.record(_TOP)["metadata"].entries()["name"].wrong(f"{definition.id} is defined in another file too")
            )
        definitions[definition.id] = definition
    return tuple(definitions.values())


def load_slo(file: Path) -> SloDefinition:
    """The SLO of one file. Raises DefinitionError for the first thing that is wrong in it."""
    return read_slo(read_document(file))


_TOP = ("apiVersion", "kind", "metadata", "spec")


def read_slo(root: Located) -> SloDefinition:
    """The SLO of one document."""
    top = root.record(_TOP)
    top["apiVersion"].exactly("openslo/v1")
    top["kind"].exactly("SLO")
    metadata = top["metadata"].record(("name",), ("displayName", "labels", "annotations"))
    spec = top["spec"].record(("service", "budgetingMethod", "timeWindow", "objectives", "indicator"), ("description",))
    spec["budgetingMethod"].exactly("Occurrences")
    name = _matching(metadata["name"], _NAME, "lower-case letters, digits and dashes")
    gate, min_coverage = _policy(metadata.get("annotations"))
    labels = metadata["labels"].texts() if "labels" in metadata else {}
    return SloDefinition(
        id=SloId(name),
        title=metadata["displayName"].text() if "displayName" in metadata else name,
        description=spec["description"].text() if "description" in spec else "",
        labels={"service": spec["service"].text(), **labels},
        objective=_objective(spec["objectives"]),
        window=_window(spec["timeWindow"]),
        sli=_indicator(spec["indicator"]),
        min_coverage=min_coverage,
        gate=gate,
    )


def _policy(annotations: Located | None) -> tuple[bool, Decimal]:
    """gate and min_coverage; annotations of other tools are left alone."""
    entries = annotations.entries() if annotations else {}
    for key, entry in entries.items():
        if key.startswith(ANNOTATION) and key not in (GATE, MIN_COVERAGE):
            raise entry.wrong(f"is not known; allowed are {GATE} and {MIN_COVERAGE}")
    min_coverage = entries[MIN_COVERAGE].decimal() if MIN_COVERAGE in entries else Decimal("0.5")
    if not 0 <= min_coverage <= 1:
        raise entries[MIN_COVERAGE].wrong("must be from 0 to 1")
    return (entries[GATE].boolean() if GATE in entries else False), min_coverage


def _objective(node: Located) -> Decimal:
    objectives = node.items()
    if len(objectives) != 1:
        raise node.wrong("must have exactly one objective")
    target = objectives[0].record(("target",), ("displayName",))["target"]
    objective = target.decimal()
    if not 0 < objective < 1:
        raise target.wrong(f"must be between 0 and 1, both excluded, not {objective}; zero tolerance is no objective")
    return objective


def _window(node: Located) -> RollingWindow:
    windows = node.items()
    if len(windows) != 1:
        raise node.wrong("must have exactly one window")
    fields = windows[0].record(("duration", "isRolling"))
    if not fields["isRolling"].boolean():
        raise fields["isRolling"].wrong("must be true: only rolling windows are computed")
    parts = _DURATION.fullmatch(fields["duration"].text())
    if not parts:
        raise fields["duration"].wrong("must be a number and a unit (m, h, d or w), as in 30d")
    window = timedelta(**{_UNITS[parts[2]]: int(parts[1])})
    if not timedelta(hours=1) <= window <= timedelta(days=30):
        raise fields["duration"].wrong("must be from 1h to 30d, as far as slices are kept up")
    return RollingWindow(window)


def _indicator(node: Located) -> EventsSli:
    fields = node.record(("metadata", "spec"))
    ratio = fields["spec"].record(("ratioMetric",))["ratioMetric"].record(("counter", "bad", "total"))
    if not ratio["counter"].boolean():
        raise ratio["counter"].wrong("must be true: events are counted by counters")
    bad = _source(ratio["bad"]).record(("classes",))
    total = _source(ratio["total"]).record(("classes", "dialects"), ("classification",))
    _expect_classes(bad["classes"], {EventClass.PLATFORM})
    _expect_classes(total["classes"], {EventClass.SUCCESS, EventClass.PLATFORM})

    classes: dict[str, EventClass] = {}
    unlisted = EventClass.PLATFORM
    if "classification" in total:
        table = load_error_table(_beside(total["classification"]))
        classes.update({code.name: code.event_class for code in table.codes})
        unlisted = table.unlisted
    dialects = tuple(_dialect(item, classes) for item in total["dialects"].items())
    if not dialects:
        raise total["dialects"].wrong("must have at least one dialect")
    name = fields["metadata"].record(("name",))["name"].text()
    return EventsSli(name=name, dialects=dialects, classes=classes, unlisted=unlisted)


def _source(node: Located) -> Located:
    source = node.record(("metricSource",))["metricSource"].record(("type", "spec"))
    source["type"].exactly("streamgauge")
    return source["spec"]


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


def _dialect(node: Located, classes: dict[str, EventClass]) -> Dialect:
    """One dialect; classes of components with a fixed name are added to `classes`."""
    fields = node.record(("name", "counters", "presence"), ("targetLabels", "duplicateLabels", "misses", "advice"))
    counters = tuple(_counter(item, classes) for item in fields["counters"].items())
    if not counters:
        raise fields["counters"].wrong("must have at least one counter")
    chosen = {
        field: tuple(_matching(item, _LABEL, "a label name") for item in fields[key].items())
        for key, field in (("targetLabels", "target_labels"), ("duplicateLabels", "duplicate_labels"))
        if key in fields
    }
    if "targetLabels" in fields and not chosen["target_labels"]:
        raise fields["targetLabels"].wrong("must name at least one label")
    dialect = Dialect(
        name=fields["name"].text(),
        counters=counters,
        presence=_selector(fields["presence"].record(("metric",), ("labels",))),
        misses=fields["misses"].text() if "misses" in fields else "",
        advice=fields["advice"].text() if "advice" in fields else "",
    )
    return replace(
        dialect,
        target_labels=chosen.get("target_labels", dialect.target_labels),
        duplicate_labels=chosen.get("duplicate_labels", dialect.duplicate_labels),
    )


def _counter(node: Located, classes: dict[str, EventClass]) -> CounterQuery:
    fields = node.record(("metric", "component"), ("labels",))
    selector = _selector(fields)
    component = fields["component"].record((), ("label", "name", "class"))
    if "label" in component:
        if len(component) > 1:
            raise fields["component"].wrong("has either a label or a name with its class")
        return CounterQuery(selector, component_label=_matching(component["label"], _LABEL, "a label name"))
    if not {"name", "class"} <= component.keys():
        raise fields["component"].wrong("lacks label, or name and class")
    name = component["name"].text()
    if name in classes:
        raise component["name"].wrong(f"{name} has a class already")
    classes[name] = component["class"].choice(EventClass)
    return CounterQuery(selector, component=name)


def _selector(fields: Mapping[str, Located]) -> Selector:
    metric = _matching(fields["metric"], _METRIC, "a metric name")
    labels = fields["labels"].texts() if "labels" in fields else {}
    for name in labels:
        if not _LABEL.fullmatch(name):
            raise fields["labels"].wrong(f"{name!r} is no label name")
    return Selector(metric, labels)


def _matching(node: Located, pattern: re.Pattern[str], meaning: str) -> str:
    if not pattern.fullmatch(node.text()):
        raise node.wrong(f"must be {meaning}, not {node.text()!r}")
    return node.text()
