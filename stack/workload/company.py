"""What the company of `stack/company.yaml` is made of; `company_file` reads it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NewType

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from stack.state import StackError

SHAPES = Path(__file__).parent / "schemas"

TeamName = NewType("TeamName", str)
TopicName = NewType("TopicName", str)
GroupId = NewType("GroupId", str)

STRICT = ConfigDict(extra="forbid")


class CompanyError(StackError):
    """The company file says something that cannot be; the text names the file and the place."""


class Format(StrEnum):
    """How values are written. avro, json: in the registry's wire format and under contract; none: plain, no promise."""

    AVRO = "avro"
    JSON = "json"
    NONE = "none"


class Convention(StrEnum):
    """The naming convention that a topic follows, or should: see the head of the company file."""

    DOMAIN = "domain"
    CUSTOMER = "customer"
    INTERNAL = "internal"


class OwnershipModel(StrEnum):
    """Producers to consumers: one to one, one to many, many to one, many to many."""

    DIRECT = "direct"
    BROADCASTING = "broadcasting"
    FUNNEL = "funnel"
    DATA_PRODUCT = "data-product"


class Behaviour(StrEnum):
    """How a consumer group lives."""

    KEEPS_UP = "keeps-up"
    LAGS = "lags"
    BURSTS = "bursts"
    ORPHANED = "orphaned"
    REFERENCE = "reference"
    PROCESSOR = "processor"


class Operation(StrEnum):
    """What a grant allows; the names of Kafka's own operations."""

    READ = "read"
    WRITE = "write"
    DESCRIBE = "describe"


class Pattern(StrEnum):
    """Whether a grant names one resource or all that start so."""

    LITERAL = "literal"
    PREFIXED = "prefixed"


class ResourceKind(StrEnum):
    """What a grant is about."""

    TOPIC = "topic"
    GROUP = "group"


@dataclass(frozen=True, slots=True, config=STRICT)
class Domain:
    """A part of the business and the person who answers for its data."""

    name: str
    owner: str


@dataclass(frozen=True, slots=True, config=STRICT)
class Team:
    """A team; `user` is the SCRAM user its applications log in as."""

    name: TeamName
    domain: str
    user: str
    contact: str


@dataclass(frozen=True, slots=True, config=STRICT, kw_only=True)
class Topic:
    """A topic as its owner asked for it.

    shape: schema files, one per version of the subject. breaks, flaw: what is deliberately wrong with name or settings.
    """

    name: TopicName
    owner: TeamName
    convention: Convention
    model: OwnershipModel
    format: Format
    partitions: int = Field(ge=1)
    replication: int = Field(ge=1)
    min_insync: int = Field(ge=1)
    cleanup: str = Field(pattern="^(delete|compact)$")
    retention_days: int = Field(ge=1)
    shape: tuple[str, ...] = ()
    envelope: str | None = Field(default=None, pattern="^cloudevents$")
    key: str | None = None
    dead_letters: bool = False
    breaks: str | None = None
    flaw: str | None = None

    @property
    def under_contract(self) -> bool:
        """True when the topic's values follow a schema in the registry."""
        return self.format is not Format.NONE

    @property
    def configs(self) -> dict[str, str]:
        """The topic's settings in Kafka's words; retention is time for `delete` and without meaning for `compact`."""
        configs = {"cleanup.policy": self.cleanup, "min.insync.replicas": str(self.min_insync)}
        if self.cleanup == "delete":
            configs["retention.ms"] = str(self.retention_days * 86_400_000)
        return configs


@dataclass(frozen=True, slots=True, config=STRICT, kw_only=True)
class Stream:
    """One application that writes one topic. per_second: at rate 1. poison: share of records broken on purpose."""

    name: str
    team: TeamName
    topic: TopicName
    per_second: float = Field(gt=0)
    poison: float = Field(default=0.0, ge=0, le=1)


@dataclass(frozen=True, slots=True, config=STRICT, kw_only=True)
class Reader:
    """One consumer group. declared: whether the owners of its topics were told."""

    group: GroupId
    team: TeamName
    topics: tuple[TopicName, ...] = Field(min_length=1)
    behaviour: Behaviour
    max_per_second: float | None = Field(default=None, gt=0)
    every_seconds: float | None = Field(default=None, gt=0, lt=240)
    dead_letters: TopicName | None = None
    repartition: TopicName | None = None
    changelog: TopicName | None = None
    output: TopicName | None = None
    declared: bool = True

    @property
    def all_topics(self) -> tuple[TopicName, ...]:
        """Every topic that the group's application touches."""
        extra = (self.dead_letters, self.repartition, self.changelog, self.output)
        return self.topics + tuple(topic for topic in extra if topic is not None)


@dataclass(frozen=True, slots=True, config=STRICT, kw_only=True)
class ExtraGrant:
    """A grant beyond what follows from the readers and writers. covers: the applications that live off it."""

    team: TeamName
    resource: ResourceKind
    name: str
    pattern: Pattern
    operations: tuple[Operation, ...] = Field(min_length=1)
    flaw: str
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT, kw_only=True)
class Company:
    """Everything that the workload is made of."""

    company: str
    domains: tuple[Domain, ...]
    teams: tuple[Team, ...]
    topics: tuple[Topic, ...]
    producers: tuple[Stream, ...]
    consumers: tuple[Reader, ...]
    grants: tuple[ExtraGrant, ...]

    def topic(self, name: str) -> Topic:
        """The topic of that name."""
        return next(topic for topic in self.topics if topic.name == name)

    def user(self, team: str) -> str:
        """The SCRAM user of that team."""
        return next(found.user for found in self.teams if found.name == team)
