"""Tells long answers that the server is asked to end.

The server waits for every answer that is still being sent before it tells the application anything; an event stream
would be sent for ever. It learns of its end from a signal, so whoever streams must hear of that signal too.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_of_the_end(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` before what a signal to end does otherwise; outside the main thread no signal arrives."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def heard(number: int, frame: FrameType | None) -> None:
        stop()
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    ours = [number for number, handler in before.items() if callable(handler)]
    for number in ours:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
