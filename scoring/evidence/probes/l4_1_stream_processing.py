"""Does stream processing run in production?

Kafka Streams and ksqlDB show in groups, their members' client ids and their state topics; Flink in its metrics. What
runs elsewhere (on Kubernetes, without metrics here) shows nowhere, so that finding no sign refutes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoring.catalog.estate import GroupId
from scoring.evidence.aspects import Aspects, Judgement, Strength, VerdictState
from scoring.evidence.finding import (
    METRICS_TTL,
    About,
    Effort,
    Finding,
    ObjectKind,
    Outcome,
    Remediation,
    named,
)
from scoring.evidence.given import GroupUse
from scoring.evidence.naming import STREAMS_STATE
from scoring.evidence.probe import Need, Notes, Probe, seen
from scoring.maturity.rubric import IndicatorId, ProbeId

APPLICATIONS, FLINK, PRODUCTION = "applications", "flink", "production"

_STREAM_THREAD = re.compile(r"-StreamThread-\d+-consumer$")
"""How Kafka Streams names the consumers of its threads, ksqlDB's included."""

_NEEDS = (Need.GROUPS, Need.TOPICS)


def _look(notes: Notes) -> Iterator[Finding]:
    environment = notes.given.environment
    in_production = Outcome.TRUE if environment == "prod" else Outcome.FALSE
    sentence = f"The settings call this cluster {environment}."
    yield notes.of(PRODUCTION, notes.cluster, in_production, sentence, _NEEDS, [("environment", environment)])
    yield _flink(notes)
    lacking = notes.lacking(APPLICATIONS, Need.GROUPS, "The consumer groups") or notes.lacking(
        APPLICATIONS, Need.TOPICS, "The topics"
    )
    if lacking is not None:
        yield lacking
        return
    yield from _applications(notes)


def _applications(notes: Notes) -> Iterator[Finding]:
    """Each group that looks like Kafka Streams, and state topics whose group has gone."""
    groups = {group.id: group for group in seen(notes.given.groups)}
    state: dict[GroupId, list[str]] = {}
    left: list[str] = []
    for topic in seen(notes.given.topics):
        if STREAMS_STATE.search(topic.name):
            ends = (place for place, letter in enumerate(topic.name) if letter == "-")
            owner = max((one for end in ends if (one := GroupId(topic.name[:end])) in groups), key=len, default=None)
            (left if owner is None else state.setdefault(owner, [])).append(topic.name)
    applications = sorted({*state, *(name for name, group in groups.items() if _has_stream_threads(group))})
    for name in applications:
        yield _application(notes, groups[name], state.get(name, []))
    if left:
        yield _abandoned(notes, left)
    if not applications and not left:
        sentence = (
            "No sign of Kafka Streams or ksqlDB. That rules nothing out: what runs on Kubernetes or elsewhere is not"
            " looked at here."
        )
        yield notes.of(APPLICATIONS, notes.cluster, Outcome.NOT_AVAILABLE, sentence, _NEEDS)


def _has_stream_threads(group: GroupUse) -> bool:
    return any(_STREAM_THREAD.search(member.client_id) for member in group.members)


def _application(notes: Notes, group: GroupUse, state: list[str]) -> Finding:
    about = About(ObjectKind.APPLICATION, group.id)
    sample = [("group's state", group.state), ("state topics", ", ".join(sorted(state)) or "none")]
    if group.members:
        sentence = f"Stream processor {group.id} runs."
        return notes.of(APPLICATIONS, about, Outcome.TRUE, sentence, _NEEDS, sample)
    sentence = f"Stream processor {group.id} has state topics and does not run: its group has no member."
    return notes.of(APPLICATIONS, about, Outcome.FALSE, sentence, _NEEDS, sample)


def _abandoned(notes: Notes, topics: list[str]) -> Finding:
    sample = [("state topics", ", ".join(sorted(topics)))]
    if partial := notes.partial(Need.GROUPS):
        sentence = f"The group of state topics {named(topics)} was not seen. {partial}"
        return notes.of(APPLICATIONS, notes.cluster, Outcome.NOT_AVAILABLE, sentence, _NEEDS, sample)
    sentence = f"The state topics {named(topics)} belong to no group any more."
    return notes.of(APPLICATIONS, notes.cluster, Outcome.FALSE, sentence, _NEEDS, sample)


def _flink(notes: Notes) -> Finding:
    lacking = notes.lacking(FLINK, Need.FLINK_JOBS, "Flink's metrics")
    if lacking is not None:
        return lacking
    running = seen(notes.given.flink_jobs).running
    if running is None:
        sentence = "No metric of Flink is collected here."
        return notes.of(FLINK, notes.cluster, Outcome.NOT_AVAILABLE, sentence, (Need.FLINK_JOBS,))
    if running:
        sentence = "Flink runs jobs."
        return notes.of(FLINK, notes.cluster, Outcome.TRUE, sentence, (Need.FLINK_JOBS,), [("jobs", running)])
    return notes.of(FLINK, notes.cluster, Outcome.FALSE, "Flink is there and runs no job.", (Need.FLINK_JOBS,))


def _judge(aspects: Aspects) -> Judgement:
    applications, flink = aspects[APPLICATIONS], aspects[FLINK]
    running = [*applications.names(Outcome.TRUE), *(["Flink"] if flink.true else [])]
    if running:
        seen = f"{named(running)} {'runs' if len(running) == 1 else 'run'}"
        if aspects[PRODUCTION].true:
            return Judgement(VerdictState.SUPPORTED, f"{seen} in production.", Strength.PROVES)
        sentence = f"{seen}, on a cluster that the settings do not call prod."
        return Judgement(VerdictState.SUPPORTED, sentence, Strength.SUGGESTS)
    stopped = [*applications.of(Outcome.FALSE), *flink.of(Outcome.FALSE)]
    if stopped and not applications.unknown:
        return Judgement(VerdictState.REFUTED, " ".join(one.sentence for one in stopped[:3]))
    return aspects.unsettled(APPLICATIONS, FLINK)


PROBE = Probe(
    id=ProbeId("l4_1_stream_processing"),
    indicators=(IndicatorId("L4.1"),),
    question="Does a stream processor run on a production cluster?",
    needs=frozenset({Need.GROUPS, Need.TOPICS, Need.FLINK_JOBS}),
    ttl=METRICS_TTL,
    look=_look,
    judge=_judge,
    remedies={
        APPLICATIONS: Remediation(
            Effort.LOW, "Start the application again; if it is gone for good, delete its group and its state topics."
        ),
        FLINK: Remediation(Effort.LOW, "Look into Flink's job manager for why no job runs."),
        PRODUCTION: Remediation(Effort.LOW, "Set the cluster's environment to prod if that is what it is."),
    },
)
