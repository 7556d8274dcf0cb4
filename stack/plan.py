"""What a stack will consist of: its parts, their ports and addresses, decided before anything starts."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from stack.ports import HOST, free_ports, is_free
from stack.state import KafkaAccess, Options, Part, PartName, PartState, StackState

MAIN, RECOVERY = "main", "dr"
BROKER_COUNT = 3

REGISTRY = PartName("registry")
CONNECT = PartName("connect")
PROMETHEUS = PartName("prometheus")
ALERTMANAGER = PartName("alertmanager")
LAG_EXPORTER = PartName("lag-exporter")
MIRROR = PartName("mirror-maker")
RECOVERY_BROKER = PartName("dr-broker-1")

CANARY_METRICS = "canary"
"""A port kept free for the application's canary, which is no part of the stack: Prometheus looks for it there."""

BROKER_PORTS = ("kafka", "internal", "controller", "metrics")

Ports = Mapping[PartName, Mapping[str, int]]


def broker_name(node: int) -> PartName:
    """The part that is broker `node` of the main cluster."""
    return PartName(f"broker-{node}")


def wanted_ports(options: Options) -> dict[PartName, tuple[str, ...]]:
    """The purposes that each part needs a port for, in the order in which a fixed base hands them out."""
    wanted: dict[PartName, tuple[str, ...]] = {broker_name(node): BROKER_PORTS for node in range(1, BROKER_COUNT + 1)}
    wanted |= {REGISTRY: ("http", "management"), CONNECT: ("http", "metrics")}
    wanted |= {PROMETHEUS: ("http", CANARY_METRICS), ALERTMANAGER: ("http",), LAG_EXPORTER: ("metrics",)}
    if options.clusters > 1:
        wanted |= {RECOVERY_BROKER: BROKER_PORTS, MIRROR: ("metrics",)}
    return wanted


def new_cluster_id() -> str:
    """A cluster's identity as Kafka writes it: url-safe base64 of a random UUID."""
    while True:
        identity = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        if not identity.startswith("-"):  # Kafka's tools would read it as an option.
            return identity


def plan(
    directory: Path, options: Options, base: int | None, old: StackState | None, alive: frozenset[PartName]
) -> StackState:
    """The stack that `up` is to bring about.

    base: the first port, None for free ones. old: what the directory held; its cluster ids stay, its ports stay where
    they are free or held by our own part (`alive`), and parts that others added stay as they are.
    """
    ports = _assign(wanted_ports(options), base, old, alive)
    clusters = (old.kafka.cluster_id, old.dr.cluster_id if old.dr else new_cluster_id()) if old else None
    state = _assemble(directory, options, ports, clusters or (new_cluster_id(), new_cluster_id()))
    return state if old is None else _with_kept_processes(state, old, alive)


def _with_kept_processes(state: StackState, old: StackState, alive: frozenset[PartName]) -> StackState:
    planned = {part.name for part in state.parts}
    kept = [part for part in old.parts if part.name in alive or part.name not in planned]
    return state.with_parts(kept)


def _assign(
    wanted: Mapping[PartName, tuple[str, ...]], base: int | None, old: StackState | None, alive: frozenset[PartName]
) -> dict[PartName, dict[str, int]]:
    """A port for everything wanted: old ones where they can stay, the rest free ones."""
    ports: dict[PartName, dict[str, int]] = {name: {} for name in wanted}
    former = {part.name: part.ports for part in old.parts} if old else {}
    for name, purposes in wanted.items():
        for purpose in purposes:
            port = former.get(name, {}).get(purpose)
            if port is not None and (name in alive or (base is None and is_free(port))):
                ports[name][purpose] = port
    missing = [
        (name, purpose) for name, purposes in wanted.items() for purpose in purposes if purpose not in ports[name]
    ]
    taken = set(chain.from_iterable(given.values() for given in [*ports.values(), *former.values()]))
    for (name, purpose), port in zip(missing, free_ports(len(missing), base, () if base else taken), strict=True):
        ports[name][purpose] = port
    return ports


def _assemble(directory: Path, options: Options, ports: Ports, clusters: tuple[str, str]) -> StackState:
    brokers = [name for name in ports if name.startswith("broker-")]
    recovery = None
    if options.clusters > 1:
        recovery = _access(RECOVERY, "eu-west", clusters[1], [ports[RECOVERY_BROKER]])
    return StackState(
        directory=directory,
        options=options,
        parts=tuple(
            Part(name, PartState.STOPPED, None, dict(given), directory / "logs" / f"{name}.log")
            for name, given in ports.items()
        ),
        kafka=_access(MAIN, "eu-central", clusters[0], [ports[name] for name in brokers]),
        dr=recovery,
        registry_url=f"http://{HOST}:{ports[REGISTRY]['http']}/apis/ccompat/v7",
        connect_url=f"http://{HOST}:{ports[CONNECT]['http']}",
        prometheus_url=f"http://{HOST}:{ports[PROMETHEUS]['http']}",
        alertmanager_url=f"http://{HOST}:{ports[ALERTMANAGER]['http']}",
        users=directory / "users.json",
        targets=directory / "targets",
    )


def _access(name: str, region: str, cluster_id: str, brokers: list[Mapping[str, int]]) -> KafkaAccess:
    return KafkaAccess(
        name=name,
        environment="dev",
        region=region,
        cluster_id=cluster_id,
        bootstrap=",".join(f"{HOST}:{ports['kafka']}" for ports in brokers),
        admin_bootstrap=",".join(f"{HOST}:{ports['internal']}" for ports in brokers),
    )
