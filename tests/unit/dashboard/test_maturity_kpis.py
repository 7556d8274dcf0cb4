"""The measured figures and the register's sources, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from dashboard.definitions import definitions
from dashboard.maturity_kpis import measured
from dashboard.maturity_register import observed_teams
from data.store import Store, open_store
from data.store.clusters import ClusterFacts
from data.store.policy.read import AnnotationKind
from data.store.slices import SliText
from data.store.store import COLLECTOR
from scoring.actors import Actor
from scoring.catalog.estate import ClusterName, SourceName, TopicName
from scoring.evidence.finding import CONFIG_TTL, About, EvidenceSource, Finding, ObjectKind, Outcome
from scoring.maturity.inventory import Entry, EntryKind, Stage
from scoring.maturity.kpis import Measured
from scoring.maturity.rubric import ProbeId
from scoring.slo.definition import SloDefinition, SloId
from scoring.slo.slices import GROUP, MinuteState, SliceKey, cut_into_days, minute_index
from tests.unit.dashboard.conftest import NOW
from tests.unit.data.store.estates import READERS, SILENT, Clock, Hands, group, offsets

ADMIN = Actor.local_admin()
PROD = ClusterName("prod-eu")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that knows one cluster and nothing else."""
    store = open_store(f"sqlite:///{tmp_path / 'kpis.sqlite'}", clock=lambda: NOW)
    store.registry.register(COLLECTOR, [ClusterFacts(PROD, "prod", "eu", tuple(SourceName))])
    return store


def found(store: Store) -> dict[str, Measured]:
    return {str(name): one for name, one in measured(store.read, store, NOW).items()}


def finding(probe: str, aspect: str, name: str, outcome: Outcome, **sample: object) -> Finding:
    return Finding(
        ProbeId(probe), PROD, aspect, About(ObjectKind.TOPIC, name), outcome, f"{name}.", NOW - timedelta(minutes=5),
        CONFIG_TTL, EvidenceSource.KAFKA, "DescribeAcls", tuple((key.replace("_", " "), str(value)) for key, value in
                                                                sample.items()),
    )  # fmt: skip


def kept(store: Store, *findings: Finding) -> None:
    lease = store.leases.acquire(PROD, "test")
    assert lease is not None
    store.collecting(lease).evidence.findings(findings, NOW - timedelta(minutes=5))


def test_of_nothing_no_figure_is_made_up(store: Store) -> None:
    assert {name: one.points for name, one in found(store).items()} == dict.fromkeys(
        (
            "teams",
            "cross-domain-reuse",
            "connection-utilisation",
            "product-slos-met",
            "platform-uptime",
            "data-quality",
            "use-cases",
            "time-to-recover",
        ),
        (),
    )


def test_recovery_is_the_mean_of_the_incidents_that_ended(store: Store) -> None:
    hours = [(50, timedelta(minutes=30)), (20, timedelta(minutes=75)), (3, None)]
    for ago, lasted in hours:
        start = NOW - timedelta(hours=ago)
        end = None if lasted is None else start + lasted
        store.annotations.add(ADMIN, AnnotationKind.INCIDENT, "down", start, end)
    store.annotations.add(ADMIN, AnnotationKind.DRILL, "drill", NOW - timedelta(hours=9), NOW - timedelta(hours=1))
    old = NOW - timedelta(days=91)
    store.annotations.add(ADMIN, AnnotationKind.INCIDENT, "long ago", old, old + timedelta(hours=9))
    # (30 + 75) / 2 minutes; one goes on, one is too old, a drill is none.
    assert found(store)["time-to-recover"].points == ((NOW.date(), Decimal("52.5")),)


def test_use_cases_are_counted_in_the_register(store: Store) -> None:
    for name, stage in (("a", Stage.PRODUCTION), ("b", Stage.TRIAL), ("c", Stage.IDEA)):
        store.registers.write(ADMIN, Entry(EntryKind.USE_CASE, name, stage), 0)
    assert found(store)["use-cases"].points == ((NOW.date(), Decimal(2)),)


def test_teams_are_those_that_were_seen_at_work(store: Store) -> None:
    seen = [
        finding("l2_1_independent_teams", "teams", "User:a", Outcome.TRUE),
        finding("l2_1_independent_teams", "teams", "User:b", Outcome.TRUE),
        finding("l2_1_independent_teams", "teams", "User:c", Outcome.FALSE),
        finding("l2_1_independent_teams", "teams", "User:d", Outcome.NOT_AVAILABLE),
    ]
    kept(store, *seen)
    teams = found(store)["teams"]
    assert (teams.points, teams.query) == (((NOW.date(), Decimal(2)),), "DescribeAcls")
    assert [one.name for one in observed_teams(seen)] == ["a", "b"]


