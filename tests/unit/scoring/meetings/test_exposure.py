"""An attacker reads the whole snapshot of an anonymous session, and learns of nobody what they voted.

They know who is in which group and unit and who voted, and the text of this program. Two ways to attack: weigh the
distributions that are told against each other, and look whether anything else in the snapshot moves with a vote that
no told distribution counts apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maturity.rubric import Dimension
from scoring.meetings.assessments import Assessed, assessment_snapshot
from scoring.meetings.canonical import canonical
from scoring.meetings.subjects import Subject
from scoring.voting.choices import CHOICES, VALUES, Scale
from scoring.voting.counting import Vote
from scoring.voting.voters import RespondentId
from tests.unit.scoring.maturity.papers import RUBRIC
from tests.unit.scoring.meetings.assessing import NOON, Held, held

RATED = "Skills"
ASKED = {"L1.1": Scale.INDICATOR, "L3.2": Scale.INDICATOR, RATED: Scale.RATING}
KINDS = ("groups", "units")

Votes = Sequence[Sequence[Vote]]
"""The votes of every round of one question."""


@dataclass(frozen=True)
class Room:
    """Who is there: each with a group, and a unit or none."""

    places: tuple[tuple[str, str], ...]

    def vote(self, who: int, choice: str) -> Vote:
        group, unit = self.places[who]
        return Vote(RespondentId(who), choice, group, unit)


rooms = st.builds(
    Room,
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x", "y"])), min_size=1, max_size=11).map(tuple),
)


@st.composite
def sessions(draw: st.DrawFn) -> dict[str, Votes]:
    """What was voted in one or two rounds about each question, by whoever did not stay silent."""
    room = draw(rooms)
    found: dict[str, Votes] = {}
    for subject, scale in ASKED.items():
        rounds = []
        for _ in range(draw(st.integers(1, 2))):
            choices = draw(st.lists(st.sampled_from(["", *CHOICES[scale]]), min_size=len(room.places),
                                    max_size=len(room.places)))  # fmt: skip
            rounds.append([room.vote(who, choice) for who, choice in enumerate(choices) if choice])
        found[subject] = rounds
    return found


def told(session: Mapping[str, Votes]) -> Any:
    """The whole snapshot as it is written down."""
    voted = {
        Subject(subject): [_round(subject, votes, number) for number, votes in enumerate(rounds, 1)]
        for subject, rounds in session.items()
    }
    found = json.loads(canonical(assessment_snapshot(RUBRIC, NOON, Assessed(voted)).as_json()))
    return found | {"subjects": {one["subject"]: one["numbers"] for one in found["subjects"]}}


def _round(subject: str, votes: Sequence[Vote], number: int) -> Held:
    of, _ = held(subject, [], number=number)
    return of, tuple(votes)


def members(votes: Sequence[Vote], kind: str, name: str) -> frozenset[int]:
    return frozenset(one.respondent for one in votes if (one.group if kind == "groups" else one.unit) == name)


def shown(numbers: Mapping[str, Any], votes: Sequence[Vote]) -> list[frozenset[int]]:
    """The people behind every distribution that is told of a round."""
    found: list[frozenset[int]] = []
    if numbers["counts"] is not None:
        found.append(frozenset(one.respondent for one in votes))
    for kind in KINDS:
        found += [members(votes, kind, name) for name, one in numbers[kind].items() if one["counts"] is not None]
    return found


def on_scale(subject: str, votes: Sequence[Vote]) -> frozenset[int]:
    return frozenset(one.respondent for one in votes if one.choice in VALUES[ASKED[subject]])


def exposed(sums: Sequence[frozenset[int]], people: frozenset[int]) -> bool:
    """True when some weighted sum of these is about one or two people: without them a rank is lost."""
    order = sorted(people)
    if not order or not sums:
        return False
    rows = np.array([[one in of for one in order] for of in sums], dtype=float)
    rank = np.linalg.matrix_rank(rows)
    few = [some for number in (1, 2) for some in combinations(range(len(order)), number)]
    return any(
        rank > (np.linalg.matrix_rank(np.delete(rows, some, axis=1)) if len(order) > len(some) else 0) for some in few
    )


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_no_weighing_of_what_the_snapshot_tells_is_about_one_or_two_people(session: dict[str, Votes]) -> None:
    snapshot = told(session)
    for subject, rounds in session.items():
        for numbers, votes in zip(snapshot["subjects"][subject]["rounds"], rounds, strict=True):
            sums = shown(numbers, votes)
            voted = frozenset(one.respondent for one in votes)
            assert not exposed(sums, voted)
            assert not exposed(sums, on_scale(subject, votes))
            assert numbers["counts"] is not None or not sums
            if len(voted) < 3:
                assert [numbers[name] for name in ("n", "dont_know", "does_not_apply", "agreement")] == [None] * 4


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_a_median_of_a_part_is_told_only_where_its_distribution_is_and_follows_from_it(
    session: dict[str, Votes],
) -> None:
    snapshot = told(session)
    last = snapshot["subjects"][RATED]["rounds"][-1]
    for kind in KINDS:
        for name, medians in snapshot["result"]["profile"][kind].items():
            counts = (last[kind].get(name) or {"counts": None})["counts"] or {}
            ratings = sorted(int(one) for one in VALUES[Scale.RATING] for _ in range(counts.get(one, 0)))
            median = ratings[(len(ratings) - 1) // 2] if ratings else None
            assert medians[RATED] == {"n": len(ratings), "median": median}
            assert {medians[one.value]["median"] for one in Dimension if one.value != RATED} == {None}


def parts_shown(snapshot: Any) -> Any:
    """Which distributions are told: what the program has decided, and what an attacker sees of its decision."""
    return [
        (one["counts"] is None, {name: part["counts"] is None for name, part in (*one["groups"].items(),
                                                                                 *one["units"].items())})
        for subject in ASKED
        for one in snapshot["subjects"][subject]["rounds"]
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(sessions(), st.data())
def test_votes_that_no_told_distribution_counts_apart_change_nothing_else_in_the_snapshot(
    session: dict[str, Votes], data: st.DataObject
) -> None:
    """People in the same told distributions swap their votes; of fewer than three they are any others at all."""
    before = told(session)
    other: dict[str, Votes] = {}
    for subject, rounds in session.items():
        scale = ASKED[subject]
        other[subject] = []
        for numbers, votes in zip(before["subjects"][subject]["rounds"], rounds, strict=True):
            kept = list(votes)
            if len(votes) < 3:
                kept = [replace(one, choice=data.draw(st.sampled_from(CHOICES[scale]))) for one in votes]
            elif numbers["counts"] is None:
                kept = [
                    replace(one, choice=data.draw(st.sampled_from(list(VALUES[scale]))))
                    if one.choice in VALUES[scale] else one
                    for one in votes
                ]  # fmt: skip
            sums = shown(numbers, votes)
            for atom in {tuple(one.respondent in of for of in sums) for one in votes}:
                places = [at for at, one in enumerate(kept) if tuple(one.respondent in of for of in sums) == atom]
                swapped = data.draw(st.permutations([kept[at].choice for at in places]))
                for at, choice in zip(places, swapped, strict=True):
                    kept[at] = replace(kept[at], choice=choice)
            other[subject] = [*other[subject], kept]
    after = told(other)
    if parts_shown(after) == parts_shown(before):
        assert after == before
