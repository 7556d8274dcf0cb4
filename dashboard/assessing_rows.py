"""The list of an assessment's questions: where each stands, and how far the whole is. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.assessing import AssessmentState, Verdicts
from dashboard.assessing_words import all_agree, choice_words, scale_word
from dashboard.reviewing_rows import Told
from dashboard.theme import Tone
from scoring.maturity.rubric import Answer
from scoring.meetings.assessments import Beside, beside
from scoring.meetings.sessions import PARKED
from scoring.meetings.subjects import Subject
from scoring.voting.questions import Question

RATINGS_TITLE = "Ratings"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question in the list. place: its id, or nothing for a rating."""

    subject: Subject
    place: str
    title: str
    status: Told


@dataclass(frozen=True, slots=True)
class QuestionList:
    """The questions by level, ratings last; how many are decided, and how many there are."""

    columns: tuple[tuple[str, tuple[QuestionRow, ...]], ...]
    decided: int
    total: int


def question_list(state: AssessmentState, found: Verdicts) -> QuestionList:
    """The list, in the order of the rubric."""
    levels = [
        (
            f"{level.number} {level.title}",
            tuple(
                QuestionRow(subject, one.id, one.title, question_status(state, subject, found))
                for subject in state.questions
                if (one := state.indicator(subject)) is not None and one.level == level.number
            ),
        )
        for level in state.rubric.levels
    ]
    ratings = tuple(
        QuestionRow(subject, "", question.title, question_status(state, subject, found))
        for subject, question in state.questions.items()
        if state.indicator(subject) is None
    )
    progress = state.meeting.progress
    return QuestionList((*levels, (RATINGS_TITLE, ratings)), progress.reviewed, len(progress.statuses))


def question_status(state: AssessmentState, subject: Subject, found: Verdicts) -> Told:
    """Where one question stands: decided, contradicted, voted, waiting. Nothing of a vote before its reveal."""
    entry = state.meeting.decisions.get(subject)
    choice = entry.decision.choice if entry is not None and entry.decision is not None else None
    if choice == PARKED:
        return Told("parked", Tone.NO_DATA)
    if choice is not None:
        return _decided(state, subject, choice, found)
    if subject in state.turnouts:
        return Told(str(state.turnouts[subject]))
    rounds = state.told(subject, found)
    if not rounds:
        return Told("")
    if not rounds[-1].votes:
        return Told("nobody voted", Tone.NO_DATA)
    proposal = state.proposal(subject)
    said = "no proposal" if proposal is None else f"proposed: {_proposal_words(state.questions[subject], proposal)}"
    if rounds[-1].agreement is not None and rounds[-1].agreement.discuss:
        return Told(f"discuss, {said}", Tone.HALT)
    return Told(f"all agree, {said}" if all_agree(rounds[-1]) else said)


def next_to_decide(state: AssessmentState, after: Subject | None = None) -> Subject | None:
    """The next question without a decision, after `after` and then from the top; None when none is left."""
    subjects = list(state.questions)
    start = subjects.index(after) + 1 if after in subjects else 0
    decided = state.meeting.decisions
    waiting = (one for one in (*subjects[start:], *subjects[:start]) if one not in decided and one != after)
    return next(waiting, None)


def _decided(state: AssessmentState, subject: Subject, choice: str, found: Verdicts) -> Told:
    indicator = state.indicator(subject)
    if indicator is not None and beside(Answer(choice), found.get(indicator.id)) is Beside.CONTRADICTED:
        return Told(f"{choice_words(choice)}, contradicted", Tone.INCIDENT)
    return Told(f"✓ {choice_words(choice)}")


def _proposal_words(question: Question, proposal: Answer | int) -> str:
    return scale_word(question.scale, proposal) if isinstance(proposal, int) else choice_words(proposal.value).lower()
