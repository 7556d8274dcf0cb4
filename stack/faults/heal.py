"""Undo every fault."""

from __future__ import annotations

import signal

from stack import running
from stack.cluster import admin_client
from stack.faults.brokers import start_kafka
from stack.faults.outcome import Outcome, Stopwatch
from stack.faults.short_isr import lift_throttles
from stack.faults.topics import delete_fault_topics
from stack.state import PartState, StackState


def heal(state: StackState) -> Outcome:
    """Wake who is paused, start who is down, remove what killed fault commands left, and wait until all is in sync."""
    watch = Stopwatch()
    seen = running.observed(state)
    paused = [part.name for part in seen.parts if part.state is PartState.PAUSED]
    for name in paused:
        running.send(state, name, signal.SIGCONT)
    own = running.own_parts(state)
    missing = [part.name for part in seen.parts if part.name in own and part.pid is None]
    start_kafka(state)
    state = running.start(state, own)
    running.await_answers(state, own, lambda _line: None)
    admin = admin_client(state.kafka)
    lift_throttles(state, admin)
    topics = delete_fault_topics(admin)
    return Outcome(
        fault="heal",
        target=", ".join([*paused, *missing, *topics]) or "nothing",
        effect="every part answers and all replicas are in sync",
        seconds=watch.seconds,
        details={"resumed": paused, "started": missing, "removed": topics},
    )
