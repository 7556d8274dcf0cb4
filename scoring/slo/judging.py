"""The one function that judges an SLO: from slices, definition and terms to its status and the ledger behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scoring.catalog.estate import ClusterName
from scoring.slo.accounts import Flags
from scoring.slo.band_history import band_since
from scoring.slo.burn import BURN_WINDOWS, Burning, burning
from scoring.slo.definition import EventsSli, InvariantSli, SloDefinition
from scoring.slo.exemptions import Exemption, exempted_minutes
from scoring.slo.forecast import lifts_of
from scoring.slo.invariants import Acknowledgement
from scoring.slo.ledger import Ledger, exact_sum, keep_ledger
from scoring.slo.policy import DEFAULT_POLICY, ErrorBudgetPolicy
from scoring.slo.slices import MinuteState, SliceDay, edge, last_edge, minute_index, minutes_in
from scoring.slo.standing import Standing, standing
from scoring.slo.status import SloStatus


@dataclass(frozen=True, slots=True)
class Terms:
    """What people agreed on: policies by name, exemptions (those that are only asked for change nothing), and
    acknowledged violations. A policy that a definition names and that is missing is the default one."""

    policies: Mapping[str, ErrorBudgetPolicy] = field(default_factory=dict)
    exemptions: Sequence[Exemption] = ()
    acknowledgements: Sequence[Acknowledgement] = ()

    def policy_of(self, definition: SloDefinition) -> ErrorBudgetPolicy:
        """The error-budget policy of an SLO."""
        return self.policies.get(definition.policy, DEFAULT_POLICY)


PLAIN_TERMS = Terms()


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A status and what it was read from. ledger: without the exempted minutes; standing: where it ends."""

    definition: SloDefinition
    status: SloStatus
    ledger: Ledger
    standing: Standing


def judge(
    definition: SloDefinition,
    days: Iterable[SliceDay],
    now: datetime,
    cluster: ClusterName,
    group: str = "",
    terms: Terms = PLAIN_TERMS,
    read_from: datetime | None = None,
) -> Judgement:
    """Judges one cluster (and group) at `now`.

    days: all components, at least the window's days; one day more gives down minutes at the window's start their
    estimate; another window's length tells since when the SLO is in its band. Days of other clusters, groups and SLIs
    are passed over. read_from: how far back `days` were looked for, where that is more than there were.
    """
    end = last_edge(now)
    span = definition.window.at(end)
    start = span.start if read_from is None else min(span.start, minute_index(read_from))
    whose = (definition.sli.hash, cluster, group)
    plain = keep_ledger(definition.sli, [it for it in days if (it.sli, it.cluster, it.group) == whose], start, end)
    labels = labels_of(definition, cluster, group)
    exemptions = _exemptions(definition, labels, terms)
    policy = terms.policy_of(definition)
    acknowledgements = [
        one for one in terms.acknowledgements if (one.slo, one.cluster, one.group) == (definition.id, cluster, group)
    ]
    ledger = plain.without(exempted_minutes(exemptions, plain.start, max(end, span.full_end))) if exemptions else plain
    now_at = standing(definition, ledger, end, policy, acknowledgements)
    unexempted = standing(definition, plain, end, policy).budget if ledger is not plain else now_at.budget
    objective = definition.objective
    burns = Burning(dict.fromkeys(BURN_WINDOWS), ())
    if objective is not None:
        burns = burning(ledger, end, objective, definition.window)
    tally = now_at.tally
    counted = _counted(definition, ledger, span.start, end)
    status = SloStatus(
        id=definition.id,
        title=definition.title,
        labels=labels,
        cluster=cluster,
        group=group,
        kind=definition.kind,
        objective=objective,
        window=definition.window.text,
        window_end=edge(span.full_end),
        gate=definition.gate,
        policy=policy,
        state=now_at.state,
        tally=tally,
        budget=now_at.budget,
        projected_budget=now_at.projected,
        unexempted=unexempted,
        exemptions=tuple(one for one in exemptions if one.end > edge(span.start) and one.start < edge(span.full_end)),
        coverage=float(tally.coverage),
        band=now_at.band,
        band_since=band_since(definition, ledger, end, now_at.band, policy, acknowledgements),
        lifts=lifts_of(definition, ledger, now_at, policy),
        burn=burns.rates,
        alerts=burns.verdicts,
        violations=now_at.violations,
        as_of=edge(end),
        estimated=float(tally.estimated),
        client_faults=float(tally.client),
        down_minutes=tally.down,
        by_component={name: count for name, count in counted.items() if count},
        down_since=_down_since(ledger),
        observed_until=_observed_until(ledger),
        notes=_notes(definition, ledger, counted),
    )
    return Judgement(definition, status, ledger, now_at)


