"""What the Prometheus source makes of answers, on a real HTTP server."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from data.settings import PrometheusSettings
from data.sources.failures import SourceFailure
from data.sources.prometheus import PrometheusSource
from scoring.catalog.estate import FailureKind
from tests.unit.data.conftest import Asked, Reply, Service, reply

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EPOCH_AT = 1795176000


def source(service: Service) -> PrometheusSource:
    return PrometheusSource(PrometheusSettings(url=service.url, timeout=30.0))


def vector(*values: str, **envelope: object) -> Reply:
    result = [{"metric": {"n": str(n)}, "value": [EPOCH_AT, value]} for n, value in enumerate(values)]
    return reply({"status": "success", "data": {"resultType": "vector", "result": result}, **envelope})


def evaluate(asked: Asked) -> Reply:
    """A range query over one series whose value is its time; the point at noon is missing."""
    start, end, step = (int(asked.form[name][0]) for name in ("start", "end", "step"))
    pairs = [[time, str(time)] for time in range(start, end + 1, step) if time != EPOCH_AT]
    return reply(
        {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {"a": "b"}, "values": pairs}]}}
    )


def test_a_query_goes_into_the_body_at_the_moment_asked_for(service: Service) -> None:
    service.answer = lambda _: vector("1")
    source(service).query("up", AT)
    asked = service.asked[0]
    assert (asked.method, asked.path, asked.parameters) == ("POST", "/api/v1/query", {})
    assert asked.form["query"] == ["up"]
    assert float(asked.form["time"][0]) == EPOCH_AT


def test_not_a_number_and_infinities_arrive_as_such(service: Service) -> None:
    service.answer = lambda _: vector("NaN", "+Inf", "-Inf", "1.5e3")
    values = [series.values[0] for series in source(service).query("x", AT)]
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf, 1500.0]


def test_nothing_matched_is_an_empty_answer_and_no_failure(service: Service) -> None:
    service.answer = lambda _: vector()
    assert len(source(service).query("absent_metric", AT)) == 0


def test_a_scalar_is_one_series_without_labels(service: Service) -> None:
    service.answer = lambda _: reply(
        {"status": "success", "data": {"resultType": "scalar", "result": [EPOCH_AT, "42"]}}
    )
    (series,) = source(service).query("scalar(x)", AT)
    assert (dict(series.labels), series.times.tolist(), series.values.tolist()) == ({}, [EPOCH_AT], [42.0])


def test_a_range_of_25_000_points_is_asked_in_three_pieces_and_comes_back_whole(service: Service) -> None:
    service.answer = evaluate
    start = AT - timedelta(seconds=15 * 24_999)
    (series,) = source(service).query_range("up", start, AT, timedelta(seconds=15))
    assert [asked.path for asked in service.asked] == ["/api/v1/query_range"] * 3
    spans = [(int(asked.form["start"][0]), int(asked.form["end"][0])) for asked in service.asked]
    assert [(end - first) // 15 + 1 for first, end in spans] == [11_000, 11_000, 3_000]
    assert [later[0] - earlier[1] for earlier, later in pairwise(spans)] == [15, 15]
    assert len(series.times) == 24_999, "25 000 less the one point that is missing"
    assert np.all(np.diff(series.times) == 15)
    assert series.values.dtype == np.float64
    assert np.array_equal(series.times, series.values)


def test_an_end_off_the_grid_asks_for_the_points_before_it(service: Service) -> None:
    service.answer = evaluate
    (series,) = source(service).query_range(
        "up", AT - timedelta(seconds=70), AT - timedelta(seconds=1), timedelta(minutes=1)
    )
    assert series.times.tolist() == [EPOCH_AT - 70, EPOCH_AT - 10]


def test_a_partial_answer_is_a_failure_of_its_own_kind(service: Service) -> None:
    service.answer = lambda _: vector(
        "1", warnings=["receive series from Addr: store-2: rpc error: connection refused"]
    )
    with pytest.raises(SourceFailure) as raised:
        source(service).query("up", AT)
    assert raised.value.kind is FailureKind.PARTIAL
    assert "store-2" in raised.value.sentence


def test_a_partial_answer_is_taken_when_asked_for_and_keeps_its_warning(service: Service) -> None:
    service.answer = lambda _: vector("1", warnings=["store-2 is missing"])
    answer = source(service).query("up", AT, partial=True)
    assert (len(answer), answer.warnings) == (1, ("store-2 is missing",))


def test_a_remark_on_the_query_is_kept_and_is_not_partial(service: Service) -> None:
    service.answer = lambda _: vector("1", warnings=["PromQL warning: quantile value should be between 0 and 1"])
    assert source(service).query("x", AT).warnings == ("PromQL warning: quantile value should be between 0 and 1",)


def test_the_warning_of_one_piece_of_a_range_makes_the_range_partial(service: Service) -> None:
    def answer(asked: Asked) -> Reply:
        good = evaluate(asked)
        if len(service.asked) < 2:
            return good
        return Reply(json.dumps({**json.loads(good.body), "warnings": ["store-2 is missing"]}).encode())

    service.answer = answer
    with pytest.raises(SourceFailure) as raised:
        source(service).query_range("up", AT - timedelta(seconds=15_000), AT, timedelta(seconds=1))
    assert raised.value.kind is FailureKind.PARTIAL


def test_a_query_that_prometheus_gave_up_on_is_a_timeout_and_asked_once(service: Service) -> None:
    service.answer = lambda _: Reply(
        b'{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}', 503
    )
    with pytest.raises(SourceFailure) as raised:
        source(service).query("slow", AT)
    assert raised.value.kind is FailureKind.TIMEOUT
    assert len(service.asked) == 1


def test_a_query_that_prometheus_cannot_read_repeats_what_prometheus_says(service: Service) -> None:
    service.answer = lambda _: reply(
        {"status": "error", "errorType": "bad_data", "error": "parse error at char 3"}, 400
    )
    with pytest.raises(SourceFailure) as raised:
        source(service).query("up{", AT)
    assert raised.value.kind is FailureKind.BAD_ANSWER
    assert "parse error at char 3" in raised.value.sentence


@pytest.mark.parametrize("body", [b"[]", b'{"ok": true}', b'{"status": "success", "data": {"result": [{"no": 1}]}}'])
def test_json_that_is_not_prometheus_is_a_bad_answer(service: Service, body: bytes) -> None:
    service.answer = lambda _: Reply(body)
    with pytest.raises(SourceFailure) as raised:
        source(service).query("up", AT)
    assert raised.value.kind is FailureKind.BAD_ANSWER


def test_an_engine_without_targets_is_not_a_failure(service: Service) -> None:
    service.answer = lambda _: reply({"message": "no such path"}, 404)
    assert source(service).targets() is None