def test_reuse_leaves_out_products_of_which_nobody_knows_the_readers(store: Store) -> None:
    kept(
        store,
        finding("l5_6_reused_products", "products", "a", Outcome.TRUE, used_by=3),
        finding("l5_6_reused_products", "products", "b", Outcome.FALSE, used_by=1),
        finding("l5_6_reused_products", "products", "c", Outcome.FALSE, used_by=0),
        finding("l5_6_reused_products", "products", "d", Outcome.NOT_AVAILABLE, used_by=0),
    )
    # Two of the three that are known.
    assert found(store)["cross-domain-reuse"].points == ((NOW.date(), Decimal("66.7")),)


def test_quality_is_the_share_of_sampled_records_that_follow_their_schema(store: Store) -> None:
    one = next(one for one in definitions() if one.id == "schema-violations")
    minutes, end = 43_200, minute_index(NOW) - 1
    invalid = np.zeros(minutes)
    invalid[-60] = 432
    rows = {
        GROUP: np.zeros(minutes),
        "invalid records": invalid,
        "sampled records": np.full(minutes, 10.0),
    }
    states = np.full(minutes, MinuteState.COVERED, dtype=np.uint8)
    days = [
        day
        for name, values in rows.items()
        for day in cut_into_days(SliceKey(one.sli.hash, PROD, "", name), end - minutes, values, states)
    ]
    store.slices.merge(SliText(one.sli.hash, one.id, "written"), days)
    # 432 of 432 000 sampled records are invalid; a month ago nobody looked, so there is no point for it.
    assert found(store)["data-quality"].points == ((NOW.date(), Decimal("99.900")),)


def watched_brokers(store: Store) -> SloDefinition:
    """Broker availability over 43 200 minutes of three brokers, one minute of which one was down."""
    one = next(one for one in definitions() if one.id == "broker-availability")
    minutes, end = 43_200, minute_index(NOW) - 1
    up = np.ones(minutes)
    down = up.copy()
    down[-1] = 0
    states = np.full(minutes, MinuteState.COVERED, dtype=np.uint8)
    rows = {GROUP: np.zeros(minutes), "broker-1": down, "broker-2": up, "broker-3": up}
    days = [
        day
        for name, values in rows.items()
        for day in cut_into_days(SliceKey(one.sli.hash, PROD, "", name), end - minutes, values, states)
    ]
    store.slices.merge(SliText(one.sli.hash, one.id, "written"), days)
    return one


def test_uptime_is_the_worst_clusters_and_is_never_rounded_up(store: Store) -> None:
    watched_brokers(store)
    # One of 3 × 43 200 minutes: 99.99922 %.
    assert found(store)["platform-uptime"].points == ((NOW.date(), Decimal("99.999")),)


def test_of_the_slos_of_products_those_count_that_were_observed_enough(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = watched_brokers(store)
    unobserved = next(one for one in definitions() if one.id == "produce-success")
    labelled = [
        replace(one, id=SloId("orders"), labels={"product": "orders"}, objective=Decimal("0.9999")),
        replace(one, id=SloId("bills"), labels={"product": "bills"}, objective=Decimal("0.99")),
        replace(one, id=SloId("refunds"), labels={"product": "refunds"}, objective=Decimal("0.999999")),
        replace(unobserved, id=SloId("carts"), labels={"product": "carts"}),
        replace(one, id=SloId("platform"), objective=Decimal("0.999999")),
    ]
    monkeypatch.setattr("dashboard.maturity_kpis.definitions", lambda: labelled)
    # 99.99922 % keeps 99.99 % and 99 %, and not 99.9999 %: two of three.
    products = found(store)["product-slos-met"]
    assert (products.points, products.query) == (
        ((NOW.date(), Decimal("66.666")),),
        "SLO orders, SLO bills, SLO refunds, SLO carts",
    )


def test_connections_in_use_are_those_whose_commits_moved(store: Store) -> None:
    hands = Hands(store, Clock(), PROD)
    # Two of three moved in a week; the fourth was not watched for so long.
    for at, commits in ((NOW - timedelta(days=7, minutes=30), (4, 8, 4)), (NOW - timedelta(minutes=30), (5, 9, 4, 1))):
        hands.clock.now = at
        topics = {TopicName(name): offsets(one) for name, one in zip("abcd", commits, strict=False)}
        hands.see(groups=(group(),), end_offsets=SILENT, committed={READERS: topics})
    assert found(store)["connection-utilisation"].points == ((NOW.date(), Decimal("66.666")),)
