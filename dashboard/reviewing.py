"""What an SLO review looks at: every budget judged at one moment, with what a meeting asks beside the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dashboard.budgets import judged_each
from dashboard.reviewing_alerts import alert_answers, alerts_about
from data.health.readings import HealthRow
from data.store.read import ReadModel, SourceState
from scoring.catalog.estate import ClusterName
from scoring.meetings.slo_reviews import review_snapshot, subject_of_status
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject, subject_of
from scoring.slo.definition import InvariantSli, SloDefinition
from scoring.slo.forecast import exhaustion
from scoring.slo.gate import Override, badness, decide
from scoring.slo.judging import Judgement, Terms
from scoring.slo.policy import ReleaseClass
from scoring.slo.slices import READING_DELAY
from scoring.slo.status import SloStatus, rfc3339


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """Every budget at one moment, the worst first. snapshot: its numbers, as a session keeps them.

    The ledgers behind them are not in it: a month of minutes of a hundred SLOs fills hundreds of megabytes, and the
    reader keeps reviews of several minutes. `judgement_of` judges the one SLO that somebody looks at again.
    """

    statuses: Mapping[Subject, SloStatus]
    snapshot: Snapshot


def review_at(
    read: ReadModel,
    definitions: Sequence[SloDefinition],
    moment: datetime,
    terms: Terms,
    overrides: Sequence[Override] = (),
    cluster: ClusterName | None = None,
) -> Review:
    """Judge everything at `moment`. cluster: only this one, None for all."""
    judged = judged_each(read, definitions, cluster, moment, terms)
    alerts = alert_answers(read.health(cluster))
    found = sorted(((one.status, beside(one, alerts)) for one in judged), key=lambda pair: badness(pair[0]))
    statuses = [status for status, _ in found]
    subjects = [subject_of_status(status) for status in statuses]
    plain = review_snapshot(
        statuses,
        definitions,
        statuses[0].as_of if statuses else moment,
        evidence=_evidence(read.source_states(cluster), statuses, alerts),
        result={"gate": {kind.value: decide(kind, statuses, moment, overrides).verdict.value for kind in ReleaseClass}},
    )
    whole = {subject: {**plain.subjects[subject], **more} for subject, (_, more) in zip(subjects, found, strict=True)}
    return Review(dict(zip(subjects, statuses, strict=True)), replace(plain, subjects=whole))


def judgement_of(
    read: ReadModel, definitions: Iterable[SloDefinition], subject: Subject, moment: datetime, terms: Terms
) -> Judgement | None:
    """The judgement of one subject; None when nothing defined is called that."""
    for definition in definitions:
        if subject.split("/")[0] == subject_of(definition.id):
            for one in judged_each(read, [definition], None, moment, terms):
                if subject_of_status(one.status) == subject:
                    return one
    return None


def judged_moment(as_of: datetime) -> datetime:
    """When to judge to see the numbers of a snapshot again: closed slices never change."""
    return as_of + READING_DELAY


def beside(judgement: Judgement, alerts: Iterable[HealthRow]) -> dict[str, Any]:
    """What a review's table shows beside the numbers that `slo status --json` prints, of JSON's types.

    action: what the policy demands. lifts: when the band does. left: bad events (slices) and minutes that may still
    come. exhaustion: when the budget is gone, None without one. firing: pairs of burn rates above their factor.
    alerts: what Prometheus fires of the generated rules, from `alerts`; None when that is not known.
    checked: what an invariant's total is made of. notes: what the numbers cannot see.
    """
    status = judgement.status
    sli = judgement.definition.sli
    gone = exhaustion(judgement.definition, judgement.ledger, judgement.standing)
    return {
        "action": status.policy.action(status.band, ReleaseClass.NON_CRITICAL),
        "lifts": rfc3339(status.lifts.get(status.band)),
        "left": {"events": status.events_left, "minutes": status.minutes_left},
        "exhaustion": gone
        and {
            "spent": gone.spent,
            "earliest": rfc3339(gone.earliest),
            "latest": rfc3339(gone.latest),
            "known": bool(gone.by_pace),
        },
        "alerts": alerts_about(status, sli.group_by, alerts),
        "firing": [verdict.pair.name for verdict in status.alerts if verdict.firing],
        "down_since": rfc3339(status.down_since),
        "observed_until": rfc3339(status.observed_until),
        "checked": sli.noun if isinstance(sli, InvariantSli) else None,
        "notes": list(status.notes),
    }


def _evidence(
    sources: Iterable[SourceState], statuses: Iterable[SloStatus], alerts: Iterable[HealthRow]
) -> list[dict[str, Any]]:
    """What stood beside the numbers: how the sources were, what was asked about alerts, which exemptions counted."""
    exempted = {one.id: one for status in statuses for one in status.exemptions}
    return [
        *(
            {
                "source": state.source.value,
                "cluster": state.cluster,
                "state": state.state.value,
                "last_success": rfc3339(state.last_success),
            }
            for state in sources
        ),
        *(
            {
                "alerts": row.reading.query,
                "cluster": row.cluster,
                "observed_at": rfc3339(row.reading.observed_at),
                "rules": row.reading.values is not None,
            }
            for row in alerts
        ),
        *(
            {"exemption": one.id, "from": rfc3339(one.start), "to": rfc3339(one.end), "reason": one.reason}
            for _, one in sorted(exempted.items())
        ),
    ]
