"""The ACLs that a canary's user needs, and what it says when one lacks."""

from __future__ import annotations

from enum import Enum

from data.doctor.kafka import grant_command, principal
from data.settings import CanarySettings, KafkaSettings
from data.sources.failures import SourceFailure
from scoring.catalog.estate import FailureKind


class Need(Enum):
    """(operation, resource, what happens without it). {topic} and {group} stand for the settings' values."""

    CREATE = ("Create", "--topic '{topic}'", "it cannot make its topic")
    DESCRIBE = ("Describe", "--topic '{topic}'", "it cannot find its topic")
    WRITE = ("Write", "--topic '{topic}'", "every attempt fails as forbidden")
    READ = ("Read", "--topic '{topic}'", "nothing is read back")
    ALTER = ("Alter", "--topic '{topic}'", "a broker that joins gets no partition")
    COMMIT = ("Read", "--group '{group}'", "commit latency is not measured")
    SIZE = ("DescribeConfigs", "--cluster", "its topic gets three copies, whatever the cluster's default is")
    SAMPLE = ("Read", "--topic '*'", "records are not checked against their schemas")

    @property
    def optional(self) -> bool:
        """True when a canary without it still measures availability, latency and durability."""
        return self in {Need.ALTER, Need.COMMIT, Need.SIZE, Need.SAMPLE}


def lacking_acl(settings: CanarySettings, kafka: KafkaSettings, need: Need) -> SourceFailure:
    """What is told when Kafka refuses something for lack of this permission."""
    operation, place, costs = need.value
    resource = place.format(topic=settings.topic, group=settings.group)
    return SourceFailure(
        FailureKind.FORBIDDEN,
        f"{principal(kafka)} lacks {operation} {resource}: {costs}.",
        f"Grant it: {grant_command(kafka, operation, resource)}",
    )


def needed(settings: CanarySettings, kafka: KafkaSettings) -> tuple[tuple[Need, str, str], ...]:
    """(need, what happens without it, the command that grants it) for every permission."""
    found = []
    for need in Need:
        operation, place, costs = need.value
        resource = place.format(topic=settings.topic, group=settings.group)
        found.append((need, costs, grant_command(kafka, operation, resource)))
    return tuple(found)
