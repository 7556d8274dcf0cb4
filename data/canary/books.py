"""All that one canary has noted down so far, shared between the threads that write, read, watch and show it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from data.canary.ledger import Ledger
from data.canary.outages import Outages
from data.canary.tally import Histogram


@dataclass(slots=True)
class Book:
    """One partition. home: the broker that it is for. leader: the one that leads it, None while there is none.

    ready: the reader stands at a known offset, so that whatever is written now will be read.
    """

    home: int
    ledger: Ledger
    outages: Outages
    leader: int | None = None
    ready: bool = False


@dataclass(slots=True)
class Watched:
    """What was found out beside writing and reading.

    reachable: broker → whether it answered when it was asked last. lag: (broker, partition) → records that this copy
    lacks; a copy that did not answer is missing. commit: seconds that commits took. topic_ready: it was found as it
    should be when it was looked at last.
    """

    reachable: dict[int, bool] = field(default_factory=dict)
    lag: Mapping[tuple[int, int], int] = field(default_factory=dict)
    commit: Histogram = field(default_factory=Histogram)
    commit_failures: int = 0
    topic_ready: bool = False


class Books:
    """The books of one cluster's canary. Whoever uses them holds `lock`, and does nothing slow meanwhile."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.partitions: dict[int, Book] = {}
        self.watched = Watched()
        self.identity = ""
        self.assignments = 0
        """Grows whenever the reader has to take up its partitions and positions anew."""
