"""The figures that can be measured, each with the query that found it and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from dashboard.budgets import statuses_of
from dashboard.definitions import definitions
from data.store.read import ReadModel
from data.store.store import Store
from scoring.evidence.finding import Finding, Outcome
from scoring.evidence.probes.l2_1_independent_teams import PROBE as TEAMS_PROBE
from scoring.evidence.probes.l5_6_reused_products import PROBE as REUSE_PROBE
from scoring.maturity.inventory import EntryKind, EntryStep, in_use, register
from scoring.maturity.kpis import Measured
from scoring.maturity.rubric import KpiId
from scoring.slo.standing import SloState
from scoring.slo.status import SloStatus

INVALID, SAMPLED = "invalid records", "sampled records"
"""What the invariant schema-violations counts."""

MONTH = timedelta(days=30)
MONTHS = 4
"""Points of a series that is looked up anew: today and the last three months."""

UPTIME, QUALITY = KpiId("platform-uptime"), KpiId("data-quality")
TEAMS, REUSE, CASES, RECOVERY = (
    KpiId(name) for name in ("teams", "cross-domain-reuse", "use-cases", "time-to-recover")
)
CONNECTIONS, PRODUCTS = KpiId("connection-utilisation"), KpiId("product-slos-met")

PRODUCT_LABEL = "product"
"""The label that says which data product an SLO is about, or that its budgets are grouped by."""


def measured(read: ReadModel, store: Store, moment: datetime) -> Mapping[KpiId, Measured]:
    """What is known of each measurable figure at a moment and in the months before it; a figure that nothing could be
    found of is there without points, and says what was asked."""
    back = [moment - MONTH * number for number in reversed(range(MONTHS))]
    found = {at: store.findings.latest(asof=at) for at in back}
    return {
        TEAMS: _counted_teams(found),
        REUSE: _reused(found),
        CONNECTIONS: _connections(read, back),
        PRODUCTS: _product_slos(read, back),
        UPTIME: _uptime(read, back),
        QUALITY: _quality(read, back),
        CASES: _use_cases(store, back),
        RECOVERY: _recovery(store, moment),
    }


def _as_measured(points: Iterable[tuple[datetime, Decimal | None]], query: str, sentence: str) -> Measured:
    days = {at.date(): value for at, value in points if value is not None}
    return Measured(tuple(sorted(days.items())), query, sentence)


def _queries(findings: Iterable[Finding]) -> str:
    return "; ".join(dict.fromkeys(one.query for one in findings if one.query))


def _counted_teams(found: Mapping[datetime, Sequence[Finding]]) -> Measured:
    points = []
    mine: list[Finding] = []
    for at, findings in found.items():
        mine = [one for one in findings if one.probe == TEAMS_PROBE.id and one.aspect == "teams"]
        seen = {one.about.name for one in mine if one.outcome is Outcome.TRUE}
        points.append((at, Decimal(len(seen)) if seen else None))
    sentence = "Users with access rules of their own that were at work lately; there may be more that share one."
    return _as_measured(points, _queries(mine), sentence)


def _reused(found: Mapping[datetime, Sequence[Finding]]) -> Measured:
    points = []
    mine: list[Finding] = []
    for at, findings in found.items():
        mine = [one for one in findings if one.probe == REUSE_PROBE.id and one.aspect == "products"]
        known = [dict(one.sample).get("used by") for one in mine if one.outcome in (Outcome.TRUE, Outcome.FALSE)]
        users = [int(one) for one in known if one is not None]
        share = Decimal(sum(one > 0 for one in users)) / len(users) * 100 if users else None
        points.append((at, None if share is None else share.quantize(Decimal("0.1"))))
    sentence = (
        "Topics that follow a naming convention, of which it is known whose groups read them; others are left out."
    )
    return _as_measured(points, _queries(mine), sentence)


def _uptime(read: ReadModel, back: Sequence[datetime]) -> Measured:
    shares = []
    for at in back:
        found = [one.sli for one in _statuses(read, "broker-availability", at) if one.sli is not None]
        shares.append((at, _percent(min(found)) if found else None))
    sentence = (
        "Minutes of brokers in which they answered, over 30 days; the worst of the clusters that were observed enough."
    )
    return _as_measured(shares, "SLO broker-availability", sentence)


def _quality(read: ReadModel, back: Sequence[datetime]) -> Measured:
    shares = []
    for at in back:
        found = _statuses(read, "schema-violations", at)
        invalid, sampled = (sum(one.by_component.get(name, 0.0) for one in found) for name in (INVALID, SAMPLED))
        shares.append((at, _percent((sampled - invalid) / sampled) if sampled else None))
    sentence = "Sampled records that follow their registered schema, over 30 days: one of the tests that quality needs."
    return _as_measured(shares, "Invariant schema-violations", sentence)


def _connections(read: ReadModel, back: Sequence[datetime]) -> Measured:
    points = []
    for at in back:
        found = read.flow(at)
        known = found.moved + found.still
        points.append((at, _percent(found.moved / known) if known else None))
    sentence = (
        "Topics that a group has commits of, sink connectors among them, whose commits are others than seven days "
        "before; what was not there then and source connectors, which commit elsewhere, are left out."
    )
    return _as_measured(points, "OffsetFetch, at the end of an hour and a week earlier", sentence)


def _product_slos(read: ReadModel, back: Sequence[datetime]) -> Measured:
    mine = [one for one in definitions() if PRODUCT_LABEL in {*one.labels, *one.sli.group_by}]
    points = []
    for at in back:
        found = [status for one in mine for status in _known(statuses_of(read, one, None, at))]
        met = sum(map(_met, found))
        points.append((at, _percent(met / len(found)) if found else None))
    sentence = (
        f"SLOs with the label {PRODUCT_LABEL}, or with a budget for each {PRODUCT_LABEL}, that met their objective "
        "over their own window; those that were not observed enough are left out."
    )
    return _as_measured(points, ", ".join(f"SLO {one.id}" for one in mine) or f"SLOs by {PRODUCT_LABEL}", sentence)


def _use_cases(store: Store, back: Sequence[datetime]) -> Measured:
    points = []
    for at in back:
        steps: tuple[EntryStep, ...] = store.registers.steps(at)
        known = [one for one in steps if one.entry.kind is EntryKind.USE_CASE]
        running = in_use(register((), steps))[EntryKind.USE_CASE]
        points.append((at, Decimal(running) if known else None))
    return _as_measured(points, "the register below", "Use cases in the register that run as a trial or in production.")


def _recovery(store: Store, moment: datetime) -> Measured:
    start = moment - 3 * MONTH
    rows = store.annotations.rows(start, moment, asof=moment)
    ended = [one for one in rows if one.kind.value == "incident" and one.ends_at is not None and one.starts_at >= start]
    minutes = [Decimal(int((one.ends_at - one.starts_at).total_seconds())) / 60 for one in ended if one.ends_at]
    mean = (sum(minutes, Decimal(0)) / len(minutes)).quantize(Decimal("0.1")) if minutes else None
    sentence = f"Incidents written down on SLO detail that ended within 90 days: {len(minutes)}."
    return _as_measured([(moment, mean)], "annotations of the kind incident", sentence)


def _percent(share: float) -> Decimal:
    """A share as percent, cut and never rounded up: 99.99999 % is not all."""
    return (Decimal(str(share)) * 100).quantize(Decimal("0.001"), ROUND_FLOOR)


def _statuses(read: ReadModel, name: str, at: datetime) -> list[SloStatus]:
    """The statuses of an SLO in clusters that were observed well enough; none where it is not defined."""
    found = (status for one in definitions() if one.id == name for status in statuses_of(read, one, None, at))
    return _known(found)


def _met(status: SloStatus) -> bool:
    """True when nothing was overspent, and an invariant held."""
    return status.state is SloState.OK and (status.remaining is None or status.remaining >= 0)


def _known(found: Iterable[SloStatus]) -> list[SloStatus]:
    return [one for one in found if one.state in (SloState.OK, SloState.VIOLATED)]
