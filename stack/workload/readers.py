"""Consumers of the everyday kind: they commit automatically and check nothing. Some keep up, some do not."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from threading import Event

from confluent_kafka import Consumer

from stack.workload.company import Behaviour, Reader

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
FETCH_WAIT_MS = 1000
"""How long a broker holds an empty fetch. New records end the wait, so this costs no latency and saves requests."""


class PlainReader:
    """One member of a group, reading the way its behaviour says. `seen` counts records."""

    def __init__(self, reader: Reader, kafka: Mapping[str, str]) -> None:
        self.seen = 0
        self._reader = reader
        self._consumer = Consumer(
            {
                **kafka,
                "group.id": reader.group,
                "client.id": f"{reader.group}-1",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": True,
                "fetch.wait.max.ms": FETCH_WAIT_MS,
            }
        )

    def run(self, stop: Event) -> None:
        """Read until `stop` is set."""
        self._consumer.subscribe(list(self._reader.topics))
        try:
            while not stop.is_set():
                if self._read_one():
                    self._rest(stop)
                elif self._reader.behaviour is Behaviour.BURSTS:
                    stop.wait(self._reader.every_seconds)
        finally:
            self._consumer.close()

    def _read_one(self) -> bool:
        message = self._consumer.poll(POLL_SECONDS)
        if message is None:
            return False
        error = message.error()
        if error is not None:
            log.warning("consumer_error", extra={"fields": {"group": self._reader.group, "reason": error.str()}})
            return True
        self.seen += 1
        return True

    def _rest(self, stop: Event) -> None:
        if self._reader.max_per_second is not None:
            stop.wait(1 / self._reader.max_per_second)
