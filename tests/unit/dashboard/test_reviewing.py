"""What a review judges, on a month whose bad minutes were counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from dashboard.agreed import agreed
from dashboard.definitions import definitions
from dashboard.reviewing import Review, judged_moment, judgement_of, review_at
from data.store import Store, open_store
from scoring.meetings.subjects import Subject, slo_subject
from tests.browser.reviewable import fill_reviewable

NOW = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
BROKERS = slo_subject("broker-availability", "prod-eu")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database that ends at NOW."""
    url = f"sqlite:///{tmp_path_factory.mktemp('review') / 'reviewable.sqlite'}"
    fill_reviewable(url, NOW)
    store = open_store(url, clock=lambda: NOW)
    yield store
    store.close()


@pytest.fixture(scope="module")
def review(store: Store) -> Review:
    """The review at NOW."""
    return review_at(store.read, definitions(), NOW, agreed(store))


def test_every_slo_of_every_cluster_is_there_the_worst_first(review: Review) -> None:
    subjects = list(review.snapshot.subjects)
    assert len(subjects) == 12
    assert subjects[:4] == [
        slo_subject("data-durability", "prod-eu"),
        BROKERS,
        slo_subject("replication-lag", "prod-eu"),
        slo_subject("schema-violations", "prod-eu"),
    ]
    assert [review.snapshot.subjects[one]["band"] for one in subjects[:5]] == [
        "lockdown",
        "halt",
        "halt",
        "no_data",
        "healthy",
    ]


def test_an_invariant_that_holds_stands_behind_the_budgets_that_were_spent_from(review: Review) -> None:
    healthy = [one["remaining"] for one in review.snapshot.subjects.values() if one["band"] == "healthy"]
    assert None in healthy
    assert all(left is not None for left in healthy[: sum(left is not None and left < 1 for left in healthy)])


def test_what_may_still_come_is_what_was_allowed_less_what_came(review: Review) -> None:
    # 3 brokers × 43 200 minutes × 0.05 % = 64.8 slices, of which broker 2 spent 54.
    left = review.snapshot.subjects[BROKERS]["left"]
    assert left["events"] == pytest.approx(10.8)
    assert left["minutes"] == pytest.approx(3.6)


def test_an_invariant_says_what_it_looked_at(review: Review) -> None:
    numbers = review.snapshot.subjects[slo_subject("data-durability", "prod-eu")]
    assert (numbers["bad"], numbers["total"]) == (3, 60 * 43_200)
    assert numbers["checked"] == "acknowledged canary records"
    assert numbers["exhaustion"] is None


def test_alerts_are_those_of_the_cluster_and_where_nobody_asked_nothing_is_said(review: Review) -> None:
    of = review.snapshot.subjects
    assert of[slo_subject("replication-lag", "prod-eu")]["alerts"]["firing"] == [
        "ticket: band halt",
        "ticket: burn 3d/6h",
    ]
    assert of[BROKERS]["alerts"] == {"rules": True, "firing": [], "observed_at": "2026-11-20T12:00:30Z"}
    assert of[slo_subject("schema-violations", "prod-eu")]["alerts"]["rules"] is False
    assert of[slo_subject("replication-lag", "dr-west")]["alerts"] is None
    asked = [one for one in review.snapshot.evidence if "alerts" in one]
    assert [(one["cluster"], one["rules"]) for one in asked] == [("prod-eu", True)]


def test_the_gate_stands_beside_the_numbers(review: Review) -> None:
    gate = review.snapshot.result["gate"]
    assert set(gate) == {"critical", "non-critical"}
    assert gate["non-critical"] != "go"


def test_judging_for_a_snapshot_gives_the_snapshot_again(store: Store, review: Review) -> None:
    again = review_at(store.read, definitions(), judged_moment(review.snapshot.as_of), agreed(store))
    assert again.snapshot.subjects == review.snapshot.subjects


def test_one_budget_judged_alone_has_the_numbers_of_the_review(store: Store, review: Review) -> None:
    alone = judgement_of(store.read, definitions(), BROKERS, judged_moment(review.snapshot.as_of), agreed(store))
    assert alone is not None
    assert alone.status.as_json().items() <= review.snapshot.subjects[BROKERS].items()
    unknown = slo_subject("broker-availability", "nowhere")
    assert judgement_of(store.read, definitions(), unknown, NOW, agreed(store)) is None


def test_a_single_cluster_can_be_looked_at(store: Store) -> None:
    found = review_at(store.read, definitions(), NOW, agreed(store), cluster=store.read.clusters()[0].name)
    assert len(found.statuses) == 6
    assert Subject("produce-success/nowhere") not in found.statuses
