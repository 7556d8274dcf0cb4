"""What librdkafka logs: heard in full, repeated rarely."""

from __future__ import annotations

import logging
import math
import time

LOG_REPEATS_AFTER = 60.0
"""Seconds before librdkafka's line about the same broker thread is logged again; it reconnects many times a second."""

LOGGER = logging.getLogger("streamgauge.kafka.librdkafka")


class Ear(logging.Filter):
    """Hears every line that librdkafka logs for one client, and lets few of them through to our log.

    A connection that a broker closes at once, as a SASL listener does to a client without SASL, is told nowhere else.
    """

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0
        self.last_failure = ""
        self._logged: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """True when the line should be logged: wanted at that level, and not told of that broker a moment ago."""
        who, _, what = record.getMessage().partition(" [thrd:")[2].partition("]: ")
        if record.getMessage().startswith("FAIL "):
            self.failures += 1
            self.last_failure = what
        now = time.monotonic()
        if not LOGGER.isEnabledFor(record.levelno) or now - self._logged.get(who, -math.inf) < LOG_REPEATS_AFTER:
            return False
        self._logged[who] = now
        return True

    def logger(self) -> logging.Logger:
        """A logger for one client, which hands what passes this filter on to ours."""
        made = logging.Logger(LOGGER.name, logging.INFO)
        made.parent = LOGGER
        made.addFilter(self)
        return made
