"""What may be told of a revealed round: on the screen, in the record and in every export the same.

Numbers are told of three or more people only, and only where groups and units together leave nobody exposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.maturity.agreement import Agreement, agreement
from scoring.maturity.disclosure import FEWEST, disclosed
from scoring.maturity.profile import lower_median
from scoring.maturity.rubric import Answer, Dimension, IndicatorId, Rubric
from scoring.maturity.votes import Ballot, Cast, Scale, Tally, proposal, tally
from scoring.maturity.votes import Vote as Said
from scoring.meetings.subjects import Subject, subject_of
from scoring.voting import choices
from scoring.voting.counting import Vote, counted
from scoring.voting.rounds import Phase, Round
from scoring.voting.voters import RespondentId

Voted = Mapping[Subject, Sequence[tuple[Round, Sequence[Vote]]]]
"""The votes of every revealed round, by subject, the first round before the re-vote."""

_SCALES = {choices.Scale.INDICATOR: Scale.ANSWERS, choices.Scale.RATING: Scale.RATINGS}
_ABSTAINED = {choices.DONT_KNOW: Said.DONT_KNOW, choices.DOES_NOT_APPLY: Said.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class PartTold:
    """The votes of one group or unit. votes: cast, abstentions too; counts: None where they would expose somebody."""

    votes: int
    counts: Mapping[str, int] | None

    def as_json(self) -> dict[str, Any]:
        """As JSON's types."""
        return {"votes": self.votes, "counts": None if self.counts is None else dict(self.counts)}


@dataclass(frozen=True, slots=True)
class RoundTold:
    """One revealed round as it may be told.

    votes: cast, n: of these on the scale. counts: by choice, abstentions too. agreement: None like the counts for fewer
    than three votes on the scale. n, dont_know, does_not_apply: None for fewer than three votes, of whom each would say
    how many have abstained.
    """

    number: int
    scale: choices.Scale
    votes: int
    n: int | None
    counts: Mapping[str, int] | None
    dont_know: int | None
    does_not_apply: int | None
    agreement: Agreement | None
    groups: Mapping[str, PartTold]
    units: Mapping[str, PartTold]

    def as_json(self) -> dict[str, Any]:
        """As JSON's types; shares and quartiles become floats here and nowhere else."""
        agreed = self.agreement
        return {
            "number": self.number,
            "votes": self.votes,
            "n": self.n,
            "counts": None if self.counts is None else dict(self.counts),
            "dont_know": self.dont_know,
            "does_not_apply": self.does_not_apply,
            "agreement": None if agreed is None else {**agreed.as_json(), "reasons": list(agreed.reasons)},
            "groups": {name: part.as_json() for name, part in self.groups.items()},
            "units": {name: part.as_json() for name, part in self.units.items()},
        }


def told(found: Round, votes: Iterable[Vote], evidence: bool | None = None) -> RoundTold:
    """What may be told of a revealed round. evidence: as `agreement` takes it.

    Raises VotingError before the reveal.
    """
    if found.phase is not Phase.REVEALED:
        raise choices.VotingError(f"The votes about {found.subject} are not revealed; reveal them first.")
    cast, scale = list(votes), found.question.scale
    parts = _members(cast)
    voted = frozenset(_key(one.respondent) for one in cast)
    on_scale = frozenset(_key(one.respondent) for one in cast if one.choice not in _ABSTAINED)
    shown = disclosed({_name(part): members for part, members in parts.items()}, voted, on_scale)
    many = len(voted) >= FEWEST
    all_told = tally_of(scale, cast)

    def part_told(part: tuple[str, str]) -> PartTold:
        mine = [one for one in cast if _key(one.respondent) in parts[part]]
        return PartTold(len(mine), counted(scale, mine) if _name(part) in shown.parts else None)

    return RoundTold(
        number=found.number,
        scale=scale,
        votes=len(voted),
        n=len(on_scale) if many else None,
        counts=counted(scale, cast) if shown.everybody else None,
        dont_know=all_told.dont_know if many else None,
        does_not_apply=all_told.not_applicable if many else None,
        agreement=agreement(all_told, evidence) if shown.everybody else None,
        groups={name: part_told((kind, name)) for kind, name in sorted(parts) if kind == "group"},
        units={name: part_told((kind, name)) for kind, name in sorted(parts) if kind == "unit"},
    )


def tally_of(scale: choices.Scale, votes: Iterable[Vote]) -> Tally:
    """The votes as agreement is computed from them."""
    return tally(_SCALES[scale], (_cast(one.choice) for one in votes))


def ballots(rubric: Rubric, voted: Voted) -> list[Ballot]:
    """Everybody's last word on every question, to propose answers from; what fewer than three say proposes nothing."""
    votes: dict[RespondentId, dict[IndicatorId, Said]] = {}
    ratings: dict[RespondentId, dict[Dimension, Cast]] = {}
    people: dict[RespondentId, Vote] = {}
    for indicator, dimension, one in _last_words(rubric, voted):
        people[one.respondent] = one
        cast = _cast(one.choice)
        if dimension is not None:
            ratings.setdefault(one.respondent, {})[dimension] = cast
        elif indicator is not None and isinstance(cast, Said):
            votes.setdefault(one.respondent, {})[indicator] = cast
    return [
        Ballot(_key(key), votes.get(key, {}), ratings.get(key, {}), person.group or None, person.unit or None)
        for key, person in sorted(people.items())
    ]


def proposed(held: Sequence[tuple[Round, Sequence[Vote]]]) -> Answer | int | None:
    """What the last round about a question proposes: an answer, or the lower median of ratings.

    None where fewer than three votes are on the scale: a proposal of two would say what they voted.
    """
    if not held:
        return None
    last, votes = held[-1]
    counts = [_cast(one.choice) for one in votes if one.choice not in _ABSTAINED]
    if len(counts) < FEWEST:
        return None
    if last.question.scale is choices.Scale.RATING:
        return lower_median(one for one in counts if isinstance(one, int))
    return proposal(one for one in counts if isinstance(one, Said))


def _last_words(rubric: Rubric, voted: Voted) -> Iterable[tuple[IndicatorId | None, Dimension | None, Vote]]:
    asked: list[tuple[Subject, IndicatorId | None, Dimension | None]] = [
        *((subject_of(one.id), one.id, None) for one in rubric.indicators),
        *((subject_of(one.dimension.value), None, one.dimension) for one in rubric.dimensions),
    ]
    for subject, indicator, dimension in asked:
        held = voted.get(subject, ())
        if not held:
            continue
        last = held[-1][1]
        if sum(one.choice not in _ABSTAINED for one in last) >= FEWEST:
            yield from ((indicator, dimension, one) for one in last)


def _members(cast: Iterable[Vote]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for one in cast:
        for kind, name in (("group", one.group), ("unit", one.unit)):
            if name:
                found.setdefault((kind, name), set()).add(_key(one.respondent))
    return found


def _name(part: tuple[str, str]) -> str:
    return " ".join(part)


def _key(respondent: RespondentId) -> str:
    return str(respondent)


def _cast(choice: str) -> Cast:
    if choice in _ABSTAINED:
        return _ABSTAINED[choice]
    return int(choice) if choice.isdigit() else Said(choice)
