"""The Test button: asks one source one small question, now, and waits no longer than it says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from dashboard.wording import plural
from data.settings import ClusterSettings
from data.sources.failures import SourceFailure
from scoring.catalog.estate import FailureKind, SourceName

WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Probed:
    """How the test ended. words: what was found, or what went wrong; next_step: empty when it answered."""

    answered: bool
    words: str
    next_step: str
    seconds: float


Probe = Callable[[ClusterSettings, float], str]
"""Asks a source, waiting at most so many seconds, and says what it found. Raises SourceFailure."""


def probe(cluster: ClusterSettings, source: SourceName, wait: float = WAIT_SECONDS) -> Probed:
    """Test one source of one cluster. Returns after `wait` seconds at the latest, whatever the client does."""
    started = time.monotonic()
    answers: SimpleQueue[Probed] = SimpleQueue()

    def ask() -> None:
        try:
            words, next_step, answered = PROBES[source](cluster, wait), "", True
        except SourceFailure as failure:
            words, next_step, answered = failure.sentence, failure.next_step, False
        answers.put(Probed(answered, words, next_step, time.monotonic() - started))

    threading.Thread(target=ask, name=f"test of {source.value}", daemon=True).start()
    try:
        return answers.get(timeout=wait + 1)
    except Empty:
        step = "Check the address and whether a firewall stands between."
        return Probed(answered=False, words=f"No answer within {wait:.0f} s.", next_step=step, seconds=wait)


# The clients are imported by the test that needs them: they cost half a second that no page's start should pay.


def _kafka(cluster: ClusterSettings, wait: float) -> str:
    from data.sources.kafka import KafkaSource

    with closing(KafkaSource(cluster, timeout=wait)) as source:
        return f"{plural(len(source.brokers().value), 'broker')} answered"


def _registry(cluster: ClusterSettings, wait: float) -> str:
    from data.sources.schema_registry import SchemaRegistrySource

    if cluster.registry is None:
        raise _not_configured("registry")
    with closing(SchemaRegistrySource(cluster.registry, timeout=wait)) as source:
        return f"{plural(len(source.subjects().value), 'subject')} listed"


def _connect(cluster: ClusterSettings, wait: float) -> str:
    from data.sources.connect import ConnectSource

    if cluster.connect is None:
        raise _not_configured("connect")
    with closing(ConnectSource(cluster.connect, timeout=wait)) as source:
        return f"{plural(len(source.connectors().value), 'connector')} listed"


def _prometheus(cluster: ClusterSettings, wait: float) -> str:
    from data.sources.prometheus import PrometheusSource

    if cluster.prometheus is None:
        raise _not_configured("prometheus")
    with closing(PrometheusSource(cluster.prometheus, timeout=wait)) as source:
        source.ping()
    return "answered a query"


def _alertmanager(cluster: ClusterSettings, wait: float) -> str:
    from data.sources.alertmanager import AlertmanagerSource

    if cluster.alertmanager is None:
        raise _not_configured("alertmanager")
    with closing(AlertmanagerSource(cluster.alertmanager, timeout=wait)) as source:
        return f"{plural(len(source.routing().value.receivers), 'receiver')} named"


def _not_configured(key: str) -> SourceFailure:
    return SourceFailure(
        FailureKind.NOT_CONFIGURED, "It is not configured any more.", f"Add {key} to this cluster in the settings."
    )


PROBES: Mapping[SourceName, Probe] = {
    SourceName.KAFKA: _kafka,
    SourceName.REGISTRY: _registry,
    SourceName.CONNECT: _connect,
    SourceName.PROMETHEUS: _prometheus,
    SourceName.ALERTMANAGER: _alertmanager,
}
