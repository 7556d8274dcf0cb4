"""The evidence as a record keeps it: verdicts, what they stand on, what was asked, and how old it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from scoring.evidence.aspects import VerdictState
from scoring.evidence.evaluation import Verdict
from scoring.evidence.finding import Finding, Outcome
from scoring.maturity.rubric import IndicatorId, Rubric

MOST_FINDINGS = 25
"""Findings of one indicator that a record keeps, what is wrong first; the verdict counts all of them."""

_WORST_FIRST = (
    Outcome.ERROR,
    Outcome.FALSE,
    Outcome.TRUE,
    Outcome.NOT_AVAILABLE,
    Outcome.NOT_SUPPORTED,
    Outcome.NOT_APPLICABLE,
)


def verdict_json(verdict: Verdict | None, as_of: datetime | None) -> dict[str, Any]:
    """A verdict as JSON's types, with the age in seconds of the oldest fact that it stands on."""
    if verdict is None or verdict.state is VerdictState.NO_PROBE:
        return {"state": VerdictState.NO_PROBE.value}
    return {
        "state": verdict.state.value,
        "sentence": verdict.sentence,
        "strength": None if verdict.strength is None else verdict.strength.value,
        "proven": verdict.proven,
        "fresh": verdict.fresh,
        "counts": {outcome.value: number for outcome, number in sorted(verdict.counts.items())},
        "observed_at": verdict.observed_at,
        "fresh_until": verdict.fresh_until,
        "age_seconds": _age(verdict.observed_at, as_of),
        "probes": list(verdict.probes),
        "queries": list(verdict.queries),
    }


def evidence_json(
    rubric: Rubric, verdicts: Mapping[IndicatorId, Verdict], findings: Iterable[Finding], as_of: datetime
) -> tuple[dict[str, Any], ...]:
    """One entry an indicator that a probe looks at, in the rubric's order, with the findings of its probes."""
    found = list(findings)
    entries: list[dict[str, Any]] = []
    for indicator in rubric.indicators:
        verdict = verdicts.get(indicator.id)
        if verdict is None or verdict.state is VerdictState.NO_PROBE:
            continue
        mine = sorted((one for one in found if one.probe in verdict.probes), key=_place)
        entries.append(
            {
                "indicator": indicator.id,
                **verdict_json(verdict, as_of),
                "findings": [_finding(one, as_of) for one in mine[:MOST_FINDINGS]],
                "further_findings": max(0, len(mine) - MOST_FINDINGS),
            }
        )
    return tuple(entries)


def _place(finding: Finding) -> tuple[int, str, str, str, str]:
    about = finding.about
    return _WORST_FIRST.index(finding.outcome), finding.cluster, finding.aspect, about.kind, about.name


def _finding(finding: Finding, as_of: datetime) -> dict[str, Any]:
    remedy = finding.remediation
    return {
        "probe": finding.probe,
        "cluster": finding.cluster,
        "aspect": finding.aspect,
        "about": {"kind": finding.about.kind.value, "name": finding.about.name},
        "outcome": finding.outcome.value,
        "sentence": finding.sentence,
        "observed_at": finding.observed_at,
        "age_seconds": _age(finding.observed_at, as_of),
        "source": finding.source.value,
        "query": finding.query,
        "remediation": None if remedy is None else {"effort": remedy.effort.value, "text": remedy.text},
    }


def _age(observed_at: datetime | None, as_of: datetime | None) -> int | None:
    return None if observed_at is None or as_of is None else max(0, int((as_of - observed_at).total_seconds()))
