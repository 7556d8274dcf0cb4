"""Our own kinds, under apiVersion streamgauge/v1: Invariant, ErrorBudgetPolicy and Exemption."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from data.definitions.dialects import read_dialects
from data.definitions.located import Located
from data.definitions.names import name_of
from data.definitions.openslo import read_annotations
from data.definitions.shelf import METADATA, OURS, TOP
from data.definitions.time_windows import read_window
from scoring.slo.budget import Band
from scoring.slo.definition import Dialect, EventClass, InvariantSli, SloDefinition, SloId
from scoring.slo.exemptions import Exemption
from scoring.slo.policy import SEVERITY, ErrorBudgetPolicy, PolicyStep, ReleaseClass

_ROLES = {"checked": EventClass.SUCCESS, "violation": EventClass.PLATFORM}


def read_invariant(root: Located) -> SloDefinition:
    """Something that must never happen."""
    name, metadata, spec_node = _top(root, "Invariant")
    spec = spec_node.record(("service", "timeWindow", "dialects"), ("description", "minimumChecked", "noun"))
    annotated = read_annotations(metadata.get("annotations"))
    minimum = spec["minimumChecked"].decimal() if "minimumChecked" in spec else Decimal(1)
    if minimum < 1 or minimum != int(minimum):
        raise spec["minimumChecked"].wrong("must be a whole number of at least 1")
    dialects, checked = _counted(spec["dialects"])
    labels = metadata["labels"].texts() if "labels" in metadata else {}
    return SloDefinition(
        id=SloId(name),
        title=metadata["displayName"].text() if "displayName" in metadata else name,
        description=spec["description"].text() if "description" in spec else "",
        labels={"service": spec["service"].text(), **labels},
        objective=None,
        window=read_window(spec["timeWindow"]),
        sli=InvariantSli(
            name=name,
            dialects=dialects,
            checked=checked,
            minimum_checked=int(minimum),
            noun=spec["noun"].text() if "noun" in spec else "records",
            group_by=annotated.group_by,
            most_groups=annotated.most_groups,
        ),
        min_coverage=annotated.min_coverage,
        gate=annotated.gate,
        policy=annotated.policy,
    )


def _counted(node: Located) -> tuple[tuple[Dialect, ...], frozenset[str]]:
    """Dialects, and the components that count what was looked at; every other one counts violations."""
    classes: dict[str, EventClass] = {}
    dialects = read_dialects(node, classes)
    for item, dialect in zip(node.items(), dialects, strict=True):
        if not dialect.counters:
            raise item.wrong("counts violations, by counters")
        its = {counter.component for counter in dialect.counters}
        if not any(classes.get(name) is EventClass.SUCCESS for name in its):
            raise item.wrong("lacks a component of class success, which counts what was looked at")
        if its <= {name for name, its_class in classes.items() if its_class is EventClass.SUCCESS}:
            raise item.wrong("lacks a component that counts violations: one of class platform, or one by label")
    if strange := set(classes.values()) - set(_ROLES.values()):
        raise node.wrong(f"has components of class {', '.join(sorted(strange))}; here they are success or platform")
    return dialects, frozenset(name for name, its_class in classes.items() if its_class is EventClass.SUCCESS)


def read_policy(root: Located) -> ErrorBudgetPolicy:
    """What is demanded below which share of the budget."""
    name, _, spec_node = _top(root, "ErrorBudgetPolicy")
    spec = spec_node.record(("steps",), ("description", "healthy", "noData"))
    steps = tuple(_step(item) for item in spec["steps"].items())
    sentences = {
        key: spec[field].text() for field, key in (("healthy", "healthy"), ("noData", "no_data")) if field in spec
    }
    try:
        return ErrorBudgetPolicy(name=name, steps=steps, **sentences)
    except ValueError as error:
        raise spec["steps"].wrong(str(error)) from error


def _step(node: Located) -> PolicyStep:
    fields = node.record(("below", "band", "actions"), ("stops",))
    actions = fields["actions"].record(tuple(ReleaseClass))
    return PolicyStep(
        below=fields["below"].decimal(),
        band=fields["band"].choice(Band, SEVERITY),
        actions={one: actions[one].text() for one in ReleaseClass},
        stops=frozenset(item.choice(ReleaseClass) for item in fields["stops"].items())
        if "stops" in fields
        else frozenset(),
    )


def read_exemption(root: Located) -> Exemption:
    """Minutes that people agreed not to hold against a budget."""
    name, _, spec_node = _top(root, "Exemption")
    spec = spec_node.record(
        ("slos", "from", "to", "reason", "requestedBy", "recordedAt"), ("labels", "approvedBy", "description")
    )
    try:
        return Exemption(
            id=name,
            slos=frozenset(SloId(item.text()) for item in spec["slos"].items()),
            labels=spec["labels"].texts() if "labels" in spec else {},
            start=_moment(spec["from"]),
            end=_moment(spec["to"]),
            reason=spec["reason"].text(),
            requested_by=spec["requestedBy"].text(),
            approved_by=spec["approvedBy"].text() if "approvedBy" in spec else None,
            recorded_at=_moment(spec["recordedAt"]),
        )
    except ValueError as error:
        raise spec_node.wrong(str(error)) from error


def _moment(node: Located) -> datetime:
    try:
        moment = datetime.fromisoformat(node.text())
    except ValueError:
        raise node.wrong(f"must be a moment as in 2026-11-20T12:00:00Z, not {node.text()!r}") from None
    if moment.tzinfo is None:
        raise node.wrong("must say its time zone, as in 2026-11-20T12:00:00Z")
    return moment


def _top(root: Located, kind: str) -> tuple[str, Mapping[str, Located], Located]:
    top = root.record(TOP)
    top["apiVersion"].exactly(OURS)
    top["kind"].exactly(kind)
    metadata = top["metadata"].record(("name",), METADATA)
    return name_of(metadata["name"]), metadata, top["spec"]
