"""The stack as the probes see it, and a small company on it that a test can build up and take down."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)
from pydantic import SecretStr

from data.clock import utc_now
from data.collecting.readings import evidence_of, readings_of
from data.settings import ClusterSettings, CollectSettings, EvidenceSettings
from data.store import Store
from data.store.clusters import ClusterFacts
from data.store.leases import this_process
from data.store.store import COLLECTOR as COLLECTOR_ACTOR
from scoring.catalog.estate import ClusterName, SourceName
from scoring.evidence.evaluation import Verdict, evaluate
from scoring.evidence.finding import Finding, ObjectKind
from scoring.evidence.probes import every_probe
from scoring.maturity.rubric import IndicatorId
from stack.state import COLLECTOR, StackState
from tests.waiting import eventually

MAIN = ClusterName("main")
SECONDS = 30.0
SERVICES = ("registry", "connect", "prometheus", "alertmanager")


def settings_of(
    stack: StackState, without: tuple[str, ...] = (), login: tuple[str, str] | None = None
) -> ClusterSettings:
    """The stack as a production cluster; without: sections to leave out. login: another user than the collector."""
    user, password = login or (COLLECTOR, stack.password(COLLECTOR))
    urls = (stack.registry_url, stack.connect_url, stack.prometheus_url, stack.alertmanager_url)
    services: dict[str, dict[str, Any]] = {
        name: {"url": url} for name, url in zip(SERVICES, urls, strict=True) if name not in without
    }
    kafka = {
        "bootstrap_servers": stack.kafka.bootstrap,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_username": user,
        "sasl_password": SecretStr(password),
    }
    if "prometheus" in services:
        services["prometheus"]["matchers"] = {"cluster": "main"}
    return ClusterSettings.model_validate({"name": MAIN, "environment": "prod", "kafka": kafka, **services})


@dataclass(frozen=True, slots=True)
class Observer:
    """A collector that looks once at a time, for one test and into a store of its own."""

    store: Store
    cluster: ClusterSettings
    evidence: EvidenceSettings
    tag: str

    def look(self) -> None:
        """One collection of every source, and one round of probes, as the collector does them."""
        self.store.registry.register(COLLECTOR_ACTOR, [ClusterFacts(MAIN, "prod", "eu", tuple(SourceName))])
        lease = self.store.leases.acquire(MAIN, this_process())
        assert lease is not None
        writing = self.store.collecting(lease)
        collect = CollectSettings()
        probing = evidence_of(self.cluster, collect, self.evidence, utc_now)
        for readings in (*readings_of(self.cluster, collect, (), utc_now), probing):
            for reading in readings.readings:
                reading.run(writing)
            readings.close()
        self.store.leases.release(lease)

    def findings(self) -> list[Finding]:
        """What the probes said last, without other tests' subjects and applications."""
        shared = (ObjectKind.SUBJECT, ObjectKind.APPLICATION)
        latest = self.store.findings.latest(MAIN)
        return [one for one in latest if one.about.kind not in shared or one.about.name.startswith(self.tag)]

    def verdict(self, indicator: str) -> Verdict:
        """Look, and say what the evidence says about an indicator."""
        self.look()
        (verdict,) = evaluate(self.findings(), every_probe(), [IndicatorId(indicator)], utc_now())
        return verdict

    def eventually(self, indicator: str, state: str) -> Verdict:
        """Look until the evidence says so; AssertionError with what it says instead when it does not in time."""
        seen: list[Verdict] = []

        def says_so() -> bool:
            seen.append(self.verdict(indicator))
            return seen[-1].state == state

        try:
            eventually(says_so, f"{indicator} should be {state}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {seen[-1].state}: {seen[-1].sentence}") from error
        return seen[-1]


