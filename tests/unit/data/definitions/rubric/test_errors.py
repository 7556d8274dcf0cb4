"""Whatever is wrong in a rubric is named by file, line and field."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.definitions.located import DefinitionError
from data.definitions.rubric import load_rubric
from tests.unit.data.definitions.rubric.small import OVERLAY, SMALL, TRANSLATION, broken, folder

I2 = "{id: i2, level: 2, title: Second"
A3 = "title: End, text: Do all., effort: 1, impact: 2, needs: [a2], helps: [i3]"
WRONG = {
    "unknown key": ("  kpis:\n", "  KPIs:\n", 44, "spec.KPIs", "not known here"),
    "unknown key of an item": ("title: First", "titel: First", 26, "spec.indicators[0].titel", "not known here"),
    "missing key": ("      question: Is it there?\n", "", 24, "spec.indicators[0]", "lacks question"),
    "duplicate id": (I2, I2.replace("i2", "i1"), 34, "spec.indicators[1].id", "at small.yaml:24"),
    "one id for two kinds": ("{id: k1", "{id: a1", 44, "spec.kpis[0].id", "is given to something else already"),
    "an id with a blank": ("{id: k1", "{id: k 1", 44, "spec.kpis[0].id", "must be letters"),
    "superseded by what is not there": (
        "[i2]\n",
        "[i9]\n",
        30,
        "spec.indicators[0].supersededBy[0]",
        "no indicator i9",
    ),
    "a probe that is not there": (
        "[l2_1_independent_teams]",
        "[l2_1_independant_teams]",
        38,
        "spec.indicators[5].probes[0]",
        "there is no probe l2_1_independant_teams; there are l2_1_independent_teams, l3_2_contracts_enforced, ",
    ),
    "superseded by itself": ("[i2]\n", "[i1]\n", 30, "spec.indicators[0].supersededBy[0]", "by itself"),
    "superseded by a lower level": (
        "[i3], probes",
        "[i3, i1], probes",
        38,
        "spec.indicators[5].supersededBy[1]",
        "i1 is of level 1",
    ),
    "superseded by a deficit": (
        "polarity: capability, dimension: Skills, anchors: {yes: y, partial: p, no: n}, effort: 2",
        "polarity: deficit, dimension: Skills, anchors: {yes: y, partial: p, no: n}, effort: 2",
        30,
        "spec.indicators[0].supersededBy[0]",
        "i2 is a deficit",
    ),
    "superseded twice by one": ("[i2]\n", "[i2, i2]\n", 30, "spec.indicators[0].supersededBy[1]", "listed twice"),
    "helps what is not there": ("helps: [i2]", "helps: [i7]", 40, "spec.actions[0].helps[0]", "no indicator i7"),
    "helps a deficit": ("helps: [i2]", "helps: [weak]", 40, "spec.actions[0].helps[0]", "weak is a deficit"),
    "addresses what is not there": ("[c1]", "[c9]", 40, "spec.actions[0].addresses[0]", "success indicator c9"),
    "needs what is not there": ("needs: [a1]", "needs: [a9]", 41, "spec.actions[1].needs[0]", "no action a9"),
    "needs a later level": ("needs: [a1]", "needs: [a3]", 41, "spec.actions[1].needs[0]", "comes after a2"),
    "needs itself": ("needs: [a1]", "needs: [a2]", 41, "spec.actions[1].needs", "a2 needs a2"),
    "needs in a circle": (
        "impact: 2, helps: [i2]",
        "impact: 2, needs: [a2], helps: [i2]",
        40,
        "spec.actions[0].needs",
        "a1 needs a2 needs a1",
    ),
    "an action for nothing": (A3, A3.replace(", helps: [i3]", ""), 42, "spec.actions[2]", "helps, addresses or dimens"),
    "an action that leads above level five": (
        "{id: a3, fromLevel: 2",
        "{id: a3, fromLevel: 5",
        42,
        "spec.actions[2].fromLevel",
        "from 1 to 4, not 5",
    ),
    "profile out of range": (
        "{Technology: 1,",
        "{Technology: 6,",
        9,
        "spec.levels[0].profile.Technology",
        "from 1 to 5",
    ),
    "profile without a dimension": ("Skills: 1, ", "", 9, "spec.levels[0].profile", "lacks Skills"),
    "profile with a strange dimension": (
        "{Technology: 1,",
        "{Technology: 1, Taste: 1,",
        9,
        "spec.levels[0].profile.Taste",
        "not known here",
    ),
    "level out of range": (
        "      level: 1\n",
        "      level: 6\n",
        25,
        "spec.indicators[0].level",
        "from 1 to 5, not 6",
    ),
    "half a level": ("      level: 1\n", "      level: 1.5\n", 25, "spec.indicators[0].level", "not 1.5"),
    "no number": ("      level: 1\n", "      level: low\n", 25, "spec.indicators[0].level", "a decimal number"),
    "a level twice": ("number: 5", "number: 4", 16, "spec.levels[4].number", "level 4 is described already"),
    "a level too few": (
        SMALL.splitlines(keepends=True)[15],
        "",
        1,
        "",
        "there is no level 5",
    ),
    "a dimension twice": (
        "{dimension: Skills, title",
        "{dimension: Governance, title",
        20,
        "spec.dimensions[2].dimension",
        "already",
    ),
    "a dimension too few": (
        "    - {dimension: Skills, title: S, definition: People., anchors: {1: a, 2: b, 3: c, 4: d, 5: e}}\n",
        "",
        1,
        "",
        "nothing is said of Skills",
    ),
    "a level that nothing gates": (
        " V?, polarity: capability",
        " V?, polarity: deficit",
        1,
        "",
        "level 5 has no indicator that gates it",
    ),
    "a rating without its text": (
        "Machines., anchors: {1: a, 2: b, 3: c, 4: d, 5: e}",
        "Machines., anchors: {1: a, 2: b, 3: c, 4: d}",
        18,
        "spec.dimensions[0].anchors",
        "lacks 5",
    ),
    "an empty text": ("title: First", "title: ''", 26, "spec.indicators[0].title", "must not be empty"),
    "a blank text": ("title: First", "title: '  '", 26, "spec.indicators[0].title", "must not be empty"),
    "an empty anchor": ("no: It is not.", "no: ''", 31, "spec.indicators[0].anchors.no", "must not be empty"),
    "effort out of range": ("effort: 1\n", "effort: 0\n", 32, "spec.indicators[0].effort", "from 1 to 5, not 0"),
    "impact out of range": ("impact: 5\n", "impact: 6\n", 33, "spec.indicators[0].impact", "from 1 to 5, not 6"),
    "a polarity that there is not": ("polarity: desc", "polarity: pres", 28, "spec.indicators[0].polarity", "one of"),
    "a KPI of no level": ("levels: [1, 2]", "levels: []", 44, "spec.kpis[0].levels", "must name a level"),
    "a KPI that is to go nowhere": ("better: higher", "better: more", 44, "spec.kpis[0].better", "higher, lower"),
    "a version with a plus": ('version: "1"', 'version: "1+a"', 3, "metadata.version", "as in 2026.1"),
    "a language in words": ("language: en", "language: English", 3, "metadata.language", "such as en, de"),
    "a strange kind": ("kind: Rubric", "kind: Rubrik", 2, "kind", "must be Rubric or RubricOverlay"),
    "another product": ("streamgauge/v1", "streamgauge/v2", 1, "apiVersion", "must be streamgauge/v1"),
}


@pytest.mark.parametrize(("old", "new", "line", "field", "problem"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_in_a_rubric_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, field: str, problem: str
) -> None:
    text = broken(SMALL, old, new)
    with pytest.raises(DefinitionError) as caught:
        load_rubric(folder(tmp_path, small=text))
    assert (caught.value.file, caught.value.line, caught.value.field) == (tmp_path / "small.yaml", line, field)
    assert problem in caught.value.problem


def test_the_small_rubric_is_right_before_it_is_broken(tmp_path: Path) -> None:
    indicators = load_rubric(folder(tmp_path, small=SMALL)).indicators
    assert [one.id for one in indicators] == ["i1", "weak", "i2", "i3", "i4", "i5"]


def test_files_of_one_rubric_agree_on_its_version(tmp_path: Path) -> None:
    other = broken("".join(SMALL.splitlines(keepends=True)[:4]), 'version: "1"', 'version: "2"') + "  kpis: []\n"
    with pytest.raises(DefinitionError, match=r"zoo\.yaml:3: metadata\.version: is 2, where small\.yaml has 1"):
        load_rubric(folder(tmp_path, small=SMALL, zoo=other))


def test_a_document_that_says_nothing_is_named(tmp_path: Path) -> None:
    empty = "".join(SMALL.splitlines(keepends=True)[:3]) + "spec: {}\n"
    with pytest.raises(DefinitionError, match=r"zoo\.yaml:4: spec: says nothing"):
        load_rubric(folder(tmp_path, small=SMALL, zoo=empty))


def test_an_empty_folder_is_told_what_belongs_into_it(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"no \*\.yaml file of kind RubricOverlay"):
        load_rubric(tmp_path)


FIXED = "results would no longer be comparable"
WRONG_OVERLAY = {
    "another rubric": ("{name: small,", "{name: large,", 5, "spec.base.name", "must be small"),
    "no change at all": (OVERLAY[OVERLAY.index("  change:") :], "", 5, "spec", "changes nothing"),
    "an unknown section": (
        "    kpis: {k1: {unit",
        "    figures: {k1: {unit",
        16,
        "spec.change.figures",
        "not known here",
    ),
    "an id that is not there": ("{a2: {impact", "{a9: {impact", 15, "spec.change.actions.a9", "nothing of this id"),
    "polarity": ("        effort: 4", "        polarity: deficit", 14, "spec.change.indicators.i1.polarity", FIXED),
    "level": ("        effort: 4", "        level: 2", 14, "spec.change.indicators.i1.level", FIXED),
    "superseded by": (
        "        effort: 4",
        "        supersededBy: [i3]",
        14,
        "spec.change.indicators.i1.supersededBy",
        "Disable the indicator with a reason and add one of your own",
    ),
    "dimension": ("        effort: 4", "        dimension: Skills", 14, "spec.change.indicators.i1.dimension", FIXED),
    "probes": ("        effort: 4", "        probes: []", 14, "spec.change.indicators.i1.probes", FIXED),
    "profile": ("{1: {title: Erste}}", "{1: {profile: {}}}", 7, "spec.change.levels.1.profile", FIXED),
    "direction": ("{unit: pieces}", "{better: lower}", 16, "spec.change.kpis.k1.better", FIXED),
    "needs": ("{a2: {impact: 5}}", "{a2: {needs: []}}", 15, "spec.change.actions.a2.needs", FIXED),
    "nothing of an item": ("{a2: {impact: 5}}", "{a2: {}}", 15, "spec.change.actions.a2", "changes nothing"),
    "an empty text": ("question: Is it here?", "question: ''", 12, "spec.change.indicators.i1.question", "be empty"),
    "effort": ("        effort: 4", "        effort: 9", 14, "spec.change.indicators.i1.effort", "from 1 to 5"),
    "a rating": ("anchors: {2: bb}", "anchors: {7: bb}", 9, "spec.change.dimensions.Skills.anchors.7", "not known"),
    "an own id without the prefix": (
        "- id: acme.exit",
        "- id: exit",
        20,
        "spec.add.indicators[0].id",
        "must begin with acme.",
    ),
    "an own id of another company": (
        "{id: acme.trees",
        "{id: emca.trees",
        31,
        "spec.add.kpis[0].id",
        "must begin with acme.",
    ),
    "an own id twice": (
        "{id: acme.trees",
        "{id: acme.plan",
        31,
        "spec.add.kpis[0].id",
        "given to something else already, at acme.yaml:30",
    ),
    "an own indicator of no level": (
        "        level: 2\n",
        "        level: 0\n",
        21,
        "spec.add.indicators[0].level",
        "1 to 5",
    ),
    "an own indicator with a probe that is not there": (
        "        effort: 2\n",
        "        probes: [l3_4_lag_alerting, l3_5_dead_leters]\n        effort: 2\n",
        28,
        "spec.add.indicators[0].probes[1]",
        "there is no probe l3_5_dead_leters; there are l2_1_independent_teams, ",
    ),
    "own help with a deficit": (
        "polarity: capability",
        "polarity: deficit",
        30,
        "spec.add.actions[0].helps[0]",
        "acme.exit is a deficit",
    ),
    "superseded by what is not asked": (
        "        supersededBy: [i3]",
        "        supersededBy: [weak]",
        26,
        "spec.add.indicators[0].supersededBy[0]",
        "no indicator weak",
    ),
    "disabled without a reason": (", reason: We never had it.", "", 33, "spec.disable[0]", "lacks reason"),
    "disabled for an empty reason": ("We never had it.", "''", 33, "spec.disable[0].reason", "must not be empty"),
    "disabled and not there": (
        "{indicator: weak",
        "{indicator: i9",
        33,
        "spec.disable[0].indicator",
        "no indicator i9",
    ),
    "disabled and its level's only one": (
        "{indicator: weak",
        "{indicator: i1",
        33,
        "spec.disable",
        "level 1 has no indicator that gates it",
    ),
    "disabled twice": (
        "- {indicator: weak, reason: We never had it.}",
        "[{indicator: weak, reason: a}, {indicator: weak, reason: b}]",
        33,
        "spec.disable[1].indicator",
        "weak is disabled twice",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "field", "problem"), WRONG_OVERLAY.values(), ids=list(WRONG_OVERLAY))
def test_what_an_overlay_may_not_do_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, field: str, problem: str
) -> None:
    text = broken(OVERLAY, old, new)
    with pytest.raises(DefinitionError) as caught:
        load_rubric(folder(tmp_path, small=SMALL, acme=text))
    assert (caught.value.file, caught.value.line, caught.value.field) == (tmp_path / "acme.yaml", line, field)
    assert problem in caught.value.problem


def test_a_second_overlay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"b\.yaml:1: file: is a second RubricOverlay"):
        load_rubric(folder(tmp_path, small=SMALL, a=OVERLAY, b=OVERLAY))


WRONG_TRANSLATION = {
    "weights": (
        "{c1: {text: Es läuft.}}",
        "{c1: {text: Es läuft., effort: 2}}",
        8,
        "spec.texts.statements.c1.effort",
        "not known",
    ),
    "an id that is not there": ("{c1: {", "{c9: {", 8, "spec.texts.statements.c9", "nothing of this id"),
    "an empty text": ("title: Eins", "title: ''", 7, "spec.texts.levels.1.title", "must not be empty"),
    "what makes results comparable": ("title: Eins", "number: 2", 7, "spec.texts.levels.1.number", FIXED),
    "another rubric": ("{name: small,", "{name: large,", 5, "spec.base.name", "must be small"),
    "no language": ("{language: de}", "{language: de_DE}", 3, "metadata.language", "such as en, de"),
    "the original's language": ("{language: de}", "{language: en}", 3, "metadata", "the rubric is there in en already"),
}


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "problem"), WRONG_TRANSLATION.values(), ids=list(WRONG_TRANSLATION)
)
def test_what_is_wrong_in_a_translation_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, field: str, problem: str
) -> None:
    text = broken(TRANSLATION, old, new)
    with pytest.raises(DefinitionError) as caught:
        load_rubric(folder(tmp_path, small=SMALL, de=text), "de")
    assert (caught.value.file, caught.value.line, caught.value.field) == (tmp_path / "de.yaml", line, field)
    assert problem in caught.value.problem


def test_a_language_that_nobody_translated_into_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no translation into fr; the rubric is there in en, de"):
        load_rubric(folder(tmp_path, small=SMALL, de=TRANSLATION), "fr")


@given(st.dictionaries(st.integers(0, 5), st.sets(st.integers(0, 5), max_size=3), min_size=6, max_size=6))
@settings(max_examples=60, deadline=None)
def test_actions_are_taken_exactly_when_they_can_be_put_in_an_order(needs: dict[int, set[int]]) -> None:
    """The order is looked for by graphlib, which shares nothing with the reader."""
    actions = "".join(
        f"    - {{id: n{one}, fromLevel: 1, title: t, text: t, effort: 1, impact: 1, dimensions: [Skills], "
        f"needs: [{', '.join(f'n{need}' for need in sorted(its))}]}}\n"
        for one, its in needs.items()
    )
    text = broken(SMALL, "  kpis:\n", f"{actions}  kpis:\n")
    try:
        tuple(TopologicalSorter(needs).static_order())
        ordered = True
    except CycleError:
        ordered = False
    with TemporaryDirectory() as at:
        try:
            load_rubric(folder(Path(at), small=text))
        except DefinitionError as error:
            assert not ordered
            circle = re.findall(r"n(\d)", error.problem)
            assert circle[0] == circle[-1]
            assert all(int(need) in needs[int(one)] for one, need in pairwise(circle))
        else:
            assert ordered
