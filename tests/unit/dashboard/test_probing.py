"""The Test button's question is bounded and says what it found."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import pytest

from dashboard import probing
from dashboard.probing import Probe, probe
from data.settings import AlertmanagerSettings, ClusterSettings, KafkaSettings, PrometheusSettings
from scoring.catalog.estate import SourceName

CLUSTER = ClusterSettings(
    name="eu",
    kafka=KafkaSettings(bootstrap_servers="127.0.0.1:9"),
    prometheus=PrometheusSettings(url="http://127.0.0.1:9"),
    alertmanager=AlertmanagerSettings(url="http://127.0.0.1:9"),
)


def test_a_client_that_never_returns_does_not_hold_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(_: ClusterSettings, wait: float) -> str:
        released.wait()
        return ""

    hanging: Mapping[SourceName, Probe] = {SourceName.KAFKA: hang}
    monkeypatch.setattr(probing, "PROBES", hanging)
    started = time.monotonic()
    found = probe(CLUSTER, SourceName.KAFKA, wait=0.2)
    released.set()
    assert not found.answered
    assert found.words == "No answer within 0 s."
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("source", [SourceName.PROMETHEUS, SourceName.ALERTMANAGER])
def test_a_closed_port_is_told_with_the_next_step(source: SourceName) -> None:
    found = probe(CLUSTER, source, wait=5.0)
    assert not found.answered
    assert found.words
    assert found.next_step


def test_a_source_that_left_the_settings_is_not_asked() -> None:
    found = probe(CLUSTER, SourceName.REGISTRY, wait=5.0)
    assert found.words == "It is not configured any more."
    assert found.next_step == "Add registry to this cluster in the settings."
