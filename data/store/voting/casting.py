"""Votes are written here. Those that arrive together share one transaction; each is acknowledged after its commit.

A commit waits for the disk, a vote needs a fraction of that: one thread takes all that came in while the last commit
was made, judges each by the same rules, writes them with an audit entry each, and only then answers. What was
acknowledged is on disk, whatever kills the process. A vote that changes nothing is acknowledged and leaves no entry.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue

from data.store.failures import StoreError
from data.store.voting.judging import Cast, Receipt, write_together
from data.store.voting.steering import Steering
from scoring.voting.ballots import Ballot, VoteRefusedError

APART_SECONDS = 0.025
"""Between the beginnings of two transactions: a busy room waits this long at most to share one, a single vote never."""

MOST_TOGETHER = 256
"""Votes of one transaction: more would let the first of them wait for the last."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    cast: Cast
    answer: Future[Receipt] = field(default_factory=Future)


class Casting:
    """Takes votes. May be used from any thread; its own one begins with the first vote and ends with `close`."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def cast(self, token: str, ballot: Ballot, *, foreign: bool = False) -> Future[Receipt]:
        """Vote as the holder of a token. foreign: sent by another site, so that it is refused, and on record.

        The future holds the receipt once the vote is on disk. It raises VoteRefusedError for a vote that does not
        count, StoreReadOnlyError or StoreUnreachableError when it could not be written; nothing is changed then.
        """
        waiting = _Waiting(Cast(token, ballot, foreign))
        waiting.answer.set_running_or_notify_cancel()  # a phone that hangs up takes its vote back no more
        with self._lock:
            if self._closed:
                waiting.answer.set_exception(StoreError("The server is stopping; vote again in a moment."))
                return waiting.answer
            self._queue.put(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name="votes", daemon=True)
                self._thread.start()
        return waiting.answer

    def close(self) -> None:
        """Write what has come in, and take nothing more."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _write_all(self) -> None:
        ended, next_at = False, 0.0
        while not ended:
            first = self._queue.get()
            taken = [] if first is None else [first]
            ended = first is None
            if not ended:
                time.sleep(max(0.0, next_at - time.monotonic()))
            next_at = time.monotonic() + APART_SECONDS
            while not ended and len(taken) < MOST_TOGETHER and not self._queue.empty():
                following = self._queue.get()
                ended = following is None
                if following is not None:
                    taken.append(following)
            self._write(taken)

    def _write(self, taken: Sequence[_Waiting]) -> None:
        if not taken:
            return
        try:
            outcomes = write_together(self._steering, [one.cast for one in taken])
        except StoreError as error:
            for one in taken:
                one.answer.set_exception(error)
        except Exception as error:  # noqa: BLE001 - whatever one vote met, the others must not share its fate
            if len(taken) == 1:
                taken[0].answer.set_exception(error)
                return
            for one in taken:
                self._write([one])
        else:
            for one, outcome in zip(taken, outcomes, strict=True):
                if isinstance(outcome, Receipt):
                    one.answer.set_result(outcome)
                else:
                    one.answer.set_exception(VoteRefusedError(outcome))
