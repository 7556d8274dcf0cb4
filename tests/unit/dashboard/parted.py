"""An assessment in which five groups vote, each of one mind: three may be told apart, two of two people may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from data.definitions.rubric import read_rubric
from data.store import open_store
from scoring.actors import Actor
from scoring.maturity.rubric import Dimension
from scoring.meetings.assessments import Assessed, assessment_snapshot
from scoring.meetings.sessions import SessionId, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from tests.unit.scoring.maturity.papers import BY_LEVEL
from tests.unit.scoring.meetings.assessing import Held, held

SAYS: Mapping[str, tuple[int, int, int]] = {
    "platform": (3, 3, 4),
    "consumers": (3, 1, 2),
    "traders": (3, 2, 3),
    "sponsors": (2, 5, 5),
    "guests": (2, 5, 5),
}
"""People, the level up to which they say yes to everything (and no above it), and how they rate each dimension.

By hand: the levels 3, 1 and 2 are told, and their spread is 1 to 3 around 2. The two groups of two hide each other:
four people are left over beside the three groups that are told.
"""
NORTH = ("platform", "consumers")
"""The groups whose people work in the north, six of the thirteen; the others work in the south."""


def parted_votes(*, units: bool = False) -> dict[Subject, list[Held]]:
    """The votes about all questions."""
    people = [(name, level, rating) for name, (number, level, rating) in SAYS.items() for _ in range(number)]
    groups = [name for name, _, _ in people]

    def told(subject: str, choices: list[str]) -> list[Held]:
        of, votes = held(subject, choices, groups)
        where = {name: "north" if name in NORTH else "south" for name in SAYS} if units else dict.fromkeys(SAYS, "")
        return [(of, tuple(replace(vote, unit=where[vote.group]) for vote in votes))]

    indicators = {
        Subject(one): told(one, ["yes" if of <= level else "no" for _, level, _ in people])
        for of, ids in BY_LEVEL.items()
        for one in ids
    }
    return indicators | {
        Subject(one.value): told(one.value, [str(rating) for _, _, rating in people]) for one in Dimension
    }


def parted_snapshot(at: datetime, *, units: bool = False) -> Snapshot:
    """What it comes to; nothing is decided."""
    return assessment_snapshot(read_rubric().rubric, at, Assessed(parted_votes(units=units)))


def parted(url: str, now: datetime) -> SessionId:
    """Close such an assessment an hour before `now`."""
    store = open_store(url, clock=lambda: now - timedelta(hours=1))
    try:
        actor, at = Actor.local_admin(), now - timedelta(hours=1)
        session = store.meetings.open(actor, SessionKind.ASSESSMENT, "Five groups", parted_snapshot(at))
        store.meetings.close(actor, session.id, parted_snapshot(at))
        return session.id
    finally:
        store.close()
