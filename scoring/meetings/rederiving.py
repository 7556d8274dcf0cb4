"""Does an assessment's record follow from itself? Its decisions, by its own rubric, have to come to its result."""

from __future__ import annotations

from scoring.maturity.results import score
from scoring.maturity.rubric import Dimension, Rubric
from scoring.maturity.sheets import Ratings, Sheet
from scoring.meetings.assessment_results import decided_answers, result_json
from scoring.meetings.assessments import rubric_of
from scoring.meetings.canonical import plain
from scoring.meetings.records import Record, RecordError
from scoring.meetings.sessions import SessionKind
from scoring.meetings.subjects import subject_of


def require_rederived(record: Record) -> Rubric:
    """The record's rubric. Raises RecordError for what is no assessment, or says something else than what was decided.

    A hash beside a text proves that nobody changed one of the two; whoever changes a number and the hash is found here.
    What people voted is not in a record, so the profile's medians are taken as they are.
    """
    if record.session.kind is not SessionKind.ASSESSMENT:
        raise RecordError(f"This is the record of another kind of meeting ({record.session.kind}), not an assessment.")
    snapshot = record.snapshot
    try:
        rubric = rubric_of(snapshot)
        if [(pin.kind, pin.hash) for pin in snapshot.definitions] != [("Rubric", rubric.hash)]:
            raise RecordError("The record pins another rubric than the one that it holds.")
        answers = decided_answers(rubric, {entry.subject: entry for entry in record.decisions})
        for indicator, answer in answers.items():
            told = snapshot.subjects[subject_of(indicator)]["answer"]
            if told != answer:
                raise RecordError(f"The record says {told!r} of {indicator}, and what was decided there is {answer!s}.")
        pooled = snapshot.result["profile"]["pooled"]
        rated = {one: median for one in Dimension if (median := pooled[one.value]["median"]) is not None}
        found = plain(
            result_json(score(rubric, Sheet(answers, (Ratings("medians", rated),) if rated else ()))), "result"
        )
        said = snapshot.result["decided"]
        for name, value in found.items():
            if said[name] != value:
                raise RecordError(
                    f"The record says that {name} is {said[name]!r}; its decisions come to {value!r} by its own rubric."
                )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(f"The record is no whole assessment: {error!r}.") from error
    return rubric
