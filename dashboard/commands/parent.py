"""The child's side of supervision: stop when the process that started us has gone."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
LAST_RESORT_SECONDS = 15.0


def follow_parent(stop: Callable[[], None]) -> None:
    """Call `stop` when standard input closes, and end the process if that does not end it in time.

    The pipe closes with the last process that holds its other end, even when that one is killed. On Linux the kernel
    sends SIGTERM as well, should the pipe ever have been passed on.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(target=_watch, args=(stop,), name="parent watch", daemon=True).start()


def _watch(stop: Callable[[], None]) -> None:
    while sys.stdin.buffer.read(1024):
        pass
    stop()
    threading.Event().wait(LAST_RESORT_SECONDS)
    os._exit(3)
