"""OpenSLO files that people write, and what is made of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from data.definitions.located import DefinitionError
from data.definitions.slo_files import Definitions, load_definitions
from scoring.slo.definition import (
    Condition,
    CounterQuery,
    EventClass,
    EventsSli,
    GaugeQuery,
    Missing,
    Selector,
    Sli,
    SlicesSli,
    Within,
)
from scoring.slo.windows import CalendarUnit, CalendarWindow, RollingWindow

HEAD = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: hand-made
  annotations: {ANNOTATIONS}
spec:
  service: shop
  budgetingMethod: METHOD
  timeWindow: [WINDOW]
  objectives: [OBJECTIVE]
"""


def slo(
    indicator: str,
    objective: str = "{target: 0.99}",
    method: str = "Occurrences",
    window: str = "{duration: 30d, isRolling: true}",
    annotations: str = "",
) -> str:
    head = HEAD.replace("ANNOTATIONS", annotations).replace("METHOD", method)
    return head.replace("WINDOW", window).replace("OBJECTIVE", objective) + f"  {indicator}\n"


def ratio(**queries: str) -> str:
    parts = (
        f"{part}: {{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}" for part, query in queries.items()
    )
    return f"indicator: {{metadata: {{name: x}}, spec: {{ratioMetric: {{counter: true, {', '.join(parts)}}}}}}}"


def raw(query: str, kind: str = "failure") -> str:
    source = f"{{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}"
    return f"indicator: {{metadata: {{name: x}}, spec: {{ratioMetric: {{rawType: {kind}, raw: {source}}}}}}}"


def threshold(query: str) -> str:
    source = f"{{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}"
    return f"indicator: {{metadata: {{name: x}}, spec: {{thresholdMetric: {source}}}}}"


def loaded(tmp_path: Path, *texts: str) -> Definitions:
    (tmp_path / "definitions.yaml").write_text("---\n".join(texts))
    return load_definitions(tmp_path)


def sli(tmp_path: Path, text: str) -> Sli:
    return loaded(tmp_path, text).slos[0].sli


BAD, TOTAL = 'sum(rate(http_total{code=~"5..", job!="x"}[5m]))', "sum(rate(http_total[5m]))"
FIVES = Selector("http_total", {"code": "~5..", "job": "!x"})


def test_promql_that_adds_up_rates_becomes_the_counters_themselves(tmp_path: Path) -> None:
    found = sli(tmp_path, slo(ratio(bad=BAD, total=TOTAL)))
    assert isinstance(found, EventsSli)
    (dialect,) = found.dialects
    assert dialect.counters == (
        CounterQuery(FIVES, component="bad"),
        CounterQuery(Selector("http_total"), component="total"),
    )
    assert dialect.presence == Selector("http_total")
    assert found.classes == {"bad": EventClass.FAILED, "total": EventClass.SUCCESS}


def test_good_events_leave_what_they_lack_of_the_total_as_bad(tmp_path: Path) -> None:
    found = sli(
        tmp_path, slo(ratio(good="sum(increase(ok_total[1h]))", total="sum(rate(a_total[5m]) + rate(b_total[5m]))"))
    )
    assert isinstance(found, EventsSli)
    assert found.classes["good"] is EventClass.GOOD
    assert [(one.component, one.selector.metric) for one in found.dialects[0].counters] == [
        ("good", "ok_total"),
        ("total", "a_total"),
        ("total", "b_total"),
    ]


def test_or_names_dialects_to_fall_back_on_and_an_or_of_nothing_none(tmp_path: Path) -> None:
    either = "sum(rate(new_total[5m])) or sum(rate(old_total[5m]))"
    found = sli(tmp_path, slo(ratio(bad=f"{BAD} or vector(0)", total=either)))
    assert [dialect.counters[1].selector.metric for dialect in found.dialects] == ["new_total", "old_total"]
    assert [dialect.counters[1].component for dialect in found.dialects] == ["total 1", "total 2"]


def test_a_raw_ratio_that_divides_counters_is_counted_by_them(tmp_path: Path) -> None:
    divided = sli(tmp_path, slo(raw(f"{BAD} / {TOTAL}")))
    counted = sli(tmp_path, slo(ratio(bad=BAD, total=TOTAL)))
    assert (divided.dialects, divided.hash) == (counted.dialects, counted.hash)


