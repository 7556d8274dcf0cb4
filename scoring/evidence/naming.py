"""What names tell in one company: which topics are the platform's own, which hold dead letters, whose a group is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

TOPIC_PATTERNS = (
    r"^(?P<domain>[a-z][a-z0-9-]*)\.(?P<type>[a-z][a-z0-9-]*)\.(?P<entity>[a-z][a-z0-9-]*)\.v(?P<major>\d+)$",
    r"^(?P<customer>[a-z][a-z0-9-]*)\.(?P<domain>[a-z][a-z0-9-]*)\.(?P<category>[a-z][a-z0-9-]*)"
    r"\.(?P<product>[a-z][a-z0-9-]*)(?:\.v(?P<major>\d+))?\.(?P<suffix>[a-z]+)$",
)
"""The two built-in conventions: domain.event-type.entity.version, and customer.domain.category.product[.vN].suffix."""

DEAD_LETTERS = r"(?i)(?:^|[._-])(?:dlq|dlt|dead[._-]?letters?(?:[._-]?(?:queue|topic))?)(?:[._-]|$)"

STREAMS_STATE = re.compile(r"^(?P<application>.+?)-.+-(?:changelog|repartition)$")
"""What Kafka Streams keeps its state in; the application's id stands before, and names its group."""

PLATFORM_TOPICS = (
    r"^_|-(?:changelog|repartition)$|^connect-(?:configs|offsets|status)$"
    r"|^(?:heartbeats|.*\.heartbeats|mm2-offset-syncs\..+\.internal|.+\.checkpoints\.internal"
    r"|mm2-(?:configs|offsets|status)\..+\.internal)$"
)
"""Topics that no team publishes: Kafka's own, state of stream processors, Connect's and MirrorMaker's."""

PLATFORM_GROUPS = r"^_|^connect-|^(?:mm2|mirror-?maker)|(?i:exporter|kminion|burrow|replicator)|^console-consumer-"
"""Groups that use no data product: connectors, replicators, exporters, and people who look in for a moment."""

UNWATCHED_GROUPS = r"^_|^console-consumer-"
"""Groups whose lag is nobody's concern: this application's own, and people who look in for a moment."""

PLATFORM_PRINCIPALS = r"^User:(?:ANONYMOUS|admin|connect|mm2|mirror-?maker|schema-?registry|streamgauge.*)$"


@dataclass(frozen=True, slots=True)
class Naming:
    """The patterns of one company. Each is searched for, so that ^ and $ say where a name begins and ends.

    topics: with a group called `domain`; the first that matches counts. group_domain: likewise for groups, none where
    their names tell nothing. domains: whose a principal is, by its name without "User:"; where it says nothing, each
    principal counts as a team of its own. ours: users that this application itself logs in as; they are no team.
    """

    topics: tuple[re.Pattern[str], ...] = field(
        default_factory=lambda: tuple(re.compile(one) for one in TOPIC_PATTERNS)
    )
    dead_letters: re.Pattern[str] = field(default_factory=lambda: re.compile(DEAD_LETTERS))
    platform_topics: re.Pattern[str] = field(default_factory=lambda: re.compile(PLATFORM_TOPICS))
    platform_groups: re.Pattern[str] = field(default_factory=lambda: re.compile(PLATFORM_GROUPS))
    unwatched_groups: re.Pattern[str] = field(default_factory=lambda: re.compile(UNWATCHED_GROUPS))
    platform_principals: re.Pattern[str] = field(default_factory=lambda: re.compile(PLATFORM_PRINCIPALS))
    group_domain: re.Pattern[str] | None = None
    domains: Mapping[str, str] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()

    def domain_of_topic(self, topic: str) -> str | None:
        """The domain that the topic's name says it belongs to; none when it follows no convention."""
        for pattern in self.topics:
            found = pattern.search(topic)
            if found is not None:
                return found["domain"]
        return None

    def domain_of_group(self, group: str) -> str | None:
        """The domain that the group's own name tells; none when it tells nothing."""
        found = None if self.group_domain is None else self.group_domain.search(group)
        return None if found is None else found["domain"]

    def is_platform(self, principal: str) -> bool:
        """True for a user that is no team's: the platform's own, or one of this application's."""
        return bare_principal(principal) in self.ours or self.platform_principals.search(principal) is not None

    def is_business(self, topic: str, *, internal: bool = False) -> bool:
        """True for a topic that a team publishes: not the platform's own, and no store of dead letters."""
        return not internal and not self.platform_topics.search(topic) and not self.dead_letters.search(topic)


def bare_principal(principal: str) -> str:
    """The principal's name without its kind: 'User:orders' is orders."""
    return principal.partition(":")[2] or principal
