"""A company's own rubric: other words, own items, what it does not ask, its language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.definitions.rubric import load_rubric, read_rubric
from scoring.maturity.rubric import Disabled, IndicatorId, StatementKind
from tests.unit.data.definitions.rubric.small import OVERLAY, SMALL, TRANSLATION, broken, folder


def test_without_a_folder_the_shipped_rubric_is_asked_in_english() -> None:
    read = read_rubric()
    assert (read.rubric.id, read.rubric.version, read.rubric.language) == ("streaming-maturity", "2026.1", "en")
    assert (read.warnings, read.languages) == ((), ("en",))
    assert load_rubric(language="en").hash == load_rubric().hash


def test_an_overlay_changes_words_and_weights_and_leaves_the_rest(tmp_path: Path) -> None:
    before = load_rubric(folder(tmp_path, small=SMALL))
    after = load_rubric(folder(tmp_path, acme=OVERLAY))
    assert (after.levels[0].title, after.levels[0].summary) == ("Erste", "The first.")
    assert after.levels[0].statements[0].text == "It runs well."
    assert after.dimensions[2].anchors == ("a", "bb", "c", "d", "e")
    was = before.by_id[IndicatorId("i1")]
    assert after.by_id[IndicatorId("i1")] == replace(
        was, question="Is it here?", anchors=replace(was.anchors, partial="A part of it."), effort=4
    )
    assert [(one.id, one.impact) for one in after.actions] == [("a1", 2), ("a2", 5), ("acme.plan", 1), ("a3", 2)]
    assert [(one.id, one.unit) for one in after.kpis] == [("k1", "pieces"), ("acme.trees", "")]


def test_own_items_stand_in_their_level(tmp_path: Path) -> None:
    rubric = load_rubric(folder(tmp_path, small=SMALL, acme=OVERLAY))
    assert [one.id for one in rubric.gating(2)] == ["i2", "acme.exit"]
    (flood,) = rubric.levels[1].statements
    assert (flood.id, flood.kind, flood.dimension) == ("acme.flood", StatementKind.PITFALL, None)


def test_a_disabled_indicator_is_not_asked_and_its_reason_is_kept(tmp_path: Path) -> None:
    rubric = load_rubric(folder(tmp_path, small=SMALL, acme=OVERLAY))
    assert "weak" not in rubric.by_id
    assert rubric.disabled == (Disabled(IndicatorId("weak"), "We never had it."),)


def test_nothing_refers_to_a_disabled_indicator_any_more(tmp_path: Path) -> None:
    overlay = broken(OVERLAY, "{indicator: weak", "{indicator: i2")
    read = read_rubric(folder(tmp_path, small=SMALL, acme=overlay))
    assert read.rubric.by_id[IndicatorId("i1")].superseded_by == ()
    assert read.rubric.actions[0].helps == ()
    (warning,) = read.warnings
    assert str(warning).endswith(
        "acme.yaml:33: spec.disable: the action a1 (Begin) helped with i2 only, which is not asked any more"
    )


def test_the_version_says_who_changed_it_and_the_hash_that_it_was(tmp_path: Path) -> None:
    before = load_rubric(folder(tmp_path, small=SMALL))
    after = load_rubric(folder(tmp_path, acme=OVERLAY))
    assert (before.version, after.version) == ("1", "1+acme.3")
    assert before.hash != after.hash
    unversioned = broken(OVERLAY, ', version: "3"}', "}")
    assert load_rubric(folder(tmp_path, acme=unversioned)).version == "1+acme"


def test_an_overlay_may_be_a_single_file_on_the_shipped_rubric(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(
        "apiVersion: streamgauge/v1\nkind: RubricOverlay\nmetadata: {name: acme}\nspec:\n"
        '  base: {name: streaming-maturity, version: "2026.1"}\n'
        "  disable: [{indicator: L4.5, reason: We work in one country.}]\n"
    )
    rubric = load_rubric(file)
    assert (rubric.version, len(rubric.indicators), len(rubric.gating(4))) == ("2026.1+acme", 25, 5)


def test_a_rubric_that_moved_on_is_a_warning_and_no_error(tmp_path: Path) -> None:
    overlay = broken(OVERLAY, 'base: {name: small, version: "1"}', 'base: {name: small, version: "0.9"}')
    read = read_rubric(folder(tmp_path, small=SMALL, acme=overlay))
    (warning,) = read.warnings
    assert (warning.line, warning.field) == (5, "spec.base.version")
    assert "was written for version 0.9 and is used on 1;" in warning.text


def test_a_partial_translation_falls_back_to_the_original_and_lists_what_is_missing(tmp_path: Path) -> None:
    read = read_rubric(folder(tmp_path, small=SMALL, de=TRANSLATION), "de")
    level, one = read.rubric.levels[0], read.rubric.by_id[IndicatorId("i1")]
    assert (level.title, level.statements[0].text, level.statements[1].text) == ("Eins", "Es läuft.", "It stops.")
    assert (one.title, one.anchors.yes, one.anchors.partial) == ("Erstens", "Ja.", "Half of it.")
    assert (read.rubric.language, read.rubric.version, read.languages) == ("de", "1", ("en", "de"))
    missing = {warning.field: warning.text for warning in read.warnings}
    assert missing["spec.texts.indicators.i1"] == "lacks anchors.partial; the original is shown"
    assert missing["spec.texts.kpis.k1"] == "lacks title, definition; the original is shown"
    assert missing["spec.texts.dimensions.Skills"].startswith("lacks title, definition, anchors.1, anchors.2")
    assert "spec.texts.levels.1" not in missing
    # 4 levels, 2 statements, 5 dimensions, 5 of 6 indicators, 3 actions, 1 KPI
    assert len(missing) == 4 + 2 + 5 + 5 + 3 + 1


def test_a_translation_reaches_own_items_and_may_know_disabled_ones(tmp_path: Path) -> None:
    german = TRANSLATION + "      acme.exit: {title: Ausstieg}\n"
    rubric = load_rubric(folder(tmp_path, small=SMALL, acme=OVERLAY, de=german), "de")
    assert rubric.by_id[IndicatorId("acme.exit")].title == "Ausstieg"
    assert (rubric.version, rubric.language) == ("1+acme.3", "de")


def test_every_language_has_a_hash_of_its_own(tmp_path: Path) -> None:
    source = folder(tmp_path, small=SMALL, de=TRANSLATION)
    assert load_rubric(source).hash != load_rubric(source, "de").hash
