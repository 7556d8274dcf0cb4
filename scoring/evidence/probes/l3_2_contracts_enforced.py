"""Does the schema registry enforce contracts?

What is proven is that the registry refuses incompatible schemas. Whether records obey them is another question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from scoring.catalog.estate import Present
from scoring.evidence.aspects import Aspects, Judgement, Strength, VerdictState
from scoring.evidence.finding import (
    CONFIG_TTL,
    About,
    Effort,
    Finding,
    ObjectKind,
    Outcome,
    Remediation,
    named,
)
from scoring.evidence.given import ACTIVITY_WINDOW
from scoring.evidence.probe import Need, Notes, Probe, seen
from scoring.maturity.rubric import IndicatorId, ProbeId

DEFAULT, SUBJECTS, COVERAGE = "default", "subjects", "coverage"
UNCHECKED = "NONE"
MOST_TOPICS = Fraction(9, 10)
"""The share of topics in use that need a subject."""

_DAYS = f"{ACTIVITY_WINDOW.days} days"
_REGISTRY = About(ObjectKind.REGISTRY, "registry")


def _look(notes: Notes) -> Iterator[Finding]:
    yield from _default(notes)
    lacking = notes.lacking(SUBJECTS, Need.SUBJECTS, "The subjects")
    if lacking is not None:
        yield lacking
        return
    yield from _subjects(notes)
    yield from _coverage(notes)


def _default(notes: Notes) -> Iterator[Finding]:
    lacking = notes.lacking(DEFAULT, Need.GLOBAL_LEVEL, "The registry's default level")
    if lacking is not None:
        yield lacking
        return
    level = seen(notes.given.global_level)
    if level == UNCHECKED:
        outcome, sentence = Outcome.FALSE, "A new subject is not checked: the default level is NONE."
    else:
        outcome, sentence = Outcome.TRUE, f"A new subject is checked at level {level}."
    yield notes.of(DEFAULT, _REGISTRY, outcome, sentence, (Need.GLOBAL_LEVEL,), [("level", level)])


def _subjects(notes: Notes) -> Iterator[Finding]:
    """Each subject's level in effect: its own, or the default one."""
    default = notes.part(Need.GLOBAL_LEVEL)
    inherited = default.value if isinstance(default, Present) else None
    subjects = seen(notes.given.subjects)
    for subject in subjects:
        about = About(ObjectKind.SUBJECT, subject.name)
        level = subject.level or inherited
        whose = "its own" if subject.level else "the default"
        if level is None:
            sentence = f"{subject.name} inherits a level that could not be read."
            yield notes.of(SUBJECTS, about, Outcome.NOT_AVAILABLE, sentence, (Need.SUBJECTS,))
        elif level == UNCHECKED:
            sentence = f"{subject.name} takes any schema: {whose} level is NONE."
            yield notes.of(SUBJECTS, about, Outcome.FALSE, sentence, (Need.SUBJECTS,), [("level", level)])
        else:
            sentence = f"{subject.name} is checked at {level}, {whose} level."
            yield notes.of(SUBJECTS, about, Outcome.TRUE, sentence, (Need.SUBJECTS,), [("level", level)])
    if partial := notes.partial(Need.SUBJECTS):
        sentence = f"Not every subject was seen: {partial}"
        yield notes.of(SUBJECTS, _REGISTRY, Outcome.NOT_AVAILABLE, sentence, (Need.SUBJECTS,))
    elif not subjects:
        sentence = "The registry holds no subject, so nothing is under contract."
        yield notes.of(SUBJECTS, _REGISTRY, Outcome.FALSE, sentence, (Need.SUBJECTS,))


