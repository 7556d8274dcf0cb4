"""Gauges, histograms and groups from a real Prometheus whose past was written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from data.definitions.slo_files import load_slo
from data.slices import refresh_slices
from data.sources.prometheus import PrometheusSource
from scoring.catalog.estate import ClusterName
from scoring.slo.definition import (
    Condition,
    CounterQuery,
    Dialect,
    EventClass,
    EventsSli,
    GaugeQuery,
    Selector,
    Sli,
    SlicesSli,
    SloDefinition,
    SloId,
    Within,
)
from scoring.slo.judging import slo_status
from scoring.slo.slices import MINUTE, MinuteState, edge, minute_index
from scoring.slo.windows import RollingWindow
from tests.integration.slo.conftest import MemoryStore, Serve
from tests.integration.slo.past import Sample, at, minutes, openmetrics, rising, series, steady

MAIN = ClusterName("main")
P, C, D, U, B = MinuteState
LENGTH = 12
ALL = range(LENGTH)


@pytest.fixture
def begin() -> datetime:
    """Two hours ago, on a whole minute."""
    return edge(minute_index(datetime.now(UTC)) - 120)


def slo(sli: Sli, objective: str = "0.99") -> SloDefinition:
    return SloDefinition(
        id=SloId("hand-made"),
        title="Hand-made",
        description="",
        labels={},
        objective=Decimal(objective),
        window=RollingWindow(timedelta(days=30)),
        sli=sli,
    )


def refresh(source: PrometheusSource, definition: SloDefinition, begin: datetime, *until: int) -> MemoryStore:
    """The slices after a refresh at each of these minutes."""
    store = MemoryStore()
    for minute in until:
        refresh_slices(source, store, definition, MAIN, begin + minute * MINUTE, late=timedelta())
    return store


def same(one: MemoryStore, other: MemoryStore, begin: datetime) -> bool:
    """True when both say the same of every minute since the past began."""

    def content(store: MemoryStore) -> dict[tuple[str, str], tuple[list[float], list[int]]]:
        keys = {(key.component, key.group) for key, _ in store.days}
        return {key: minutes(store, begin, LENGTH, *key) for key in keys}

    a, b = content(one), content(other)
    assert a == b
    return a == b


NODE = "host:9100"


def host() -> list[Sample]:
    """Something that is scraped all the time, so that Prometheus is known to live."""
    return steady(series("up", instance=NODE, job="node"), at(*ALL))


def brokers() -> tuple[list[Sample], SloDefinition]:
    """Broker a answers always; b is refused in minutes 4 and 5 (one scrape of 4 is answered) and vanishes from 8 on."""
    presence = "kafka_server_replicamanager_partitioncount"
    samples = [*host(), *steady(series("up", instance="a:1", job="kafka"), at(*ALL))]
    samples += steady(series(presence, instance="a:1", job="kafka"), at(*ALL))
    for time in at(*range(8)):
        refused = 4 * 60 + 10 < time < 6 * 60
        samples.append(Sample(series("up", instance="b:1", job="kafka"), time, 0 if refused else 1))
        if not refused:
            samples.append(Sample(series(presence, instance="b:1", job="kafka"), time, 10))
    sli = SlicesSli(
        name="brokers-up",
        dialects=(
            Dialect(
                name="scrapes",
                counters=(),
                gauges=(GaugeQuery(Selector("up"), "instance", within=Within.MIN),),
                presence=Selector(presence),
            ),
        ),
        condition=Condition("gte", Decimal(1)),
        per_component=True,
    )
    return samples, slo(sli)


def test_broker_availability_reads_up_of_kafkas_targets_alone(serve: Serve, begin: datetime) -> None:
    samples, definition = brokers()
    store = refresh(serve(openmetrics(samples, begin)), definition, begin, LENGTH)
    assert {key.component for key, _ in store.days} == {"", "a:1", "b:1"}
    assert minutes(store, begin, LENGTH, "a:1") == ([1.0] * 11 + [0.0], [C] * 11 + [P])
    values, states = minutes(store, begin, LENGTH, "b:1")
    assert values == [1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0]
    assert states == [C] * 8 + [D] * 3 + [P]


def test_a_broker_that_vanished_before_the_stretch_is_missed_by_every_later_refresh(
    serve: Serve, begin: datetime
) -> None:
    samples, definition = brokers()
    source = serve(openmetrics(samples, begin))
    assert same(
        refresh(source, definition, begin, LENGTH),
        refresh(source, definition, begin, 1, 2, 5, 6, 9, 10, 11, LENGTH),
        begin,
    )


def test_the_highest_lag_of_each_minute_is_kept_and_a_missing_one_is_down(serve: Serve, begin: datetime) -> None:
    lag = "kafka_server_replicafetchermanager_maxlag"
    samples = [*host(), *steady(series("up", instance="a:1"), at(*ALL))]
    name = series(lag, instance="a:1", clientid="Replica")
    samples += [Sample(name, time, 4000 if time == 95 else 7) for time in at(0, 1, 2, 3, 6, 7, 8, 9, 10, 11)]
    sli = SlicesSli(
        name="lag",
        dialects=(Dialect("jmx", (), Selector(lag), gauges=(GaugeQuery(Selector(lag), component="max-lag"),)),),
        condition=Condition("lt", Decimal(1000)),
    )
    source = serve(openmetrics(samples, begin))
    store = refresh(source, slo(sli), begin, LENGTH)
    values, states = minutes(store, begin, LENGTH, "max-lag")
    assert values == [7, 4000, 7, 7, 0, 0, 7, 7, 7, 7, 7, 7]
    assert states == [C] * 4 + [D] * 2 + [C] * 6
    assert same(store, refresh(source, slo(sli), begin, 3, 4, 5, 6, 7, LENGTH), begin)


def latency(edges: Sequence[str], times: Sequence[float], per_second: Sequence[float]) -> list[Sample]:
    found: list[Sample] = []
    for le, rate in zip(edges, per_second, strict=True):
        found += rising(series("latency_seconds_bucket", instance="c:1", le=le), times, rate)
    return found


def test_buckets_of_a_classic_histogram_are_one_history_although_prometheus_3_writes_them_anew(
    serve: Serve, begin: datetime
) -> None:
    """2 of 5 records a second are later than a second; from minute 6 on Prometheus writes 1.0 instead of 1."""
    samples = [*host(), *steady(series("up", instance="c:1"), at(*ALL))]
    samples += latency(["0.5", "1", "+Inf"], at(*range(6)), [2, 3, 5])
    samples += latency(["0.5", "1.0", "+Inf"], at(*range(6, LENGTH)), [2, 3, 5])
    sli = EventsSli(
        name="latency",
        dialects=(
            Dialect(
                "classic",
                (CounterQuery(Selector("latency_seconds_bucket"), component_label="le"),),
                Selector("latency_seconds_bucket", {"le": "+Inf"}),
            ),
        ),
        bound=Decimal(1),
    )
    source = serve(openmetrics(samples, begin))
    store = refresh(source, slo(sli), begin, LENGTH)
    assert {key.component for key, _ in store.days} == {"", "0.5", "1", "+Inf"}
    assert minutes(store, begin, LENGTH, "1")[0] == [0] + [180] * 11
    assert minutes(store, begin, LENGTH, "+Inf")[0] == [0] + [300] * 11
    assert [sli.classify(name) for name in ("0.5", "1", "+Inf")] == [
        EventClass.UNUSED,
        EventClass.GOOD,
        EventClass.SUCCESS,
    ]


def by_topic() -> tuple[list[Sample], SloDefinition]:
    """Topic orders from the start, topic refunds born at 3 in minute 5; broker a is refused in minute 9."""
    answered = [time for time in at(*ALL) if int(time // 60) != 9]
    samples = [*host(), *steady(series("up", instance="a:1"), answered)]
    samples += steady(series("up", instance="a:1"), at(9), 0)
    samples += rising(series("records_total", instance="a:1", topic="orders", result="ok"), answered, 2, 50)
    samples += steady(series("records_total", instance="a:1", topic="refunds", result="bad"), at(5, 6, 7, 8, 10, 11), 3)
    sli = EventsSli(
        name="records",
        dialects=(Dialect("records", (CounterQuery(Selector("records_total"), "result"),), Selector("records_total")),),
        classes={"ok": EventClass.SUCCESS},
        group_by=("topic",),
    )
    return samples, slo(sli)


def test_every_group_has_a_history_of_its_own_that_begins_with_its_first_sample(serve: Serve, begin: datetime) -> None:
    samples, definition = by_topic()
    source = serve(openmetrics(samples, begin))
    store = refresh(source, definition, begin, LENGTH)
    assert minutes(store, begin, LENGTH, "ok", "topic=orders")[0] == [0] + [120] * 8 + [0, 240, 120]
    assert minutes(store, begin, LENGTH, "bad", "topic=refunds")[0] == [0] * 5 + [3] + [0] * 6
    assert minutes(store, begin, LENGTH, group="topic=orders")[1] == [C] * 9 + [D] + [C] * 2
    assert minutes(store, begin, LENGTH, group="topic=refunds")[1] == [P] * 5 + [C] * 4 + [D] + [C] * 2
    assert same(store, refresh(source, definition, begin, 1, 5, 6, 9, 10, 11, LENGTH), begin)


def test_where_up_carries_the_group_each_group_has_targets_of_its_own(serve: Serve, begin: datetime) -> None:
    samples = host()
    for cluster, there in (("one", ALL), ("two", range(6))):
        instance = f"{cluster}:1"
        samples += steady(series("up", instance=instance, cluster=cluster), at(*there))
        samples += rising(series("records_total", instance=instance, cluster=cluster, result="ok"), at(*there), 1)
    definition = by_topic()[1]
    sli = EventsSli(name="r", dialects=definition.sli.dialects, group_by=("cluster",))
    source = serve(openmetrics(samples, begin))
    store = refresh(source, slo(sli), begin, LENGTH)
    assert minutes(store, begin, LENGTH, group="cluster=one")[1] == [C] * 11 + [P]
    assert minutes(store, begin, LENGTH, group="cluster=two")[1] == [C] * 6 + [D] * 5 + [P]
    assert same(store, refresh(source, slo(sli), begin, 2, 6, 7, 8, LENGTH), begin)


def test_groups_beyond_the_limit_have_no_budget_and_are_named(
    serve: Serve, begin: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    samples, definition = by_topic()
    sli = EventsSli(name="r", dialects=definition.sli.dialects, group_by=("topic",), most_groups=1)
    source = serve(openmetrics(samples, begin))
    store = MemoryStore()
    found = refresh_slices(source, store, slo(sli), MAIN, begin + LENGTH * MINUTE)
    assert found.dropped_groups == ("topic=refunds",)
    assert {key.group for key, _ in store.days} == {"topic=orders"}
    assert "has more groups than 1: 1 of them have no budget, among them topic=refunds" in caplog.text


def test_a_selector_can_say_what_a_label_must_not_be(serve: Serve, begin: datetime) -> None:
    source = serve(openmetrics(by_topic()[0], begin))
    for without, left in ({"topic": "!orders"}, {"bad"}), ({"result": "!~o.*"}, {"bad"}), ({"topic": "~o.+"}, {"ok"}):
        dialect = Dialect("r", (CounterQuery(Selector("records_total", without), "result"),), Selector("records_total"))
        store = refresh(source, slo(EventsSli(name="r", dialects=(dialect,))), begin, LENGTH)
        assert {key.component for key, _ in store.days if key.component} == left


HTTP_BAD, HTTP_ALL = 'sum(rate(http_total{code="500"}[5m]))', "sum(rate(http_total[5m]))"


def written(tmp_path: Path, method: str, objective: str, metric: str, annotations: str = "") -> SloDefinition:
    file = tmp_path / "slo.yaml"
    file.write_text(
        "apiVersion: openslo/v1\n"
        "kind: SLO\n"
        f"metadata: {{name: http, annotations: {{{annotations}}}}}\n"
        "spec:\n"
        "  service: shop\n"
        f"  budgetingMethod: {method}\n"
        "  timeWindow: [{duration: 30d, isRolling: true}]\n"
        f"  objectives: [{objective}]\n"
        f"  indicator: {{metadata: {{name: http}}, spec: {{ratioMetric: {{{metric}}}}}}}\n"
    )
    return load_slo(file)


def source_of(query: str) -> str:
    return f"{{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}"


def http() -> list[Sample]:
    """10 requests a second; of minute 3 a tenth fails, of minute 6 a half."""
    samples = steady(series("up", instance="w:1"), at(*ALL))
    samples += rising(series("http_total", instance="w:1", code="200"), at(*ALL), 10)
    name = series("http_total", instance="w:1", code="500")
    samples += [Sample(name, time, 7 + (60 if time > 180 else 0) + (540 if time > 360 else 0)) for time in at(*ALL)]
    ratio = series("http_errors_ratio", instance="w:1")
    return samples + [Sample(ratio, time, {3: 0.125, 6: 0.5}.get(int(time // 60), 0)) for time in at(*ALL)]


def test_promql_of_an_openslo_file_is_counted_to_the_event(serve: Serve, begin: datetime, tmp_path: Path) -> None:
    metric = f"counter: true, bad: {source_of(HTTP_BAD)}, total: {source_of(HTTP_ALL)}"
    definition = written(tmp_path, "Occurrences", "{target: 0.9}", metric)
    store = refresh(serve(openmetrics(http(), begin)), definition, begin, LENGTH)
    assert minutes(store, begin, LENGTH, "bad")[0] == [0, 0, 0, 60, 0, 0, 540, 0, 0, 0, 0, 0]
    assert minutes(store, begin, LENGTH, "total")[0] == [0, 600, 600, 660, 600, 600, 1140, *[600] * 5]


def test_time_slices_of_events_are_judged_by_the_share_of_their_own_counts(
    serve: Serve, begin: datetime, tmp_path: Path
) -> None:
    metric = f"counter: true, bad: {source_of(HTTP_BAD)}, total: {source_of(HTTP_ALL)}"
    definition = written(tmp_path, "Timeslices", "{target: 0.9, timeSliceTarget: 0.9}", metric)
    source = serve(openmetrics(http(), begin))
    store = refresh(source, definition, begin, LENGTH)
    shares = minutes(store, begin, LENGTH, "good share")[0]
    assert shares[3] == pytest.approx(600 / 660)
    assert shares[6] == pytest.approx(600 / 1140)
    assert [share for minute, share in enumerate(shares) if minute not in (3, 6)] == [1.0] * 10
    status = slo_status(definition, store.days.values(), begin + (LENGTH + 1) * MINUTE, MAIN)
    assert status.bad == 1
    assert same(store, refresh(source, definition, begin, 2, 4, 7, LENGTH), begin)


def test_a_raw_ratio_weighs_as_much_as_its_traffic(serve: Serve, begin: datetime, tmp_path: Path) -> None:
    definition = written(
        tmp_path,
        "Occurrences",
        "{target: 0.9}",
        f"rawType: failure, raw: {source_of('http_errors_ratio')}",
        "streamgauge/traffic: \"sum(rate(http_total{code='200'}[5m]))\"",
    )
    source = serve(openmetrics(http(), begin))
    store = refresh(source, definition, begin, LENGTH)
    assert minutes(store, begin, LENGTH, "bad")[0] == [0, 0, 0, 75, 0, 0, 300, 0, 0, 0, 0, 0]
    assert minutes(store, begin, LENGTH, "traffic")[0] == [0] + [600] * 11
    assert same(store, refresh(source, definition, begin, 2, 4, 7, LENGTH), begin)
