"""The recording that is shipped: small, whole, with something on every page, today and weeks later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files

import pytest

from data.definitions.rubric import read_rubric
from data.definitions.slo_files import load_definitions
from data.evidence.verdicts import verdicts
from data.health.questions import HealthKey
from data.sample import open_sample
from data.sample.opening import RECORDING
from data.store import Store
from data.store.maintenance import check
from scoring.evidence.evaluation import over_clusters
from scoring.maturity.inventory import EntryKind
from scoring.meetings.sessions import SessionKind
from scoring.slo.rules.conventions import SLO

WEEKS = (0, 10, 200)
MINUTE = timedelta(minutes=1)
PROBED = {"L2.1", "L3.2", "L3.4", "L3.5", "L4.1", "L5.6"}


@pytest.fixture(scope="module", params=WEEKS, ids=lambda weeks: f"after {weeks} weeks")
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample as somebody opens it so many weeks from now, who has opened it half an hour before too."""
    now = datetime.now(UTC) + timedelta(weeks=request.param)
    file = tmp_path_factory.mktemp("shipped") / "sample.sqlite"
    open_sample(file, now - 30 * MINUTE).close()
    store = open_sample(file, now)
    assert now - MINUTE < store.clock() <= now
    yield store
    store.close()


def test_it_is_small() -> None:
    with as_file(files("data.sample") / RECORDING) as recording:
        assert recording.stat().st_size < 2 * 1024 * 1024


def test_it_is_whole_and_says_what_it_is(sample: Store) -> None:
    assert check(sample) == []
    assert sample.read.meta().sample
    counts = sample.read.estate_counts()
    assert counts.topics.value is not None
    assert counts.topics.value >= 40


def test_every_probe_has_found_something_and_it_is_fresh(sample: Store) -> None:
    found = {one.indicator: one for one in over_clusters(verdicts(sample, read_rubric().rubric, sample.clock()))}
    probed = {indicator: one for indicator, one in found.items() if one.probes}
    assert set(probed) == PROBED
    assert all(one.decides for one in probed.values()), "no probe lacked anything on the recorded platform"


def test_prometheus_was_asked_about_the_alerts_of_every_slo(sample: Store) -> None:
    (answer,) = [row.reading for row in sample.read.health() if row.reading.key is HealthKey.ALERTS]
    assert {value.labels[SLO] for value in answer.values or ()} == {one.id for one in load_definitions().slos}
    assert sample.clock() - answer.observed_at < 3 * MINUTE


def test_two_assessments_were_closed_before_the_recording_ended(sample: Store) -> None:
    latest, earlier = (
        sample.meetings.read.record(row.session) for row in sample.meetings.read.records(SessionKind.ASSESSMENT)
    )
    assert latest is not None
    assert earlier is not None
    assert (latest.previous, earlier.previous) == (earlier.sha256, None)
    assert latest.session.closed_at is not None
    assert latest.session.closed_at <= sample.clock()
    for record in (latest, earlier):
        assert "sample" in record.session.title
        assert (record.session.opened_by, record.session.closed_by) == ("sample:facilitator", "sample:facilitator")


def test_what_people_claim_and_the_platform_refutes_is_a_contradiction(sample: Store) -> None:
    """The stack's Alertmanager tells nobody of anything (stack/alerting.py), and the room said yes to lag alerting."""
    record = sample.meetings.read.last_record(SessionKind.ASSESSMENT)
    assert record is not None
    beside = {str(one["id"]): one["comparison"] for one in record.snapshot.subjects.values()}
    assert [indicator for indicator, found in beside.items() if found == "contradicted"] == ["L3.4"]
    assert {indicator for indicator, found in beside.items() if found not in ("no_probe", "not_applicable")} >= PROBED


def test_one_action_is_overdue_and_the_others_are_not_whenever_it_is_opened(sample: Store) -> None:
    """Of the first assessment's, due 80 days after its day and 91 days before the second's, one was left open."""
    today = sample.clock().date()
    actions = sample.meetings.read.actions()
    overdue = [one for one in actions if one.is_overdue(today)]
    assert [str(one.subject) for one in overdue] == ["L3.5"]
    assert all(one.due is not None for one in actions)
    assert timedelta(days=10) <= today - min(one.due for one in actions if one.due) <= timedelta(days=12)


def test_there_is_something_on_the_roadmap_page(sample: Store) -> None:
    assert [step.work.due for step in sample.roadmaps.steps()] == [None, None, None], "they are frozen, and would age"
    kinds = [step.entry.kind for step in sample.registers.steps()]
    assert kinds == [EntryKind.USE_CASE] * 3
    assert len(sample.figures.entries()) == 3
