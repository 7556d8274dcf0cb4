"""Invariants, policies and exemptions as files."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from data.definitions.located import DefinitionError
from data.definitions.slo_files import Definitions, load_definitions
from scoring.slo.budget import Band
from scoring.slo.definition import InvariantSli
from scoring.slo.policy import ReleaseClass

INVARIANT = """\
apiVersion: streamgauge/v1
kind: Invariant
metadata:
  name: nothing-lost
  annotations: {streamgauge/policy: strict}
spec:
  service: shop
  timeWindow: [{duration: 30d, isRolling: true}]
  minimumChecked: 100
  noun: orders
  dialects:
    - name: shop
      counters:
        - {metric: orders_lost_total, component: {name: lost, class: platform}}
        - {metric: orders_total, component: {name: orders, class: success}}
      presence: {metric: orders_total}
"""
POLICY = """\
apiVersion: streamgauge/v1
kind: ErrorBudgetPolicy
metadata: {name: strict}
spec:
  steps:
    - below: 0.30
      band: halt
      actions: {critical: Go on., non-critical: Stop.}
      stops: [non-critical]
    - below: 0.10
      band: lockdown
      actions: {critical: Stop., non-critical: Stop.}
      stops: [critical, non-critical]
"""
EXEMPTION = """\
apiVersion: streamgauge/v1
kind: Exemption
metadata: {name: move-of-rack-b}
spec:
  slos: [nothing-lost]
  labels: {cluster: prod-eu}
  from: 2026-11-20T22:00:00+01:00
  to: 2026-11-20T23:30:00+01:00
  reason: Rack b moves.
  requestedBy: ana
  approvedBy: ben
  recordedAt: 2026-11-19T09:00:00Z
"""


def loaded(tmp_path: Path, *texts: str) -> Definitions:
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.yaml").write_text(text)
    return load_definitions(tmp_path)


def test_an_invariant_counts_violations_of_what_was_checked(tmp_path: Path) -> None:
    (slo,) = loaded(tmp_path, INVARIANT, POLICY).slos
    assert slo.objective is None
    assert isinstance(slo.sli, InvariantSli)
    assert (slo.sli.checked, slo.sli.minimum_checked, slo.sli.noun) == (frozenset({"orders"}), 100, "orders")
    assert slo.policy == "strict"


def test_a_policy_has_its_steps_beside_the_default_one(tmp_path: Path) -> None:
    policies = loaded(tmp_path, POLICY).policies
    assert set(policies) == {"default", "strict"}
    strict = policies["strict"]
    assert [(step.share, step.band) for step in strict.thresholds] == [
        (Decimal("0.10"), Band.LOCKDOWN),
        (Decimal("0.30"), Band.HALT),
    ]
    assert strict.stops(Band.HALT, ReleaseClass.NON_CRITICAL)
    assert not strict.stops(Band.HALT, ReleaseClass.CRITICAL)


def test_an_exemption_keeps_its_moments_in_utc(tmp_path: Path) -> None:
    (one,) = loaded(tmp_path, INVARIANT, POLICY, EXEMPTION).exemptions
    assert (one.start, one.end) == (
        datetime(2026, 11, 20, 21, tzinfo=UTC),
        datetime(2026, 11, 20, 22, 30, tzinfo=UTC),
    )
    assert (one.id, one.approved, one.late) == ("move-of-rack-b", True, False)


@pytest.mark.parametrize(
    ("text", "old", "new", "field", "problem"),
    [
        (INVARIANT, "class: platform", "class: client", "spec.dialects", "success or platform"),
        (INVARIANT, "class: success", "class: platform", "spec.dialects[0]", "counts what was looked at"),
        (INVARIANT, "class: platform", "class: success", "spec.dialects[0]", "counts violations"),
        (INVARIANT, "minimumChecked: 100", "minimumChecked: 0", "spec.minimumChecked", "at least 1"),
        (INVARIANT, "streamgauge/policy: strict", "streamgauge/policy: gone", "metadata.name", "is not defined"),
        (INVARIANT, "kind: Invariant", "kind: SLO", "kind", "must be Invariant or ErrorBudgetPolicy or Exemption"),
        (POLICY, "below: 0.30", "below: 0.05", "spec.steps", "the less is left the worse the band"),
        (POLICY, "below: 0.30", "below: 30", "spec.steps", "not a share"),
        (POLICY, "band: halt", "band: healthy", "spec.steps[0].band", "must be one of halt, incident, lockdown"),
        (POLICY, "critical: Go on., ", "", "spec.steps[0].actions", "lacks critical"),
        (EXEMPTION, "approvedBy: ben", "approvedBy: ana", "spec", "who asked for it"),
        (EXEMPTION, "22:00:00+01:00", "22:00:30+01:00", "spec", "whole minutes"),
        (EXEMPTION, "22:00:00+01:00", "22:00:00", "spec.from", "must say its time zone"),
        (EXEMPTION, "recordedAt: 2026-11-19", "recordedAt: 2026-12-29", "spec", "more than 30 days"),
        (EXEMPTION, "[nothing-lost]", "[something]", "spec.slos[0]", "there is no SLO something"),
    ],
)
def test_a_mistake_is_named_by_field(tmp_path: Path, text: str, old: str, new: str, field: str, problem: str) -> None:
    assert old in text
    others = [one for one in (INVARIANT, POLICY, EXEMPTION) if one != text]
    with pytest.raises(DefinitionError, match=problem) as caught:
        loaded(tmp_path, text.replace(old, new, 1), *others)
    assert caught.value.field == field


def test_a_folder_without_definitions_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="has no"):
        load_definitions(tmp_path)
