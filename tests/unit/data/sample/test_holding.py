"""The sample's meetings are held by the product's own services, and say what was made up for them and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.sample.holding import hold_assessments
from data.sample.meetings import EARLIER, LATEST, PEOPLE, UNITS, Meeting
from data.store import Store, open_store
from data.store.maintenance import check
from scoring.meetings.sessions import SessionKind
from scoring.meetings.subjects import Subject
from scoring.voting.lobbies import GROUPS
from tests.unit.data.store.estates import NOON, Clock, Hands, topic
from tests.unit.scoring.maturity.papers import ALL

DIMENSIONS = ("Technology", "Governance", "Skills", "Operations", "Business Value")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A small estate in which both meetings were held, the last one closed at noon."""
    file = tmp_path_factory.mktemp("held") / "held.sqlite"
    clock = Clock()
    store = open_store(f"sqlite:///{file}", clock)
    Hands(store, clock).see(topics=(topic(),))
    hold_assessments(f"sqlite:///{file}", NOON)
    return store


@pytest.mark.parametrize("meeting", [EARLIER, LATEST], ids=lambda meeting: meeting.title)
def test_everybody_votes_on_every_question(meeting: Meeting) -> None:
    assert [talk.question for talk in meeting.talks] == [*ALL, *DIMENSIONS]
    for talk in meeting.talks:
        assert len(talk.votes) == 9
        assert len(talk.again) in (0, 9)
    assert "sample" in meeting.title


def test_nine_people_of_three_groups_and_two_units_vote() -> None:
    assert [sum(group == name for group, _ in PEOPLE) for name in GROUPS] == [3, 3, 3]
    assert [sum(unit == name for _, unit in PEOPLE) for name in UNITS] == [5, 4]


def test_both_are_closed_by_the_sample_a_quarter_apart(held: Store) -> None:
    latest, earlier = held.meetings.read.records(SessionKind.ASSESSMENT)
    assert latest.closed_at == NOON
    assert earlier.closed_at == NOON - timedelta(days=91, hours=3)
    assert latest.previous == earlier.sha256
    assert {one.actor for one in held.read.audit(limit=1000) if one.action == "session.close"} == {"sample:facilitator"}
    assert check(held) == []


def test_the_levels_are_those_that_the_decisions_come_to(held: Store) -> None:
    """By hand. Before: level 1 is satisfied by L1.1; of L2.1 and L2.3 the first, 1 + 1/2, which is no more than half.

    Then: of level 3 L3.1, L3.2 and L3.4 are satisfied, L3.3 is unknown: 2 + 3/6, and 2 + 4/6 with a yes.
    """
    found = [held.meetings.read.record(row.session) for row in held.meetings.read.records(SessionKind.ASSESSMENT)]
    results = [record.snapshot.result["decided"] for record in found if record is not None]
    assert [(one["level"], one["index_words"], one["index_high_words"]) for one in results] == [
        (2, "2.50", "2.67"),
        (1, "1.50", "1.50"),
    ]
    assert [one["transition"] for one in results] == ["in transition", "in transition"]


def test_votes_of_both_rounds_are_kept_and_nobody_is_exposed(held: Store) -> None:
    record = held.meetings.read.last_record(SessionKind.ASSESSMENT)
    assert record is not None
    voted_twice = [str(one["id"]) for one in record.snapshot.subjects.values() if len(one["rounds"]) == 2]
    assert voted_twice == ["L2.3", "L3.2", "L3.3", "L5.6"]
    first = {name: record.snapshot.subjects[Subject(name)]["rounds"][0] for name in voted_twice}
    assert all(one["agreement"]["discuss"] for one in first.values()), "nobody votes again without a reason"
    assert record.snapshot.subjects[Subject("L4.5")]["rounds"][0]["counts"] is None, "two votes on the scale"
    assert record.snapshot.result["respondents"] == {
        "voters": 9,
        "observers": 0,
        "groups": {"Business sponsors": 3, "Consumers": 3, "Platform team": 3},
        "units": {"Shops": 5, "Supply chain": 4},
    }


def test_where_nothing_was_probed_nothing_is_proven(held: Store) -> None:
    for row in held.meetings.read.records(SessionKind.ASSESSMENT):
        record = held.meetings.read.record(row.session)
        assert record is not None
        assert {one["comparison"] for one in record.snapshot.subjects.values()} <= {
            "claimed",
            "unknown",
            "no_probe",
            "not_applicable",
        }


def test_what_was_done_in_between_is_done_and_the_rest_is_still_open(held: Store) -> None:
    done = [str(one.subject) for one in held.meetings.read.actions(None) if one.status == "done"]
    open_before = [str(one.subject) for one in held.meetings.read.actions() if one.created_at < NOON]
    assert (done, open_before) == (["L3.1", "L3.2", "L3.4"], ["L3.5"])