def test_a_raw_ratio_without_counters_needs_traffic_to_weigh_its_minutes(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="name the traffic in the annotation streamgauge/traffic"):
        loaded(tmp_path, slo(raw("job:errors:ratio5m")))
    weighed = sli(
        tmp_path, slo(raw("job:errors:ratio5m"), annotations='streamgauge/traffic: "sum(rate(http_total[5m]))"')
    )
    (dialect,) = weighed.dialects
    assert dialect.gauges == (GaugeQuery(Selector("job:errors:ratio5m"), component="bad", within=Within.LAST),)
    assert dialect.counters == (CounterQuery(Selector("http_total"), component="traffic"),)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("histogram_quantile(0.99, rate(x_bucket[5m]))", "is no sum of rates; write sum"),
        ("sum(job:requests:rate5m)", "is no sum of rates; write sum"),
        ("sum(rate(x_total[5m])) - sum(rate(y_total[5m]))", "is no sum of rates"),
        ("avg(rate(x_total[5m]))", "is no sum of rates"),
        ("sum(rate(x_total[5m] offset 1h))", "has an offset"),
        ("sum without (pod) (rate(x_total[5m]))", "name those to keep"),
        ("sum by (topic) (rate(x_total[5m]))", "add the annotation streamgauge/group-by: topic"),
        ('sum(rate(x_total{a!="1",a!="2"}[5m]))', "two conditions on a"),
        ("sum(rate(x_total[5m])", "is no PromQL"),
    ],
)
def test_what_cannot_be_counted_exactly_is_refused_with_what_works(tmp_path: Path, query: str, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem) as caught:
        loaded(tmp_path, slo(ratio(bad=BAD, total=query)))
    assert caught.value.field.endswith("total.metricSource.spec.query") or "annotation" in problem


def test_a_threshold_keeps_the_extreme_that_would_break_it(tmp_path: Path) -> None:
    found = sli(
        tmp_path, slo(threshold('max by (broker) (lag{x="1"})'), "{target: 0.95, op: lt, value: 1000}", "Timeslices")
    )
    assert isinstance(found, SlicesSli)
    assert found.condition == Condition("lt", Decimal(1000))
    assert found.dialects[0].gauges == (GaugeQuery(Selector("lag", {"x": "1"}), "broker", within=Within.MAX),)
    lowest = sli(tmp_path, slo(threshold("free_bytes"), "{target: 0.9, op: gte, value: 5}", "Timeslices"))
    assert lowest.dialects[0].gauges == (GaugeQuery(Selector("free_bytes"), component="value", within=Within.MIN),)


@pytest.mark.parametrize(
    ("query", "objective", "problem"),
    [
        ("min(lag)", "{target: 0.9, op: lt, value: 5}", "takes the min, but lt is broken by the max"),
        ("rate(x[5m])", "{target: 0.9, op: lt, value: 5}", "is more than a gauge"),
        ("a / b", "{target: 0.9, op: lt, value: 5}", "is more than a gauge"),
        ("lag", "{target: 0.9}", "needs op and value"),
        ("lag", "{target: 0.9, op: equals, value: 5}", "must be lt or lte or gt or gte"),
        ("lag", "{target: 0.9, op: lt, value: 5, timeSliceTarget: 0.5}", "timeSliceTarget is 1"),
        ("lag", "{target: 0.9, op: lt, value: 5, timeSliceWindow: 5m}", "slices are minutes"),
    ],
)
def test_a_threshold_that_slices_cannot_hold_is_refused(
    tmp_path: Path, query: str, objective: str, problem: str
) -> None:
    with pytest.raises(DefinitionError, match=problem):
        loaded(tmp_path, slo(threshold(query), objective, "Timeslices"))


def test_time_slices_of_a_ratio_are_good_from_a_share_on(tmp_path: Path) -> None:
    text = slo(ratio(bad=BAD, total=TOTAL), "{target: 0.99, timeSliceTarget: 0.95}", "Timeslices")
    found = sli(tmp_path, text)
    assert isinstance(found, SlicesSli)
    assert found.condition == Condition("gte", Decimal("0.95"))
    assert {one.component for one in found.dialects[0].counters} == {"bad", "total"}


def test_windows_follow_the_calendar_of_a_time_zone(tmp_path: Path) -> None:
    calendar = "{startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}"
    text = slo(ratio(bad=BAD, total=TOTAL), window=f"{{duration: 1M, isRolling: false, calendar: {calendar}}}")
    assert loaded(tmp_path, text).slos[0].window == CalendarWindow(
        1, CalendarUnit.MONTH, "Europe/Berlin", date(2026, 1, 1)
    )
    weeks = slo(ratio(bad=BAD, total=TOTAL), window="{duration: 4w, isRolling: true}")
    assert loaded(tmp_path, weeks).slos[0].window == RollingWindow(timedelta(days=28))


