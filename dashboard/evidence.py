"""The shape in which evidence leaves the product, and its verdicts in words."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.shapes import Shape
from dashboard.wording import instant
from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.evaluation import Verdict, over_clusters
from scoring.evidence.finding import Finding
from scoring.maturity.rubric import Rubric

WORDS = {
    VerdictState.SUPPORTED: "proven",
    VerdictState.PARTLY: "partly",
    VerdictState.REFUTED: "refuted",
    VerdictState.NOT_AVAILABLE: "not available",
    VerdictState.NOT_APPLICABLE: "does not apply",
    VerdictState.NOT_SUPPORTED: "not supported",
    VerdictState.ERROR: "error",
    VerdictState.NO_PROBE: "no probe yet",
}


def in_words(verdict: Verdict) -> str:
    """The verdict in a word or two; support that proves nothing is called suggested, and what has expired old."""
    suggested = verdict.state is VerdictState.SUPPORTED and verdict.strength is Strength.SUGGESTS
    words = "suggested" if suggested else WORDS[verdict.state]
    return words if verdict.fresh else f"{words}, old"


def evidence_shape(rubric: Rubric, verdicts: Iterable[Verdict], findings: Iterable[Finding]) -> list[Shape]:
    """Every indicator with its verdict over all clusters, that of each cluster, and the findings behind it."""
    each, said = list(verdicts), list(findings)
    return [
        {
            "indicator": whole.indicator,
            "title": rubric.by_id[whole.indicator].title,
            "level": rubric.by_id[whole.indicator].level,
            **_verdict(whole),
            "probes": list(whole.probes),
            "clusters": [
                {"cluster": one.cluster, **_verdict(one)}
                for one in each
                if one.indicator == whole.indicator and one.cluster is not None
            ],
            "findings": [_finding(one) for one in said if one.probe in whole.probes],
        }
        for whole in over_clusters(each)
    ]


def _verdict(verdict: Verdict) -> Shape:
    return {
        "verdict": in_words(verdict),
        "state": verdict.state.value,
        "strength": None if verdict.strength is None else verdict.strength.value,
        "fresh": verdict.fresh,
        "sentence": verdict.sentence,
        "counts": {outcome.value: count for outcome, count in sorted(verdict.counts.items())},
        "observed_at": instant(verdict.observed_at),
        "fresh_until": instant(verdict.fresh_until),
        "queries": list(verdict.queries),
    }


def _finding(finding: Finding) -> Shape:
    remedy = finding.remediation
    return {
        "probe": finding.probe,
        "cluster": finding.cluster,
        "aspect": finding.aspect,
        "kind": finding.about.kind.value,
        "object": finding.about.name,
        "outcome": finding.outcome.value,
        "sentence": finding.sentence,
        "observed_at": instant(finding.observed_at),
        "fresh_until": instant(finding.fresh_until),
        "source": finding.source.value,
        "query": finding.query,
        "sample": dict(finding.sample),
        "remedy": None if remedy is None else remedy.text,
        "effort": None if remedy is None else remedy.effort.value,
    }