def judge_all(
    definition: SloDefinition,
    days: Iterable[SliceDay],
    now: datetime,
    clusters: Iterable[ClusterName],
    terms: Terms = PLAIN_TERMS,
    read_from: datetime | None = None,
) -> list[Judgement]:
    """One judgement a cluster and group, in order; a cluster without any day has one, which says that there is no data.

    Groups are those with a minute that said something, as far as `days` reach.
    """
    by_owner: dict[tuple[ClusterName, str], list[SliceDay]] = {}
    sli = definition.sli.hash
    for day in days:
        if day.sli == sli:
            by_owner.setdefault((day.cluster, day.group), []).append(day)
    found: list[Judgement] = []
    for cluster in clusters:
        for group in sorted(group for owner, group in by_owner if owner == cluster) or [""]:
            its_days = by_owner.get((cluster, group), [])
            found.append(judge(definition, its_days, now, cluster, group, terms, read_from))
    return found


def slo_status(
    definition: SloDefinition,
    days: Iterable[SliceDay],
    now: datetime,
    cluster: ClusterName,
    group: str = "",
    terms: Terms = PLAIN_TERMS,
    read_from: datetime | None = None,
) -> SloStatus:
    """The status alone of `judge`."""
    return judge(definition, days, now, cluster, group, terms, read_from).status


def slo_statuses(
    definition: SloDefinition,
    days: Iterable[SliceDay],
    now: datetime,
    clusters: Iterable[ClusterName],
    terms: Terms = PLAIN_TERMS,
    read_from: datetime | None = None,
) -> list[SloStatus]:
    """The statuses alone of `judge_all`."""
    return [one.status for one in judge_all(definition, days, now, clusters, terms, read_from)]


def labels_of(definition: SloDefinition, cluster: ClusterName, group: str) -> dict[str, str]:
    """The definition's labels with those of the cluster and of the group (`topic=orders,domain=sales`)."""
    labels = {**definition.labels, "cluster": str(cluster)}
    if not group:
        return labels
    names = definition.sli.group_by
    if not names:
        return {**labels, "group": group}
    rest = group
    for name, following in zip(names, (*names[1:], None), strict=True):
        value, _, rest = rest.removeprefix(f"{name}=").partition(f",{following}=") if following else (rest, "", "")
        labels[name] = value.removeprefix(f"{name}=")
    return labels


def _exemptions(definition: SloDefinition, labels: Mapping[str, str], terms: Terms) -> list[Exemption]:
    """The approved exemptions of an SLO; an invariant has none."""
    if isinstance(definition.sli, InvariantSli):
        return []
    return [one for one in terms.exemptions if one.approved and one.matches(definition.id, labels)]


def _counted(definition: SloDefinition, ledger: Ledger, start: int, end: int) -> dict[str, float]:
    """By component what the window counted; of time slices, whose values are a gauge's, the bad ones."""
    span = ledger.span(start, end)
    rows = ledger.components if isinstance(definition.sli, (EventsSli, InvariantSli)) else ledger.account.blame
    return {name: float(exact_sum(values[span])) for name, values in sorted(rows.items())}


def _down_since(ledger: Ledger) -> datetime | None:
    """Start of the down run that the newest known minute belongs to; None when that minute is not down."""
    newest = _last(~minutes_in(ledger.states, MinuteState.PENDING))
    if newest is None or ledger.states[newest] != MinuteState.DOWN:
        return None
    other = _last(~minutes_in(ledger.states[:newest], MinuteState.DOWN))
    return edge(ledger.start + (0 if other is None else other + 1))


def _observed_until(ledger: Ledger) -> datetime | None:
    seen = _last(minutes_in(ledger.states, MinuteState.COVERED, MinuteState.DOWN))
    return None if seen is None else edge(ledger.start + seen + 1)


def _last(flags: Flags) -> int | None:
    """Index of the last flagged minute."""
    from_the_end = int(flags[::-1].argmax()) if len(flags) else 0
    return len(flags) - 1 - from_the_end if len(flags) and flags[-1 - from_the_end] else None


def _notes(definition: SloDefinition, ledger: Ledger, counted: Mapping[str, float]) -> tuple[str, ...]:
    """What the dialects that counted in this window cannot see, once each, in the definition's order; odd metrics."""
    if isinstance(definition.sli, EventsSli | InvariantSli):
        names = [component for component, count in counted.items() if count]
        used = [definition.sli.dialect_of(name) or definition.sli.labelled_dialect for name in names]
    else:
        used = [definition.sli.dialect_of(component) for component in ledger.components]
    seen = (dialect for dialect in definition.sli.dialects if dialect in used and dialect.misses)
    notes = [f"{dialect.misses} {dialect.advice}".strip() for dialect in seen]
    if ledger.account.surplus:
        notes.append(
            f"The metrics contradict each other: in {ledger.account.surplus} minutes more was counted good than there "
            "was in all. Together no less than nothing is taken as bad; compare the two counters' labels."
        )
    return tuple(notes)
