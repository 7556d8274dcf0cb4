"""A reference consumer in a process of its own that writes down each record that it handled, to be killed by a test."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from threading import Event
from typing import Any

from stack.workload.consumer_metrics import ConsumerMetrics, ConsumerSeries
from stack.workload.decoding import by_expectation
from stack.workload.reference_consumer import ConsumerPlan, ReferenceConsumer


def main(bootstrap: str, group: str, source: str, buried: str, diary: str) -> None:
    """Handle slowly, and keep a diary on disk."""
    with Path(diary).open("a", encoding="utf-8") as pages:

        def handle(value: Any) -> None:
            pages.write(f"{value['n']}\n")
            pages.flush()
            time.sleep(0.005)

        # The shortest that brokers allow: the group waits that long for a member that was killed.
        kafka = {"bootstrap.servers": bootstrap, "session.timeout.ms": "6000"}
        plan = ConsumerPlan(kafka, group, (source,), buried, commit_seconds=0.3)
        decode = by_expectation({"type": "object", "required": ["n"]})
        ReferenceConsumer(plan, decode, handle, ConsumerMetrics(ConsumerSeries(), group)).run(Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
