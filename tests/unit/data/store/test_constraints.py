"""What the database itself refuses, whoever writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError

from data.store import Store
from data.store import tables as t
from scoring.actors import Actor
from scoring.meetings.decisions import Decision
from scoring.meetings.sessions import SessionKind
from scoring.meetings.subjects import Subject
from tests.unit.data.store.estates import NOON, ORDERS, Clock, Hands, offsets, topic
from tests.unit.scoring.meetings.meetings import snapshot

LATER = NOON.replace(hour=13)
FACT: dict[str, Any] = {
    "cluster_id": 1, "kind": "topic", "key": "t", "content_id": 1, "size": 1, "known_since": NOON, "first_seen": NOON,
    "first_run": 1, "last_seen": NOON, "last_run": 1,
}  # fmt: skip
ENDED = {"ended_at": LATER, "ended_by": "changed", "ended_run": 2}
RUN: dict[str, Any] = {
    "cluster_id": 1, "source": "kafka", "scope": "estate", "started": NOON, "finished": NOON, "outcome": "ok",
    "error": "",
}  # fmt: skip
STATE: dict[str, Any] = {
    "cluster_id": 1, "source": "kafka", "part": "x", "state": "ok", "since": NOON, "last_attempt": NOON, "error": "",
    "next_step": "",
}  # fmt: skip
HOUR: dict[str, Any] = {
    "hour": NOON, "series_id": 1, "lag_min": 1, "lag_max": 3, "lag_last": 2, "committed_first": 0, "committed_last": 0,
    "samples": 1,
}  # fmt: skip
GRANT: dict[str, Any] = {
    "actor_id": 1, "role": "viewer", "scope_kind": "everything", "scope_name": "", "granted_at": NOON, "granted_by": 1,
}  # fmt: skip
AUDIT: dict[str, Any] = {
    "id": 10**6,
    "at": NOON,
    "actor_id": 1,
    "action": "",
    "object": "",
    "detail": "{}",
    "outcome": "done",
}

SESSION: dict[str, Any] = {
    "kind": "slo_review", "title": "Review", "scope_kind": "everything", "scope_name": "", "zone": "UTC",
    "settings": "{}", "period_start": NOON, "opened_at": NOON, "opened_by": 1,
}  # fmt: skip
HELD: dict[str, Any] = {"session_id": 1}
SNAPSHOT = HELD | {"number": 2, "taken_at": NOON, "taken_by": 1, "snapshot_id": "a" * 12, "body": "{}"}
DECISION = HELD | {
    "subject": "s", "version": 1, "choice": "keep", "note": "", "owner": "", "dissent": "", "evidence": "[]",
    "approved_by": "", "decided_at": NOON, "decided_by": 1,
}  # fmt: skip
ACTION = HELD | {
    "subject": "", "text": "x", "owner": "", "status": "open", "note": "", "version": 1, "created_at": NOON,
    "created_by": 1, "changed_at": NOON, "changed_by": 1,
}  # fmt: skip
RECORD = HELD | {"form": "v1", "sha256": "a" * 64, "body": "{}"}
EXEMPTION: dict[str, Any] = {
    "slos": '["*"]', "matchers": "{}", "starts_at": NOON, "ends_at": LATER, "reason": "why", "requested_at": NOON,
    "requested_by": 1,
}  # fmt: skip
OVERRIDE: dict[str, Any] = {
    "slos": '["*"]', "release_class": "critical", "reason": "why", "until": LATER, "granted_at": NOON, "granted_by": 1,
}  # fmt: skip
ACKNOWLEDGEMENT: dict[str, Any] = {
    "slo": "s", "cluster": "prod", "group_key": "", "found": 1, "through": NOON, "cause": "why", "postmortem": "https://x",
    "acknowledged_at": NOON, "acknowledged_by": 1,
}  # fmt: skip
ANNOTATION: dict[str, Any] = {
    "kind": "deploy", "subject": "*", "starts_at": NOON, "ends_at": NOON, "text": "x", "link": "", "added_at": NOON,
    "added_by": 1,
}  # fmt: skip

GOOD: list[tuple[Table, dict[str, Any]]] = [
    (t.FACTS, FACT),
    (t.FACTS, FACT | ENDED),
    (t.RUNS, RUN),
    (t.SOURCE_STATES, STATE),
    (t.GROUP_HOURS, HOUR),
    (t.ROLE_GRANTS, GRANT),
    (t.AUDIT, AUDIT),
    (t.SESSIONS, SESSION | {"scope_kind": "domain", "scope_name": "sales"}),
    (t.SESSIONS, SESSION | {"kind": "assessment"}),
    (t.SESSIONS, SESSION | {"closed_at": LATER, "closed_by": 1}),
    (t.SNAPSHOTS, SNAPSHOT),
    (t.DECISIONS, DECISION),
    (t.DECISIONS, DECISION | {"choice": None}),
    (t.ACTIONS, ACTION),
    (t.RECORDS, RECORD | {"previous": "b" * 64}),
    (t.EXEMPTIONS, EXEMPTION),
    (t.EXEMPTIONS, EXEMPTION | {"starts_at": NOON - timedelta(days=30)}),
    (t.EXEMPTIONS, EXEMPTION | {"approved_at": LATER, "approved_by": 2, "withdrawn_at": LATER, "withdrawn_by": 1}),
    (t.OVERRIDES, OVERRIDE | {"release_class": None}),
    (t.ACKNOWLEDGEMENTS, ACKNOWLEDGEMENT),
    (t.ANNOTATIONS, ANNOTATION),
    (t.ANNOTATIONS, ANNOTATION | {"ends_at": None}),
]

WRONG: list[tuple[Table, dict[str, Any]]] = [
    (t.FACTS, FACT | {"kind": "gadget"}),
    (t.FACTS, FACT | {"size": -1}),
    (t.FACTS, FACT | {"first_seen": LATER}),
    (t.FACTS, FACT | {"known_since": LATER}),
    (t.FACTS, FACT | {"first_run": 2}),
    (t.FACTS, FACT | {"cluster_id": 99}),
    (t.FACTS, FACT | {"content_id": 99}),
    (t.FACTS, FACT | {"ended_at": LATER}),
    (t.FACTS, FACT | ENDED | {"ended_by": "forgotten"}),
    (t.FACTS, FACT | ENDED | {"ended_run": 0}),
    (t.FACTS, FACT | ENDED | {"last_seen": LATER, "ended_at": NOON}),
    (t.FACTS, FACT | {"key": ORDERS}),
    (t.CONTENTS, {"hash": b"short", "body": "{}"}),
    (t.RUNS, RUN | {"source": "fax"}),
    (t.RUNS, RUN | {"scope": "whenever"}),
    (t.RUNS, RUN | {"outcome": "never"}),
    (t.RUNS, RUN | {"started": LATER}),
    (t.SOURCE_STATES, STATE | {"state": "fine"}),
    (t.SOURCE_STATES, STATE | {"state": "never"}),
    (t.SOURCE_STATES, STATE | {"last_success": LATER}),
    (t.SOURCE_STATES, STATE | {"since": LATER, "ended_at": NOON}),
    (t.SOURCE_STATES, STATE | {"part": ""}),
    (t.LATEST_OFFSETS, {"series_id": 2, "run_id": 1, "at": NOON, "offsets": b"1234567"}),
    (t.LATEST_OFFSETS, {"series_id": 2, "run_id": 1, "at": NOON, "offsets": b"", "lag": -1}),
    (t.LATEST_OFFSETS, {"series_id": 2, "run_id": 1, "at": NOON, "offsets": b"", "lag": 1, "lag_max": 2}),
    (t.LATEST_OFFSETS, {"series_id": 99, "run_id": 1, "at": NOON, "offsets": b""}),
    (t.TOPIC_HOURS, {"hour": NOON.replace(minute=1), "series_id": 1, "end_first": 0, "end_last": 0, "samples": 1}),
    (t.GROUP_HOURS, HOUR | {"samples": 0}),
    (t.GROUP_HOURS, HOUR | {"lag_min": 4}),
    (t.GROUP_HOURS, HOUR | {"lag_last": 4}),
    (t.SLICE_DAYS, {"sli_id": 99, "cluster_id": 1, "day": NOON.date(), "group_key": "", "component": "", "counts": b"1",
                    "states": b"1"}),
    (t.ROLE_GRANTS, GRANT | {"role": "system"}),
    (t.ROLE_GRANTS, GRANT | {"role": "emperor"}),
    (t.ROLE_GRANTS, GRANT | {"scope_kind": "planet", "scope_name": "mars"}),
    (t.ROLE_GRANTS, GRANT | {"scope_name": "sales"}),
    (t.ROLE_GRANTS, GRANT | {"scope_kind": "domain"}),
    (t.ROLE_GRANTS, GRANT | {"revoked_at": LATER}),
    (t.ROLE_GRANTS, GRANT | {"granted_at": LATER, "revoked_at": NOON, "revoked_by": 1}),
    (t.AUDIT, AUDIT | {"outcome": "maybe"}),
    (t.AUDIT, AUDIT | {"actor_id": 99}),
    (t.AUDIT_HEAD, {"id": 2, "first_id": 1, "last_id": 0}),
    (t.SESSIONS, SESSION),
    (t.SESSIONS, SESSION | {"kind": "party"}),
    (t.SESSIONS, SESSION | {"kind": "assessment", "title": ""}),
    (t.SESSIONS, SESSION | {"kind": "assessment", "scope_name": "sales"}),
    (t.SESSIONS, SESSION | {"closed_at": LATER}),
    (t.SESSIONS, SESSION | {"closed_at": NOON, "opened_at": LATER, "closed_by": 1}),
    (t.SNAPSHOTS, SNAPSHOT | {"number": 1}),
    (t.SNAPSHOTS, SNAPSHOT | {"number": 0}),
    (t.SNAPSHOTS, SNAPSHOT | {"snapshot_id": "short"}),
    (t.DECISIONS, DECISION | {"subject": ""}),
    (t.DECISIONS, DECISION | {"choice": ""}),
    (t.DECISIONS, DECISION | {"choice": None, "note": "x"}),
    (t.DECISIONS, DECISION | {"version": 0}),
    (t.DECISIONS, DECISION | {"session_id": 99}),
    (t.DECISIONS, DECISION | {"subject": "produce-success/prod"}),
    (t.ACTIONS, ACTION | {"status": "maybe"}),
    (t.ACTIONS, ACTION | {"text": ""}),
    (t.ACTIONS, ACTION | {"version": 0}),
    (t.ACTIONS, ACTION | {"created_at": LATER}),
    (t.RECORDS, RECORD | {"sha256": "short"}),
    (t.RECORDS, RECORD | {"previous": "short"}),
    (t.RECORDS, RECORD | {"previous": "a" * 64}),
    (t.EXEMPTIONS, EXEMPTION | {"reason": ""}),
    (t.EXEMPTIONS, EXEMPTION | {"ends_at": NOON}),
    (t.EXEMPTIONS, EXEMPTION | {"starts_at": NOON.replace(second=1)}),
    (t.EXEMPTIONS, EXEMPTION | {"starts_at": NOON - timedelta(days=30, minutes=1)}),
    (t.EXEMPTIONS, EXEMPTION | {"approved_at": LATER, "approved_by": 1}),
    (t.EXEMPTIONS, EXEMPTION | {"approved_at": LATER}),
    (t.EXEMPTIONS, EXEMPTION | {"withdrawn_by": 1}),
    (t.EXEMPTIONS, EXEMPTION | {"withdrawn_at": NOON - timedelta(days=1), "withdrawn_by": 1}),
    (t.OVERRIDES, OVERRIDE | {"release_class": "any"}),
    (t.OVERRIDES, OVERRIDE | {"reason": ""}),
    (t.OVERRIDES, OVERRIDE | {"until": NOON}),
    (t.OVERRIDES, OVERRIDE | {"revoked_at": LATER}),
    (t.OVERRIDES, OVERRIDE | {"revoked_at": NOON - timedelta(days=1), "revoked_by": 1}),
    (t.ACKNOWLEDGEMENTS, ACKNOWLEDGEMENT | {"slo": ""}),
    (t.ACKNOWLEDGEMENTS, ACKNOWLEDGEMENT | {"found": 0}),
    (t.ACKNOWLEDGEMENTS, ACKNOWLEDGEMENT | {"cause": ""}),
    (t.ACKNOWLEDGEMENTS, ACKNOWLEDGEMENT | {"postmortem": ""}),
    (t.ACKNOWLEDGEMENTS, ACKNOWLEDGEMENT | {"through": LATER}),
    (t.ACKNOWLEDGEMENTS, ACKNOWLEDGEMENT | {"withdrawn_by": 1}),
    (t.ACKNOWLEDGEMENTS, ACKNOWLEDGEMENT | {"withdrawn_at": NOON - timedelta(days=1), "withdrawn_by": 1}),
    (t.ANNOTATIONS, ANNOTATION | {"kind": "party"}),
    (t.ANNOTATIONS, ANNOTATION | {"subject": ""}),
    (t.ANNOTATIONS, ANNOTATION | {"text": ""}),
    (t.ANNOTATIONS, ANNOTATION | {"starts_at": LATER}),
    (t.ANNOTATIONS, ANNOTATION | {"removed_at": LATER}),
    (t.ANNOTATIONS, ANNOTATION | {"removed_at": NOON - timedelta(days=1), "removed_by": 1}),
    (t.LEASES, {"cluster_id": 99, "holder": "x", "token": 1, "acquired_at": NOON, "expires_at": NOON}),
]  # fmt: skip


def test_the_database_refuses_what_no_service_would_write(store: Store, clock: Clock) -> None:
    Hands(store, clock).see(topics=(topic(),), end_offsets={ORDERS: offsets(1)}, committed={})
    admin = Actor.local_admin()
    review = store.meetings.open(admin, SessionKind.SLO_REVIEW, "Review", snapshot())
    store.meetings.decide(admin, review.id, Subject("produce-success/prod"), Decision("keep"), 0)
    for table, row in GOOD:
        with store.database.writing() as connection:
            connection.execute(table.insert(), row)
            connection.rollback()
    taken = []
    for table, row in WRONG:
        try:
            with store.database.writing() as connection:
                connection.execute(table.insert(), row)
        except IntegrityError:
            continue
        taken.append((table.name, row))
    assert taken == []


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with (
        pytest.raises(Exception, match="has no time zone"),
        store.database.writing() as connection,
    ):
        connection.execute(t.CLUSTERS.insert(), {
            "name": "x", "environment": "", "region": "", "first_seen": NOON.replace(tzinfo=None),
        })  # fmt: skip
