"""`streamgauge assess score` and `assess agreement` on files: fields, numbers by hand, what is said of bad input."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dashboard.cli import app
from dashboard.commands.failures import USER_ERROR, explained
from data.definitions.located import DefinitionError

Writing = Callable[[str], Path]


@pytest.fixture
def writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Writing:
    """Writes a file, away from any settings."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        file = tmp_path / "given"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def assess(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["assess", *map(str, arguments)], env={"COLUMNS": "200"})


def said(result: Result) -> str:
    """What a command that fails says: file name, line, field and problem."""
    assert isinstance(result.exception, DefinitionError)
    assert result.stdout == ""
    _, _, rest = str(result.exception).partition("/given")
    return rest.removeprefix(":")


def scored(writing: Writing, sheet: object) -> Any:
    result = assess("score", writing(json.dumps(sheet)), "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_sheet_gives_an_object_with_every_field(writing: Writing) -> None:
    # Level 2 is complete; of level 3 two of five apply and are yes (L3.6 n/a): 2.4. The unknown L3.3 makes three: 2.6.
    # Above level 3 only L5.1 is yes. L3.2 contradicts L1.2 and L2.4. Everything else is no.
    sheet = {
        "answers": {
            **{f"L{level}.{number}": "no" for level in (3, 4, 5) for number in range(1, 7)},
            "L1.1": "yes", "L1.2": "yes", "L1.3": "no", "L1.4": "partial", "L2.1": "yes", "L2.2": "no", "L2.3": "yes",
            "L2.4": "yes", "L3.1": "yes", "L3.2": "yes", "L3.3": "unknown", "L3.6": "n/a", "L5.1": "yes",
        },
        "ratings": [
            {"respondent": "a", "Technology": 4, "Governance": 2, "Skills": 2, "Operations": 3, "Business Value": 3},
            {"respondent": "b", "Technology": 3, "Governance": 4, "Skills": 4, "Operations": 2, "Business Value": 2},
        ],
    }  # fmt: skip
    assert scored(writing, sheet) == {
        "level": 2,
        "index": 2.4,
        "level_high": 2,
        "index_high": 2.6,
        # Lower medians 3, 2, 2, 2, 2: just the profile of level 2.
        "profile_level": 2,
        "transition": "in transition",
        "contradictions": [["L1.2", "L3.2"], ["L2.4", "L3.2"]],
        "literal_level": None,
        "not_assessable": [],
        "ahead": ["L5.1"],
    }


def test_what_does_not_exist_is_null_and_what_is_missing_is_unknown(writing: Writing) -> None:
    assert scored(writing, {"answers": {"L1.1": "n/a"}}) == {
        "level": 0,
        "index": None,
        "level_high": 0,
        "index_high": None,
        "profile_level": None,
        "transition": "none",
        "contradictions": [],
        "literal_level": None,
        "not_assessable": [1],
        "ahead": [],
    }
    empty = scored(writing, {"answers": {}, "ratings": []})
    assert (empty["level"], empty["index"], empty["level_high"], empty["index_high"]) == (0, 0, 5, 5)
    assert scored(writing, {"answers": {"L1.1": None}, "ratings": [{"respondent": "a", "Skills": None}]}) == empty


def test_a_list_of_sheets_gives_a_list_in_its_order(writing: Writing) -> None:
    found = scored(writing, [{"answers": {"L1.1": "yes"}}, {"answers": {"L1.1": "no", "L2.1": "no", "L3.1": "no"}}])
    assert [one["level"] for one in found] == [1, 0]
    assert scored(writing, []) == []


def test_for_people_there_is_a_headline_with_what_to_do_next(writing: Writing) -> None:
    answers = {f"L{level}.{number}": "no" for level in (3, 4, 5) for number in range(1, 7)}
    answers |= {"L1.1": "yes", "L2.1": "yes", "L2.3": "yes", "L1.2": "yes", "L3.2": "yes", "L3.4": "unknown"}
    result = assess("score", writing(json.dumps({"answers": answers})))
    assert result.stdout.splitlines() == [
        "Level 2, in transition to 3, 1 answer missing",
        "  index           2.17 to 2.33",
        "  profile level   none",
        "  paper sheet     none",
        "  contradiction   L1.2 and L3.2 are both answered yes",
        "  level 3 needs   L3.1, L3.3, L3.4, L3.5, L3.6",
        "  ask first       L3.4",
    ]


def test_a_company_s_own_rubric_decides_what_is_asked(writing: Writing, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "overlay.yaml").write_text(
        """
apiVersion: streamgauge/v1
kind: RubricOverlay
metadata: {name: acme, version: "1"}
spec:
  base: {name: streaming-maturity, version: "2026.1"}
  disable:
    - {indicator: L3.6, reason: We run no Kubernetes.}
"""
    )
    answers = {f"L{level}.{number}": "yes" for level, last in ((1, 4), (2, 4), (3, 5)) for number in range(1, last + 1)}
    file = writing(json.dumps({"answers": answers}))
    assert json.loads(assess("score", file, "--json").stdout)["level"] == 2
    assert json.loads(assess("score", file, "--rubric", own, "--json").stdout)["level"] == 3
    refused = assess("score", writing(json.dumps({"answers": {"L3.6": "no"}})), "--rubric", own)
    assert said(refused) == (
        "1: answers.L3.6: is not asked: the rubric has taken it out (We run no Kubernetes.); leave it out of the sheet"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"answers": {\n  "L1.1": "yes",\n  "L9.9": "no"\n}}', "3: answers.L9.9: is no indicator of rubric"),
        (
            '{"answers": {\n"L1.1": "maybe"}}',
            '2: answers.L1.1: must be one of yes, partial, no, n/a, unknown, not "maybe"',
        ),
        ('{"answers": {"L1.1": true}}', "1: answers.L1.1: must be one of yes"),
        ('[{"answers": {}},\n\n{"answers": {"L1.1": "Yes"}}]', "3: [1].answers.L1.1: must be one of yes"),
        (
            '{"ratings": [{"respondent": "a",\n"Skills": 6}]}',
            "2: ratings[0].Skills: must be a whole number from 1 to 5, not 6",
        ),
        ('{"ratings": [{"respondent": "a", "Skills": 0}]}', "1: ratings[0].Skills: must be a whole number"),
        ('{"ratings": [{"respondent": "a", "Skills": 2.5}]}', "1: ratings[0].Skills: must be a whole number"),
        ('{"ratings": [{"respondent": "a", "Skills": true}]}', "1: ratings[0].Skills: must be a whole number"),
        ('{"ratings": [{"respondent": "a", "Skils": 2}]}', "1: ratings[0].Skils: is not known here; allowed are"),
        ('{"ratings": [\n{"Skills": 2}]}', "2: ratings[0]: lacks respondent"),
        ('{"ratings": [{"respondent": 7}]}', "1: ratings[0].respondent: must be a text, not 7"),
        (
            '{"ratings": [{"respondent": "a"},\n{"respondent": "a"}]}',
            "2: ratings[1].respondent: a has rated already",
        ),
        ('{"answers": {"L1.1": "yes",\n\n"L1.1": "no"}}', "3: answers.L1.1: is given twice; keep one"),
        ('{"answers": [],\n"ratings": []}', "1: answers: must be an object"),
        ('{"answers": {}, "ratings": {}}', "1: ratings: must be a list"),
        ('{"answer": {}}', "1: answer: is not known here; a sheet has answers and ratings"),
        ("{}", "1: file: is empty"),
        ('"yes"', "1: file: must be an object"),
        ('[{"answers": {}}, 7]', "1: [1]: must be an object"),
        ('{"answers": {}\n"ratings": []}', "2: file: is no JSON: Expecting ',' delimiter"),
        ("", "1: file: is no JSON"),
        pytest.param("[" * 200_000, "1: file: is no sheet", id="deep"),
        pytest.param('{"answers": ' + "1" * 5000 + "}", "1: file: is no sheet", id="long"),
        ('{"ratings": [{"respondent": "a", "Skills": NaN}]}', "1: ratings[0].Skills: must be a whole number"),
    ],
)
def test_a_bad_sheet_is_named_by_line_and_field_and_nothing_is_scored(
    writing: Writing, text: str, message: str
) -> None:
    assert said(assess("score", writing(text), "--json")).startswith(message)


