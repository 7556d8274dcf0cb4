"""Holds the sample's assessments: made-up people vote through the product's own services, beside real evidence.

For maintainers, as a part of making the recording. Whoever opens the sample gets meetings that are closed and frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.definitions.rubric import read_rubric
from data.evidence.verdicts import verdicts
from data.sample.meetings import EARLIER, FIGURES, LATEST, PEOPLE, REGISTER, ROADMAP, UNITS, Meeting
from data.sample.shift import HELD_BY
from data.store import Store, open_store
from data.store.voting.voting import Voting
from scoring.actors import Actor, Grant, Role
from scoring.evidence.evaluation import over_clusters
from scoring.maturity.rubric import Rubric
from scoring.meetings.actions import Action, ActionStatus
from scoring.meetings.assessments import Assessed, assessment_snapshot
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.sessions import SessionId, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject, subject_of
from scoring.voting.ballots import Ballot
from scoring.voting.lobbies import LobbySettings
from scoring.voting.questions import question_about
from scoring.voting.voters import Joining

FACILITATOR = Actor(HELD_BY, frozenset({Grant(Role.FACILITATOR), Grant(Role.EDITOR)}))

STEP = timedelta(minutes=2)
"""How long the room takes for a question."""

WORDS: Mapping[str, str] = {"y": "yes", "p": "partial", "n": "no", "?": "unknown", "-": "n/a"}
"""Votes as `meetings.py` writes them; ratings are digits and stand for themselves."""


@dataclass(slots=True)
class Clock:
    """The time that the meetings believe it is."""

    now: datetime

    def __call__(self) -> datetime:
        """That time."""
        return self.now


def hold_assessments(url: str, ends: datetime) -> None:
    """Hold both meetings in a store that ends at `ends`, when the last one is closed, and say what follows from it."""
    clock = Clock(ends)
    with _opened(url, clock) as (store, voting):
        rubric = read_rubric().rubric
        for meeting in (EARLIER, LATEST):
            _hold(store, voting, clock, rubric, meeting, ends - meeting.before)
            _go_on(store, clock, meeting)
        clock.now = ends
        for entry in REGISTER:
            store.registers.write(FACILITATOR, entry, 0)
        for kpi, ago, value, note in FIGURES:
            store.figures.enter(FACILITATOR, kpi, (ends - timedelta(days=ago)).date(), value, note)
        for item, work in ROADMAP.items():
            store.roadmaps.change(FACILITATOR, item, work, 0)


@contextmanager
def _opened(url: str, clock: Clock) -> Iterator[tuple[Store, Voting]]:
    """The store, and its voting with this clock: the store's own takes the machine's."""
    store = open_store(url, clock)
    voting = Voting(store.database, store.writer, clock)
    try:
        yield store, voting
    finally:
        voting.close()
        store.close()


def _hold(store: Store, voting: Voting, clock: Clock, rubric: Rubric, meeting: Meeting, closes: datetime) -> None:
    """One meeting from opening to record; every question is voted, talked about and decided before the next one."""
    clock.now = closes - (len(meeting.talks) + 1) * STEP
    opened = store.meetings.open(
        FACILITATOR,
        SessionKind.ASSESSMENT,
        meeting.title,
        assessment_snapshot(rubric, clock.now),
        settings={"units": list(UNITS)},
    )
    tokens = _join(voting, opened.id)
    entries: dict[Subject, DecisionEntry] = {}
    for talk in meeting.talks:
        subject = subject_of(talk.question)
        for votes in filter(None, (talk.votes, talk.again)):
            _vote(voting, opened.id, rubric, subject, dict(zip(tokens, votes, strict=True)))
        decision = Decision(
            choice=WORDS.get(talk.choice, talk.choice),
            note=talk.note,
            owner=talk.owner,
            due=None if talk.due_in is None else (closes + timedelta(days=talk.due_in)).date(),
            dissent=talk.dissent,
            approved_by=talk.approved_by,
        )
        entries[subject] = store.meetings.decide(FACILITATOR, opened.id, subject, decision, 0)
        clock.now += STEP
    clock.now = closes
    last = _last_snapshot(store, voting, rubric, opened.id, entries, closes)
    decided = {subject: entry.version for subject, entry in entries.items()}
    store.meetings.close(FACILITATOR, opened.id, last, decided=decided)


def _join(voting: Voting, session: SessionId) -> list[str]:
    """Everybody comes in by the PIN. Returns their phones' tokens, in the order of PEOPLE."""
    lobby = voting.lobbies.open(FACILITATOR, session, LobbySettings(units=UNITS))
    joined = [voting.admission.join("sample", lobby.pin, Joining(group, unit)) for group, unit in PEOPLE]
    return [one.token for one in joined]


def _vote(voting: Voting, session: SessionId, rubric: Rubric, subject: Subject, votes: Mapping[str, str]) -> None:
    """One round: everybody votes, then all of it is revealed."""
    held = voting.rounds.start(FACILITATOR, session, question_about(rubric, subject))
    cast = [voting.casting.cast(token, Ballot(held.id, WORDS.get(vote, vote))) for token, vote in votes.items()]
    for one in cast:
        one.result()
    voting.rounds.reveal(FACILITATOR, session, held.id)


def _last_snapshot(
    store: Store,
    voting: Voting,
    rubric: Rubric,
    session: SessionId,
    entries: Mapping[Subject, DecisionEntry],
    at: datetime,
) -> Snapshot:
    """What is frozen. The evidence is what was known at that moment: before the recording began, none."""
    return assessment_snapshot(
        rubric,
        at,
        Assessed(
            voted=voting.read.revealed_votes(session),
            decisions=entries,
            verdicts={one.indicator: one for one in over_clusters(verdicts(store, rubric, at, asof=at))},
            findings=store.findings.latest(asof=at),
            respondents=voting.read.respondents(session),
        ),
    )


def _go_on(store: Store, clock: Clock, meeting: Meeting) -> None:
    """What became of the meeting's actions until the next one."""
    for action in store.meetings.read.actions():
        about = meeting.done.get(action.subject)
        if about is not None:
            days, note = about
            clock.now = action.created_at + timedelta(days=days)
            _settle(store, action, note)


def _settle(store: Store, action: Action, note: str) -> None:
    store.meetings.change_action(
        FACILITATOR,
        action.id,
        action.version,
        status=ActionStatus.DONE,
        owner=action.owner,
        due=action.due,
        note=note,
    )