def _coverage(notes: Notes) -> Iterator[Finding]:
    """Each topic in use: whether a subject is named after it."""
    lacking = notes.lacking(COVERAGE, Need.TOPICS, "The topics")
    if lacking is not None:
        yield lacking
        return
    needs = (Need.SUBJECTS, Need.TOPICS)
    under_contract = _stems(subject.name for subject in seen(notes.given.subjects))
    unseen = notes.partial(Need.SUBJECTS)
    for topic in seen(notes.given.topics):
        if not notes.given.naming.is_business(topic.name, internal=topic.internal) or topic.written is False:
            continue
        about = About(ObjectKind.TOPIC, topic.name)
        if topic.name in under_contract:
            sentence = f"{topic.name} has a subject in the registry."
            yield notes.of(COVERAGE, about, Outcome.TRUE, sentence, needs)
        elif topic.written is None:
            sentence = f"{topic.name} has no subject, and whether it is in use is not known before {_DAYS} have passed."
            yield notes.of(COVERAGE, about, Outcome.NOT_AVAILABLE, sentence, needs)
        elif unseen:
            sentence = f"{topic.name} has no subject among those that were seen: {unseen}"
            yield notes.of(COVERAGE, about, Outcome.NOT_AVAILABLE, sentence, needs)
        else:
            sentence = f"{topic.name} was written within {_DAYS} and has no subject named after it."
            yield notes.of(COVERAGE, about, Outcome.FALSE, sentence, needs)


def _stems(subjects: Iterable[str]) -> set[str]:
    """What may be a topic's name in subjects by TopicNameStrategy (topic-value) or TopicRecordNameStrategy
    (topic-record). A key's schema is no contract on what the record says."""
    values = (name for name in subjects if not name.endswith("-key"))
    return {name[:place] for name in values for place, letter in enumerate(name) if letter == "-"}


def _judge(aspects: Aspects) -> Judgement:
    subjects, coverage = aspects[SUBJECTS], aspects[COVERAGE]
    loose = subjects.of(Outcome.FALSE)
    if loose and not subjects.true and loose[0].about == _REGISTRY:
        return Judgement(VerdictState.REFUTED, loose[0].sentence)
    if loose:
        names = named(subjects.names(Outcome.FALSE))
        return Judgement(
            VerdictState.REFUTED, f"{len(loose)} of {subjects.applicable} subjects take any schema: {names}."
        )
    if not subjects.true or subjects.unknown:
        return aspects.unsettled(SUBJECTS)
    checked = f"All {subjects.true} subjects are checked when a schema is registered"
    topics = f"{coverage.true} of {coverage.applicable} topics in use have one"
    enough = coverage.share_of(MOST_TOPICS)
    if enough is None and coverage.applicable:
        return aspects.unsettled(COVERAGE)
    if enough is None:
        sentence = f"{checked}; no topic was in use within {_DAYS}."
        return Judgement(VerdictState.SUPPORTED, sentence, Strength.SUGGESTS)
    if not enough and not coverage.true and not coverage.unknown:
        return Judgement(VerdictState.REFUTED, f"{checked}, but none of {coverage.applicable} topics in use has one.")
    if not enough:
        missing = named(coverage.names(Outcome.FALSE))
        return Judgement(VerdictState.PARTLY, f"{checked}, but only {topics}; {missing} not.")
    if aspects[DEFAULT].false:
        return Judgement(VerdictState.PARTLY, f"{checked} and {topics}, but a new subject is not: the default is NONE.")
    strength = Strength.PROVES if aspects[DEFAULT].true else Strength.SUGGESTS
    return Judgement(VerdictState.SUPPORTED, f"{checked}, and {topics}.", strength)


PROBE = Probe(
    id=ProbeId("l3_2_contracts_enforced"),
    indicators=(IndicatorId("L3.2"),),
    question="Does the registry check every schema, and do nine in ten topics in use have one?",
    needs=frozenset({Need.SUBJECTS, Need.GLOBAL_LEVEL, Need.TOPICS}),
    ttl=CONFIG_TTL,
    look=_look,
    judge=_judge,
    remedies={
        DEFAULT: Remediation(Effort.LOW, "Set the registry's default level to BACKWARD or stricter (PUT /config)."),
        SUBJECTS: Remediation(
            Effort.MEDIUM,
            "Agree with the consumers on a level and set it (PUT /config/SUBJECT); check the versions that are there"
            " against it first.",
        ),
        COVERAGE: Remediation(
            Effort.MEDIUM, "Register the schema that its producers write under the subject {topic}-value."
        ),
    },
)
