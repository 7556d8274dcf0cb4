"""What an assessment comes to: the result of what was decided, and of what the votes propose, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scoring.maturity import rubric_json
from scoring.maturity.agreement import reliability
from scoring.maturity.parts import Part, PartResults, by_part
from scoring.maturity.paths import next_level
from scoring.maturity.profile import Rated
from scoring.maturity.results import Result, index_words, score
from scoring.maturity.rubric import Answer, Dimension, IndicatorId, Rubric
from scoring.maturity.sheets import Sheet
from scoring.maturity.unknowns import weights
from scoring.maturity.votes import Ballot, proposed_sheet
from scoring.meetings.assessment_rounds import Voted, tally_of, told
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.subjects import Subject, subject_of
from scoring.voting.voters import Respondent


def decided_answers(rubric: Rubric, decisions: Mapping[Subject, DecisionEntry]) -> dict[IndicatorId, Answer]:
    """The answer to every indicator: the standing decision, unknown where nothing is decided or it was parked."""
    return {one.id: _answer(decisions.get(subject_of(one.id))) for one in rubric.indicators}


def decided_sheet(answers: Mapping[IndicatorId, Answer], cast: Sequence[Ballot]) -> Sheet:
    """What is scored: the decided answers, and the ratings as they were voted, of which the profile is the medians."""
    return Sheet(answers, proposed_sheet(cast).ratings)


def result_of(
    rubric: Rubric,
    answers: Mapping[IndicatorId, Answer],
    cast: Sequence[Ballot],
    voted: Voted,
    respondents: Iterable[Respondent],
) -> dict[str, Any]:
    """The result as JSON's types.

    rubric: all of it. decided, proposed: the result of each sheet with headline, what is missing and the next level.
    profile: lower medians, pooled and by group and unit. parts: what each group and unit alone proposes, as far as
    nobody is exposed. alpha: by scale, with n. respondents: numbers only.
    """
    sheet, proposals = decided_sheet(answers, cast), proposed_sheet(cast)
    parts = by_part(rubric, cast)
    decided = score(rubric, sheet)
    return {
        "rubric": rubric_json.as_json(rubric),
        "decided": {**result_json(decided), "next": _next(rubric, sheet), "matters_most": _matters_most(rubric, sheet)},
        "proposed": {**result_json(score(rubric, proposals)), "next": _next(rubric, proposals)},
        "profile": {
            "level": decided.profile.level,
            "pooled": _medians(decided.profile.pooled),
            "groups": {name: _medians(one.profile.pooled) for name, one in parts[Part.GROUP].results.items()},
            "units": {name: _medians(one.profile.pooled) for name, one in parts[Part.UNIT].results.items()},
        },
        "parts": {"groups": _parts(parts[Part.GROUP]), "units": _parts(parts[Part.UNIT])},
        "alpha": _alpha(voted),
        "respondents": _people(respondents),
    }


def _answer(entry: DecisionEntry | None) -> Answer:
    decision: Decision | None = None if entry is None else entry.decision
    if decision is None or decision.choice not in {one.value for one in Answer}:
        return Answer.UNKNOWN
    answer = Answer(decision.choice)
    if answer is Answer.NOT_APPLICABLE and not (decision.note and decision.approved_by):
        return Answer.UNKNOWN
    return answer


def result_json(found: Result) -> dict[str, Any]:
    """A result as a record has it: as `assess score` prints it, with headline, what is missing and the counts."""
    return {
        **found.as_json(),
        "headline": found.headline,
        "index_words": index_words(found.low.index),
        "index_high_words": index_words(found.high.index),
        "missing": list(found.missing),
        "counts": [
            {"level": one.level, "gating": one.gating, "applicable": one.applicable, "satisfied": one.satisfied}
            for one in found.low.counts
        ],
    }


def _next(rubric: Rubric, sheet: Sheet) -> dict[str, Any]:
    found = next_level(rubric, sheet)
    paths = [
        {"indicators": list(one.indicators), "reaches": one.reaches, "unknown": list(one.unknown)}
        for one in found.paths
    ]
    return {"level": found.level, "paths": paths}


def _matters_most(rubric: Rubric, sheet: Sheet) -> str | None:
    """The unknown whose answer narrows the bounds most; None when no unknown matters."""
    found = weights(rubric, sheet)
    return found[0].indicator if found else None


def _medians(rated: Mapping[Dimension, Rated]) -> dict[str, Any]:
    return {dimension.value: {"n": rated[dimension].n, "median": rated[dimension].median} for dimension in Dimension}


def _parts(found: PartResults) -> dict[str, Any]:
    spread = found.spread
    return {
        "results": {name: result_json(one) for name, one in found.results.items()},
        "withheld": list(found.withheld),
        "spread": None
        if spread is None
        else {"n": spread.n, "lowest": spread.lowest, "median": spread.median, "highest": spread.highest},
    }


def _alpha(voted: Voted) -> dict[str, Any]:
    """Alpha over the last round of every question of which the spread may be told."""
    last = [held[-1] for held in voted.values() if held]
    tallies = [tally_of(of.question.scale, votes) for of, votes in last if told(of, votes).counts is not None]
    return {
        scale.value: {
            "alpha": None if one.alpha is None else float(one.alpha),
            "questions": one.questions,
            "votes": one.votes,
        }
        for scale, one in reliability(tallies).items()
    }


def _people(respondents: Iterable[Respondent]) -> dict[str, Any]:
    there = [one for one in respondents if one.left_at is None]
    voters = [one for one in there if one.votes]
    return {
        "voters": len(voters),
        "observers": len(there) - len(voters),
        "groups": dict(sorted(Counter(one.group for one in voters).items())),
        "units": dict(sorted(Counter(one.unit for one in voters if one.unit).items())),
    }
