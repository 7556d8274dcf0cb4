"""L3.4: a real exporter, real rules, real routes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from scoring.evidence.aspects import Strength, VerdictState
from stack.alerting import alertmanager_configuration
from stack.monitoring import reload_prometheus, write_prometheus_configuration
from stack.plan import ALERTMANAGER, PROMETHEUS
from stack.state import StackState
from tests.integration.evidence.conftest import Observe
from tests.integration.evidence.observing import Company
from tests.integration.stack.asking import fault, query

BROKEN = "kafka_consumergroup_lag * on (cluster) kafka_consumergroup_lag > 0"
"""It parses and cannot be evaluated: many series on both sides have the same cluster."""


@contextmanager
def routed_to(stack: StackState, url: str) -> Iterator[None]:
    """Alertmanager tells a webhook at that address; afterwards nobody again."""
    file = stack.directory / ALERTMANAGER / "alertmanager.yml"
    told = {"name": "on-call", "webhook_configs": [{"url": url}]}
    document = {**alertmanager_configuration(), "receivers": [told]}
    document["route"] = {**document["route"], "receiver": "on-call"}
    _put(stack, file, document)
    try:
        yield
    finally:
        _put(stack, file, alertmanager_configuration())


def _put(stack: StackState, file: Path, document: object) -> None:
    file.write_text(json.dumps(document), encoding="utf-8")
    requests.post(f"{stack.alertmanager_url}/-/reload", timeout=30).raise_for_status()


@contextmanager
def rules(stack: StackState, change: Callable[[str], str]) -> Iterator[None]:
    """Prometheus evaluates other rules; afterwards its own again."""
    file = stack.directory / PROMETHEUS / "rules" / "alerts.yml"
    changed = change(file.read_text(encoding="utf-8"))
    assert changed != file.read_text(encoding="utf-8")
    file.write_text(changed, encoding="utf-8")
    reload_prometheus(stack)
    try:
        yield
    finally:
        write_prometheus_configuration(stack)
        reload_prometheus(stack)


def without_lag(text: str) -> str:
    """The rules without the one about lag."""
    return text.partition("      - alert: ConsumerLag")[0]


def broken(text: str) -> str:
    """The rule about lag in a form that cannot be evaluated."""
    return text.replace("sum by (cluster, consumergroup) (kafka_consumergroup_lag) > 10000", BROKEN)


@pytest.mark.fault(order=42)
def test_lag_alerting_is_proven_refuted_and_not_available_as_its_links_come_and_go(
    stack: StackState, company: Company, observe: Observe
) -> None:
    topic = company.topic("orders.events.order.v1")
    company.write(topic)
    observer = observe()
    with company.reader("mailer", topic) as group, routed_to(stack, "http://127.0.0.1:9/told"):
        proven = observer.eventually("L3.4", VerdictState.SUPPORTED)
        assert proven.proven, proven.sentence
        assert "1 of 1 active groups" in proven.sentence

        with rules(stack, without_lag):
            assert "asks for the lag" in observer.eventually("L3.4", VerdictState.REFUTED).sentence
        observer.eventually("L3.4", VerdictState.SUPPORTED)
        with rules(stack, broken):
            assert "fails when it is evaluated" in observer.eventually("L3.4", VerdictState.REFUTED).sentence
        observer.eventually("L3.4", VerdictState.SUPPORTED)

        fault(stack, "lag-exporter", "stop")
        try:
            unmeasured = observer.eventually("L3.4", VerdictState.REFUTED)
        finally:
            fault(stack, "lag-exporter", "start")
        assert "none of 1 active groups" in unmeasured.sentence
        observer.eventually("L3.4", VerdictState.SUPPORTED)
        assert query(stack, f'kafka_consumergroup_lag{{consumergroup="{group}"}}')

        unknown_route = observe(without=("alertmanager",)).eventually("L3.4", VerdictState.SUPPORTED)
        assert unknown_route.strength is Strength.SUGGESTS
        assert "No Alertmanager is named" in unknown_route.sentence

        silent = observe(without=("prometheus",)).verdict("L3.4")
        assert silent.state is VerdictState.NOT_AVAILABLE
        assert "No Prometheus is named" in silent.sentence

        down = observe()
        fault(stack, "prometheus", "stop")
        try:
            gone = down.verdict("L3.4")
        finally:
            fault(stack, "prometheus", "start")
        assert gone.state is VerdictState.NOT_AVAILABLE
        assert "not reachable" in gone.sentence
    with company.reader("mailer", topic):
        told = observer.eventually("L3.4", VerdictState.REFUTED)
        assert "tells nobody" in told.sentence
