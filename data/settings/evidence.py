"""What probes must be told about a company's names, where those differ from the built-in ones."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from data.settings.section import Section
from scoring.evidence import naming


def _pattern(value: str) -> str:
    """The regular expression, when it is one; raises PydanticCustomError otherwise."""
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("setting", "a regular expression ({reason})", {"reason": str(error)}) from error
    return value


def _with_domain(value: str) -> str:
    if "domain" not in re.compile(_pattern(value)).groupindex:
        raise PydanticCustomError("setting", "a regular expression with a group (?P<domain>…)")
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]
DomainPattern = Annotated[str, AfterValidator(_with_domain)]


class EvidenceSettings(Section):
    """Names that probes look at, where the built-in patterns (see evidence.md) do not fit."""

    topics: tuple[DomainPattern, ...] = Field(
        default=(), description="how topics are named, with a group (?P<domain>…); the first match counts"
    )
    dead_letters: Pattern | None = Field(default=None, description="names of dead letter queues")
    platform_topics: Pattern | None = Field(
        default=None, description="topics that no team publishes, such as state of stream processors"
    )
    platform_groups: Pattern | None = Field(
        default=None, description="groups that use no data product, such as connectors and exporters"
    )
    unwatched_groups: Pattern | None = Field(default=None, description="groups whose lag is nobody's concern")
    platform_principals: Pattern | None = Field(default=None, description="users that are no team's, as User:name")
    group_domain: DomainPattern | None = Field(
        default=None, description="how groups are named, with a group (?P<domain>…); otherwise access rules tell"
    )
    domains: dict[str, str] = Field(
        default_factory=dict, description="whose each user of Kafka is: name without User:, and domain"
    )

    def naming(self) -> naming.Naming:
        """The patterns, ready to be used; built-in ones where the settings have none."""
        return naming.Naming(
            topics=tuple(re.compile(one) for one in self.topics or naming.TOPIC_PATTERNS),
            dead_letters=re.compile(self.dead_letters or naming.DEAD_LETTERS),
            platform_topics=re.compile(self.platform_topics or naming.PLATFORM_TOPICS),
            platform_groups=re.compile(self.platform_groups or naming.PLATFORM_GROUPS),
            unwatched_groups=re.compile(self.unwatched_groups or naming.UNWATCHED_GROUPS),
            platform_principals=re.compile(self.platform_principals or naming.PLATFORM_PRINCIPALS),
            group_domain=re.compile(self.group_domain) if self.group_domain is not None else None,
            domains=dict(self.domains),
        )
