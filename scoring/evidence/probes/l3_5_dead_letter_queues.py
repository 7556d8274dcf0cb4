"""Is what cannot be processed kept in dead letter queues?

Of a sink connector its config proves it. Of applications only the names of topics tell, which suggests it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from scoring.catalog.estate import Absent, Connector, Present
from scoring.evidence.aspects import Aspect, Aspects, Judgement, Strength, VerdictState
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
from scoring.evidence.given import AlertRule
from scoring.evidence.probe import Need, Notes, Probe, seen
from scoring.maturity.rubric import IndicatorId, ProbeId

SINKS, QUEUES, READERS = "sinks", "queues", "readers"
QUEUE_SETTING, TOLERANCE_SETTING, TOLERANT = "errors.deadletterqueue.topic.name", "errors.tolerance", "all"
ALL = Fraction(1)


def _look(notes: Notes) -> Iterator[Finding]:
    yield from _sinks(notes)
    lacking = notes.lacking(QUEUES, Need.TOPICS, "The topics")
    if lacking is not None:
        yield lacking
        return
    used = {connector.config.get(QUEUE_SETTING, "") for connector in _sink_connectors(notes)}
    names = (one.name for one in seen(notes.given.topics))
    queues = sorted(name for name in names if name in used or notes.given.naming.dead_letters.search(name))
    readers = _readers(notes)
    for queue in queues:
        sentence = f"{queue} is a dead letter queue, by its name or by a connector's config."
        yield notes.of(QUEUES, About(ObjectKind.TOPIC, queue), Outcome.TRUE, sentence, (Need.TOPICS,))
        yield _reader(notes, queue, readers[queue])
    if not queues:
        partial = notes.partial(Need.TOPICS)
        outcome = Outcome.NOT_AVAILABLE if partial else Outcome.FALSE
        sentence = f"No topic is called like a dead letter queue. {partial}".strip()
        yield notes.of(QUEUES, notes.cluster, outcome, sentence, (Need.TOPICS,))


def _sink_connectors(notes: Notes) -> list[Connector]:
    part = notes.part(Need.CONNECTORS)
    return [one for one in part.value if one.kind == "sink"] if isinstance(part, Present) else []


def _sinks(notes: Notes) -> Iterator[Finding]:
    """Each sink connector: whether a record that it cannot process goes to a topic that exists."""
    lacking = notes.lacking(SINKS, Need.CONNECTORS, "The connectors")
    if lacking is not None:
        yield lacking
        return
    sinks = _sink_connectors(notes)
    for sink in sinks:
        yield _sink(notes, sink)
    if not sinks:
        partial = notes.partial(Need.CONNECTORS)
        outcome = Outcome.NOT_AVAILABLE if partial else Outcome.NOT_APPLICABLE
        sentence = f"There is no sink connector; a source has no dead letter queue. {partial}".strip()
        yield notes.of(SINKS, notes.cluster, outcome, sentence, (Need.CONNECTORS,))


def _sink(notes: Notes, sink: Connector) -> Finding:
    about, needs = About(ObjectKind.CONNECTOR, sink.name), (Need.CONNECTORS, Need.TOPICS)
    queue, tolerance = sink.config.get(QUEUE_SETTING, ""), sink.config.get(TOLERANCE_SETTING, "none")
    sample = [(QUEUE_SETTING, queue or "not set"), (TOLERANCE_SETTING, tolerance)]
    if not queue:
        sentence = f"Sink {sink.name} has no dead letter queue."
        return notes.of(SINKS, about, Outcome.FALSE, sentence, (Need.CONNECTORS,), sample)
    if tolerance.lower() != TOLERANT:
        sentence = f"Sink {sink.name} names {queue} and still stops at the first error: {TOLERANCE_SETTING} is not all."
        return notes.of(SINKS, about, Outcome.FALSE, sentence, (Need.CONNECTORS,), sample)
    topics = notes.part(Need.TOPICS)
    if not isinstance(topics, Present):
        sentence = f"Sink {sink.name} names {queue}; whether that topic exists is not known. {topics.sentence}"
        return notes.of(SINKS, about, Outcome.NOT_AVAILABLE, sentence, needs, sample)
    if queue not in {one.name for one in topics.value}:
        if topics.missing:
            sentence = f"Sink {sink.name} names {queue}, which is not among the topics seen. {topics.missing[0]}"
            return notes.of(SINKS, about, Outcome.NOT_AVAILABLE, sentence, needs, sample)
        sentence = f"Sink {sink.name} names {queue}, and there is no such topic."
        return notes.of(SINKS, about, Outcome.FALSE, sentence, needs, sample)
    return notes.of(SINKS, about, Outcome.TRUE, f"Sink {sink.name} keeps what fails in {queue}.", needs, sample)


def _readers(notes: Notes) -> Mapping[str, dict[str, bool | None]]:
    """By topic, the groups that read it or may do so."""
    found: defaultdict[str, dict[str, bool | None]] = defaultdict(dict)
    for group in notes.given.groups.value if isinstance(notes.given.groups, Present) else ():
        for topic, reads in group.reads.items():
            found[topic][group.id] = reads
    return found


def _reader(notes: Notes, queue: str, reads: Mapping[str, bool | None]) -> Finding:
    """Whether anybody would notice what is in a queue: a group that reads it, or an alert rule that names it."""
    about, needs = About(ObjectKind.TOPIC, queue), (Need.GROUPS, Need.ALERT_RULES)
    groups, rules = notes.part(Need.GROUPS), notes.part(Need.ALERT_RULES)
    alerting: tuple[AlertRule, ...] = rules.value if isinstance(rules, Present) else ()
    readers = [name for name, found in reads.items() if found]
    alerts = [rule.name for rule in alerting if _watches(notes, rule, queue)]
    if readers or alerts:
        who = named([*readers, *(f"alert {name}" for name in alerts)])
        return notes.of(READERS, about, Outcome.TRUE, f"{queue} is watched by {who}.", needs)
    for part in (groups, rules):
        if isinstance(part, Absent):
            sentence = f"Whether anybody watches {queue} is not known. {part.sentence}"
            return notes.of(READERS, about, Outcome.NOT_AVAILABLE, sentence, needs)
    if None in reads.values() or notes.partial(Need.GROUPS):
        sentence = f"Whether anybody reads {queue} is not known yet."
        return notes.of(READERS, about, Outcome.NOT_AVAILABLE, sentence, needs)
    return notes.of(READERS, about, Outcome.FALSE, f"Nobody reads {queue}, and no alert names it.", needs)


def _watches(notes: Notes, rule: AlertRule, queue: str) -> bool:
    """True when the rule names the queue, or counts what connectors put into any."""
    asked = rule.expression
    return queue in asked or "deadletterqueue" in asked or notes.given.naming.dead_letters.search(asked) is not None


def _judge(aspects: Aspects) -> Judgement:
    sinks, queues, readers = aspects[SINKS], aspects[QUEUES], aspects[READERS]
    lacking = named(sinks.names(Outcome.FALSE))
    if sinks.true and sinks.false:
        sentence = f"{sinks.true} of {sinks.applicable} sink connectors have a dead letter queue; {lacking} not."
        return Judgement(VerdictState.PARTLY, sentence)
    if sinks.false:
        found = f"None of {sinks.false} sink connectors has a working dead letter queue"
        if sinks.unknown:
            return aspects.unsettled(SINKS)
        if queues.true:
            names = named(queues.names(Outcome.TRUE))
            return Judgement(VerdictState.PARTLY, f"{found}; applications may have, by the names of {names}.")
        return Judgement(VerdictState.REFUTED, f"{found}.") if queues.false else aspects.unsettled(QUEUES)
    if sinks.share_of(ALL):
        return _watched(f"All {sinks.true} sink connectors have a dead letter queue", readers, Strength.PROVES)
    if queues.true:
        names = named(queues.names(Outcome.TRUE))
        return _watched(f"The names of {queues.true} topics say so: {names}", readers, Strength.SUGGESTS)
    if queues.false and not sinks.applicable:
        return Judgement(VerdictState.REFUTED, f"{queues.findings[0].sentence} There is no sink connector either.")
    return aspects.unsettled()


def _watched(found: str, readers: Aspect, strength: Strength) -> Judgement:
    """Support, and less than that when it is certain that nobody looks into any of the queues."""
    if readers.at_least(1) is False:
        return Judgement(VerdictState.PARTLY, f"{found}, but nobody reads any of them and no alert names one.")
    return Judgement(VerdictState.SUPPORTED, f"{found}.", strength)


PROBE = Probe(
    id=ProbeId("l3_5_dead_letter_queues"),
    indicators=(IndicatorId("L3.5"),),
    question="Does every sink connector have a dead letter queue, and does anybody look into the queues?",
    needs=frozenset({Need.CONNECTORS, Need.TOPICS, Need.GROUPS, Need.ALERT_RULES}),
    ttl=CONFIG_TTL,
    look=_look,
    judge=_judge,
    remedies={
        SINKS: Remediation(
            Effort.LOW,
            f"Set {QUEUE_SETTING} to a topic that exists and {TOLERANCE_SETTING} to all, and let the connector's user"
            " write to it.",
        ),
        QUEUES: Remediation(
            Effort.MEDIUM, "Give each application that reads a topic of its own for records that it cannot process."
        ),
        READERS: Remediation(
            Effort.LOW, "Add an alert on records that arrive in the queue, or a job that replays them."
        ),
    },
)