@pytest.mark.parametrize(
    ("window", "problem"),
    [
        ("{duration: 1M, isRolling: false}", "lacks calendar"),
        ("{duration: 1M, calendar: {startTime: 2026-01-01, timeZone: Mars/Olympus}}", "is not known"),
        ("{duration: 1M, calendar: {startTime: 2026-01-31, timeZone: UTC}}", "does not exist in every month"),
        ("{duration: 1M, calendar: {startTime: 2026-02-30, timeZone: UTC}}", "is no day"),
        ("{duration: 1M, calendar: {startTime: '2026-01-01 06:00:00', timeZone: UTC}}", "must be midnight"),
        ("{duration: 12h, calendar: {startTime: 2026-01-01, timeZone: UTC}}", "must be in d, w, M, Q, Y"),
        ("{duration: 2Y, calendar: {startTime: 2026-01-01, timeZone: UTC}}", "from 1h to 366d"),
        ("{duration: 30m, isRolling: true}", "from 1h"),
    ],
)
def test_a_window_that_cannot_be_kept_is_refused(tmp_path: Path, window: str, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        loaded(tmp_path, slo(ratio(bad=BAD, total=TOTAL), window=window))


def test_annotations_say_what_openslo_cannot(tmp_path: Path) -> None:
    annotations = (
        'streamgauge/group-by: "cluster,topic", streamgauge/most-groups: "50", streamgauge/missing: bad, a/b: c'
    )
    query = threshold("max by (broker) (lag)")
    found = sli(tmp_path, slo(query, "{target: 0.9, op: lt, value: 5}", "Timeslices", annotations=annotations))
    assert isinstance(found, SlicesSli)
    assert (found.group_by, found.most_groups, found.missing) == (("cluster", "topic"), 50, Missing.BAD)
    with pytest.raises(DefinitionError, match="events that nobody saw are unknown"):
        loaded(tmp_path, slo(ratio(bad=BAD, total=TOTAL), annotations="streamgauge/missing: bad"))


INDICATOR = """\
apiVersion: openslo/v1
kind: SLI
metadata: {name: requests}
spec:
  ratioMetric:
    counter: true
    bad: {metricSource: {metricSourceRef: eu, spec: {query: 'sum(rate(bad_total[5m]))'}}}
    total: {metricSource: {metricSourceRef: eu, spec: {query: 'sum(rate(all_total[5m]))'}}}
"""
SOURCE = """\
apiVersion: openslo/v1
kind: DataSource
metadata: {name: eu}
spec: {type: Prometheus, connectionDetails: {url: http://prometheus}}
"""
SERVICE = """\
apiVersion: openslo/v1
kind: Service
metadata: {name: shop, displayName: Shop}
spec: {description: what customers see}
"""


def test_an_slo_refers_to_indicators_and_data_sources_of_its_folder(tmp_path: Path) -> None:
    found = loaded(tmp_path, slo("indicatorRef: requests"), INDICATOR, SOURCE, SERVICE)
    (one,) = found.slos
    assert (one.sli.name, one.sli.dialects[0].counters[0].selector.metric) == ("requests", "bad_total")
    assert [(warning.field, warning.line) for warning in found.warnings] == [("spec.connectionDetails", 25)]
    with pytest.raises(DefinitionError, match="there is no SLI of this name; defined are none"):
        loaded(tmp_path, slo("indicatorRef: requests"))


ALERTS = """\
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  conditions: [{conditionRef: burning}]
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: burning}
spec:
  severity: page
  condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
"""


def test_an_alert_that_can_never_fire_is_left_out_with_a_warning(tmp_path: Path) -> None:
    text = slo(ratio(bad=BAD, total=TOTAL), "{target: 0.9}") + "  alertPolicies: [fast]\n"
    found = loaded(tmp_path, text, ALERTS)
    assert len(found.slos) == 1
    sentences = [warning.text for warning in found.warnings]
    assert sentences[0].startswith("the alert page 1h/5m can never fire and is left out: 14.4 times the budget is 1.44")
    assert sentences[1] == "this alert can never fire and is left out: not even if all were bad"
    assert loaded(tmp_path, text.replace("target: 0.9", "target: 0.95"), ALERTS).warnings == ()


def test_several_objectives_and_percent_targets(tmp_path: Path) -> None:
    found = loaded(tmp_path, slo(ratio(bad=BAD, total=TOTAL), "{targetPercent: 99.5}"))
    assert found.slos[0].objective == Decimal("0.995")
    with pytest.raises(DefinitionError, match="exactly one objective; write one SLO for each"):
        loaded(tmp_path, slo(ratio(bad=BAD, total=TOTAL), "{target: 0.9}, {target: 0.99}"))
