"""What Kafka lets us see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from data.doctor.report import Check, SourceReport, Verdict, failed, tried
from data.settings import ClusterSettings, KafkaSettings, SaslMechanism
from data.sources.failures import SourceFailure
from data.sources.kafka import KafkaSource
from data.sources.kafka_client import Deadline

WITHIN = 10.0
"""Seconds for each question; a person waits for the answer."""


@dataclass(frozen=True, slots=True)
class Permission:
    """An ACL that the collector needs. resource: the part of the kafka-acls command that names it."""

    operation: str
    resource: str
    costs: str
    granted: Callable[[KafkaSource, Deadline], bool]

    @property
    def name(self) -> str:
        """The check's name: DESCRIBE on topics."""
        return f"{self.operation} {self.resource}"


PERMISSIONS = (
    Permission(
        "Describe",
        "--topic '*'",
        "Topics that it may not describe are invisible: they lack in every list and count.",
        lambda source, deadline: source.permissions.sees_all_topics(deadline),
    ),
    Permission(
        "DescribeConfigs",
        "--topic '*'",
        "Retention, compaction and min.insync.replicas of topics are unknown.",
        lambda source, deadline: source.permissions.sees_all_topic_configs(deadline),
    ),
    Permission(
        "Describe",
        "--group '*'",
        "Consumer groups that it may not describe are invisible, and so is their lag.",
        lambda source, deadline: source.permissions.sees_all_groups(deadline),
    ),
    Permission(
        "Describe",
        "--cluster",
        "ACLs are unknown: who may write and who may read.",
        lambda source, deadline: source.permissions.describes_cluster(deadline),
    ),
    Permission(
        "DescribeConfigs",
        "--cluster",
        "The brokers' settings are unknown: authorizer, automatic topic creation, defaults.",
        lambda source, deadline: source.permissions.broker_configs(_any_broker(source), deadline) is not None,
    ),
)


def principal(kafka: KafkaSettings) -> str:
    """The name that Kafka's authorizer knows us by, or how to find it."""
    if kafka.security_protocol.sasl:
        if kafka.sasl_mechanism is SaslMechanism.OAUTHBEARER:
            return "User:<the token's subject>"
        return f"User:{kafka.sasl_username}"
    if kafka.ssl_certificate_file is not None:
        return "User:<the distinguished name of our certificate>"
    return "User:ANONYMOUS"


def acl_command(kafka: KafkaSettings, permission: Permission) -> str:
    """The command that grants the permission, to be run by an administrator."""
    return grant_command(kafka, permission.operation, permission.resource)


def grant_command(kafka: KafkaSettings, operation: str, resource: str) -> str:
    """The command that grants an operation. resource: the part of kafka-acls that names it, as in --topic 'a'."""
    return (
        f"kafka-acls --bootstrap-server {kafka.bootstrap_servers} --command-config admin.properties --add"
        f" --allow-principal '{principal(kafka)}' --operation {operation} {resource}"
    )


def examine_kafka(cluster: ClusterSettings) -> SourceReport:
    """Reachable, permissions one by one, whether an authorizer is at work, and what can be counted."""
    source = KafkaSource(cluster, WITHIN)
    try:
        return SourceReport("kafka", cluster.kafka.bootstrap_servers, tuple(_checks(source, cluster.kafka)))
    finally:
        source.close()


def _checks(source: KafkaSource, kafka: KafkaSettings) -> list[Check]:
    try:
        brokers = source.brokers().value
    except SourceFailure as failure:
        return [failed("connection", failure, "Nothing of this cluster is known.")]
    named = ", ".join(f"{broker.id} at {broker.host}:{broker.port}" for broker in brokers)
    found = [Check("connection", Verdict.OK, f"{len(brokers)} brokers: {named}")]
    found += [_permission(source, kafka, permission) for permission in PERMISSIONS]
    found.append(_authorizer(source))
    found.append(_counts(source))
    found.append(Check("clock", Verdict.OK, "Kafka tells its clients no time; the clock is compared with Prometheus."))
    return found


def _permission(source: KafkaSource, kafka: KafkaSettings, permission: Permission) -> Check:
    def judge(granted: bool) -> Check:
        if granted:
            return Check(permission.name, Verdict.OK, f"{principal(kafka)} has it")
        return Check(
            permission.name,
            Verdict.LACKING,
            f"{principal(kafka)} lacks it",
            permission.costs,
            acl_command(kafka, permission),
        )

    return tried(permission.name, permission.costs, lambda: permission.granted(source, Deadline(WITHIN)), judge)


def _authorizer(source: KafkaSource) -> Check:
    """Whether ACLs are enforced: without an authorizer the list of ACLs is empty and everybody may do everything."""
    name, costs = "authorizer", "Whether ACLs are enforced is unknown."

    def judge(configs: object) -> Check:
        if not isinstance(configs, dict):
            return Check(name, Verdict.UNKNOWN, "not visible without DescribeConfigs --cluster", costs)
        authorizer = configs.get("authorizer.class.name")
        if authorizer:
            return Check(name, Verdict.OK, f"{authorizer}")
        return Check(name, Verdict.LACKING, "none: everybody may do everything", "An empty list of ACLs means nothing.")

    return tried(name, costs, lambda: source.permissions.broker_configs(_any_broker(source), Deadline(WITHIN)), judge)


def _counts(source: KafkaSource) -> Check:
    def look() -> str:
        topics = source.topics().value
        partitions = sum(len(topic.partitions) for topic in topics)
        return f"{len(topics)} topics with {partitions} partitions, {len(source.groups().value)} consumer groups"

    return tried("visible", "", look, lambda seen: Check("visible", Verdict.OK, seen))


def _any_broker(source: KafkaSource) -> int:
    return source.brokers().value[0].id
