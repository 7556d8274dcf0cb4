"""A review that is hard to set: long names, a huge overspending, no data, a violated invariant, fifteen rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from scoring.meetings.actions import ActionStatus
from scoring.meetings.decisions import Decision
from scoring.meetings.records import Record
from tests.unit.scoring.meetings.meetings import action, entry, record, snapshot, status, subject

LONG_TOPIC = "payments.settlement.transfers.reconciliation.enriched.v12"
UNBROKEN = "consumelatencyp99under500millisecondsofeverytopicthatanybodyeverread"
NOBODY = {"1h": None, "6h": None, "3d": None}

WORST: tuple[dict[str, Any], ...] = (
    status(
        "data-durability", title="Data durability: acknowledged messages lost", objective=None, kind="invariant",
        state="violated", sli=None, remaining=None, remaining_without_exemptions=None, bad=3, total=1_800_000,
        where={LONG_TOPIC: 2, "orders-7": 1}, first="2026-11-17T14:20:00Z", last="2026-11-18T09:00:00Z",
    ),
    status(remaining=-3.721, sli=0.9994123, bad=58_812, remaining_without_exemptions=-4.2),
    status(
        "read-in-time", title=f"{LONG_TOPIC}.{UNBROKEN}", band="halt", remaining=0.199, bad=123_456_789_012,
        total=999_999_999_999_999,
        group=f"topic={LONG_TOPIC}",
        labels={"cluster": "prod-europe-west-frankfurt-1", "owner": "team-payments-settlement-reconciliation"},
    ),
    status("silent", remaining=None, sli=None, bad=0, total=0, state="no_data", band="no_data", band_since=None,
           coverage=0, burn=NOBODY),
    status("idle", remaining=None, sli=None, bad=0, total=0, state="no_traffic", band="no_data", band_since=None),
)  # fmt: skip
HEALTHY = tuple(
    status(f"slo-{number}", remaining=0.3 + number / 20, remaining_without_exemptions=0.3 + number / 20, band="healthy")
    for number in range(10)
)
LINK = f"https://wiki.example.org/display/{UNBROKEN}/2026/11/produce-success-incident-4711?x={UNBROKEN}"


def hard_review() -> tuple[Record, Record]:
    """The review, and the one before it."""
    earlier = [
        one | {"remaining": None if one["remaining"] is None else round(one["remaining"] + 0.1234, 6)} for one in WORST
    ]
    before = record(snapshot=snapshot(*earlier, status("retired")), decisions=(), actions=(), previous=None)
    decisions = (
        entry(1, Decision("fix", "The disk was slow. " * 40, "tom", date(2026, 12, 1), "eva: tighten", (LINK,)),
              subject(WORST[1])),
        entry(2, Decision("parked", "=cmd|'/c calc'!A1 | <b>naïve</b> & Нужно ≥ 5 µs"), subject(WORST[3])),
        entry(1, Decision("keep"), subject(HEALTHY[0])),
    )  # fmt: skip
    actions = (action(1, due=date(2026, 11, 19)), action(2, ActionStatus.DONE), action(3))
    return record(
        snapshot=snapshot(*WORST, *HEALTHY), decisions=decisions, actions=actions, previous=before.sha256
    ), before
