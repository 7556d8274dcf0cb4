"""What probes are given, from a store that a collector has filled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from data.evidence.gathering import EvidenceScope, gather
from data.store import Store, open_store
from scoring.catalog.estate import (
    Absent,
    Acl,
    Connector,
    ConnectorName,
    FailureKind,
    Group,
    Member,
    Present,
    SchemaVersion,
    Subject,
    SubjectName,
)
from scoring.evidence.alert_routing import Matcher, Route, Routing
from scoring.evidence.finding import EvidenceSource
from scoring.evidence.given import ACTIVITY_WINDOW, AlertRule, ClusterEvidence, LagSeries, RunningJobs, SubjectLevel
from scoring.evidence.naming import Naming
from scoring.evidence.probe import Need, seen
from tests.unit.data.store.estates import BILLS, NOON, ORDERS, PROD, READERS, SILENT, Clock, Hands, offsets, topic

EVERYTHING = EvidenceScope(PROD, "prod", Naming(), frozenset(EvidenceSource))
RULE = Acl("User:orders", "*", "WRITE", "ALLOW", "TOPIC", ORDERS, "LITERAL")
SINK = Connector(ConnectorName("sink"), "sink", "RUNNING", "w", ("RUNNING",), (ORDERS,), {"topics": ORDERS}, None)
SUBJECT = Subject(SubjectName("a-value"), "AVRO", "NONE", (1,), SchemaVersion(1, 7, '"string"'))
AWAY = Absent(FailureKind.UNREACHABLE, "Prometheus is not reachable.", "Check that it runs.")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/store.sqlite", clock)
    yield opened
    opened.close()


def look(store: Store, clock: Clock, scope: EvidenceScope = EVERYTHING) -> ClusterEvidence:
    return gather(store.database, scope, clock())


def ends(**sums: int) -> dict[Any, Any]:
    return {ORDERS: offsets(sums["orders"], 0), BILLS: offsets(sums["bills"], 0)}


def test_every_part_of_the_estate_comes_as_it_was_collected(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    member = Member("m", "app-StreamThread-1-consumer", "/h", ((ORDERS, 0),))
    hands.see(
        topics=(topic(),),
        end_offsets={ORDERS: offsets(3, 4)},
        groups=(Group(READERS, "Stable", "Classic", 1, (member,)),),
        committed={},
    )
    hands.see(acls=(RULE,))
    hands.see(subjects=(SUBJECT,))
    hands.see(connectors=(SINK,))

    given = look(store, clock)

    assert [(one.name, one.records) for one in seen(given.topics)] == [(ORDERS, 7)]
    (group,) = seen(given.groups)
    assert (group.members, dict(group.reads), group.active) == ((member,), {ORDERS: True}, True)
    assert seen(given.acls) == (RULE,)
    assert seen(given.subjects) == (SubjectLevel(SUBJECT.name, "NONE"),)
    assert seen(given.connectors) == (SINK,)
    assert isinstance(given.topics, Present)
    assert given.topics.observed_at == NOON


def test_a_topic_was_written_when_its_end_offsets_moved_within_seven_days(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.see(topics=(topic(), topic(BILLS)), end_offsets=ends(orders=5, bills=5), groups=(), committed={})
    early = {one.name: one.written for one in seen(look(store, clock).topics)}
    clock.move(60)
    hands.see(topics=(topic(), topic(BILLS)), end_offsets=ends(orders=6, bills=5), groups=(), committed={})
    moved = {one.name: one.written for one in seen(look(store, clock).topics)}
    clock.move(ACTIVITY_WINDOW.total_seconds())
    hands.see(topics=(topic(), topic(BILLS)), end_offsets=ends(orders=6, bills=5), groups=(), committed={})
    whole = {one.name: one.written for one in seen(look(store, clock).topics)}

    assert early == {ORDERS: None, BILLS: None}
    assert moved == {ORDERS: True, BILLS: None}
    assert whole == {ORDERS: True, BILLS: False}


def test_a_topic_without_a_record_was_never_written(store: Store, clock: Clock) -> None:
    Hands(store, clock).see(topics=(topic(),), end_offsets={ORDERS: offsets(0, 0)}, groups=(), committed={})

    (only,) = seen(look(store, clock).topics)

    assert only.written is False


def test_what_moved_while_nobody_looked_stays_unknown(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.see(topics=(topic(),), end_offsets={ORDERS: offsets(5, 0)}, groups=(), committed={})
    clock.move(ACTIVITY_WINDOW.total_seconds() * 2)
    hands.see(topics=(topic(),), end_offsets={ORDERS: offsets(5, 0)}, groups=(), committed={})

    (only,) = seen(look(store, clock).topics)

    assert only.written is None


def test_a_group_read_when_its_commits_moved(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    groups = (Group(READERS, "Empty", "Classic", 1, ()),)
    for at in (2, 3):
        hands.see(
            topics=(topic(),),
            end_offsets={ORDERS: offsets(5, 5)},
            groups=groups,
            committed={READERS: {ORDERS: offsets(at, 0), BILLS: offsets(1)}},
        )
        clock.move(60)

    (group,) = seen(look(store, clock).groups)

    assert dict(group.reads) == {ORDERS: True, BILLS: None}
    assert group.active is True


def test_what_the_settings_do_not_name_says_which_section_to_add(store: Store, clock: Clock) -> None:
    Hands(store, clock)
    bare = EvidenceScope(PROD, "prod", Naming(), frozenset({EvidenceSource.KAFKA}))

    given = look(store, clock, bare)

    assert given.routing == Absent(
        FailureKind.NOT_CONFIGURED,
        "No Alertmanager is named for cluster prod.",
        "Add the section alertmanager to cluster prod in the settings.",
    )
    assert isinstance(given.subjects, Absent)


def test_what_nobody_looked_at_yet_is_absent(store: Store, clock: Clock) -> None:
    Hands(store, clock)

    given = look(store, clock)

    assert all(isinstance(getattr(given, need.value), Absent) for need in Need)


def test_a_source_that_went_away_is_believed_for_its_time_to_live(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.see(acls=(RULE,))
    clock.move(3600)
    hands.see(acls=SILENT)

    assert seen(look(store, clock).acls) == (RULE,)
    clock.move(24 * 3600)
    gone = look(store, clock).acls
    assert isinstance(gone, Absent)
    assert "No broker answers. It was last read at 2026-11-20 12:00 UTC." in gone.sentence


def test_what_was_not_seen_whole_says_so(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.see(acls=hands.present((RULE,), ("Some rules are hidden.",)))

    part = look(store, clock).acls

    assert isinstance(part, Present)
    assert part.missing == ("Some rules are hidden.",)


ANSWERS: dict[Need, object] = {
    Need.GLOBAL_LEVEL: "BACKWARD",
    Need.LAG_SERIES: LagSeries("kminion", frozenset({"a", "b"})),
    Need.FLINK_JOBS: RunningJobs("flink", 3),
    Need.ALERT_RULES: (
        AlertRule("Lag", "kafka", "lag > 1", "ok", 15.0, NOON - timedelta(seconds=5), {"severity": "warning"}),
        AlertRule("New", "kafka", "lag > 2", "unknown", 15.0, None, {}, "no series"),
    ),
    Need.ROUTING: Routing(
        Route("a", children=(Route("b", (Matcher("team", "=~", "x|y"),), carries_on=True),)),
        {"a": (), "b": ("email",)},
    ),
}


@pytest.mark.parametrize("need", list(ANSWERS))
def test_what_only_probes_ask_comes_back_with_its_query_and_age(store: Store, clock: Clock, need: Need) -> None:
    hands = Hands(store, clock)
    hands.store.evidence.readings({need: Present(ANSWERS[need], NOON, "asked")}, clock())

    part = getattr(look(store, clock), need.value)

    assert part == Present(ANSWERS[need], NOON, "asked")


def test_an_answer_outlives_a_failure_for_an_hour(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.store.evidence.readings({Need.LAG_SERIES: Present(ANSWERS[Need.LAG_SERIES], NOON, "asked")}, clock())
    hands.store.evidence.readings({Need.LAG_SERIES: AWAY}, clock.move(1800))

    assert seen(look(store, clock).lag_series) == ANSWERS[Need.LAG_SERIES]
    clock.move(1801)
    gone = look(store, clock).lag_series
    assert gone == Absent(
        FailureKind.UNREACHABLE,
        "Prometheus is not reachable. It was last read at 2026-11-20 12:00 UTC.",
        "Check that it runs.",
    )


def test_a_first_failure_is_absent_with_its_reason(store: Store, clock: Clock) -> None:
    Hands(store, clock).store.evidence.readings({Need.LAG_SERIES: AWAY}, clock())

    assert look(store, clock).lag_series == AWAY
