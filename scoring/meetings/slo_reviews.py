"""What an SLO review looks at: statuses and the definitions that they were judged by, as a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from scoring.meetings.canonical import digest, plain
from scoring.meetings.snapshots import DefinitionPin, Snapshot
from scoring.meetings.subjects import Subject, slo_subject
from scoring.slo.definition import EventsSli, InvariantSli, SloDefinition
from scoring.slo.policy import ErrorBudgetPolicy
from scoring.slo.status import SloStatus
from scoring.slo.windows import CalendarWindow


def review_snapshot(
    statuses: Iterable[SloStatus],
    definitions: Iterable[SloDefinition],
    as_of: datetime,
    evidence: Iterable[Mapping[str, Any]] = (),
    result: Mapping[str, Any] | None = None,
) -> Snapshot:
    """The snapshot of a review. statuses: in the order in which the review goes through them, worst first.

    evidence, result: as `Snapshot` has them. The policies of the statuses are pinned beside the definitions.
    """
    shown = list(statuses)
    policies = {status.policy.name: status.policy for status in shown}
    return Snapshot(
        as_of=as_of,
        subjects={subject_of_status(status): numbers_of(status) for status in shown},
        definitions=(
            *(_pin(definition) for definition in definitions),
            *(_policy_pin(policy) for _, policy in sorted(policies.items())),
        ),
        evidence=tuple(evidence),
        result=result or {},
    )


def subject_of_status(status: SloStatus) -> Subject:
    """The subject that a review decides about: the SLO of one cluster and group."""
    return slo_subject(status.id, status.cluster, status.group)


def numbers_of(status: SloStatus) -> dict[str, Any]:
    """The status as `slo status --json` prints it, with its title and its group."""
    return {**status.as_json(), "title": status.title, "group": status.group}


def definition_hash(definition: SloDefinition) -> str:
    """SHA-256 of everything that decides what the numbers mean; titles, descriptions and labels do not."""
    window = definition.window
    content = {
        "id": definition.id,
        "objective": _digits(definition.objective),
        "window": window.text,
        "calendar": [window.zone, window.first] if isinstance(window, CalendarWindow) else None,
        "counted": definition.sli.canonical,
        "judged": _judged(definition),
        "min_coverage": _digits(definition.min_coverage),
        "gate": definition.gate,
        "policy": definition.policy,
    }
    return digest(plain(content))


def _judged(definition: SloDefinition) -> dict[str, Any]:
    """What the SLI's hash leaves open, so that it can be changed without counting anew."""
    sli = definition.sli
    if isinstance(sli, EventsSli):
        return {"classes": sli.classes, "unlisted": sli.unlisted, "bound": _digits(sli.bound)}
    if isinstance(sli, InvariantSli):
        return {"checked": sorted(sli.checked), "minimum_checked": sli.minimum_checked}
    return {
        "condition": [sli.condition.operator, _digits(sli.condition.value)],
        "missing": sli.missing,
        "per_component": sli.per_component,
    }


def _digits(number: Decimal | None) -> str | None:
    """The number without the zeros at its end: 0.9990 promises what 0.999 does."""
    return None if number is None else f"{number.normalize():f}"


def _pin(definition: SloDefinition) -> DefinitionPin:
    kind = "Invariant" if definition.objective is None else "SLO"
    return DefinitionPin(kind, definition.id, definition_hash(definition))


def _policy_pin(policy: ErrorBudgetPolicy) -> DefinitionPin:
    steps = [
        {"below": _digits(step.below), "band": step.band, "actions": step.actions, "stops": sorted(step.stops)}
        for step in sorted(policy.steps, key=lambda step: step.below)
    ]
    content = {"name": policy.name, "steps": steps, "healthy": policy.healthy, "no_data": policy.no_data}
    return DefinitionPin("ErrorBudgetPolicy", policy.name, digest(plain(content)))
