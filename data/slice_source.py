"""What slices are read through: a Prometheus, and one that remembers its answers while several SLIs are read."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Series(Protocol):
    """One series of an answer; times: seconds since the epoch, ascending."""

    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def times(self) -> NDArray[np.float64]: ...
    @property
    def values(self) -> NDArray[np.float64]: ...


class PrometheusSource(Protocol):
    """The part of the Prometheus source that slices are read through.

    matchers: labels that select the cluster's series in a Prometheus that has several.
    """

    @property
    def matchers(self) -> Mapping[str, str]: ...
    def query(self, promql: str, at: datetime) -> Iterable[Series]:
        """Evaluates at one moment; `x[1m]` gives the samples of x. Raises SourceFailure."""
        ...

    def query_range(self, promql: str, start: datetime, end: datetime, step: timedelta) -> Iterable[Series]:
        """Evaluates at start, start + step, … up to end. Raises SourceFailure."""
        ...


REMEMBERED_BYTES = 256 * 1024**2
"""Of 30 days by the minute, that is 370 series."""


class SharedAnswers:
    """A Prometheus that is asked each thing once: SLIs that read the same series share the answer.

    Safe for several threads; who asks what another thread is waiting for waits with it. It lives for one refresh, and
    remembers the newest answers only, up to `most_bytes`.
    """

    def __init__(self, source: PrometheusSource, most_bytes: int = REMEMBERED_BYTES) -> None:
        self._source = source
        self._most_bytes = most_bytes
        self._bytes = 0
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, datetime, datetime, timedelta], Future[tuple[Series, ...]]] = {}

    @property
    def matchers(self) -> Mapping[str, str]:
        """Labels that select the cluster's series."""
        return self._source.matchers

    def query(self, promql: str, at: datetime) -> Iterable[Series]:
        """As the source's; not remembered."""
        return self._source.query(promql, at)

    def query_range(self, promql: str, start: datetime, end: datetime, step: timedelta) -> Iterable[Series]:
        """As the source's; a failure is remembered too, so that a source which is away is not asked again by each."""
        key = (promql, start, end, step)
        with self._lock:
            answer = self._answers.get(key)
            asks = answer is None
            if answer is None:
                answer = self._answers[key] = Future()
        if asks:
            try:
                series = tuple(self._source.query_range(promql, start, end, step))
                answer.set_result(series)
                self._forget_oldest(_bytes_of(series))
            except BaseException as error:  # noqa: BLE001 - whoever waits for this answer must not wait for ever
                answer.set_exception(error)
        return answer.result()

    def _forget_oldest(self, more_bytes: int) -> None:
        with self._lock:
            self._bytes += more_bytes
            for key, answer in list(self._answers.items()):
                if self._bytes <= self._most_bytes:
                    return
                if answer.done() and answer.exception() is None:
                    self._bytes -= _bytes_of(self._answers.pop(key).result())


def _bytes_of(answer: tuple[Series, ...]) -> int:
    return sum(one.times.nbytes + one.values.nbytes for one in answer)
