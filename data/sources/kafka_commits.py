"""Committed offsets, read through kafka-python.

librdkafka has the call as well, and up to 2.16.0 it ends the whole process when a coordinator that has moved is asked
(github.com/confluentinc/librdkafka/issues/5040: the answer NOT_COORDINATOR makes it tell the consumer group of a
client that has none). Every rolling restart of a cluster would end the collector.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from data.settings import KafkaSettings
from data.sources.failures import SourceFailure, unreadable_secret
from data.sources.kafka_batches import RETRY_EVERY, RETRY_FOR
from data.sources.kafka_causes import REACH
from data.sources.kafka_client import Deadline
from scoring.catalog.estate import FailureKind, GroupId

GROUPS_A_CALL = 100
"""Groups in one call, which is one request a coordinator: what their answers hold is in memory at once."""

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what goes wrong arrives as an exception, and once

Commits = Mapping[Any, Any]
"""kafka-python's TopicPartition → OffsetAndMetadata."""


class CommitReader:
    """A kafka-python admin client that is made when first needed and made anew after a failure. For one thread."""

    def __init__(self, settings: KafkaSettings, timeout: float) -> None:
        self._settings = settings
        self._timeout = timeout
        self._admin: Any = None

    def close(self) -> None:
        """Let go of the connections; the next question opens new ones."""
        admin, self._admin = self._admin, None
        if admin is not None:
            with suppress(Exception):  # what cannot even be closed is let go of all the same
                admin.close()

    def read(self, groups: Sequence[GroupId], deadline: Deadline) -> tuple[dict[GroupId, Commits], dict[GroupId, str]]:
        """What each group has committed, and Kafka's name of the error for those that were refused.

        Raises SourceFailure when nobody answered, or when every group was refused.
        """
        found: dict[GroupId, Commits] = {}
        refused: dict[GroupId, str] = {}
        rest = iter(groups)
        while some := list(islice(rest, GROUPS_A_CALL)):
            self._read_some(some, deadline, found, refused)
        if refused and not found:
            name = next(iter(refused.values()))
            raise _refusal(name)
        return found, refused

    def _read_some(
        self, groups: Sequence[GroupId], deadline: Deadline, found: dict[GroupId, Commits], refused: dict[GroupId, str]
    ) -> None:
        """One call; when one group spoils it, each group for itself, so that the others have their answers."""
        from kafka.errors import BrokerResponseError

        until = Deadline(min(RETRY_FOR, deadline.left()))
        while True:
            try:
                with self._asking(deadline) as admin:
                    answer = admin.list_group_offsets(dict.fromkeys(groups))
            except BrokerResponseError as error:
                self.close()  # it remembers coordinators, and does not ask again when they have moved
                spoilt = error
            else:
                found.update(answer)
                return
            if not spoilt.retriable or until.left() == 0:
                break
            time.sleep(RETRY_EVERY)
        if len(groups) == 1:
            refused[groups[0]] = _name(spoilt)
            return
        for group in groups:
            self._read_some([group], deadline, found, refused)

    @contextmanager
    def _asking(self, deadline: Deadline) -> Iterator[Any]:
        """The client for one call. Raises SourceFailure when nobody answers; a broker's own error is passed on."""
        from kafka.errors import BrokerResponseError, KafkaError

        if deadline.left() == 0:
            raise self._silent()
        try:
            if self._admin is None:
                self._admin = self._opened()
            yield self._admin
        except BrokerResponseError as error:
            if error.errno == _SASL_AUTHENTICATION_FAILED:
                self.close()
                raise _refusal(_name(error)) from error
            raise
        except KafkaError as error:
            self.close()
            raise self._silent(error) from error

    def _opened(self) -> Any:
        # kafka-python is slow to import; a process that never asks need not.
        from kafka.admin import KafkaAdminClient

        from data.sources.kafka_python import client_options

        try:
            options = client_options(self._settings)
        except OSError as error:
            raise unreadable_secret(error) from error
        milliseconds = max(1, int(self._timeout * 1000))
        return KafkaAdminClient(**options, request_timeout_ms=milliseconds, bootstrap_timeout_ms=milliseconds)

    def _silent(self, error: Exception | None = None) -> SourceFailure:
        """The failure to get an answer about commits."""
        from kafka.errors import KafkaTimeoutError

        if error is not None and not isinstance(error, KafkaTimeoutError):
            return SourceFailure(
                FailureKind.UNREACHABLE, f"No Kafka broker answers about committed offsets: {error}.", REACH
            )
        return SourceFailure(
            FailureKind.TIMEOUT,
            f"Kafka at {self._settings.bootstrap_servers} did not tell committed offsets within {self._timeout:g} s.",
            "Look at the brokers' load, or raise kafka.timeout.",
        )


_SASL_AUTHENTICATION_FAILED = 58
_REFUSALS = {
    "TOPIC_AUTHORIZATION_FAILED",
    "GROUP_AUTHORIZATION_FAILED",
    "CLUSTER_AUTHORIZATION_FAILED",
    "SASL_AUTHENTICATION_FAILED",
}


def _name(error: Any) -> str:
    return str(error.message or f"error {error.errno}")


def _refusal(name: str) -> SourceFailure:
    """What it means when no group's commits are told."""
    if name in _REFUSALS:
        step = "`streamgauge doctor` prints the ACL to add."
        return SourceFailure(FailureKind.FORBIDDEN, f"Kafka refused to tell committed offsets: {name}.", step)
    return SourceFailure(
        FailureKind.BAD_ANSWER, f"Kafka answered {name} about committed offsets.", "Look into the brokers' logs."
    )
