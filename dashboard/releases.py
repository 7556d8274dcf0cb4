"""May this release go? The gate's answer from the store, the same for the terminal, the HTTP route and the page."""

from __future__ import annotations

from datetime import datetime

from dashboard.agreed import agreed
from dashboard.budgets import statuses_of
from dashboard.definitions import definitions
from dashboard.wording import instant
from data.store.policy.read import not_revoked
from data.store.read import ReadModel
from data.store.store import Store
from scoring.catalog.estate import ClusterName
from scoring.slo.gate import GateDecision, GateReason, GateVerdict, decide
from scoring.slo.judging import Terms
from scoring.slo.policy import ReleaseClass
from scoring.slo.status import SloStatus, number

EXIT_CODES: dict[GateVerdict, int] = {
    GateVerdict.GO: 0,
    GateVerdict.HALT: 3,
    GateVerdict.INCIDENT: 4,
    GateVerdict.LOCKDOWN: 5,
    GateVerdict.NO_DATA: 6,
}
"""What `streamgauge gate` ends with; 2 is kept for a question that cannot be asked like this."""


class UnknownClusterError(ValueError):
    """A gate was asked about a cluster that is not configured."""


def guarding_statuses(
    read: ReadModel, terms: Terms, moment: datetime, cluster: ClusterName | None = None
) -> list[SloStatus]:
    """The status of every SLO marked `gate: true`, in every cluster that is configured (or in this one).

    A cluster that is no longer configured holds nothing back: nobody measures it any more. Raises UnknownClusterError,
    DefinitionError, StoreError.
    """
    configured = [row.name for row in read.clusters() if row.configured]
    if cluster is not None and cluster not in configured:
        raise UnknownClusterError(f"there is no cluster {cluster}; configured are {', '.join(configured) or 'none'}")
    return [
        status
        for definition in definitions()
        if definition.gate
        for name in (configured if cluster is None else [cluster])
        for status in statuses_of(read, definition, name, moment, terms)
    ]


def release_decision(
    store: Store,
    release_class: ReleaseClass,
    moment: datetime,
    cluster: ClusterName | None = None,
    *,
    pass_without_data: bool = False,
) -> GateDecision:
    """The answer to one class of release now, with what people agreed on. Raises what `guarding_statuses` raises."""
    statuses = guarding_statuses(store.read, agreed(store), moment, cluster)
    overrides = not_revoked(store.overrides.rows())
    return decide(release_class, statuses, moment, overrides, pass_without_data=pass_without_data)


def decision_json(decision: GateDecision) -> dict[str, object]:
    """The object that `streamgauge gate --json` and the HTTP route give; its schema is gate.schema.json."""
    return {
        "class": decision.release_class.value,
        "verdict": decision.verdict.value,
        "exit_code": EXIT_CODES[decision.verdict],
        "reason": decision.text,
        "lifts": instant(decision.lifts),
        "as_of": instant(decision.as_of),
        "slos": [_reason_json(reason) for reason in decision.reasons],
    }


def _reason_json(reason: GateReason) -> dict[str, object]:
    status, override = reason.status, reason.overridden
    return {
        "id": status.id,
        "cluster": status.cluster,
        "group": status.group,
        "band": status.band.value,
        "state": status.state.value,
        "remaining": status.remaining,
        "bad": number(status.tally.bad),
        "stops": reason.stops,
        "action": reason.action,
        "lifts": instant(reason.lifts),
        "as_of": instant(status.as_of),
        "override": None
        if override is None
        else {"by": override.overridden_by, "reason": override.reason, "until": instant(override.until)},
    }
