from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import scoring.evidence.probes as registry
from scoring.evidence.evaluation import evaluate
from scoring.evidence.finding import Effort, Outcome
from scoring.evidence.probe import Need, Probe, ProbeContractError
from scoring.evidence.probes import every_probe
from tests.unit.scoring.evidence.probes.estates import AWAY, EMPTY, NOW


def test_the_six_probes_are_found_and_nobody_lists_them() -> None:
    assert [probe.indicators for probe in every_probe()] == [
        ("L2.1",),
        ("L3.2",),
        ("L3.4",),
        ("L3.5",),
        ("L4.1",),
        ("L5.6",),
    ]


def test_a_file_that_is_added_is_a_probe_and_one_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "l9_9_added.py").write_text("PROBE = 1\n")
    monkeypatch.setattr(registry, "__path__", [str(tmp_path)])

    with pytest.raises(ProbeContractError, match=r"l9_9_added\.py holds no PROBE"):
        every_probe.__wrapped__()


@pytest.mark.parametrize("probe", every_probe(), ids=lambda probe: probe.id)
def test_a_probe_that_sees_nothing_says_so_and_never_no(probe: Probe) -> None:
    away: dict[str, Any] = {need.value: AWAY for need in Need}
    for estate in (EMPTY, replace(EMPTY, **away)):
        findings = probe.findings(estate, NOW)
        (verdict,) = evaluate(findings, [probe], probe.indicators, NOW)

        assert verdict.state == "not_available"
        assert not {one.outcome for one in findings if one.aspect != "production"} & {Outcome.TRUE, Outcome.FALSE}


@pytest.mark.parametrize("probe", every_probe(), ids=lambda probe: probe.id)
def test_every_remedy_says_what_to_do_and_how_much_work_it_is(probe: Probe) -> None:
    assert probe.question.endswith("?")
    assert probe.remedies
    assert all(isinstance(remedy.effort, Effort) and remedy.text.endswith(".") for remedy in probe.remedies.values())
