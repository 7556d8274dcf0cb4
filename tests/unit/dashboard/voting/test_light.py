"""What the server needs before it listens."""

from __future__ import annotations

import signal
import subprocess
import sys

from dashboard.voting.ending import told_of_the_end


def test_the_server_is_built_without_the_database_library() -> None:
    named = "('sqlalchemy', 'numpy', 'segno')"
    code = f"import sys, dashboard.server; print([name for name in {named} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_signal_to_end_is_heard_and_handed_on() -> None:
    heard: list[str] = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("server"))
    try:
        with told_of_the_end(lambda: heard.append("streams")):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == ["streams", "server", "server"]
