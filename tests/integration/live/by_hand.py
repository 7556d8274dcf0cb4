"""Prometheus asked with plain requests and added up sample by sample: what the product's numbers are held against."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass

import requests

from stack.state import StackState

ERRORS = 'kafka_network_requestmetrics_errors_total{request="Produce"}'
BROKERS = 'up{job="kafka"}'

CLIENT_FAULTS = {"TOPIC_AUTHORIZATION_FAILED", "MESSAGE_TOO_LARGE", "INVALID_PRODUCER_EPOCH"}
"""Of the answers that occur on the stack, those that its clients are to blame for."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One series with its samples as they were scraped; times in seconds since the epoch, ascending."""

    labels: dict[str, str]
    samples: list[tuple[float, float]]


def raw(stack: StackState, selector: str, start: float, end: float) -> list[Raw]:
    """The samples of every series from `start` to `end`, both included."""
    answer = requests.get(
        f"{stack.prometheus_url}/api/v1/query",
        params={"query": f"{selector}[{round((end - start) * 1000)}ms]", "time": f"{end:.3f}"},
        timeout=60,
    )
    answer.raise_for_status()
    return [
        Raw(one["metric"], [(float(at), float(value)) for at, value in one["values"]])
        for one in answer.json()["data"]["result"]
    ]


def answers(stack: StackState, left: float, right: float, known_since: float = 3600.0) -> Counter[str]:
    """Answers to Produce by error code in (left, right], over all brokers.

    known_since: seconds before `left` from which samples are read, for each series' base. A series begins at 0 when its
    broker answered a scrape without it before, be it for the first time or after a restart, and otherwise with its
    first value.
    """
    start = left - known_since
    scrapes = {
        one.labels["instance"]: [at for at, value in one.samples if value == 1]
        for one in raw(stack, BROKERS, start, right)
    }
    found: Counter[str] = Counter()
    for series in raw(stack, ERRORS, start, right):
        answered = scrapes[series.labels["instance"]]
        earlier, base = None, None
        for at, value in series.samples:
            last = bisect_left(answered, at) - 1
            if last >= 0 and answered[last] != earlier:
                base = 0.0
            if at > left and base is not None:
                found[series.labels["error"]] += int(value - base if value >= base else value)
            earlier, base = at, value
    return found


def platform_faults(found: Counter[str]) -> int:
    """Answers that the platform is to blame for."""
    return sum(count for code, count in found.items() if code not in CLIENT_FAULTS | {"NONE"})


def owed(found: Counter[str]) -> int:
    """Answers that count: all but the clients' own faults."""
    return sum(count for code, count in found.items() if code not in CLIENT_FAULTS)


def seen_up(stack: StackState, start: float, end: float) -> set[float]:
    """The minutes, by their left edge, in which a broker answered a scrape."""
    return {minute_of(at) for one in raw(stack, BROKERS, start, end) for at, value in one.samples if value == 1}


def seen_at_all(stack: StackState, start: float, end: float) -> set[float]:
    """The minutes in which Prometheus scraped anything, with or without an answer."""
    return {minute_of(at) for one in raw(stack, "up", start, end) for at, _ in one.samples}


def minute_of(at: float) -> float:
    """The left edge of the minute (edge, edge + 60] that a moment belongs to."""
    return -(-at // 60) * 60 - 60


def grown(stack: StackState, selector: str, left: float, right: float) -> int:
    """By how much counters of targets that did not restart grew from the edge `left` to the edge `right`."""
    total = 0.0
    for one in raw(stack, selector, left - 60, right):
        known = [value for at, value in one.samples if at <= left]
        total += one.samples[-1][1] - (known[-1] if known else 0.0)
    return int(total)


def by_minute(stack: StackState, selector: str, left: float, right: float) -> dict[tuple[str, float], list[float]]:
    """The samples of a gauge by broker and minute (its left edge), those of several series of a broker together."""
    found: dict[tuple[str, float], list[float]] = defaultdict(list)
    for one in raw(stack, selector, left, right):
        for at, value in one.samples:
            if at > left:
                found[one.labels["broker"], minute_of(at)].append(value)
    return found
