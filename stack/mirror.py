"""MirrorMaker 2: everything that the main cluster holds, copied to the recovery site as `main.<topic>`."""

from __future__ import annotations

from stack import jvm
from stack.exporter import MIRROR_RULES
from stack.plan import MAIN, MIRROR, RECOVERY
from stack.processes import Program
from stack.state import StackError, StackState


def mirror_program(state: StackState) -> Program:
    """MirrorMaker from the main cluster to the recovery site; StackError when the stack has one cluster."""
    if state.dr is None:
        raise StackError("This stack has one cluster. Add the recovery site with `up --clusters 2`.")
    part = state.part(MIRROR)
    home = state.directory / MIRROR
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "mirror.properties"
    settings.write_text(_properties(state.kafka.admin_bootstrap, state.dr.admin_bootstrap), encoding="utf-8")
    return jvm.kafka_program(
        part, "org.apache.kafka.connect.mirror.MirrorMaker", settings, MIRROR_RULES, heap="256m", brief=True
    )


def _properties(main: str, recovery: str) -> str:
    """One flow, main to recovery. Its topics have one copy there, for the recovery site is one broker."""
    flow = f"{MAIN}->{RECOVERY}"
    settings = {
        "clusters": f"{MAIN},{RECOVERY}",
        f"{MAIN}.bootstrap.servers": main,
        f"{RECOVERY}.bootstrap.servers": recovery,
        f"{flow}.enabled": "true",
        f"{RECOVERY}->{MAIN}.enabled": "false",
        f"{flow}.topics": ".*",
        f"{flow}.topics.exclude": r"connect-.*, .*[\-\.]internal, .*\.replica, __.*",
        f"{flow}.sync.group.offsets.enabled": "true",
        "replication.factor": 1,
        "checkpoints.topic.replication.factor": 1,
        "heartbeats.topic.replication.factor": 1,
        "offset-syncs.topic.replication.factor": 1,
        "offset-syncs.topic.location": "target",
        "config.storage.replication.factor": 1,
        "offset.storage.replication.factor": 1,
        "status.storage.replication.factor": 1,
        "refresh.topics.interval.seconds": 10,
        "refresh.groups.interval.seconds": 10,
        "sync.topic.configs.interval.seconds": 30,
        "emit.checkpoints.interval.seconds": 10,
        "sync.topic.acls.enabled": "false",
        "tasks.max": 1,
    }
    return "".join(f"{key} = {value}\n" for key, value in settings.items())