def test_a_file_that_is_not_there_ends_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["assess", "score", str(tmp_path / "given")]
    assert explained(lambda: app(arguments, standalone_mode=False)) == USER_ERROR
    assert capsys.readouterr().err.endswith("given:1: file: cannot be read: No such file or directory\n")
    assert said(assess("agreement", tmp_path / "given")) == "1: file: cannot be read: No such file or directory"


def votes(writing: Writing, questions: Mapping[str, Sequence[object]]) -> Path:
    """A CSV file; who votes is told apart by their place in the list, None casts nothing."""
    rows = [
        f"r{place},{question},{value}"
        for question, values in questions.items()
        for place, value in enumerate(values)
        if value is not None
    ]
    return writing("\n".join(["respondent,question,value", *rows]))


def test_agreement_of_a_small_panel(writing: Writing) -> None:
    file = votes(
        writing, {"L1.1": ["yes", "no", "yes", "don't know"], "L2.1": ["2", "1", "n/a", "observer"], "Skills": [5, 5]}
    )
    found = json.loads(assess("agreement", file, "--json").stdout)
    assert found["questions"] == {
        # 0 2 2: lower median 2; quartiles 1 and 2; one of four does not know, which is not more than 25 %.
        "L1.1": {"n": 3, "median": 2, "iqr": 1.0, "range": 2, "within_one": 2 / 3, "discuss": True},
        "L2.1": {"n": 2, "median": 1, "iqr": 0.5, "range": 1, "within_one": 1.0, "discuss": False},
        "Skills": {"n": 2, "median": 5, "iqr": 0.0, "range": 0, "within_one": 1.0, "discuss": False},
    }


