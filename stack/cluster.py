"""What a Kafka cluster is asked and told once its brokers run: members, users, the cluster's default."""

from __future__ import annotations

from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, ConfigSource

from stack import jvm, users
from stack.brokers import Site
from stack.processes import run_tool, wait_until
from stack.state import KafkaAccess, StackState

MIN_ISR = "min.insync.replicas"
JOIN_SECONDS = 120.0


def admin_client(access: KafkaAccess, servers: str | None = None) -> AdminClient:
    """An admin client on the super-user listener, without librdkafka's lines about brokers that are not there.

    servers: some of the cluster's brokers, to ask these and no other.
    """
    return AdminClient({"bootstrap.servers": servers or access.admin_bootstrap, "log_level": 0})


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
