"""Connectors, from Kafka Connect's REST API, with every secret of their configs covered before anybody sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from data.settings import ConnectSettings
from data.settings.secrets import redacted, scrubbed
from data.sources.failures import SourceFailure
from data.sources.http import HttpSession, NotFound
from scoring.catalog.estate import Connector, ConnectorName, FailureKind, Present, TopicName

REQUESTS_AT_ONCE = 4
LONGEST_TRACE = 4_000
"""Characters of a stack trace that are kept; the cause stands at its beginning."""

UNKNOWN = "UNKNOWN"


def _now() -> datetime:
    return datetime.now(UTC)


class ConnectSource:
    """One Connect cluster. Every method raises SourceFailure."""

    def __init__(
        self, settings: ConnectSettings, timeout: float | None = None, clock: Callable[[], datetime] = _now
    ) -> None:
        self._session = HttpSession("Kafka Connect", settings, REQUESTS_AT_ONCE)
        self._timeout = timeout
        self._clock = clock

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def version(self) -> str:
        """The worker's version."""
        root = self._session.get_json("/", timeout=self._timeout)
        return str(root.get("version", UNKNOWN)) if isinstance(root, dict) else UNKNOWN

    def connectors(self) -> Present[tuple[Connector, ...]]:
        """Every connector with its tasks' states, its topics and its redacted config, by name."""
        answer = self._session.find_json("/connectors", {"expand": ["info", "status"]}, self._timeout)
        if isinstance(answer, NotFound):
            raise SourceFailure(
                FailureKind.UNREACHABLE,
                f"Kafka Connect at {self._session.base} answers 404: it has not joined its group yet.",
                "Wait until it has started; check the URL if it has.",
            )
        if not isinstance(answer, dict):
            raise self._strange()
        names = sorted(answer)
        with ThreadPoolExecutor(REQUESTS_AT_ONCE, thread_name_prefix="connect") as pool:
            topics = dict(zip(names, pool.map(self._active_topics, names), strict=True))
        try:
            found = tuple(_connector(name, answer[name], topics[name]) for name in names)
        except (KeyError, TypeError, AttributeError) as error:
            raise self._strange() from error
        missing = tuple(
            f"Connector {name}: Connect does not say which topics it uses."
            for name in names
            if topics[name] is None and not _named_topics(answer[name])
        )
        return Present(found, self._clock(), "GET /connectors?expand=info&expand=status", missing)

    def _active_topics(self, name: str) -> tuple[str, ...] | None:
        """The topics that the connector has used; None where topic tracking is off or the connector just left."""
        try:
            answer = self._session.find_json(f"/connectors/{quote(name, safe='')}/topics", timeout=self._timeout)
        except SourceFailure as failure:
            if failure.kind is FailureKind.FORBIDDEN:
                return None
            raise
        if isinstance(answer, NotFound):
            return None
        try:
            return tuple(str(topic) for topic in answer[name]["topics"])
        except (KeyError, TypeError) as error:
            raise self._strange() from error

    def _strange(self) -> SourceFailure:
        return SourceFailure(
            FailureKind.BAD_ANSWER,
            f"What answers at {self._session.base} does not speak Kafka Connect's REST API.",
            "Check the URL.",
        )


def _connector(name: str, entry: Mapping[str, Any], active: tuple[str, ...] | None) -> Connector:
    """One connector; a part that Connect left out (a worker that is leaving) is UNKNOWN, never RUNNING."""
    info, status = entry.get("info") or {}, entry.get("status") or {}
    head = status.get("connector") or {}
    tasks = sorted(status.get("tasks") or (), key=lambda task: task["id"])
    traces = (part.get("trace") for part in (head, *tasks))
    trace = next((found for found in traces if found), None)
    config = {str(key): redacted(str(key), str(value)) for key, value in (info.get("config") or {}).items()}
    topics = (*(active or ()), *_named_topics(entry))
    return Connector(
        name=ConnectorName(name),
        kind=str(info.get("type") or status.get("type") or UNKNOWN).lower(),
        state=str(head.get("state") or UNKNOWN),
        worker=str(head.get("worker_id") or ""),
        tasks=tuple(str(task.get("state") or UNKNOWN) for task in tasks),
        topics=tuple(TopicName(topic) for topic in sorted(set(topics))),
        config=config,
        trace=scrubbed(trace)[:LONGEST_TRACE] if trace else None,
    )


def _named_topics(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The topics that a connector's config names one by one."""
    config = (entry.get("info") or {}).get("config") or {}
    listed = config.get("topics") or config.get("topic") or ""
    return tuple(topic.strip() for topic in str(listed).split(",") if topic.strip())
