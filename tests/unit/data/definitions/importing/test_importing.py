"""SLOs of Sloth, Pyrra and OpenSLO become definitions that load, and nothing of them is lost in silence.

The examples are in the shape of the ones that the tools publish (all Apache-2.0), shortened.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from data.definitions.importing import Imported, import_file
from data.definitions.importing.losses import Fields, Loss, NotCarried
from data.definitions.located import DefinitionError
from data.definitions.slo_files import load_definitions
from scoring.slo.definition import Condition, EventsSli, Reading, Selector, SlicesSli, SloDefinition
from scoring.slo.windows import CalendarWindow, RollingWindow

EXAMPLES = Path(__file__).parent / "examples"
FILES = sorted(EXAMPLES.iterdir())


def loaded(result: Imported, folder: Path) -> dict[str, SloDefinition]:
    for name, text in result.texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return {definition.id: definition for definition in load_definitions(folder).slos}


def lost(result: Imported) -> dict[str, str]:
    return {loss.path: loss.why for loss in result.losses}


def counted(definition: SloDefinition) -> dict[str, Selector]:
    (dialect,) = definition.sli.dialects
    return {query.component: query.selector for query in dialect.counters}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_was_imported_loads_under_the_names_that_were_given(file: Path, tmp_path: Path) -> None:
    result = import_file(file)
    assert set(loaded(result, tmp_path)) == set(result.texts)


def test_sloths_events_become_bad_and_total_with_the_digits_of_the_objective(tmp_path: Path) -> None:
    result = import_file(EXAMPLES / "sloth.yml")
    slo = loaded(result, tmp_path)["myservice-requests-availability"]
    assert slo.objective == Decimal("0.999")
    assert isinstance(slo.window, RollingWindow)
    assert slo.window.text == "30d"
    assert slo.labels == {"service": "myservice", "owner": "myteam", "tier": "2"}
    metric = "http_request_duration_seconds_count"
    assert counted(slo) == {
        "bad": Selector(metric, {"job": "myservice", "code": "~(5..|429)"}),
        "total": Selector(metric, {"job": "myservice"}),
    }


def test_sloths_total_less_a_bucket_becomes_good_and_total(tmp_path: Path) -> None:
    slo = loaded(import_file(EXAMPLES / "sloth.yml"), tmp_path)["myservice-requests-latency"]
    assert set(counted(slo)) == {"good", "total"}
    assert counted(slo)["good"].labels == {"le": "0.4", "verb": "!WATCH"}


def test_everything_of_sloths_that_is_not_carried_over_is_listed() -> None:
    result = import_file(EXAMPLES / "sloth.yml")
    assert result.refused == ("myservice-everything", "myservice-plugged", "myservice-counted")
    found = lost(result)
    assert {"slo_plugins", "slos[0].alerting", "slos[1].invented", "myservice-everything: slos[2].objective"} <= set(
        found
    )
    assert "zero tolerance is written as an Invariant" in found["myservice-everything: slos[2].objective"]
    assert "no sum of rates" in found["myservice-counted: spec.indicator.spec.ratioMetric.bad.metricSource.spec.query"]


def test_pyrras_grouping_becomes_a_budget_for_each_group(tmp_path: Path) -> None:
    slo = loaded(import_file(EXAMPLES / "pyrra.yaml"), tmp_path)["nginx-api-errors"]
    assert slo.sli.group_by == ("ingress", "service")
    assert slo.objective == Decimal("0.9995")
    assert isinstance(slo.window, RollingWindow)
    assert slo.window.text == "28d"
    assert slo.labels == {"service": "monitoring", "prometheus": "k8s", "team": "web"}


def test_pyrras_native_latency_is_counted_from_the_histogram_itself(tmp_path: Path) -> None:
    slo = loaded(import_file(EXAMPLES / "pyrra.yaml"), tmp_path)["connect-native-latency"]
    (dialect,) = slo.sli.dialects
    assert {(query.reading, query.bound) for query in dialect.counters} == {
        (Reading.HISTOGRAM_BELOW, Decimal("0.2")),
        (Reading.HISTOGRAM_COUNT, None),
    }
    assert {tuple(query.selector.labels.items()) for query in dialect.counters} == {
        (("job", "pyrra"), ("code", "!error"))
    }
    assert isinstance(slo.window, RollingWindow)
    assert slo.window.text == "180h"


def test_pyrras_boolean_gauge_becomes_minutes_of_every_instance(tmp_path: Path) -> None:
    result = import_file(EXAMPLES / "pyrra.yaml")
    sli = loaded(result, tmp_path)["prometheus-availability"].sli
    assert isinstance(sli, SlicesSli)
    assert sli.per_component
    assert sli.condition == Condition("gte", Decimal(1))
    assert "every sample" in lost(result)["[3].spec.indicator.bool_gauge.metric"]


def test_pyrras_fields_that_nobody_knows_are_listed_and_a_perfect_target_is_refused() -> None:
    result = import_file(EXAMPLES / "pyrra.yaml")
    assert lost(result)["[1].spec.latency"] == "there is no field for it"
    assert result.refused == ("perfect",)


def test_each_objective_of_openslo_becomes_an_slo_with_its_indicator_within(tmp_path: Path) -> None:
    result = import_file(EXAMPLES / "openslo-v1.yaml")
    slos = loaded(result, tmp_path)
    assert set(slos) == {"web-availability-good", "web-availability-better", "lag"}
    good, better = slos["web-availability-good"], slos["web-availability-better"]
    assert (good.objective, better.objective) == (Decimal("0.995"), Decimal("0.999"))
    assert isinstance(good.window, CalendarWindow)
    assert (good.window.text, good.window.zone) == ("1w", "America/New_York")
    assert isinstance(good.sli, SlicesSli)
    assert good.sli.condition == Condition("gte", Decimal("0.95"))
    assert counted(good)["good"] == Selector("http_requests_total", {"component": "web", "code": "~2xx|4xx"})


def test_everything_of_openslos_that_is_not_carried_over_is_listed() -> None:
    result = import_file(EXAMPLES / "openslo-v1.yaml")
    assert result.refused == ("elsewhere", "averaged")
    found = lost(result)
    assert "misstates a budget" in found["averaged: [5].spec.budgetingMethod"]
    assert found["elsewhere: [4].spec.indicator.spec.ratioMetric.bad.metricSource.type"] == "only Prometheus is read"
    assert "midnight of 2022-01-03" in found["[2].spec.timeWindow[0].calendar.startTime"]
    assert {"[2].spec.alertPolicies", "[2].metadata.labels.team", "[6]", "[7]"} <= set(found)
    assert found["[2].spec.objectives[0].timeSliceWindow"] == "slices are minutes"


def test_openslo_v1alpha_becomes_v1(tmp_path: Path) -> None:
    result = import_file(EXAMPLES / "openslo-v1alpha.yaml")
    slos = loaded(result, tmp_path)
    assert isinstance(slos["my-service"].sli, EventsSli)
    assert isinstance(slos["my-service"].window, RollingWindow)
    assert slos["my-service"].window.text == "30d"
    assert "30d" in lost(result)["[0].spec.timeWindows[0].unit"]
    threshold = slos["web-latency-threshold"]
    assert isinstance(threshold.window, CalendarWindow)
    assert threshold.window.text == "1Q"
    assert isinstance(threshold.sli, SlicesSli)
    assert threshold.sli.condition == Condition("lt", Decimal(200))


def test_kubernetes_objects_of_sloth_are_read_too(tmp_path: Path) -> None:
    file = tmp_path / "crd.yaml"
    file.write_text(
        """
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: home, namespace: monitoring}
spec:
  service: home
  slos:
    - name: web
      objective: 99.5
      sli:
        events:
          errorQuery: sum(rate(a_total{code="5"}[{{ .window }}]))
          totalQuery: sum(rate(a_total[{{.window}}]))