@dataclass
class Company:
    """Topics, groups, users' rules and subjects that all begin with a tag of their own."""

    stack: StackState
    tag: str = field(default_factory=lambda: f"ev{uuid.uuid4().hex[:8]}")
    topics: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Connects as a super user."""
        self.admin = AdminClient({"bootstrap.servers": self.stack.kafka.admin_bootstrap})
        self.producer = Producer({"bootstrap.servers": self.stack.kafka.admin_bootstrap})

    def patterns(self, **more: Any) -> EvidenceSettings:
        """Settings by which everything that other tests left on the stack is the platform's own."""
        others = rf"^(?!{self.tag})"
        return EvidenceSettings(
            platform_topics=rf"{others}|-(?:changelog|repartition)$",
            platform_groups=others,
            unwatched_groups=others,
            platform_principals=rf"^User:(?!{self.tag})",
            dead_letters=rf"^{self.tag}.*\.dlq\.",
            **more,
        )

    def topic(self, name: str, partitions: int = 2) -> str:
        """A new topic, deleted at the end."""
        full = f"{self.tag}{name}"
        self.admin.create_topics([NewTopic(full, partitions)], operation_timeout=10)[full].result(SECONDS)
        self.topics.append(full)
        return full

    def write(self, *topics: str) -> None:
        """A record into both partitions of each topic, acknowledged."""
        for topic in topics:
            for partition in (0, 1):
                self.producer.produce(topic, b"{}", partition=partition)
        assert self.producer.flush(SECONDS) == 0

    @contextmanager
    def reader(self, group: str, topic: str, client: str = "") -> Iterator[str]:
        """A member of a group that has read and committed what is there; gone, and the group empty, afterwards."""
        name = f"{self.tag}{group}"
        consumer = Consumer(
            {
                "bootstrap.servers": self.stack.kafka.admin_bootstrap,
                "group.id": name,
                "client.id": client or name,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "session.timeout.ms": 10_000,
            }
        )
        consumer.subscribe([topic])
        try:
            eventually(lambda: self._committed(consumer), f"{name} should read {topic}")
            yield name
        finally:
            consumer.close()

    @staticmethod
    def _committed(consumer: Consumer) -> bool:
        message = consumer.poll(0.5)
        if message is None or message.error() is not None:
            return False
        consumer.commit(message=message, asynchronous=False)
        return True

    def forget_group(self, name: str) -> None:
        """Delete a group that has no member any more."""
        self.admin.delete_consumer_groups([name], request_timeout=SECONDS)[name].result(SECONDS)

    def allow(
        self, user: str, operation: AclOperation, name: str, kind: ResourceType = ResourceType.TOPIC
    ) -> AclBinding:
        """A rule for a user of the company; users need not exist for there to be rules."""
        rule = AclBinding(
            kind, name, ResourcePatternType.LITERAL, f"User:{self.tag}{user}", "*", operation, AclPermissionType.ALLOW
        )
        self.admin.create_acls([rule])[rule].result(SECONDS)
        return rule

    def revoke(self, *rules: AclBinding) -> None:
        """Take rules back."""
        for rule in rules:
            which = AclBindingFilter(
                rule.restype,
                rule.name,
                rule.resource_pattern_type,
                rule.principal,
                rule.host,
                rule.operation,
                rule.permission_type,
            )
            self.admin.delete_acls([which])[which].result(SECONDS)

    def register(self, topic: str) -> str:
        """A subject for a topic's values."""
        subject = f"{topic}-value"
        schema = {"schema": '{"type": "record", "name": "Thing", "fields": []}'}
        self._registry("POST", f"/subjects/{subject}/versions", schema)
        self.subjects.append(subject)
        return subject

    def level(self, subject: str, level: str) -> None:
        """Set a subject's compatibility level."""
        self._registry("PUT", f"/config/{subject}", {"compatibility": level})

    def _registry(self, method: str, path: str, body: Mapping[str, str] | None = None) -> None:
        answer = requests.request(method, f"{self.stack.registry_url}{path}", json=body, timeout=SECONDS)
        assert answer.ok, answer.text

    def close(self) -> None:
        """Take everything away again."""
        for future in (self.admin.delete_topics(self.topics) if self.topics else {}).values():
            future.result(SECONDS)
        for subject in self.subjects:
            self._registry("DELETE", f"/subjects/{subject}")
        groups = self.admin.list_consumer_groups(request_timeout=SECONDS).result().valid
        for name in [found.group_id for found in groups if found.group_id.startswith(self.tag)]:
            self.forget_group(name)
        anything: Any = None
        rules = AclBindingFilter(
            ResourceType.ANY,
            anything,
            ResourcePatternType.ANY,
            anything,
            anything,
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        found = self.admin.describe_acls(rules, request_timeout=SECONDS).result(SECONDS)
        self.revoke(*(rule for rule in found if rule.principal.startswith(f"User:{self.tag}")))


def file_of(folder: Path) -> str:
    """The URL of a new database in a folder."""
    return f"sqlite:///{folder}/evidence-{uuid.uuid4().hex}.sqlite"
