"""Are data products widely reused: by how many domains other than the one that they belong to?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_low

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
from scoring.evidence.naming import Naming, bare_principal
from scoring.evidence.probe import Need, Notes, Probe, seen
from scoring.maturity.rubric import IndicatorId, ProbeId

PRODUCTS, MAPPING = "products", "mapping"
MANY = 3
"""Domains other than its own that use a product which counts as widely reused."""

HALF = Fraction(1, 2)
"""The share of products that are reused so where products are widely reused."""

USERS = "used by"
_DAYS = f"{ACTIVITY_WINDOW.days} days"
_NEEDS = (Need.TOPICS, Need.GROUPS)


@dataclass(frozen=True, slots=True)
class _Owners:
    """Whose groups and topics are, as far as names and access rules tell."""

    naming: Naming
    access: Access

    def of_group(self, group: str) -> set[str]:
        """The domains, or else the teams, that a group belongs to; empty when nothing tells."""
        told = self.naming.domain_of_group(group)
        return {told} if told else self._domains(READ, GROUP, group)

    def of_topic(self, topic: str) -> set[str]:
        """The domain that the topic's name tells, and those who may write it."""
        told = self.naming.domain_of_topic(topic)
        return self._domains(WRITE, TOPIC, topic) | ({told} if told else set())

    def _domains(self, operation: str, kind: str, name: str) -> set[str]:
        principals = (bare_principal(one) for one in self.access.allowed(operation, kind, name))
        return {self.naming.domains.get(one, one) for one in principals}


def _look(notes: Notes) -> Iterator[Finding]:
    given = notes.given
    lacking = notes.lacking(PRODUCTS, Need.TOPICS, "The topics") or notes.lacking(
        PRODUCTS, Need.GROUPS, "The consumer groups"
    )
    if lacking is not None:
        yield lacking
        return
    acls = notes.part(Need.ACLS)
    if given.naming.group_domain is None and not isinstance(acls, Present):
        sentence = f"Whose the consumer groups are is not known: no pattern tells, and no rule. {acls.sentence}"
        yield notes.of(PRODUCTS, notes.cluster, Outcome.NOT_AVAILABLE, sentence, (*_NEEDS, Need.ACLS))
        return
    owners = _Owners(given.naming, Access(acls.value if isinstance(acls, Present) else (), given.naming))
    users = _users(notes, owners)
    products = [one for one in seen(given.topics) if _is_product(given.naming, one)]
    for topic in products:
        yield _product(notes, owners, topic, users[topic.name])
    if not products:
        sentence = f"No topic that follows a naming convention was written within {_DAYS}."
        yield notes.of(PRODUCTS, notes.cluster, Outcome.NOT_APPLICABLE, sentence, _NEEDS)
    yield _mapping(notes)


def _is_product(naming: Naming, topic: TopicUse) -> bool:
    business = naming.is_business(topic.name, internal=topic.internal)
    return business and topic.written is not False and naming.domain_of_topic(topic.name) is not None


def _users(notes: Notes, owners: _Owners) -> Mapping[str, list[tuple[bool | None, set[str]]]]:
    """By topic, the groups that read it or may do so: whether they do, and whose they are."""
    found: defaultdict[str, list[tuple[bool | None, set[str]]]] = defaultdict(list)
    for group in seen(notes.given.groups):
        if not notes.given.naming.platform_groups.search(group.id):
            whose = owners.of_group(group.id)
            for topic, reads in group.reads.items():
                if reads is not False:
                    found[topic].append((reads, whose))
    return found


def _product(notes: Notes, owners: _Owners, topic: TopicUse, users: list[tuple[bool | None, set[str]]]) -> Finding:
    """By how many other domains a product is used; groups that nothing tells the domain of may be of any."""
    about, own = About(ObjectKind.TOPIC, topic.name), owners.of_topic(topic.name)
    needs = (*_NEEDS, Need.ACLS)
    foreign: set[str] = set()
    doubtful = 0
    for reads, whose in users:
        if reads and whose and not whose & own:
            foreign.add(min(whose))  # a group is one domain's, also where rules let several use it
        elif not whose & own:
            doubtful += 1
    sample = [(USERS, len(foreign)), ("domains", ", ".join(sorted(foreign)))]
    if len(foreign) >= MANY:
        sentence = f"{topic.name} is used by {len(foreign)} other domains: {named(foreign, 5)}."
        return notes.of(PRODUCTS, about, Outcome.TRUE, sentence, needs, sample)
    if len(foreign) + doubtful >= MANY or notes.partial(*needs):
        sentence = f"{topic.name} is used by {len(foreign)} other domains that are known; there may be more."
        return notes.of(PRODUCTS, about, Outcome.NOT_AVAILABLE, sentence, needs, sample)
    known = f": {named(foreign)}" if foreign else ""
    sentence = f"{topic.name} is used by {len(foreign)} other domains{known}."
    return notes.of(PRODUCTS, about, Outcome.FALSE, sentence, needs, sample)


def _mapping(notes: Notes) -> Finding:
    """Whether the settings tell whose groups are; without that each user of Kafka counts as a domain."""
    told = notes.given.naming.group_domain is not None or bool(notes.given.naming.domains)
    if told:
        sentence = "The settings tell the domains of groups or users."
        return notes.of(MAPPING, notes.cluster, Outcome.TRUE, sentence, _NEEDS)
    sentence = "The settings do not tell domains, so that each user of Kafka counts as one."
    return notes.of(MAPPING, notes.cluster, Outcome.FALSE, sentence, _NEEDS)


def _judge(aspects: Aspects) -> Judgement:
    products = aspects[PRODUCTS]
    widely = products.share_of(HALF)
    if widely is None:
        return aspects.unsettled(PRODUCTS)
    uses = [int(dict(one.sample)[USERS]) for one in products.findings if one.outcome.is_evidence]
    seen = (
        f"{products.true} of {products.applicable} products are used by {MANY} or more other domains;"
        f" the median is {median_low(uses) if uses else 0}."
    )
    if widely:
        known = aspects[MAPPING].true
        return Judgement(VerdictState.SUPPORTED, seen, Strength.PROVES if known else Strength.SUGGESTS)
    if products.true:
        return Judgement(VerdictState.PARTLY, seen)
    return aspects.unsettled(PRODUCTS) if products.unknown else Judgement(VerdictState.REFUTED, seen)


PROBE = Probe(
    id=ProbeId("l5_6_reused_products"),
    indicators=(IndicatorId("L5.6"),),
    question=f"Are half of the data products used by {MANY} or more domains other than their own?",
    needs=frozenset({Need.TOPICS, Need.GROUPS, Need.ACLS}),
    ttl=CONFIG_TTL,
    look=_look,
    judge=_judge,
    remedies={
        PRODUCTS: Remediation(
            Effort.HIGH,
            "Find out who could use it: describe it in the catalog, name its owner and its promises, and make asking"
            " for access easy. A topic for one consumer may be right as it is, and no product.",
        ),
        MAPPING: Remediation(Effort.LOW, "Name the domain of each user under evidence.domains in the settings."),
    },
)
