"""The parts around Kafka, stopped and started: registry, Connect, Prometheus, Alertmanager, the lag exporter."""

from __future__ import annotations

from stack import running
from stack.faults.outcome import Outcome, Stopwatch
from stack.readiness import answers
from stack.state import PartName, StackError, StackState


def stop_service(state: StackState, name: PartName) -> Outcome:
    """Stop a part and see that it no longer answers."""
    watch = Stopwatch()
    running.stop(state, [name])
    if answers(state.part(name)):
        raise StackError(f"{name} was stopped, and something else answers on its port. See `ss -ltnp`.")
    return Outcome(f"{name} stop", name, f"{name} is gone and its port is closed", watch.seconds)


def start_service(state: StackState, name: PartName) -> Outcome:
    """Start a part and see that it answers."""
    watch = Stopwatch()
    running.await_answers(running.start(state, [name]), [name], lambda _line: None)
    return Outcome(f"{name} start", name, f"{name} answers", watch.seconds)
