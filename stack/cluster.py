"""What a Kafka cluster is asked and told once its brokers run: members, users, the cluster's default."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path

from confluent_kafka import ElectionType, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, ConfigSource
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from stack import jvm, users
from stack.brokers import Site
from stack.processes import run_tool, wait_until
from stack.state import KafkaAccess, StackError, StackState

MIN_ISR = "min.insync.replicas"
JOIN_SECONDS = 120.0
ELECTION_MS = 30_000


def admin_client(access: KafkaAccess, servers: str | None = None) -> AdminClient:
    """An admin client on the super-user listener, without librdkafka's lines about brokers that are not there.

    servers: some of the cluster's brokers, to ask these and no other.
    """
    return AdminClient({"bootstrap.servers": servers or access.admin_bootstrap, "log_level": 0})


def second_client(access: KafkaAccess) -> KafkaAdminClient:
    """kafka-python's admin client on the same listener, as quiet, for what confluent-kafka cannot ask. To be closed."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    return KafkaAdminClient(bootstrap_servers=access.admin_bootstrap.split(","))


def members(admin: AdminClient) -> frozenset[int]:
    """The node ids of the brokers that take part; empty when nobody answers."""
    try:
        return frozenset(admin.list_topics(timeout=3).brokers)
    except KafkaException:
        return frozenset()


def in_sync(admin: AdminClient) -> bool:
    """True when every replica of every partition is in sync."""
    try:
        topics = admin.list_topics(timeout=5).topics.values()
    except KafkaException:
        return False
    return all(set(p.replicas) == set(p.isrs) for topic in topics for p in topic.partitions.values())


def elect_preferred(access: KafkaAccess) -> None:
    """Give every partition back to the leader it was made for, as the controller does by itself within five minutes.

    Whoever moves leaders fails the produces that are under way, so it is done at a moment that one knows. Asked with
    kafka-python: the call of confluent-kafka 2.x raises SystemError.
    """
    with closing(second_client(access)) as admin:
        try:
            admin.elect_leaders(ElectionType.PREFERRED.value, timeout_ms=ELECTION_MS)
        except KafkaError as error:
            raise StackError(
                f"The partitions of {access.name} did not get their leaders back: {error!s:.600}"
            ) from error


def prepare(state: StackState, site: Site) -> None:
    """Wait until all brokers of a site have joined, then create users, their ACLs and the cluster's default.

    All of it may be done again: what exists already stays.
    """
    admin = admin_client(site.access)
    everybody = frozenset(range(1, len(site.brokers) + 1))
    wait_until(lambda: members(admin) == everybody, f"brokers should join {site.access.name}", JOIN_SECONDS)
    users.create_users(state, admin)
    users.grant_platform_users(admin)
    if site.replication > 1:
        _set_minimum_in_sync(state.directory, admin, site)


def _set_minimum_in_sync(stack: Path, admin: AdminClient, site: Site) -> None:
    """Set min.insync.replicas for the whole cluster, through Kafka's own tool.

    Neither client library can address the cluster-wide default: both refuse a broker without an id.
    """
    wanted = str(site.replication - 1)
    (answer,) = admin.describe_configs([ConfigResource(ConfigResource.Type.BROKER, "1")]).values()
    entry = answer.result()[MIN_ISR]
    if entry.value == wanted and entry.source == ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG.value:
        return
    command = [*jvm.tool("kafka.admin.ConfigCommand"), "--bootstrap-server", site.access.admin_bootstrap]
    command += ["--entity-type", "brokers", "--entity-default"]
    command += ["--alter", "--add-config", f"{MIN_ISR}={wanted}"]
    run_tool(stack, command)
