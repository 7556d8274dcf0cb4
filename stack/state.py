"""The contract of a stack: one directory, and in it `state.json`, which says what runs where.

The file is replaced in one step (write beside, fsync, rename), so a reader sees the old state or the new one. It names
pids, but a pid alone proves nothing: see `stack.processes` for how a process is recognised as ours.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, NewType

PartName = NewType("PartName", str)

DIRECTORY_VARIABLE = "STREAMGAUGE_STACK_DIR"
DEFAULT_DIRECTORY = Path(".stack")
STATE_FILE = "state.json"
FORMAT = 1

COLLECTOR = "collector"
"""The read-only user that `stack env` hands to the application."""

CANARY = "canary"
"""The user that `stack env` hands to the application's canary: it writes one topic of its own, and reads all."""

CANARY_TOPIC = CANARY_GROUP = "_streamgauge.canary"
"""What that user may write, and the group that it may commit to."""


class StackError(Exception):
    """Something the stack cannot do; the text ends with what to do next."""


class PartState(StrEnum):
    """What a part of the stack is doing.

    starting: its process lives and does not answer yet. lost: it should run and does not, so it crashed or was killed.
    """

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack.

    ports: what it listens on, by purpose (kafka, internal, controller, metrics, http). log: its output, absolute.
    """

    name: PartName
    state: PartState
    pid: int | None
    ports: Mapping[str, int]
    log: Path


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """How to reach one Kafka cluster.

    bootstrap: SASL_PLAINTEXT with SCRAM-SHA-512, where ACLs apply. admin_bootstrap: plaintext, everybody is super user.
    """

    name: str
    environment: str
    region: str
    cluster_id: str
    bootstrap: str
    admin_bootstrap: str


@dataclass(frozen=True, slots=True)
class Options:
    """What `up` was asked for, kept so that the next `up` over the same directory continues with it.

    scrape_interval: seconds. broker_heap: as the JVM writes it (512m, 2g). clusters: 1, or 2 with the recovery site.
    """

    clusters: int = 1
    scrape_interval: int = 2
    broker_heap: str = "512m"


@dataclass(frozen=True, slots=True)
class StackState:
    """A stack as `state.json` describes it.

    users: JSON file (mode 0600) with the password of every SCRAM user. targets: directory of file_sd JSON files, where
    whoever exports metrics makes himself known to Prometheus. dr: the recovery site, when `up --clusters 2` made one.
    """

    directory: Path
    options: Options
    parts: tuple[Part, ...]
    kafka: KafkaAccess
    registry_url: str
    connect_url: str
    prometheus_url: str
    alertmanager_url: str
    users: Path
    targets: Path
    dr: KafkaAccess | None = field(default=None)

    def part(self, name: str) -> Part:
        """The part of that name; StackError naming the known ones when there is none."""
        for part in self.parts:
            if part.name == name:
                return part
        known = ", ".join(part.name for part in self.parts)
        raise StackError(f"This stack has no part {name!r}. It has: {known}.")

    def with_parts(self, changed: Iterable[Part]) -> StackState:
        """The same stack with these parts replaced by name, and unknown ones added at the end."""
        new = {part.name: part for part in changed}
        kept = tuple(new.pop(part.name, part) for part in self.parts)
        return replace(self, parts=kept + tuple(new.values()))

    def without_parts(self, names: Iterable[str]) -> StackState:
        """The same stack without the parts of these names."""
        gone = set(names)
        return replace(self, parts=tuple(part for part in self.parts if part.name not in gone))

    def password(self, user: str) -> str:
        """The password of a SCRAM user; StackError when the stack does not know the user."""
        passwords: dict[str, str] = json.loads(self.users.read_text(encoding="utf-8"))
        if user not in passwords:
            raise StackError(f"The stack has no user {user!r}; its users are {', '.join(sorted(passwords))}.")
        return passwords[user]

    def client(self, user: str) -> dict[str, str]:
        """librdkafka settings to reach the main cluster as that user, through SASL and under its ACLs."""
        return {
            "bootstrap.servers": self.kafka.bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": user,
            "sasl.password": self.password(user),
        }

    def to_json(self) -> dict[str, Any]:
        """The shape that `up --json` and `status --json` print and that `state.json` keeps."""
        return {
            "format": FORMAT,
            "directory": str(self.directory),
            "options": {
                "clusters": self.options.clusters,
                "scrape_interval": self.options.scrape_interval,
                "broker_heap": self.options.broker_heap,
            },
            "parts": [
                {
                    "name": part.name,
                    "state": part.state.value,
                    "pid": part.pid,
                    "ports": dict(part.ports),
                    "log": str(part.log),
                }
                for part in self.parts
            ],
            "kafka": _access_to_json(self.kafka),
            "dr": None if self.dr is None else _access_to_json(self.dr),
            "registry_url": self.registry_url,
            "connect_url": self.connect_url,
            "prometheus_url": self.prometheus_url,
            "alertmanager_url": self.alertmanager_url,
            "users": str(self.users),
            "targets": str(self.targets),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> StackState:
        """The reverse of `to_json`; StackError when another version wrote the document."""
        if document.get("format") != FORMAT:
            raise StackError(
                f"state.json has format {document.get('format')!r} and this version reads {FORMAT}. "
                "Throw the stack away with `down --purge` and start again."
            )
        return cls(
            directory=Path(document["directory"]),
            options=Options(**document["options"]),
            parts=tuple(
                Part(
                    name=PartName(part["name"]),
                    state=PartState(part["state"]),
                    pid=part["pid"],
                    ports=part["ports"],
                    log=Path(part["log"]),
                )
                for part in document["parts"]
            ),
            kafka=KafkaAccess(**document["kafka"]),
            dr=None if document["dr"] is None else KafkaAccess(**document["dr"]),
            registry_url=document["registry_url"],
            connect_url=document["connect_url"],
            prometheus_url=document["prometheus_url"],
            alertmanager_url=document["alertmanager_url"],
            users=Path(document["users"]),
            targets=Path(document["targets"]),
        )


def _access_to_json(access: KafkaAccess) -> dict[str, str]:
    return {
        "name": access.name,
        "environment": access.environment,
        "region": access.region,
        "cluster_id": access.cluster_id,
        "bootstrap": access.bootstrap,
        "admin_bootstrap": access.admin_bootstrap,
    }


def stack_directory(chosen: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the stack lives, absolute: the given folder, else $STREAMGAUGE_STACK_DIR, else `.stack` here."""
    named = chosen or (Path(environ[DIRECTORY_VARIABLE]) if environ.get(DIRECTORY_VARIABLE) else DEFAULT_DIRECTORY)
    return named.expanduser().resolve()


def load_state(directory: Path) -> StackState:
    """The stack in that directory; StackError when there is none, or when its file cannot be understood."""
    path = directory / STATE_FILE
    try:
        return StackState.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise StackError(f"There is no stack in {directory}. Start one with `python -m stack up`.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:  # Not JSON, or JSON of another shape.
        raise StackError(
            f"{path} is damaged ({problem!r}). Throw the stack away with `down --purge` and start again."
        ) from problem


def save_state(state: StackState) -> None:
    """Replace the directory's state.json in one step."""
    write_in_one_step(state.directory / STATE_FILE, json.dumps(state.to_json(), indent=2) + "\n")


def write_in_one_step(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a file so that a reader, or a crash at any moment, finds the old text or the new one, never a part."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
