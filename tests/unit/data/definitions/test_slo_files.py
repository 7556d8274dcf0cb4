"""The shipped SLO, and what a person is told who writes one wrongly."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from data.definitions.located import DefinitionError
from data.definitions.slo_files import SLOS, load_slo, load_slos
from scoring.slo.definition import EventClass, EventsSli, SloId
from scoring.slo.windows import RollingWindow

SHIPPED = SLOS / "produce-success.yaml"


def spoiled(tmp_path: Path, old: str, new: str) -> Path:
    text = SHIPPED.read_text()
    assert old in text
    file = tmp_path / "slo.yaml"
    file.write_text(text.replace(old, new, 1))
    return file


def line_of(file: Path, text: str) -> int:
    return next(number for number, line in enumerate(file.read_text().splitlines(), 1) if text in line)


def test_produce_success_promises_four_nines_over_30_days_and_gates_releases() -> None:
    slo = load_slo(SHIPPED)
    assert (slo.id, slo.objective) == (SloId("produce-success"), Decimal("0.9999"))
    assert slo.window == RollingWindow(timedelta(days=30))
    assert (slo.min_coverage, slo.gate, slo.kind, slo.window.text) == (Decimal("0.5"), True, "events", "30d")


def test_errors_by_code_are_preferred_and_failed_of_total_says_what_it_misses() -> None:
    slo = load_slo(SHIPPED)
    by_code, fallback = slo.sli.dialects
    assert by_code.counters[0].selector.metric == "kafka_network_requestmetrics_errors_total"
    assert by_code.counters[0].selector.labels == {"request": "Produce"}
    assert by_code.misses == ""
    assert "misses permission and size errors" in fallback.misses
    assert "kafka_network_requestmetrics_errors_total" in fallback.advice
    assert isinstance(slo.sli, EventsSli)
    assert slo.sli.classify("failed-requests") is EventClass.FAILED
    assert slo.sli.classify("all-requests") is EventClass.SUCCESS
    assert slo.sli.classify("MESSAGE_TOO_LARGE") is EventClass.CLIENT
    assert slo.sli.classify("A_CODE_OF_TOMORROW") is EventClass.PLATFORM


def test_the_objective_keeps_the_digits_of_the_file(tmp_path: Path) -> None:
    slo = load_slo(spoiled(tmp_path, "target: 0.9999", "target: 0.99990000000000000000001"))
    assert slo.objective == Decimal("0.99990000000000000000001")


def test_another_objective_window_or_gate_keeps_the_slices(tmp_path: Path) -> None:
    shipped = load_slo(SHIPPED)
    for old, new in [("0.9999", "0.95"), ("30d", "7d"), ('gate: "true"', 'gate: "false"'), ('"0.5"', '"0.9"')]:
        assert load_slo(spoiled(tmp_path, old, new)).sli.hash == shipped.sli.hash


def test_another_metric_starts_new_slices(tmp_path: Path) -> None:
    shipped = load_slo(SHIPPED)
    changed = load_slo(spoiled(tmp_path, "labels: {request: Produce}", "labels: {request: Fetch}"))
    assert changed.sli.hash != shipped.sli.hash


@pytest.mark.parametrize(
    ("old", "new", "field", "problem"),
    [
        ("target: 0.9999", "target: 1", "spec.objectives[0].target", "between 0 and 1, both excluded"),
        ("target: 0.9999", "target: 99.99", "spec.objectives[0].target", "between 0 and 1, both excluded"),
        ("target: 0.9999", "target: high", "spec.objectives[0].target", "must be a decimal number"),
        ("target: 0.9999", "target: .nan", "spec.objectives[0].target", "must be a decimal number"),
        ("duration: 30d", "duration: 30 days", "spec.timeWindow[0].duration", "as in 30d"),
        ("duration: 30d", "duration: 60w", "spec.timeWindow[0].duration", "from 1h to 366d"),
        ("duration: 30d", "duration: 1M", "spec.timeWindow[0].duration", "months differ in length"),
        ("Occurrences", "RatioTimeslices", "spec.budgetingMethod", "misstates a budget"),
        ("Occurrences", "Composite", "spec.budgetingMethod", "must be Occurrences or Timeslices"),
        ("Occurrences", "Timeslices", "spec.indicator.spec.ratioMetric", "source type Prometheus"),
        ("apiVersion: openslo/v1", "apiVersion: openslo/v2", "apiVersion", "must be openslo/v1 or streamgauge/v1"),
        ("name: produce-success", "name: Produce success", "metadata.name", "lower-case letters"),
        ('streamgauge/gate: "true"', "streamgauge/gate: yes", "metadata.annotations.streamgauge/gate", "true or false"),
        ("streamgauge/gate", "streamgauge/gated", "metadata.annotations.streamgauge/gated", "is not known"),
        (
            "classification: produce_errors.yaml",
            "classification: ../produce_errors.yaml",
            "spec.indicator.spec.ratioMetric.total.metricSource.spec.classification",
            "without a folder",
        ),
        (
            "component: {label: error}",
            "component: {label: error-code}",
            "spec.indicator.spec.ratioMetric.total.metricSource.spec.dialects[0].counters[0].component.label",
            "must be a label name",
        ),
        (
            "classes: [platform]",
            "classes: [platform, client]",
            "spec.indicator.spec.ratioMetric.bad.metricSource.spec.classes",
            "client faults leave bad and total",
        ),
    ],
)
def test_a_mistake_is_named_by_file_line_and_field(
    tmp_path: Path, old: str, new: str, field: str, problem: str
) -> None:
    file = spoiled(tmp_path, old, new)
    with pytest.raises(DefinitionError, match=problem) as caught:
        load_slo(file)
    assert (caught.value.file, caught.value.field) == (file, field)
    assert caught.value.line == line_of(file, "counter: true" if new == "Timeslices" else new.splitlines()[0])


def test_a_key_that_is_given_twice_is_named_with_the_second_line(tmp_path: Path) -> None:
    file = spoiled(tmp_path, "kind: SLO\n", "kind: SLO\nkind: SLO\n")
    with pytest.raises(DefinitionError, match="kind: is given twice") as caught:
        load_slo(file)
    assert caught.value.line == line_of(file, "kind: SLO") + 1


@pytest.mark.parametrize(("text", "problem"), [("", "is empty"), ("a: [1", "is no YAML"), ("- a", "must be a mapping")])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "slo.yaml"
    file.write_text(text)
    with pytest.raises(DefinitionError, match=problem):
        load_slo(file)


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="No such file"):
        load_slo(tmp_path / "missing.yaml")


def test_two_files_cannot_define_one_slo(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(SHIPPED.read_text())
    with pytest.raises(DefinitionError, match="defined in another file too"):
        load_slos(tmp_path)