def test_alpha_over_all_questions_is_the_published_one(writing: Writing) -> None:
    units: list[list[int | None]] = [
        [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
        [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, 3, None, None],
    ]  # fmt: skip
    file = votes(writing, {f"u{place}": unit for place, unit in enumerate(units)})
    assert round(json.loads(assess("agreement", file, "--json").stdout)["alpha"], 3) == 0.815
    assert "Krippendorff's alpha, ratings: 0.815 (41 votes on 12 questions)" in assess("agreement", file).stdout


def test_what_is_not_defined_is_null(writing: Writing) -> None:
    file = votes(
        writing, {"q": ["don't know", "DON’T KNOW", "dont_know", "unknown", "n/a", "does not apply"], "r": ["observer"]}
    )
    assert json.loads(assess("agreement", file, "--json").stdout) == {
        "questions": {
            "q": {"n": 0, "median": None, "iqr": None, "range": None, "within_one": None, "discuss": True},
            "r": {"n": 0, "median": None, "iqr": None, "range": None, "within_one": None, "discuss": False},
        },
        "alpha": None,
    }
    assert json.loads(assess("agreement", votes(writing, {}), "--json").stdout) == {"questions": {}, "alpha": None}


def test_for_people_there_is_a_table_with_the_reasons(writing: Writing) -> None:
    printed = assess("agreement", votes(writing, {"L1.1": ["yes", "no", "don't know"]})).stdout
    assert "spread 2: from no to yes; 1 of 3 does not know" in printed
    assert "Krippendorff's alpha, answers: not defined (2 votes on 1 question)" in printed


def test_columns_may_come_in_any_order_and_from_a_spreadsheet(writing: Writing) -> None:
    file = writing("\ufeffvalue,respondent,question\r\nyes,a,L1.1\r\n\r\n no ,b,L1.1\r\n")
    assert json.loads(assess("agreement", file, "--json").stdout)["questions"]["L1.1"]["n"] == 2


HEADER = "respondent,question,value\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1: file: must begin with the columns respondent, question, value, not none"),
        ("who,question,value\n", "1: file: must begin with the columns respondent, question, value, not who"),
        (HEADER + "a,q,yes\nb,q,6\n", "3: value: must be one of"),
        (HEADER + "a,q,yes\nb,q,maybe\n", "3: value: must be one of"),
        (HEADER + "a,q,-1\n", "2: value: must be one of"),
        (HEADER + "a,q,2.5\n", "2: value: must be one of"),
        (HEADER + "a,q,yes\n\nb,q\n", "4: file: has 2 fields where the header has 3"),
        (HEADER + "a,q,yes,no\n", "2: file: has 4 fields where the header has 3"),
        (HEADER + ",q,yes\n", "2: respondent: is empty"),
        (HEADER + "a,q,\n", "2: value: is empty; leave out the row of somebody who did not vote"),
        (HEADER + "a,q,yes\nb,q,no\na,q,no\n", "4: respondent: a has voted on q in line 2 already; keep one"),
        (HEADER + "a,q,5\nb,q,yes\n", "2: value: 5 is a rating, but other votes on q are answers (no = 0)"),
        (HEADER + 'a,q,"yes\n', "2: file: is no CSV"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_nothing_is_counted(writing: Writing, text: str, message: str) -> None:
    assert said(assess("agreement", writing(text), "--json")).startswith(message)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(b"\xff\xfe\x00")
    assert said(assess("score", tmp_path / "given")).startswith("1: file: is not UTF-8 text")
    assert said(assess("agreement", tmp_path / "given")).startswith("1: file: is not UTF-8 text")
