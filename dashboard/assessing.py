"""An assessment as it stands, from what was decided, voted and observed; and the snapshot that closing freezes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.evidence.verdicts import verdicts
from data.store.meetings.reading import Meeting
from data.store.store import Store
from scoring.evidence.evaluation import Verdict, over_clusters
from scoring.maturity.rubric import Answer, Indicator, IndicatorId, Rubric
from scoring.meetings.assessment_rounds import RoundTold, Voted, proposed, told
from scoring.meetings.assessments import Assessed, assessment_snapshot, evidence_of, rubric_of
from scoring.meetings.sessions import SessionId
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject, subject_of
from scoring.voting.counting import Turnout
from scoring.voting.lobbies import Lobby, Mode
from scoring.voting.questions import Question, rubric_questions
from scoring.voting.rounds import ROUNDS, Phase, Round
from scoring.voting.voters import Respondent

Verdicts = Mapping[IndicatorId, Verdict]


@dataclass(frozen=True, slots=True, eq=False)
class AssessmentState:
    """One open assessment at one moment.

    rubric: the one that it was opened with, whatever the instance asks by now. lobby: None until people may join.
    open_round: the vote before the room; in a survey None. turnouts: how many are in, of every open round, by subject.
    voted: every vote of every revealed round: to be judged, never to be drawn one by one.
    """

    meeting: Meeting
    rubric: Rubric
    questions: Mapping[Subject, Question]
    lobby: Lobby | None
    open_round: Round | None
    turnouts: Mapping[Subject, Turnout]
    voted: Voted
    respondents: Sequence[Respondent]

    @property
    def is_survey(self) -> bool:
        """True while a survey runs."""
        return self.lobby is not None and self.lobby.mode is Mode.SURVEY

    @property
    def joined(self) -> dict[str, int]:
        """Voters who are there, by group; groups of which nobody is there too."""
        groups = self.lobby.settings.groups if self.lobby else ()
        there = [one.group for one in self.respondents if one.votes]
        return {group: there.count(group) for group in groups}

    @property
    def observers(self) -> int:
        """Those who are there and look on."""
        return sum(one.observer and one.left_at is None for one in self.respondents)

    def indicator(self, subject: Subject) -> Indicator | None:
        """The indicator that a subject is about; None for a dimension."""
        return next((one for one in self.rubric.indicators if subject_of(one.id) == subject), None)

    def told(self, subject: Subject, found: Verdicts) -> list[RoundTold]:
        """What may be told of the revealed rounds about a subject, the first before the re-vote."""
        indicator = self.indicator(subject)
        evidence = None if indicator is None else evidence_of(found.get(indicator.id))
        return [told(of, votes, evidence) for of, votes in self.voted.get(subject, ())]

    def proposal(self, subject: Subject) -> Answer | int | None:
        """What the votes about a subject propose."""
        return proposed(self.voted.get(subject, ()))

    def may_vote(self, subject: Subject) -> bool:
        """True when a vote about this subject can be started now: none is open, and there was at most one."""
        return self.open_round is None and not self.is_survey and len(self.voted.get(subject, ())) < ROUNDS[-1]


def assessment_state(store: Store, session: SessionId) -> AssessmentState:
    """An assessment as it stands. Raises NoSessionError, and ValueError for one whose rubric was tampered with."""
    meeting, read = store.meetings.read.meeting(session), store.voting.read
    rubric = rubric_of(meeting.snapshot)
    lobby = read.lobby(session)
    asked = () if lobby is None else read.asked(session).rounds
    by_round = {} if lobby is None else read.turnout(session)
    opened = [one for one in asked if one.phase is Phase.OPEN]
    survey = lobby is not None and lobby.mode is Mode.SURVEY
    return AssessmentState(
        meeting=meeting,
        rubric=rubric,
        questions={one.subject: one for one in rubric_questions(rubric)},
        lobby=lobby,
        open_round=opened[0] if opened and not survey else None,
        turnouts={one.subject: by_round[one.id] for one in opened if one.id in by_round},
        voted=read.revealed_votes(session),
        respondents=read.respondents(session),
    )


def found_verdicts(store: Store, rubric: Rubric, now: datetime) -> Verdicts:
    """What the evidence says about every indicator, over all clusters, at this moment."""
    found = verdicts(store, rubric, now)
    return {one.indicator: one for one in over_clusters(found)}


def last_snapshot(store: Store, state: AssessmentState, now: datetime) -> Snapshot:
    """What closing freezes: questions, votes as far as they may be told, decisions, evidence and result at `now`."""
    return assessment_snapshot(
        state.rubric,
        now,
        Assessed(
            voted=state.voted,
            decisions=state.meeting.decisions,
            verdicts=found_verdicts(store, state.rubric, now),
            findings=store.findings.latest(),
            respondents=state.respondents,
        ),
    )
