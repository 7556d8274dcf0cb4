"""Metrics from Prometheus, or from any engine that speaks its HTTP API.

prometheus-api-client asks, on a session of ours underneath it. The library alone drops warnings, so that half an
answer from Thanos looks whole; sends long queries in the URL; retries what timed out; and its frames take ten times
the memory of arrays. The session puts queries into the body, keeps the warnings and never retries.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import numpy as np
import requests
from numpy.typing import NDArray
from prometheus_api_client import PrometheusConnect

from data.settings import PrometheusSettings
from data.sources.failures import SourceFailure
from data.sources.http import NO_RETRIES, HttpSession
from scoring.catalog.estate import FailureKind

Array = NDArray[np.float64]

POINTS_A_CALL = 11_000
"""Points of one series in one range query; Prometheus refuses more."""

_ANNOTATION = ("PromQL warning:", "PromQL info:")
"""How Prometheus begins a remark on the query; any other warning means that a part of the data is missing."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series. times: seconds since the epoch, ascending. values: one a time, NaN and ±Inf included."""

    labels: Mapping[str, str]
    times: Array
    values: Array


@dataclass(frozen=True, slots=True)
class Answer:
    """The series of one query, none when nothing matched, and what Prometheus remarked about it."""

    series: tuple[Series, ...]
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Series]:
        return iter(self.series)

    def __len__(self) -> int:
        return len(self.series)


