"""Kafka brokers: KRaft with combined roles, one listener under ACLs and one where everybody is super user.

The metadata log lies apart from the data, so that a fault of the data disk takes a log directory offline and does not
halt the node. The voters are a static list rather than a dynamic quorum: the latter writes the controllers' ports into
the log, and three nodes whose ports have changed never find each other again. min.insync.replicas is missing here, for
since 4.1 brokers ignore it in this file: `stack.cluster` sets it as the cluster's default.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from stack import jvm
from stack.exporter import BROKER_RULES
from stack.plan import RECOVERY_BROKER
from stack.ports import HOST
from stack.processes import Program, run_tool
from stack.state import KafkaAccess, Part, PartName, StackError, StackState

SESSION_TIMEOUT_MS = 6000
ADMIN_USER = "admin"


@dataclass(frozen=True, slots=True)
class Site:
    """One Kafka cluster of a stack: how to reach it, and the parts that are its brokers, node 1 first."""

    access: KafkaAccess
    brokers: tuple[Part, ...]

    @property
    def replication(self) -> int:
        """How many copies every topic of the platform itself has."""
        return min(3, len(self.brokers))


def sites(state: StackState) -> tuple[Site, ...]:
    """The clusters of a stack, the main one first."""
    main = Site(state.kafka, tuple(part for part in state.parts if part.name.startswith("broker-")))
    if state.dr is None:
        return (main,)
    return main, Site(state.dr, (state.part(RECOVERY_BROKER),))


def broker_program(state: StackState, site: Site, node: int) -> Program:
    """Broker `node` of a site, its configuration written and its directories formatted."""
    part = site.brokers[node - 1]
    home = state.directory / part.name
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "server.properties"
    settings.write_text(server_properties(site, node, home), encoding="utf-8")
    _format(state.directory, site.access.cluster_id, part.name, settings)
    return jvm.kafka_program(part, "kafka.Kafka", settings, BROKER_RULES, state.options.broker_heap)


def server_properties(site: Site, node: int, home: Path) -> str:
    """The server.properties of one node."""
    ports = site.brokers[node - 1].ports
    voters = ",".join(f"{n}@{HOST}:{part.ports['controller']}" for n, part in enumerate(site.brokers, start=1))
    client_listeners = f"INTERNAL://{HOST}:{ports['internal']},SASL://{HOST}:{ports['kafka']}"
    copies = site.replication
    settings = {
        "process.roles": "broker,controller",
        "node.id": node,
        "controller.quorum.voters": voters,
        "listeners": f"{client_listeners},CONTROLLER://{HOST}:{ports['controller']}",
        "advertised.listeners": client_listeners,
        "listener.security.protocol.map": "INTERNAL:PLAINTEXT,SASL:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "INTERNAL",
        "controller.listener.names": "CONTROLLER",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.sasl.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:ANONYMOUS;User:{ADMIN_USER}",
        "allow.everyone.if.no.acl.found": "false",
        "log.dirs": home / "data",
        "metadata.log.dir": home / "metadata",
        "broker.session.timeout.ms": SESSION_TIMEOUT_MS,
        "auto.create.topics.enable": "false",
        "default.replication.factor": copies,
        "num.partitions": 3,
        "offsets.topic.num.partitions": 6,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.num.partitions": 6,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": max(1, copies - 1),
        "share.coordinator.state.topic.num.partitions": 3,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": max(1, copies - 1),
        "group.initial.rebalance.delay.ms": 500,
        "num.network.threads": 2,
        "num.io.threads": 4,
        "num.recovery.threads.per.data.dir": 2,
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def _format(stack: Path, cluster_id: str, name: PartName, settings: Path) -> None:
    """Give a node's directories their identity, once; a format that was cut short is started anew.

    Kafka's tool works in place, and a node refuses half of its work, so it runs on a directory beside and the results
    are moved when it is done, the metadata last: where they exist, the node is formatted.
    """
    home = stack / name
    data, metadata = home / "data", home / "metadata"
    if metadata.exists():
        _check_identity(cluster_id, metadata)
        return
    for leftover in (*home.glob("formatting-*"), data):
        shutil.rmtree(leftover, ignore_errors=True)
    # A name of its own: a tool that outlived its killed launcher must not write between ours.
    scratch = Path(tempfile.mkdtemp(prefix="formatting-", dir=home))
    configuration = scratch / "server.properties"
    configuration.write_text(settings.read_text(encoding="utf-8").replace(str(home), str(scratch)), encoding="utf-8")
    tool = [*jvm.tool("kafka.tools.StorageTool"), "format"]
    run_tool(stack, [*tool, "--cluster-id", cluster_id, "--config", str(configuration)])
    (scratch / "data").rename(data)
    (scratch / "metadata").rename(metadata)
    shutil.rmtree(scratch)


def _check_identity(cluster_id: str, metadata: Path) -> None:
    lines = (metadata / "meta.properties").read_text(encoding="utf-8").splitlines()
    if f"cluster.id={cluster_id}" not in lines:
        raise StackError(
            f"{metadata.parent} holds another cluster's data. Throw the stack away with `down --purge` and start again."
        )
