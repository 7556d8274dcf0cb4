"""The query that a chart offers, asked of a real Prometheus: it finds what the slices counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboard.definitions import definitions
from dashboard.repeating import repeat_query
from scoring.slo.definition import SloDefinition
from tests.integration.slo.conftest import Serve
from tests.integration.slo.test_health import AT, MINUTES, lines, metrics


def definition(name: str) -> SloDefinition:
    return next(one for one in definitions() if one.id == name)


def test_bad_events_by_component(serve: Serve) -> None:
    series = 'kafka_network_requestmetrics_errors_total{instance="b0",request="Produce",error="NOT_ENOUGH_REPLICAS"}'
    source = serve(metrics(lines(series, [2.0 * at for at in range(MINUTES)])))
    sli = definition("produce-success").sli
    query = repeat_query(sli, sli.dialects[0], {"instance": "b0"}, "60", str(int(AT.timestamp())))
    (found,) = source.query(query, datetime.now(UTC))
    assert dict(found.labels) == {"error": "NOT_ENOUGH_REPLICAS"}
    assert found.values[0] == pytest.approx(120, rel=0.02)


def test_bad_minutes_by_component(serve: Serve) -> None:
    lag = [5_000.0 if at >= MINUTES - 7 else 10.0 for at in range(MINUTES)]
    source = serve(metrics(lines('streamgauge_canary_replica_lag{broker="1",topic="a"}', lag)))
    sli = definition("replication-lag").sli
    query = repeat_query(sli, sli.dialects[0], {}, "60", str(int(AT.timestamp())))
    (found,) = source.query(query, datetime.now(UTC))
    assert (dict(found.labels), found.values[0]) == ({"broker": "1"}, 7)
