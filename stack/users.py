"""Who may log in, and what the platform's own users may do.

The teams' users come from the company file; their ACLs belong to the workload. The collector gets exactly what a
read-only observer needs: describe and describe-configs, no read, no write. The canary writes one topic of its own and
reads every topic, to check samples against their schemas.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)
from ruamel.yaml import YAML

from stack import connect
from stack.brokers import ADMIN_USER
from stack.state import CANARY, CANARY_GROUP, CANARY_TOPIC, COLLECTOR, StackError, StackState, write_in_one_step

T = TypeVar("T")

COMPANY_FILE = Path(__file__).parent / "company.yaml"
OUTSIDER = "outsider"
"""A user without any permission to write; produces refused for lack of permission are sent as this one."""

SCRAM_ITERATIONS = 4096
TIMEOUT_SECONDS = 30.0

_CLUSTER = (ResourceType.BROKER, "kafka-cluster")
"""The whole cluster. confluent-kafka has no name for this resource type; BROKER carries its code (4)."""


def team_users(company: Path = COMPANY_FILE) -> tuple[str, ...]:
    """The users of the company's teams, as its file lists them."""
    document = YAML(typ="safe").load(company)
    return tuple(team["user"] for team in document["teams"])


def write_passwords(state: StackState) -> None:
    """Give every user without a password a random one; passwords that exist stay."""
    known: dict[str, str] = json.loads(state.users.read_text(encoding="utf-8")) if state.users.exists() else {}
    for user in (ADMIN_USER, COLLECTOR, CANARY, connect.USER, OUTSIDER, *team_users()):
        known.setdefault(user, secrets.token_urlsafe(24))
    write_in_one_step(state.users, json.dumps(known, indent=2) + "\n", mode=0o600)


def create_users(state: StackState, admin: AdminClient) -> None:
    """Make every user of the password file known to the cluster; StackError names those that it refused."""
    passwords: dict[str, str] = json.loads(state.users.read_text(encoding="utf-8"))
    scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS)
    wanted: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(user, scram, password.encode()) for user, password in passwords.items()
    ]
    _all_done("create users", admin.alter_user_scram_credentials(wanted, request_timeout=TIMEOUT_SECONDS))


def grant_platform_users(admin: AdminClient) -> None:
    """Create the ACLs of the collector, of the canary, of Connect and of the outsider; existing ones stay."""
    _all_done("create ACLs", admin.create_acls(list(platform_acls()), request_timeout=TIMEOUT_SECONDS))


def platform_acls() -> Iterable[AclBinding]:
    """The ACLs of the users that the stack itself brings."""
    anything = (ResourceType.TOPIC, "*"), (ResourceType.GROUP, "*")
    topics, groups = anything
    describe, describe_configs = AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS
    yield from _allow(COLLECTOR, *_CLUSTER, describe, describe_configs)
    yield from _allow(COLLECTOR, *topics, describe, describe_configs)
    yield from _allow(COLLECTOR, *groups, describe)
    own = AclOperation.CREATE, describe, AclOperation.WRITE, AclOperation.ALTER
    yield from _allow(CANARY, ResourceType.TOPIC, CANARY_TOPIC, *own)
    yield from _allow(CANARY, *topics, AclOperation.READ)
    yield from _allow(CANARY, ResourceType.GROUP, CANARY_GROUP, AclOperation.READ)
    yield from _allow(CANARY, *_CLUSTER, describe_configs)
    all_but_delete = (AclOperation.CREATE, AclOperation.READ, AclOperation.WRITE, describe, describe_configs)
    prefix = ResourcePatternType.PREFIXED
    yield from _allow(connect.USER, ResourceType.TOPIC, connect.INTERNAL_PREFIX, *all_but_delete, pattern=prefix)
    yield from _allow(connect.USER, ResourceType.GROUP, connect.INTERNAL_PREFIX, AclOperation.READ, pattern=prefix)
    yield from _allow(connect.USER, ResourceType.TOPIC, connect.TOPIC, *all_but_delete)
    # Without this the client would not even learn of the topic, and no produce would reach the broker to be refused.
    yield from _allow(OUTSIDER, *topics, describe)


def _allow(
    user: str,
    resource: ResourceType,
    name: str,
    *operations: AclOperation,
    pattern: ResourcePatternType = ResourcePatternType.LITERAL,
) -> Iterable[AclBinding]:
    for operation in operations:
        yield AclBinding(resource, name, pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW)


def _all_done(what: str, answers: Mapping[T, Future[Any]]) -> None:
    """Read every item's own answer: a batched call raises nothing for those that failed."""
    refused = []
    for item, answer in answers.items():
        try:
            answer.result()
        except KafkaException as problem:
            refused.append(f"{item}: {problem}")
    if refused:
        raise StackError(f"Kafka refused to {what}: {'; '.join(refused)}. Its log says why.")
