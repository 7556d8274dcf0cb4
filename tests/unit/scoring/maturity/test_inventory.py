"""The register: what the estate shows and what people say, as one list."""

from __future__ import annotations

from datetime import UTC, datetime

from scoring.maturity.inventory import Entry, EntryKind, EntryStep, Observed, Stage, in_use, register

AT = datetime(2026, 11, 21, tzinfo=UTC)
SEEN = (Observed(EntryKind.TEAM, "payments", "writes 3 topics"), Observed(EntryKind.TECHNOLOGY, "Kafka Connect", "2"))


def step(kind: EntryKind, name: str, stage: Stage = Stage.UNSAID, *, removed: bool = False) -> EntryStep:
    return EntryStep(Entry(kind, name, stage, "ann"), 3, removed, "eva", AT)


def test_what_people_say_completes_what_is_seen() -> None:
    found = register(SEEN, [step(EntryKind.TEAM, "Payments", Stage.PRODUCTION), step(EntryKind.USE_CASE, "Fraud")])
    assert [(one.entry.kind, one.entry.name, one.seen, one.version) for one in found] == [
        (EntryKind.USE_CASE, "Fraud", "", 3),
        (EntryKind.TECHNOLOGY, "Kafka Connect", "2", 0),
        (EntryKind.TEAM, "Payments", "writes 3 topics", 3),
    ]


def test_what_was_taken_out_stays_out_although_it_is_still_seen() -> None:
    found = register(SEEN, [step(EntryKind.TEAM, "PAYMENTS", removed=True)])
    assert [one.entry.name for one in found] == ["Kafka Connect"]


def test_only_trials_and_production_are_in_use() -> None:
    stages = (Stage.UNSAID, Stage.IDEA, Stage.TRIAL, Stage.PRODUCTION, Stage.RETIRED)
    steps = [step(EntryKind.USE_CASE, f"case {stage}", stage) for stage in stages]
    assert in_use(register((), steps))[EntryKind.USE_CASE] == 2