class _Session(HttpSession):
    """Sends queries as a form and keeps each answer's warnings; several threads may ask at once."""

    def __init__(self, settings: PrometheusSettings) -> None:
        super().__init__("Prometheus", settings)
        self._heard = threading.local()

    def warnings(self) -> tuple[str, ...]:
        """The warnings of this thread's last answer."""
        return getattr(self._heard, "warnings", ())

    def request(self, method: str, url: str, *_: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        """One call; raises SourceFailure also where the envelope says error, or is none."""
        self._heard.warnings = ()
        if method.upper() == "POST":
            options["data"], options["params"] = options.get("params"), None
        response = super().request(method, url, **options)
        envelope = response.json()
        if not isinstance(envelope, dict) or envelope.get("status") != "success" or "data" not in envelope:
            raise _not_prometheus(self.base)
        self._heard.warnings = tuple(str(text) for text in envelope.get("warnings") or ())
        return response


class PrometheusSource:
    """One Prometheus. Every method raises SourceFailure; an empty answer is an answer."""

    def __init__(self, settings: PrometheusSettings, timeout: float | None = None) -> None:
        self._seconds = timeout if timeout is not None else settings.timeout
        self.matchers: Mapping[str, str] = settings.matchers
        self._session = _Session(settings)
        self._connect = PrometheusConnect(
            url=settings.url, session=self._session, retry=NO_RETRIES, timeout=self._seconds, method="POST"
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def ping(self) -> None:
        """Ask for nothing but an answer. Raises SourceFailure when there is none."""
        self.query("vector(1)", datetime.now(UTC))

    def query(self, promql: str, at: datetime, *, partial: bool = False) -> Answer:
        """The expression at one moment; a scalar comes as one series without labels, `x[5m]` as the samples of x.

        Every query of one refresh should get the same `at`. partial: take an answer that misses a part of the data,
        which otherwise raises SourceFailure of kind partial.
        """
        params = {"time": at.timestamp(), "timeout": self._server_timeout()}
        result = self._connect.custom_query(promql, params=params)
        warnings = self._checked(promql, partial=partial)
        try:
            if result and not isinstance(result[0], dict):
                return Answer((_series({}, [result]),), warnings)
            return Answer(tuple(_series(one["metric"], _points(one)) for one in result), warnings)
        except (KeyError, TypeError, ValueError) as error:
            raise _not_prometheus(self._session.base) from error

    def server_time(self) -> float:
        """Prometheus' own clock, seconds since the epoch."""
        result = self._connect.custom_query("time()")
        try:
            return float(result[1])
        except (IndexError, TypeError, ValueError) as error:
            raise _not_prometheus(self._session.base) from error

    def query_range(
        self, promql: str, start: datetime, end: datetime, step: timedelta, *, partial: bool = False
    ) -> Answer:
        """The expression at start, start + step, … up to end, however many points that are; whole seconds.

        Long ranges are asked in pieces of 11 000 points. A missing point is missing: times then have a gap.
        """
        seconds = round(step.total_seconds())
        if seconds < 1:
            raise ValueError(f"step is {step}; the smallest is one second")
        pieces: defaultdict[tuple[tuple[str, str], ...], list[list[Any]]] = defaultdict(list)
        warnings: dict[str, None] = {}
        piece_start = round(start.timestamp())
        last = round(end.timestamp())
        while piece_start <= last:
            piece_end = min(last, piece_start + (POINTS_A_CALL - 1) * seconds)
            for one in self._piece(promql, piece_start, piece_end, seconds):
                try:
                    pieces[tuple(sorted(one["metric"].items()))].extend(one["values"])
                except (KeyError, TypeError, AttributeError) as error:
                    raise _not_prometheus(self._session.base) from error
            warnings |= dict.fromkeys(self._checked(promql, partial=partial))
            piece_start = piece_end + seconds
        try:
            series = tuple(_series(dict(labels), pairs) for labels, pairs in pieces.items())
        except (TypeError, ValueError) as error:
            raise _not_prometheus(self._session.base) from error
        return Answer(series, tuple(warnings))

    def label_values(self, label: str, matching: str, start: datetime, end: datetime) -> tuple[str, ...]:
        """The values of a label among the series that match in that time; `__name__` gives metric names."""
        params = {"match[]": matching, "start": start.timestamp(), "end": end.timestamp()}
        found = self._connect.get_label_values(label, params=params)
        self._checked(matching, partial=False)
        return tuple(found)

    def series(self, matching: str, start: datetime, end: datetime) -> tuple[Mapping[str, str], ...]:
        """The labels of every series that matches and has a sample in that time."""
        found = self._connect.get_series(start, end, params={"match[]": matching})
        self._checked(matching, partial=False)
        return tuple(found)

    def status(self, what: str) -> Mapping[str, Any] | None:
        """/api/v1/status/WHAT (flags, runtimeinfo, config); None where the engine does not have it."""
        return self._optional(f"/api/v1/status/{what}")

    def metadata(self, metric: str) -> Mapping[str, Any] | None:
        """Type and help of a metric as its targets tell; None where the engine does not have it."""
        return self._optional("/api/v1/metadata", {"metric": metric})

    def targets(self) -> Mapping[str, Any] | None:
        """The scrape targets that are active now; None where the engine does not scrape."""
        return self._optional("/api/v1/targets", {"state": "active"})

    def alert_rules(self) -> Mapping[str, Any] | None:
        """The alerting rules by group, with their health and last evaluation; None where the engine has no such API."""
        return self._optional("/api/v1/rules", {"type": "alert"})

    def _optional(self, path: str, params: dict[str, Any] | None = None) -> Mapping[str, Any] | None:
        """The data at a path that engines other than Prometheus may lack."""
        try:
            data = self._session.get_json(path, params, timeout=self._seconds)["data"]
        except SourceFailure as failure:
            if failure.kind is FailureKind.BAD_ANSWER:
                return None
            raise
        return data if isinstance(data, dict) else None

    def _piece(self, promql: str, start: int, end: int, seconds: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._connect.custom_query_range(
            promql,
            start_time=datetime.fromtimestamp(start, UTC),
            end_time=datetime.fromtimestamp(end, UTC),
            step=str(seconds),
            params={"timeout": self._server_timeout()},
        )
        return found

    def _server_timeout(self) -> str:
        """A little less than ours, so that Prometheus stops first and says which query was too slow.

        Seconds without a unit: with one, Prometheus refuses a fraction.
        """
        return f"{max(0.1, self._seconds * 0.9):.3f}"

    def _checked(self, promql: str, *, partial: bool) -> tuple[str, ...]:
        """The last answer's warnings; raises SourceFailure when they say that data is missing."""
        warnings = self._session.warnings()
        missing = [text for text in warnings if not text.startswith(_ANNOTATION)]
        if missing and not partial:
            raise SourceFailure(
                FailureKind.PARTIAL,
                f"Prometheus answered {promql[:120]} only in part: {missing[0][:200]}.",
                "Check the stores behind it; numbers from this answer are not used.",
            )
        return warnings


def _series(labels: Mapping[str, str], pairs: list[Any]) -> Series:
    """A series from [time, "value"] pairs; float() reads NaN, +Inf and -Inf as Prometheus writes them."""
    count = len(pairs)
    times = np.fromiter(map(itemgetter(0), pairs), dtype=np.float64, count=count)
    values = np.fromiter(map(float, map(itemgetter(1), pairs)), dtype=np.float64, count=count)
    return Series(labels, times, values)


def _points(one: Mapping[str, Any]) -> list[Any]:
    """The [time, "value"] pairs of one series of an answer: one at an instant, several of a range."""
    return list(one["values"]) if "values" in one else [one["value"]]


def _not_prometheus(url: str) -> SourceFailure:
    return SourceFailure(
        FailureKind.BAD_ANSWER,
        f"What answers at {url} does not speak Prometheus' HTTP API.",
        "Check the URL; it ends before /api/v1.",
    )
