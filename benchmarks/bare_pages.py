"""The peers of our pages: bare Streamlit scripts, started as anybody starts them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.browser.serving import free_port

HELLO = """\
import streamlit as st
st.write("hello")
"""

START_SECONDS = 120.0


def bare_command(script: Path, port: int) -> list[str]:
    """`streamlit run`, with the one option without which it opens a browser of its own."""
    options = ["--server.headless=true", f"--server.port={port}", "--browser.gatherUsageStats=false"]
    return [sys.executable, "-m", "streamlit", "run", str(script), *options]


@contextmanager
def started(command: Sequence[str], health: str, environ: Mapping[str, str] | None = None) -> Iterator[None]:
    """A server process from its start to its end; yields as soon as the URL `health` answers 200.

    Raises RuntimeError with what the process printed when it ends first or never answers.
    """
    process = subprocess.Popen(
        list(command), cwd="/", env=os.environ | dict(environ or {}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        if not _answers(process, health):
            process.kill()
            said = process.communicate()[0].decode(errors="replace")
            raise RuntimeError(f"{' '.join(command)} did not get ready:\n{said}")
        yield
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _answers(process: subprocess.Popen[bytes], health: str) -> bool:
    """Wait until the server answers; the pauses are short beside what is measured."""
    deadline = time.monotonic() + START_SECONDS
    with requests.Session() as session:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if session.get(health, timeout=5).ok:
                    return True
            except requests.ConnectionError:
                pass
            time.sleep(0.01)
    return False


@contextmanager
def serving_bare(script: Path) -> Iterator[str]:
    """A running bare page; yields its address."""
    port = free_port()
    base = f"http://localhost:{port}"
    with started(bare_command(script, port), f"{base}/_stcore/health"):
        yield base
