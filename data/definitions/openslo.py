"""One SLO of OpenSLO v1, with what OpenSLO leaves open in annotations `streamgauge/…`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from data.definitions.indicators import Frame, read_indicator, read_indicator_spec
from data.definitions.located import Located
from data.definitions.names import labels_of, name_of
from data.definitions.shelf import METADATA, OPENSLO, TOP, Shelf
from data.definitions.time_windows import read_window
from scoring.slo.burn import BURN_PAIRS
from scoring.slo.definition import MOST_GROUPS, Missing, SloDefinition, SloId

ANNOTATION = "streamgauge/"
GATE, MIN_COVERAGE, POLICY = (f"{ANNOTATION}{name}" for name in ("gate", "min-coverage", "policy"))
GROUP_BY, MOST, MISSING, TRAFFIC = (f"{ANNOTATION}{name}" for name in ("group-by", "most-groups", "missing", "traffic"))
ANNOTATIONS = (GATE, MIN_COVERAGE, POLICY, GROUP_BY, MOST, MISSING, TRAFFIC)

_SPEC = ("description", "service", "indicator", "indicatorRef", "timeWindow", "budgetingMethod", "objectives")
_METHODS = ("Occurrences", "Timeslices")


HALF = Decimal("0.5")
"""The coverage below which a band is not given, unless the definition says otherwise."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """What the annotations of a definition say."""

    gate: bool = False
    min_coverage: Decimal = HALF
    policy: str = "default"
    group_by: tuple[str, ...] = ()
    most_groups: int = MOST_GROUPS
    missing: Missing = Missing.IGNORE
    traffic: Located | None = None


def read_annotations(node: Located | None) -> Annotated:
    """The annotations; those of other tools are left alone."""
    entries = node.entries() if node else {}
    for key, entry in entries.items():
        if key.startswith(ANNOTATION) and key not in ANNOTATIONS:
            raise entry.wrong(f"is not known; allowed are {', '.join(ANNOTATIONS)}")
    min_coverage = entries[MIN_COVERAGE].decimal() if MIN_COVERAGE in entries else HALF
    if not 0 <= min_coverage <= 1:
        raise entries[MIN_COVERAGE].wrong("must be from 0 to 1")
    most = entries[MOST].decimal() if MOST in entries else Decimal(MOST_GROUPS)
    if most < 1 or most != int(most):
        raise entries[MOST].wrong("must be a whole number of at least 1")
    return Annotated(
        gate=entries[GATE].boolean() if GATE in entries else False,
        min_coverage=min_coverage,
        policy=name_of(entries[POLICY]) if POLICY in entries else "default",
        group_by=labels_of(entries[GROUP_BY].text(), entries[GROUP_BY]) if GROUP_BY in entries else (),
        most_groups=int(most),
        missing=entries[MISSING].choice(Missing) if MISSING in entries else Missing.IGNORE,
        traffic=entries.get(TRAFFIC),
    )


def read_slo(root: Located, shelf: Shelf | None = None) -> SloDefinition:
    """The SLO of one document. shelf: what it may refer to, and where warnings go."""
    shelf = shelf or Shelf()
    top = root.record(TOP)
    top["apiVersion"].exactly(OPENSLO)
    top["kind"].exactly("SLO")
    metadata = top["metadata"].record(("name",), METADATA)
    spec = top["spec"].record(("service", "budgetingMethod", "timeWindow", "objectives"), (*_SPEC, "alertPolicies"))
    name = name_of(metadata["name"])
    annotated = read_annotations(metadata.get("annotations"))
    objective, frame = _objective(spec["objectives"], spec["budgetingMethod"])
    frame = replace(
        frame,
        group_by=annotated.group_by,
        most_groups=annotated.most_groups,
        missing=annotated.missing,
        traffic=annotated.traffic,
    )
    labels = metadata["labels"].texts() if "labels" in metadata else {}
    if ("indicator" in spec) == ("indicatorRef" in spec):
        raise top["spec"].wrong("has either indicator or indicatorRef")
    if "indicator" in spec:
        sli = read_indicator(spec["indicator"], frame, shelf)
    else:
        reference = spec["indicatorRef"]
        sli = read_indicator_spec(shelf.find("SLI", reference), reference.text(), frame, shelf)
    if annotated.missing is Missing.BAD and sli.kind != "time_slices":
        raise metadata["annotations"].entries()[MISSING].wrong("is for time slices; events that nobody saw are unknown")
    _warn_of_pairs_that_cannot_fire(spec, objective, shelf)
    return SloDefinition(
        id=SloId(name),
        title=metadata["displayName"].text() if "displayName" in metadata else name,
        description=spec["description"].text() if "description" in spec else "",
        labels={"service": spec["service"].text(), **labels},
        objective=objective,
        window=read_window(spec["timeWindow"]),
        sli=sli,
        min_coverage=annotated.min_coverage,
        gate=annotated.gate,
        policy=annotated.policy,
    )


def _objective(node: Located, method: Located) -> tuple[Decimal, Frame]:
    if method.text() == "RatioTimeslices":
        raise method.wrong(
            "averages the ratios of slices, whatever happened in them, which misstates a budget; "
            "use Occurrences to weigh by events or Timeslices to count slices"
        )
    slices = method.exactly(*_METHODS) == "Timeslices"
    objectives = node.items()
    if len(objectives) != 1:
        raise node.wrong("must have exactly one objective; write one SLO for each")
    fields = objectives[0].record(
        (), ("displayName", "op", "value", "target", "targetPercent", "timeSliceTarget", "timeSliceWindow")
    )
    if ("target" in fields) == ("targetPercent" in fields):
        raise objectives[0].wrong("has either target or targetPercent")
    target = fields.get("target") or fields["targetPercent"]
    objective = target.decimal() / (1 if "target" in fields else 100)
    if not 0 < objective < 1:
        raise target.wrong(
            f"must be between 0 and 1, both excluded, not {objective}; zero tolerance is no objective but an Invariant"
        )
    for key in ("timeSliceTarget", "timeSliceWindow"):
        if key in fields and not slices:
            raise fields[key].wrong("belongs to the budgeting method Timeslices")
    if "timeSliceWindow" in fields and fields["timeSliceWindow"].text() not in ("1m", "1"):
        raise fields["timeSliceWindow"].wrong("must be 1m: slices are minutes")
    slice_target = fields["timeSliceTarget"].decimal() if "timeSliceTarget" in fields else None
    if slice_target is not None and not 0 < slice_target <= 1:
        raise fields["timeSliceTarget"].wrong("must be above 0 and at most 1")
    return objective, Frame(slices=slices, op=fields.get("op"), value=fields.get("value"), slice_target=slice_target)


def _warn_of_pairs_that_cannot_fire(spec: dict[str, Located], objective: Decimal, shelf: Shelf) -> None:
    """An alert that could not fire if everything were bad (factor × budget ≥ 1) is left out."""
    for pair in BURN_PAIRS:
        if not pair.reachable(objective):
            reason = f"{pair.factor} times the budget is {pair.factor * (1 - objective):f}, and no share is above 1"
            shelf.warn(spec["objectives"], f"the alert {pair.name} can never fire and is left out: {reason}")
    for policy in spec["alertPolicies"].items() if "alertPolicies" in spec else ():
        for condition in _conditions(policy, shelf):
            fields = condition.record(("kind", "op", "threshold"), ("lookbackWindow", "alertAfter"))
            if fields["threshold"].decimal() * (1 - objective) >= 1:
                shelf.warn(fields["threshold"], "this alert can never fire and is left out: not even if all were bad")


def _conditions(policy: Located, shelf: Shelf) -> list[Located]:
    """The conditions of an alert policy that an SLO names or carries."""
    entries = policy.entries() if _is_mapping(policy) else {}
    if "alertPolicyRef" in entries:
        spec = shelf.find("AlertPolicy", entries["alertPolicyRef"])
    elif entries:
        spec = policy.record(("kind", "metadata", "spec"), ("apiVersion",))["spec"]
    else:
        spec = shelf.find("AlertPolicy", policy)
    return alert_conditions(spec, shelf)


def alert_conditions(spec: Located, shelf: Shelf) -> list[Located]:
    """The `condition` of every condition of an AlertPolicy's spec, its own and those of other documents."""
    allowed = ("description", "alertWhenNoData", "alertWhenResolved", "alertWhenBreaching", "notificationTargets")
    found: list[Located] = []
    for item in spec.record(("conditions",), allowed)["conditions"].items():
        entries = item.entries()
        inner = (
            shelf.find("AlertCondition", entries["conditionRef"])
            if "conditionRef" in entries
            else item.record(("kind", "metadata", "spec"), ("apiVersion",))["spec"]
        )
        found.append(inner.record(("condition",), ("description", "severity"))["condition"])
    return found


def _is_mapping(node: Located) -> bool:
    return hasattr(node.node, "value") and isinstance(node.node.value, list)
