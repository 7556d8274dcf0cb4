"""Reads the store once for everybody: an answer is kept until the store has something newer."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar, cast

from data.clock import Clock, utc_now

if TYPE_CHECKING:
    from data.store.failures import ReadOnly, Writable
    from data.store.read import ReadModel
    from data.store.store import Store

T = TypeVar("T")

KEPT_ANSWERS = 64
"""A table of 5 000 rows takes a few megabytes; these are the pages that people look at now."""

VERSION_SECONDS = 1.0
"""How long the store's version is taken as read: live parts of many sessions ask for it all the time."""

Version = Hashable


class Reader:
    """The read model with a memory.

    Every answer that pages get is immutable or treated so, and is shared by all sessions. It is read anew when the
    store's version has moved: when any part of any source was looked at again; what was read before is let go. store:
    the services behind the pages on which people write; what they answer is asked anew each time.
    """

    def __init__(
        self,
        read: ReadModel,
        write_condition: Callable[[], Writable | ReadOnly],
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        store: Store | None = None,
    ) -> None:
        self._read = read
        self.store = store
        self.write_condition = write_condition
        self.clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[Version, object]] = OrderedDict()
        self._version: Version = None
        self._version_until = float("-inf")

    def version(self) -> Version:
        """What changes when the store holds something newer; at most VERSION_SECONDS old."""
        with self._lock:
            if self._monotonic() < self._version_until:
                return self._version
        version = tuple((part.cluster, part.source, part.part, part.last_attempt) for part in self._read.part_states())
        with self._lock:
            self._version = version
            self._version_until = self._monotonic() + VERSION_SECONDS
        return version

    def ask(self, key: Hashable, question: Callable[[ReadModel], T]) -> T:
        """The answer to a question; `key` names the question with everything that it depends on."""
        version = self.version()
        with self._lock:
            kept = self._answers.get(key)
            if kept is not None and kept[0] == version:
                self._answers.move_to_end(key)
                return cast("T", kept[1])
        answer = question(self._read)
        with self._lock:
            if version == self._version:
                for old in [name for name, kept in self._answers.items() if kept[0] != version]:
                    del self._answers[old]
            self._answers[key] = (version, answer)
            self._answers.move_to_end(key)
            while len(self._answers) > KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return answer
