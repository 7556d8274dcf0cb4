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
    def query_range(self, promql: str, start: datetime, end: datetime, step: timedelta) -> Iterable[Series]:
        """Evaluates at start, start + step, … up to end. Raises SourceFailure."""
        ...


class SharedAnswers:
    """A Prometheus that is asked each thing once: SLIs that read the same series share the answer.

    Safe for several threads; who asks what another thread is waiting for waits with it. It remembers for as long as it
    lives, so it lives for one refresh.
    """

    def __init__(self, source: PrometheusSource) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, datetime, datetime, timedelta], Future[tuple[Series, ...]]] = {}

    @property
    def matchers(self) -> Mapping[str, str]:
        """Labels that select the cluster's series."""
        return self._source.matchers

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
                answer.set_result(tuple(self._source.query_range(promql, start, end, step)))
            except BaseException as error:  # noqa: BLE001 - whoever waits for this answer must not wait for ever
                answer.set_exception(error)
        return answer.result()
