"""The sample ends now, in its own file, and nothing of it changes but its time."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from data.definitions.rubric import read_rubric
from data.sample import open_sample
from data.sample.opening import RECORDING, SampleError
from data.sample.record import record
from data.sample.shift import HELD_BY, shift
from data.store import Store, open_store
from data.store.maintenance import check
from data.store.read import FactKind
from data.store.slices import SliText
from scoring.actors import Actor, Grant, Role
from scoring.meetings.actions import ActionDraft, ActionStatus
from scoring.meetings.assessments import assessment_snapshot
from scoring.meetings.sessions import SessionKind
from scoring.slo.slices import MinuteState, SliceDay, SliHash
from tests.unit.data.store.estates import NOON, ORDERS, PROD, READERS, Clock, Hands, group, offsets, topic
from tests.unit.data.store.test_findings import finding

SLI = SliText(SliHash("a" * 16), "produce-success", "what is counted")
DAY = date(2026, 11, 20)
RUBRIC = read_rubric().rubric


@pytest.fixture
def recorded(tmp_path: Path) -> Store:
    """A store with a topic that changed once, an hour of lag and one day of slices."""
    clock = Clock()
    store = open_store(f"sqlite:///{tmp_path / 'recorded.sqlite'}", clock)
    hands = Hands(store, clock)
    hands.see(topics=(topic(partitions=2),), groups=(group(),), end_offsets={ORDERS: offsets(9, 9)})
    clock.move(30)
    hands.see(
        topics=(topic(partitions=3),),
        groups=(group(),),
        end_offsets={ORDERS: offsets(10, 10, 0)},
        committed={READERS: {ORDERS: offsets(4, 10, 0)}},
    )
    values, states = np.zeros(1440), np.zeros(1440, dtype=np.uint8)
    values[[0, 718, 719]] = 5, 7, 3
    states[[0, 718, 719]] = MinuteState.COVERED
    states[717] = MinuteState.DOWN
    hands.store.evidence.findings([replace(finding(), observed_at=clock.now)], clock.now)
    hands.store.slices.merge(SLI, [SliceDay(SLI.hash, PROD, "", "NONE", DAY, values, states)])
    return store


def shifted(store: Store, by: timedelta, so_far: timedelta = timedelta(0)) -> None:
    with store.database.writing() as connection:
        shift(connection, by, so_far)


def test_every_observed_time_moves_and_roll_ups_move_by_full_hours(recorded: Store) -> None:
    shifted(recorded, timedelta(days=3, hours=2, minutes=31))
    later = NOON + timedelta(days=3, hours=2, minutes=31)
    old, new = recorded.read.history(FactKind.TOPIC, PROD, ORDERS)
    assert (old.first_seen, old.ended_at, new.first_seen) == (
        later,
        later + timedelta(seconds=30),
        later + timedelta(seconds=30),
    )
    hours = recorded.read.topic_hours(PROD, ORDERS, NOON, NOON + timedelta(days=9))
    assert [(hour.hour, hour.end_first, hour.end_last) for hour in hours] == [
        (datetime(2026, 11, 23, 14, tzinfo=UTC), 18, 20)
    ]
    assert check(recorded) == []


def test_what_probes_said_is_as_old_as_before(recorded: Store) -> None:
    shifted(recorded, timedelta(days=70))
    (only,) = recorded.findings.latest()
    assert only.observed_at == NOON + timedelta(days=70, seconds=30)
    (interval,) = recorded.findings.history(PROD, only.probe, only.aspect, only.about)
    assert (interval.first_seen, interval.last_seen) == (only.observed_at, only.observed_at)
    assert check(recorded) == []


def test_many_short_ways_move_roll_ups_as_far_as_one_long_one(recorded: Store) -> None:
    """Eight times 45 minutes are six hours; the hour that began at noon begins at six in the evening."""
    part = timedelta(minutes=45)
    for number in range(8):
        shifted(recorded, part, number * part)
    hours = recorded.read.topic_hours(PROD, ORDERS, NOON, NOON + timedelta(days=1))
    assert [hour.hour for hour in hours] == [NOON + timedelta(hours=6)]


def test_a_due_date_moves_by_full_days_until_somebody_changes_its_action(recorded: Store) -> None:
    """30 hours twice are two days and a half."""
    actor = Actor(HELD_BY, frozenset({Grant(Role.FACILITATOR)}))
    session = recorded.meetings.open(actor, SessionKind.ASSESSMENT, "Held", assessment_snapshot(RUBRIC, NOON))
    due = date(2026, 12, 1)
    for text in ("left alone", "taken on"):
        recorded.meetings.add_action(actor, session.id, ActionDraft(text, "tom", due))
    record = recorded.meetings.close(actor, session.id)
    taken_on = next(one for one in recorded.meetings.read.actions() if one.text == "taken on")
    recorded.meetings.change_action(
        Actor.local_admin(), taken_on.id, taken_on.version, status=ActionStatus.OPEN, owner="ada", due=due
    )

    shifted(recorded, timedelta(hours=30))
    shifted(recorded, timedelta(hours=30), timedelta(hours=30))

    dues = {one.text: one.due for one in recorded.meetings.read.actions()}
    assert dues == {"left alone": date(2026, 12, 3), "taken on": due}
    assert recorded.meetings.read.record(session.id) == record
    assert check(recorded) == []


def test_minutes_keep_their_counts_across_the_edge_of_a_day(recorded: Store) -> None:
    """Minute 718 plus 12 hours 3 minutes is minute 1441: the second minute of the next day."""
    shifted(recorded, timedelta(hours=12, minutes=3))
    first, second = recorded.read.slice_days(SLI.hash, PROD, DAY, DAY + timedelta(days=1))
    assert (first.values[723], first.states[1439]) == (5, MinuteState.PENDING)
    assert (second.states[0], second.values[1], second.values[2]) == (MinuteState.DOWN, 7, 3)
    assert first.values.sum() + second.values.sum() == 15


def test_a_shift_back_undoes_a_shift_forward(recorded: Store) -> None:
    before = recorded.read.slice_days(SLI.hash, PROD, DAY, DAY)[0], recorded.read.topics()
    shifted(recorded, timedelta(days=400, minutes=7))
    shifted(recorded, -timedelta(days=400, minutes=7))
    after = recorded.read.slice_days(SLI.hash, PROD, DAY, DAY)[0], recorded.read.topics()
    np.testing.assert_array_equal(before[0].values, after[0].values)
    assert before[1] == after[1]


def test_less_than_a_minute_is_refused(recorded: Store) -> None:
    with pytest.raises(ValueError, match="whole minutes"):
        shifted(recorded, timedelta(seconds=90))


def test_a_recording_is_opened_marked_and_ending_now(recorded: Store, tmp_path: Path) -> None:
    recording = tmp_path / RECORDING
    assert recorded.database.file is not None
    size = record(recorded.database.file, recording)
    assert size == recording.stat().st_size
    file = tmp_path / "unpacked.sqlite"
    with gzip.open(recording) as packed, file.open("wb") as plain:
        shutil.copyfileobj(packed, plain)

    now = datetime.now(UTC) + timedelta(days=70, seconds=41)
    store = open_sample(file, now)
    meta = store.read.meta()
    assert meta.sample
    assert meta.recorded_at == NOON + timedelta(seconds=30), "the second look was the last one"
    ends = meta.recorded_at + timedelta(seconds=meta.shifted_by_seconds)
    assert now - timedelta(minutes=1) < ends <= now
    assert store.clock() == ends
    newest = store.read.audit(limit=1)[0]
    assert (newest.action, newest.actor) == ("sample.shift", "system:sample")
    store.close()

    again = open_sample(file, now + timedelta(minutes=3))
    assert again.read.meta() == meta
    again.close()


def test_what_nothing_was_collected_into_is_no_recording(tmp_path: Path) -> None:
    empty = tmp_path / "empty.sqlite"
    open_store(f"sqlite:///{empty}").close()
    with pytest.raises(ValueError, match="nothing was collected into this database"):
        record(empty, tmp_path / RECORDING)
    assert not (tmp_path / RECORDING).exists()


def test_a_database_that_is_no_sample_is_left_alone(recorded: Store) -> None:
    assert recorded.database.file is not None
    with pytest.raises(SampleError, match="holds no sample estate; move it away"):
        open_sample(recorded.database.file, NOON)
    assert recorded.read.topics()[0].seen.first_seen == NOON + timedelta(seconds=30)