"""
    )
    result = import_file(file)
    assert set(result.texts) == {"home-web"}
    assert {"metadata.name", "metadata.namespace"} <= set(lost(result))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: prometheus/v2\n", "'prometheus/v2' cannot be imported; openslo/v1"),
        ("kind: SLO\n", "names no format"),
        ("", "is empty"),
    ],
)
def test_a_file_of_another_format_is_refused_with_those_that_can_be_read(
    tmp_path: Path, text: str, problem: str
) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(text)
    with pytest.raises(DefinitionError, match=problem):
        import_file(file)


@given(st.dictionaries(st.text(min_size=1), st.text() | st.none() | st.lists(st.text())), st.data())
def test_a_field_is_either_taken_or_lost(values: dict[str, Any], data: st.DataObject) -> None:
    losses: list[Loss] = []
    fields = Fields(values, "", losses, "f")
    taken = {key for key in values if data.draw(st.booleans())}
    for key in taken:
        fields.raw(key)
    fields.end()
    assert {loss.path for loss in losses} == {key for key in values if key not in taken and values[key] is not None}


def test_a_field_that_is_no_number_or_mapping_is_told_with_its_path() -> None:
    fields = Fields({"a": "x", "b": ["y"]}, "spec", [], "f")
    with pytest.raises(NotCarried, match="decimal") as problem:
        fields.decimal("a")
    assert problem.value.path == "spec.a"
    with pytest.raises(NotCarried, match="mapping"):
        fields.fields("b")


def test_what_was_written_is_openslo_v1(tmp_path: Path) -> None:
    for file in FILES:
        for text in import_file(file).texts.values():
            document = YAML(typ="safe", pure=True).load(text)
            assert (document["apiVersion"], document["kind"]) == ("openslo/v1", "SLO")
