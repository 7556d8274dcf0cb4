"""`streamgauge rubric show`, `check` and `diff` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashboard.cli import app
from dashboard.commands import run as running
from dashboard.rubrics import instance_rubric
from data.definitions.located import DefinitionError
from data.definitions.rubric import load_rubric
from data.settings import SettingsError, load_settings
from tests.unit.data.definitions.rubric.small import OVERLAY, SMALL, TRANSLATION, broken, folder


def streamgauge(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["rubric", *map(str, arguments)], env={"COLUMNS": "240"})


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A company's folder, away from any settings file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ours").mkdir()
    return folder(tmp_path / "ours", small=SMALL, acme=OVERLAY, de=TRANSLATION)


def test_show_prints_every_question_of_a_level_and_what_leads_on() -> None:
    result = streamgauge("show", "--level", "3")
    assert result.exit_code == 0
    assert all(f"L3.{number}" in result.stdout for number in range(1, 7))
    assert "L2.1" not in result.stdout
    assert "no probe yet" in result.stdout
    assert "On the way to level 4" in result.stdout


def test_show_as_json_is_the_whole_rubric_with_its_hash() -> None:
    value = json.loads(streamgauge("show", "--json").stdout)
    assert (value["version"], len(value["indicators"]), len(value["hash"])) == ("2026.1", 26, 64)


def test_show_as_json_of_a_level_has_that_level_only() -> None:
    value = json.loads(streamgauge("show", "--json", "--level", "5").stdout)
    assert [one["number"] for one in value["levels"]] == [5]
    assert len(value["indicators"]) == 6
    assert value["actions"] == []
    assert len(value["kpis"]) == 5


def test_show_says_what_is_not_asked_and_how_much_is_not_translated(own: Path) -> None:
    result = streamgauge("show", "--rubric", own, "--language", "de")
    assert "Not asked: weak: We never had it." in result.stdout
    assert result.stderr == f"streamgauge: 24 warnings; `streamgauge rubric check {own}` lists them\n"


def test_check_counts_what_a_folder_makes_and_warns_of_every_language(own: Path) -> None:
    result = streamgauge("check", own)
    assert result.exit_code == 0
    assert "small 1+acme.3 in en, de: 6 indicators, 1 disabled, 4 actions, 2 KPIs; " in result.stdout
    assert load_rubric(own).hash in result.stdout
    # the levels 2 to 5, 3 statements, 5 dimensions, 6 indicators, 4 actions, 2 KPIs
    assert "24 warnings" in result.stdout
    assert result.stderr.count("the original is shown") == 24
    assert "spec.texts.indicators.i1: lacks anchors.partial; the original is shown" in result.stderr


def test_check_of_a_wrong_file_names_file_line_and_field(own: Path) -> None:
    (own / "acme.yaml").write_text(broken(OVERLAY, "        effort: 4", "        polarity: deficit"))
    error = streamgauge("check", own).exception
    assert isinstance(error, DefinitionError)
    assert str(error).startswith(f"{own / 'acme.yaml'}:14: spec.change.indicators.i1.polarity: cannot be changed")


def misspelt(own: Path) -> Path:
    """The folder after somebody has named a probe that there is not."""
    (own / "acme.yaml").write_text(
        broken(OVERLAY, "        effort: 2\n", "        probes: [l3_5_dlq]\n        effort: 2\n")
    )
    return own


def test_check_refuses_a_probe_that_is_not_there_and_names_those_that_are(own: Path) -> None:
    error = streamgauge("check", misspelt(own)).exception
    assert isinstance(error, DefinitionError)
    assert str(error) == (
        f"{own / 'acme.yaml'}:28: spec.add.indicators[0].probes[0]: there is no probe l3_5_dlq; there are "
        "l2_1_independent_teams, l3_2_contracts_enforced, l3_4_lag_alerting, l3_5_dead_letter_queues, "
        "l4_1_stream_processing, l5_6_reused_products"
    )


def test_an_instance_says_when_it_starts_that_its_rubric_cannot_be_used(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running._read_rubric(load_settings(None, {"STREAMGAUGE_RUBRIC_DIR": str(own)}))
    assert capsys.readouterr().err == ""
    other = folder(own.parent, small=SMALL, acme=(misspelt(own) / "acme.yaml").read_text())
    running._read_rubric(load_settings(None, {"STREAMGAUGE_RUBRIC_DIR": str(other)}))
    said = capsys.readouterr().err
    assert said.startswith("streamgauge: the rubric cannot be used: ")
    assert "spec.add.indicators[0].probes[0]: there is no probe l3_5_dlq" in said


def test_diff_lists_the_changes_and_says_whether_results_can_be_compared(own: Path) -> None:
    (own / "plain").mkdir()
    plain = folder(own / "plain", small=SMALL)
    value = json.loads(streamgauge("diff", plain, own, "--json").stdout)
    assert value["same_results"] is False
    assert {(one["kind"], one["id"]) for one in value["changes"]} >= {
        ("disabled", "weak"),
        ("added", "acme.exit"),
        ("reworded", "i1"),
        ("weighed", "a2"),
    }
    assert "Results are not comparable as they stand" in streamgauge("diff", plain, own).stdout
    assert "Equal answers lead to equal results." in streamgauge("diff", "shipped", "shipped").stdout


def test_the_instance_asks_by_the_folder_and_language_of_the_settings(own: Path) -> None:
    config = own.parent / "streamgauge.yaml"
    config.write_text("rubric_dir: ours\nrubric_language: de\n")
    rubric = instance_rubric(load_settings(config, {}))
    assert (rubric.version, rubric.language, rubric.levels[0].title) == ("1+acme.3", "de", "Eins")
    config.unlink()
    assert instance_rubric(load_settings(None, {"STREAMGAUGE_RUBRIC_DIR": str(own)})).language == "en"


def test_without_a_setting_the_instance_asks_by_what_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert instance_rubric(load_settings(None, {})).hash == load_rubric().hash


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("rubric_dir: nowhere", "a folder or a file that is there"),
        ("rubric_language: German", "language of the rubric, such as de"),
    ],
)
def test_a_setting_that_leads_nowhere_is_named(tmp_path: Path, line: str, allowed: str) -> None:
    config = tmp_path / "streamgauge.yaml"
    config.write_text(line + "\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(config, {})
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (1, line.partition(":")[0])
    assert problem.allowed.startswith(allowed)
