"""The real cluster, seen by the collector's user and by users that may see less."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from pydantic import SecretStr

from data.settings import (
    ClusterSettings,
    ConnectSettings,
    KafkaSettings,
    PrometheusSettings,
    RegistrySettings,
    SaslMechanism,
    SecurityProtocol,
)
from stack.state import COLLECTOR, StackState

CLUSTER = (ResourceType.BROKER, "kafka-cluster")
"""librdkafka's name for the cluster resource; both have the wire code 4."""


@pytest.fixture
def admin(stack: StackState) -> AdminClient:
    """A super user."""
    return AdminClient({"bootstrap.servers": stack.kafka.admin_bootstrap})


def as_user(stack: StackState, user: str, password: str, **kafka: object) -> ClusterSettings:
    """The stack's cluster, logged in to as that user."""
    settings = KafkaSettings.model_validate(
        {
            "bootstrap_servers": stack.kafka.bootstrap,
            "security_protocol": SecurityProtocol.SASL_PLAINTEXT,
            "sasl_mechanism": SaslMechanism.SCRAM_SHA_512,
            "sasl_username": user,
            "sasl_password": SecretStr(password),
            **kafka,
        }
    )
    return ClusterSettings(
        name="main",
        kafka=settings,
        registry=RegistrySettings(url=stack.registry_url),
        connect=ConnectSettings(url=stack.connect_url),
        prometheus=PrometheusSettings(url=stack.prometheus_url),
    )


@pytest.fixture
def cluster(stack: StackState) -> ClusterSettings:
    """The stack as its read-only user sees it."""
    return as_user(stack, COLLECTOR, stack.password(COLLECTOR))


@pytest.fixture
def new_topic(admin: AdminClient) -> Iterator[Callable[[int], str]]:
    """Makes topics of that many partitions, and deletes them after the test."""
    made: list[str] = []

    def make(partitions: int) -> str:
        name = f"sources-{uuid.uuid4().hex}"
        for future in admin.create_topics([NewTopic(name, partitions, 3)], operation_timeout=10).values():
            future.result(30)
        made.append(name)
        return name

    yield make
    if made:
        for future in admin.delete_topics(made).values():
            future.result(30)


@dataclass(frozen=True)
class NarrowUser:
    """A user with no permission but those granted."""

    name: str
    password: str
    grant: Callable[[tuple[ResourceType, str], AclOperation, ResourcePatternType], None]


@pytest.fixture
def narrow_user(admin: AdminClient) -> Iterator[NarrowUser]:
    """A user that may do nothing yet, and may do nothing again after the test.

    The user itself stays. Kafka 4.3.1, replaying a metadata log in which one SCRAM user was made and removed, can lose
    every other SCRAM user too: after the next restart of the brokers nobody would be able to log in.
    """
    name, password = f"narrow-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    credential = UserScramCredentialUpsertion(
        name, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password.encode()
    )
    for future in admin.alter_user_scram_credentials([credential]).values():
        future.result(30)

    def grant(resource: tuple[ResourceType, str], operation: AclOperation, pattern: ResourcePatternType) -> None:
        kind, target = resource
        rule = AclBinding(kind, target, pattern, f"User:{name}", "*", operation, AclPermissionType.ALLOW)
        for future in admin.create_acls([rule]).values():
            future.result(30)

    yield NarrowUser(name, password, grant)
    theirs = AclBindingFilter(
        ResourceType.ANY,
        None,  # type: ignore[arg-type]
        ResourcePatternType.ANY,
        f"User:{name}",
        None,  # type: ignore[arg-type]
        AclOperation.ANY,
        AclPermissionType.ANY,
    )
    for rules in admin.delete_acls([theirs]).values():
        rules.result(30)
