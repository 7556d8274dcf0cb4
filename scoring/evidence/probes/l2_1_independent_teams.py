"""Do several teams use streaming independently of each other?

A team is seen as a principal that rules allow topics by name, and whose topics or groups were used within the window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from scoring.catalog.estate import Present
from scoring.evidence.access import GROUP, READ, TOPIC, WRITE, Access
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
from scoring.evidence.given import ACTIVITY_WINDOW, TopicUse
from scoring.evidence.naming import bare_principal
from scoring.evidence.probe import Need, Notes, Probe, seen
from scoring.maturity.rubric import IndicatorId, ProbeId

TEAMS, DOMAINS, HIDDEN = "teams", "domains", "hidden"
SEVERAL = 2
_DAYS = f"{ACTIVITY_WINDOW.days} days"
_NEEDS = (Need.ACLS, Need.TOPICS)


def _look(notes: Notes) -> Iterator[Finding]:
    given = notes.given
    lacking = notes.lacking(HIDDEN, Need.ACLS, "The access rules") or notes.lacking(HIDDEN, Need.TOPICS, "The topics")
    if lacking is not None:
        yield lacking
        return
    topics = [one for one in seen(notes.given.topics) if given.naming.is_business(one.name, internal=one.internal)]
    access = Access(seen(given.acls), given.naming)
    writes, reads = _written(access, topics), _read(notes, access)
    domains: set[str] = set()
    for principal in access.principals:
        finding = _team(notes, principal, writes[principal], reads[principal])
        yield finding
        if finding.outcome is Outcome.TRUE:
            mapped = given.naming.domains.get(bare_principal(principal))
            told = [given.naming.domain_of_topic(one.name) for one in writes[principal] if one.written]
            domains |= {domain for domain in ([mapped] if mapped else told) if domain is not None}
    for domain in sorted(domains):
        yield notes.of(
            DOMAINS, About(ObjectKind.DOMAIN, domain), Outcome.TRUE, f"Domain {domain} is in use.", (Need.TOPICS,)
        )
    yield from _hidden(notes, access)


def _written(access: Access, topics: list[TopicUse]) -> Mapping[str, list[TopicUse]]:
    """The topics that each principal may write by name."""
    found: defaultdict[str, list[TopicUse]] = defaultdict(list)
    for topic in topics:
        for principal in access.allowed(WRITE, TOPIC, topic.name):
            found[principal].append(topic)
    return found


def _read(notes: Notes, access: Access) -> Mapping[str, set[bool | None]]:
    """For each principal, whether groups that it may use read topics that it may read, both by name."""
    found: defaultdict[str, set[bool | None]] = defaultdict(set)
    for group in seen(notes.given.groups) if isinstance(notes.given.groups, Present) else ():
        users = access.allowed(READ, GROUP, group.id)
        for topic, read in group.reads.items() if users else ():
            for principal in users & access.allowed(READ, TOPIC, topic):
                found[principal].add(read)
    return found


def _team(notes: Notes, principal: str, writes: list[TopicUse], reads: set[bool | None]) -> Finding:
    """Whether a principal's topics were written, or its groups read, within the window."""
    name, about = bare_principal(principal), About(ObjectKind.PRINCIPAL, principal)
    used = {one.written for one in writes} | reads
    sample = [("writes", ", ".join(sorted(one.name for one in writes if one.written)))]
    if True in used:
        sentence = f"{name} has topics or groups of its own that were in use within {_DAYS}."
        return notes.of(TEAMS, about, Outcome.TRUE, sentence, _NEEDS, sample)
    if None in used:
        sentence = f"{name} was not seen at work yet, and has not been watched for {_DAYS}."
        return notes.of(TEAMS, about, Outcome.NOT_AVAILABLE, sentence, _NEEDS)
    return notes.of(TEAMS, about, Outcome.FALSE, f"{name} neither wrote nor read within {_DAYS}.", _NEEDS)


def _hidden(notes: Notes, access: Access) -> Iterator[Finding]:
    """Why there may be more teams than can be told apart."""
    about = notes.cluster
    if (unread := notes.lacking(HIDDEN, Need.GROUPS, "The consumer groups")) is not None:
        yield unread
    elif partial := notes.partial(*_NEEDS, Need.GROUPS):
        yield notes.of(HIDDEN, about, Outcome.NOT_AVAILABLE, f"Not all was seen: {partial}", _NEEDS)
    elif access.at_large:
        who = named(bare_principal(one).replace("*", "everybody") for one in access.at_large)
        sentence = f"Rules allow every topic to {who}: who of them uses which cannot be told apart."
        yield notes.of(HIDDEN, about, Outcome.NOT_AVAILABLE, sentence, _NEEDS)
    elif not access.principals:
        sentence = "No access rule names a team's topics, so who uses them cannot be told apart."
        yield notes.of(HIDDEN, about, Outcome.NOT_AVAILABLE, sentence, _NEEDS)


def _judge(aspects: Aspects) -> Judgement:
    teams = aspects[TEAMS]
    several = teams.at_least(SEVERAL)
    who = named(bare_principal(name) for name in teams.names(Outcome.TRUE))
    if several:
        domains = aspects[DOMAINS].true
        seen = f"{teams.true} teams used topics or groups of their own within {_DAYS}: {who}."
        if domains >= SEVERAL:
            return Judgement(VerdictState.SUPPORTED, seen, Strength.PROVES)
        return Judgement(VerdictState.SUPPORTED, f"{seen} They may belong to one domain.", Strength.SUGGESTS)
    if several is None or aspects[HIDDEN].unknown or not teams.applicable:
        return aspects.unsettled(HIDDEN, TEAMS)
    seen = f"Only {who} did" if who else "Nobody did"
    return Judgement(VerdictState.REFUTED, f"{seen}, of {teams.applicable} with topics of their own, within {_DAYS}.")


PROBE = Probe(
    id=ProbeId("l2_1_independent_teams"),
    indicators=(IndicatorId("L2.1"),),
    question=f"Did two or more teams use topics or groups of their own within {_DAYS}?",
    needs=frozenset({Need.ACLS, Need.TOPICS, Need.GROUPS}),
    ttl=CONFIG_TTL,
    look=_look,
    judge=_judge,
    remedies={
        TEAMS: Remediation(
            Effort.LOW,
            "Ask the team whether it still streams, and take the access back if it does not. To bring in another team,"
            " give it a user of its own with rules for its own topics and groups.",
        )
    },
)
