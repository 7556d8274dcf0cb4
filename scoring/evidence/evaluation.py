"""From findings to one verdict an indicator: what the evidence says, how far that goes, and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from scoring.catalog.estate import ClusterName
from scoring.evidence.aspects import Aspects, Judgement, Strength, VerdictState, by_aspect
from scoring.evidence.finding import Finding, Outcome
from scoring.evidence.probe import ITSELF, Probe, ProbeContractError
from scoring.maturity.rubric import IndicatorId, ProbeId

NONE_MORE: Mapping[IndicatorId, Sequence[ProbeId]] = MappingProxyType({})
NO_PROBE_YET = "no probe yet"
NOTHING_YET = "No evidence has been collected yet."

_WITHOUT_EVIDENCE = (
    VerdictState.ERROR,
    VerdictState.NOT_AVAILABLE,
    VerdictState.NOT_SUPPORTED,
    VerdictState.NOT_APPLICABLE,
    VerdictState.NO_PROBE,
)
"""Of several reasons why there is no evidence, the one that is told first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence says about one indicator.

    cluster: None for all clusters together. counts: findings by outcome. observed_at: when the oldest fact was seen
    that it stands on, None when there is none. fresh_until: the moment after which the first of them is too old.
    fresh: False when that has passed; such a verdict is shown with its age and decides nothing.
    """

    indicator: IndicatorId
    state: VerdictState
    sentence: str
    cluster: ClusterName | None = None
    strength: Strength | None = None
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    observed_at: datetime | None = None
    fresh_until: datetime | None = None
    fresh: bool = True
    probes: tuple[ProbeId, ...] = ()
    queries: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """True when the thing itself was observed, and lately; what only suggests never proves."""
        return self.decides and self.state is VerdictState.SUPPORTED and self.strength is Strength.PROVES

    @property
    def decides(self) -> bool:
        """True when it is evidence that has not expired."""
        return self.fresh and self.state.is_evidence


def evaluate(
    findings: Iterable[Finding],
    probes: Sequence[Probe],
    indicators: Iterable[IndicatorId],
    now: datetime,
    also: Mapping[IndicatorId, Sequence[ProbeId]] = NONE_MORE,
) -> tuple[Verdict, ...]:
    """One verdict an indicator and cluster that there are findings of; NO_PROBE, once, where no probe looks at it.

    findings: the latest of every probe and object; without any, what has a probe is not available. Raises
    ProbeContractError when the findings of a cluster are not from exactly these probes: one that is missing would look
    like a platform that lacks nothing. also: probes that a rubric names for an indicator, beside those that name it
    themselves.
    """
    grouped: dict[ClusterName, dict[ProbeId, list[Finding]]] = {}
    for one in findings:
        grouped.setdefault(one.cluster, {}).setdefault(one.probe, []).append(one)
    expected = {probe.id for probe in probes}
    for cluster, found in grouped.items():
        _assert_exactly(cluster, set(found), expected)
    verdicts: list[Verdict] = []
    for indicator in indicators:
        named = also.get(indicator, ())
        asking = [probe for probe in probes if indicator in probe.indicators or probe.id in named]
        if not asking:
            verdicts.append(Verdict(indicator, VerdictState.NO_PROBE, NO_PROBE_YET))
            continue
        if not grouped:
            verdicts.append(Verdict(indicator, VerdictState.NOT_AVAILABLE, NOTHING_YET))
        for cluster in sorted(grouped):
            each = [_verdict(indicator, probe, tuple(grouped[cluster][probe.id]), now) for probe in asking]
            verdicts.append(replace(together(each), cluster=cluster))
    return tuple(verdicts)


def over_clusters(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """One verdict an indicator, over all clusters; its sentence says on how many it holds."""
    by_indicator: dict[IndicatorId, list[Verdict]] = {}
    for one in verdicts:
        by_indicator.setdefault(one.indicator, []).append(one)
    return tuple(together(some) for some in by_indicator.values())


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Several verdicts on one indicator as one.

    Supported when none says otherwise, and proven only when all prove: with a cluster that could not be looked at it
    is a sign. Partly when they disagree. An indicator that does not apply to one cluster is judged by the others, and
    one that has expired no longer takes part while another is fresh.
    """
    if len(verdicts) == 1:
        return verdicts[0]
    fresh = [one for one in verdicts if one.fresh] or list(verdicts)
    evidence = [one for one in fresh if one.state.is_evidence]
    leading = evidence or fresh
    states = {one.state for one in evidence}
    if not evidence:
        state = min((one.state for one in fresh), key=_WITHOUT_EVIDENCE.index)
    else:
        state = states.pop() if len(states) == 1 else VerdictState.PARTLY
    unseen = [one for one in verdicts if one not in evidence and one.state is not VerdictState.NOT_APPLICABLE]
    whole = not unseen and all(one.strength is Strength.PROVES for one in evidence)
    strength = (Strength.PROVES if whole else Strength.SUGGESTS) if state is VerdictState.SUPPORTED else None
    oldest = [one.observed_at for one in leading if one.observed_at is not None]
    ends = [one.fresh_until for one in leading if one.fresh_until is not None]
    counts: Counter[Outcome] = Counter()
    for one in verdicts:
        counts.update(one.counts)
    return Verdict(
        indicator=verdicts[0].indicator,
        state=state,
        sentence=" ".join(_placed(one) for one in sorted(verdicts, key=lambda one: one not in leading)),
        strength=strength,
        counts=dict(counts),
        observed_at=min(oldest, default=None),
        fresh_until=min(ends, default=None),
        fresh=any(one.fresh for one in verdicts),
        probes=tuple(dict.fromkeys(probe for one in verdicts for probe in one.probes)),
        queries=tuple(dict.fromkeys(query for one in verdicts for query in one.queries)),
    )


def _placed(verdict: Verdict) -> str:
    return verdict.sentence if verdict.cluster is None else f"{verdict.cluster}: {verdict.sentence}"


def _verdict(indicator: IndicatorId, probe: Probe, findings: tuple[Finding, ...], now: datetime) -> Verdict:
    aspects = by_aspect(findings)
    judgement = _judged(probe, aspects)
    evidence = [one for one in findings if one.outcome.is_evidence] or list(findings)
    return Verdict(
        indicator=indicator,
        state=judgement.state,
        sentence=judgement.sentence,
        strength=judgement.strength if judgement.state is VerdictState.SUPPORTED else None,
        counts=dict(Counter(one.outcome for one in findings)),
        observed_at=min(one.observed_at for one in evidence),
        fresh_until=min(one.fresh_until for one in evidence),
        fresh=all(one.is_fresh(now) for one in evidence),
        probes=(probe.id,),
        queries=tuple(dict.fromkeys(one.query for one in findings if one.query)),
    )


def _judged(probe: Probe, aspects: Aspects) -> Judgement:
    """What the probe makes of its findings; a look that failed, or was not made, leaves nothing to be judged."""
    if aspects[ITSELF].findings or any(one.outcome is Outcome.ERROR for one in aspects.every):
        return aspects.unsettled()
    judgement = probe.judge(aspects)
    if judgement.state is VerdictState.SUPPORTED and judgement.strength is None:
        raise ProbeContractError(f"{probe.id} supports an indicator without saying how far that goes")
    return judgement


def _assert_exactly(cluster: ClusterName, found: set[ProbeId], expected: set[ProbeId]) -> None:
    missing, strange = sorted(expected - found), sorted(found - expected)
    if missing or strange:
        words = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has {', '.join(strange)}"] * bool(strange)
        raise ProbeContractError(f"The evidence of {cluster} {' and '.join(words)}; run the probes again.")
