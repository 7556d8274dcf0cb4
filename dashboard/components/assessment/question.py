"""One question before the room: what it asks, the vote, its reveal, the evidence after it, and the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.assessing import AssessmentState
from dashboard.assessing_rows import next_to_decide
from dashboard.assessing_words import (
    TALK_SECONDS,
    all_agree,
    choice_words,
    evidence_told,
    scale_word,
    speakers_words,
)
from dashboard.components.acting import tell
from dashboard.components.assessment import markup, seen, steps
from dashboard.components.assessment.deciding import draw_decision_bar, live_standing
from dashboard.components.assessment.push import POLL_SECONDS, draw_push
from dashboard.context import PageContext, page_context
from dashboard.theme import Tone, mark, plain
from data.store.failures import StoreError
from scoring.actors import Role
from scoring.maturity.rubric import Answer
from scoring.meetings.assessment_rounds import RoundTold
from scoring.meetings.sessions import PARKED, SessionId
from scoring.meetings.subjects import Subject

_REDRAW = "assess_redraw"
"""Session state: True when a button of the live part asks for the whole page."""


def draw_question(context: PageContext, state: AssessmentState, subject: Subject, top: DeltaGenerator) -> None:
    """The question fills the screen. What lives is a part of its own, so nothing that somebody types is touched."""
    with top:
        _draw_walk(state, subject)
    st.html(markup.question(state.questions[subject], place_words(state, subject)))
    st.fragment(draw_live, run_every=POLL_SECONDS)(state.meeting.session.id, subject)
    with st.container(key="assess_deciding", border=True):
        tell()
        live_standing(state, subject)
        draw_decision_bar(context, state, subject)


def draw_live(session: SessionId, subject: Subject) -> None:
    """The live part; when the database cannot be read for a moment it says so and tries again, and the rest stands."""
    try:
        _draw_vote(session, subject)
    except StoreError as error:
        st.error(plain(str(error)))


def _draw_vote(session: SessionId, subject: Subject) -> None:
    """The vote: how many are in, then how they are spread, and what the evidence says beside it."""
    context = page_context()
    state = seen.state_of(context, session)
    if st.session_state.pop(_REDRAW, False) or not state.meeting.session.is_open or state.is_survey:
        st.rerun(scope="app")
    rounds = state.told(subject, seen.verdicts_of(context, state.rubric))
    voting = state.open_round is not None and state.open_round.subject == subject
    with st.container(key="assess_live", horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(key="assess_room", width="stretch", gap=None):
            draw_push(context, state, subject, people=False)
            if rounds and not voting:
                st.html(markup.agreement(rounds[-1], _speakers(state, subject, rounds[-1])))
        _draw_steps(context, state, subject)
    tell()
    if rounds:
        st.html(markup.spread(state.questions[subject], rounds, _names(state, subject)))
        if not voting:
            _draw_talk(context, state, subject, rounds[-1])
            _draw_evidence(context, state, subject)


def place_words(state: AssessmentState, subject: Subject) -> str:
    """Where a question stands in the rubric."""
    indicator = state.indicator(subject)
    if indicator is None:
        return "Rating of a dimension, 1 to 5"
    level = next(one for one in state.rubric.levels if one.number == indicator.level)
    weak = "" if indicator.gates else " · a weakness: no level asks for it"
    return f"{indicator.id} · level {level.number}, {level.title} · {indicator.dimension} · {indicator.title}{weak}"


def _draw_walk(state: AssessmentState, subject: Subject) -> None:
    subjects, progress = list(state.questions), state.meeting.progress
    place = subjects.index(subject)
    st.markdown(
        f"**{place + 1} of {len(subjects)}** · {progress.reviewed} of {len(subjects)} decided",
        width="stretch",
    )
    with st.container(key="assess_walk", horizontal=True, gap="small", width="content"):
        st.button(
            "Previous", key="assess_previous", shortcut="P", on_click=seen.show_question, args=(subjects[place - 1],)
        )
        st.button(
            "Next",
            key="assess_next",
            shortcut="N",
            on_click=seen.show_question,
            args=(subjects[(place + 1) % len(subjects)],),
        )
        st.button("All questions", key="assess_all", shortcut="Esc", on_click=seen.show_question, args=(None,))


def _draw_steps(context: PageContext, state: AssessmentState, subject: Subject) -> None:
    """The one thing to do now: let people join, take over, vote, reveal, vote again."""
    session, lobby = state.meeting.session, state.lobby
    allowed = context.actor.may(Role.FACILITATOR, session.scope)
    if lobby is None:
        st.button(
            "Let people join",
            key="assess_join",
            on_click=steps.open_lobby,
            args=(context, session),
            disabled=not allowed,
        )
        return
    if lobby.presenter != context.actor.name:
        st.markdown(mark(Tone.HALT, f"{lobby.presenter} is presenting"), width="content")
        st.button(
            "Take over", key="assess_take_over", on_click=steps.take_over, args=(context, session), disabled=not allowed
        )
        return
    found = state.open_round
    if found is not None and found.subject != subject:
        name = state.questions[found.subject].title if found.subject in state.questions else found.subject
        st.button(
            f"The vote about “{plain(name)}” is open: go to it",
            key="assess_go_open",
            on_click=_go_to,
            args=(found.subject,),
        )
        return
    if found is not None:
        st.button(
            "Reveal",
            key="assess_reveal",
            shortcut="E",
            type="primary",
            on_click=steps.reveal,
            args=(context, state),
            disabled=not allowed,
        )
        st.button(
            "Put aside", key="assess_aside", on_click=steps.put_aside, args=(context, state), disabled=not allowed
        )
        return
    held = len(state.voted.get(subject, ()))
    if state.may_vote(subject):
        st.button(
            "Start vote" if not held else "Vote once more",
            key="assess_vote",
            shortcut="V",
            type="secondary" if held else "primary",
            on_click=steps.start_vote,
            args=(context, state, subject),
            disabled=not allowed,
        )


def _go_to(subject: Subject) -> None:
    seen.show_question(subject)
    st.session_state[_REDRAW] = True


def _draw_talk(context: PageContext, state: AssessmentState, subject: Subject, last: RoundTold) -> None:
    """That nobody needs to talk; or that it has taken long enough."""
    decided = subject in state.meeting.decisions
    proposal = state.proposal(subject)
    if all_agree(last) and proposal not in (None, Answer.UNKNOWN) and not decided:
        choice = str(proposal) if isinstance(proposal, int) else str(proposal.value if proposal else "")
        following = next_to_decide(state, subject) or subject
        if st.button(
            f"All agree: record “{choice_words(choice)}” and go on",
            key="assess_accept",
            shortcut="G",
            type="primary",
            disabled=not context.actor.may(Role.FACILITATOR, state.meeting.session.scope),
        ):
            steps.accept(context, state, subject, choice, following)
            st.rerun(scope="app")
        return
    revealed = state.voted[subject][-1][0].revealed_at
    if not decided and revealed is not None:
        talked = (context.store.voting.clock() - revealed).total_seconds()
        if TALK_SECONDS <= talked < 20 * TALK_SECONDS:
            st.markdown(mark(Tone.HALT, "More than three minutes on this: park it with an owner (Z), and go on."))


def _speakers(state: AssessmentState, subject: Subject, last: RoundTold) -> str:
    """Who speaks, while nothing is decided."""
    if subject in state.meeting.decisions:
        return ""
    named = state.lobby is not None and state.lobby.settings.named
    return speakers_words(last, _names(state, subject)[-1] if named else None)


def _draw_evidence(context: PageContext, state: AssessmentState, subject: Subject) -> None:
    indicator = state.indicator(subject)
    if indicator is None:
        return
    verdict = seen.verdicts_of(context, state.rubric).get(indicator.id)
    answer, people = said_by_people(state, subject)
    st.html(markup.evidence(evidence_told(verdict, answer, people, context.now)))


def said_by_people(state: AssessmentState, subject: Subject) -> tuple[Answer | None, str]:
    """What people say to an indicator, and how it is put: what is decided, before that the median of the votes."""
    entry = state.meeting.decisions.get(subject)
    choice = entry.decision.choice if entry is not None and entry.decision is not None else PARKED
    if choice != PARKED:
        return Answer(choice), f"you decided “{choice_words(choice).lower()}”"
    rounds = state.told(subject, {})
    found = rounds[-1].agreement if rounds else None
    if found is None or found.median is None:
        return None, ""
    word = scale_word(rounds[-1].scale, found.median)
    voted = found.tally.distribution[found.median]
    answer = {"No": Answer.NO, "Partly": Answer.PARTIAL, "Yes": Answer.YES}[word]
    return answer, f"the room says “{word.lower()}” ({voted} of {found.n})"


def _names(state: AssessmentState, subject: Subject) -> Sequence[Mapping[str, Sequence[str]]]:
    """Who voted what, by round and choice: in a named session only."""
    held = state.voted.get(subject, ())
    if state.lobby is None or not state.lobby.settings.named:
        return [{} for _ in held]
    found: list[dict[str, list[str]]] = []
    for _, votes in held:
        by_choice: dict[str, list[str]] = {}
        for vote in votes:
            by_choice.setdefault(vote.choice, []).append(vote.name)
        found.append(by_choice)
    return found
