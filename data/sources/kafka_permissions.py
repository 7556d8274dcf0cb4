"""What the user that we log in as may see.

Kafka leaves out what a user may not describe, and says nothing. So a topic or group that cannot exist is asked for:
who may describe everything is told that it does not exist, everybody else that they may not ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any
from uuid import uuid4

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AclOperation, ConfigResource, ResourceType

from data.sources.kafka_client import Deadline, KafkaClient


class Permissions:
    """Questions about our own permissions. Each raises SourceFailure when Kafka cannot be asked."""

    def __init__(self, client: KafkaClient) -> None:
        self._client = client

    def describes_cluster(self, deadline: Deadline) -> bool:
        """DESCRIBE on the cluster: ACLs may be seen. Always true where the cluster has no authorizer."""
        with self._client.asking() as admin:
            asked = admin.describe_cluster(
                include_authorized_operations=True, request_timeout=deadline.request_timeout()
            )
            return AclOperation.DESCRIBE in (self._client.wait(asked, deadline).authorized_operations or ())

    def sees_all_topics(self, deadline: Deadline) -> bool:
        """DESCRIBE on every topic."""
        with self._client.asking() as admin:
            asked = admin.describe_topics(TopicCollection([_impossible()]), request_timeout=deadline.request_timeout())
            return self._granted(asked, KafkaError.TOPIC_AUTHORIZATION_FAILED, deadline)

    def sees_all_topic_configs(self, deadline: Deadline) -> bool:
        """DESCRIBE_CONFIGS on every topic."""
        with self._client.asking() as admin:
            resource = ConfigResource(ResourceType.TOPIC, _impossible())
            asked = admin.describe_configs([resource], request_timeout=deadline.request_timeout())
            return self._granted(asked, KafkaError.TOPIC_AUTHORIZATION_FAILED, deadline)

    def sees_all_groups(self, deadline: Deadline) -> bool:
        """DESCRIBE on every group."""
        with self._client.asking() as admin:
            asked = admin.describe_consumer_groups([_impossible()], request_timeout=deadline.request_timeout())
            return self._granted(asked, KafkaError.GROUP_AUTHORIZATION_FAILED, deadline)

    def broker_configs(self, broker: int, deadline: Deadline) -> Mapping[str, str | None] | None:
        """A broker's settings; None without DESCRIBE_CONFIGS on the cluster."""
        with self._client.asking() as admin:
            resource = ConfigResource(ResourceType.BROKER, str(broker))
            asked = admin.describe_configs([resource], request_timeout=deadline.request_timeout())
            if not self._granted(asked, KafkaError.CLUSTER_AUTHORIZATION_FAILED, deadline):
                return None
            entries = self._client.wait(asked[resource], deadline)
        return {name: None if entry.is_sensitive else entry.value for name, entry in entries.items()}

    def _granted(self, asked: Mapping[Any, Future[Any]], refusal: int, deadline: Deadline) -> bool:
        """False when the answer is that refusal; raises SourceFailure when there was no answer."""
        self._client.settle(asked.values(), deadline)
        for future in asked.values():
            raised = future.exception()
            if isinstance(raised, KafkaException):
                if raised.args[0].code() == refusal:
                    return False
                if raised.args[0].code() < 0:
                    raise raised
        return True


def _impossible() -> str:
    """A name that no topic and no group has."""
    return f"streamgauge-permission-{uuid4().hex}"
