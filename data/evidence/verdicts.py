"""What the stored findings add up to, for pages, reports and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from data.store import Store
from scoring.catalog.estate import ClusterName
from scoring.evidence.evaluation import Verdict, evaluate
from scoring.evidence.finding import Finding
from scoring.evidence.given import ClusterEvidence
from scoring.evidence.probe import Probe
from scoring.evidence.probes import every_probe
from scoring.maturity.rubric import Rubric


def verdicts(
    store: Store,
    rubric: Rubric,
    now: datetime,
    cluster: ClusterName | None = None,
    asof: datetime | None = None,
) -> tuple[Verdict, ...]:
    """One verdict an indicator of the rubric and cluster; `over_clusters` makes one an indicator of them.

    now: the moment that findings must be fresh at; as of a past moment, that moment.
    """
    at = now if asof is None else asof
    found = completed(store.findings.latest(cluster, asof), every_probe(), at)
    also = {one.id: one.probes for one in rubric.indicators}
    return evaluate(found, every_probe(), [one.id for one in rubric.indicators], at, also)


def completed(findings: Iterable[Finding], probes: tuple[Probe, ...], now: datetime) -> list[Finding]:
    """The findings of exactly these probes: those of others are left out, and one that did not run yet says so.

    A version with a new probe reads what an older one has stored, and a past moment knew fewer probes.
    """
    known = {probe.id for probe in probes}
    kept = [one for one in findings if one.probe in known]
    for cluster in sorted({one.cluster for one in kept}):
        ran = {one.probe for one in kept if one.cluster == cluster}
        given = ClusterEvidence(cluster, "", now)
        kept += [probe.not_run(given, now) for probe in probes if probe.id not in ran]
    return kept
