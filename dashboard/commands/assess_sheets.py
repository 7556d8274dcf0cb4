"""Sheets of answers and ratings, read from a JSON file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dashboard.commands.assess_places import Way, given_twice, line_of, words
from data.definitions.located import DefinitionError
from scoring.maturity.results import Result, score
from scoring.maturity.rubric import RATINGS, Answer, Dimension, IndicatorId, Rubric
from scoring.maturity.sheets import Ratings, Sheet, SheetError

WHO = ("respondent", "group", "unit")


def scored(file: Path, rubric: Rubric) -> Result | list[Result]:
    """The result of the file's sheet, or those of its list of sheets in their order.

    Raises DefinitionError with line and field for the first thing that is wrong; then nothing is scored.
    """
    text = _text(file)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise DefinitionError(file, error.lineno, "", f"is no JSON: {error.msg}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        # A number with thousands of digits, or thousands of brackets in one another.
        raise DefinitionError(file, 1, "", f"is no sheet: {error}") from error
    twice = given_twice(text)
    if twice is not None:
        raise DefinitionError(file, twice[1], words(twice[0]), "is given twice; keep one")
    try:
        if isinstance(content, list):
            return [_scored(rubric, one, (place,)) for place, one in enumerate(content)]
        return _scored(rubric, content, ())
    except SheetError as error:
        raise DefinitionError(file, line_of(text, error.way), words(error.way), error.problem) from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DefinitionError(file, 1, "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DefinitionError(file, 1, "", f"is not UTF-8 text: {error.reason}") from error


def _scored(rubric: Rubric, value: Any, at: Way) -> Result:
    fields = _object(value, at)
    for name in fields:
        if name not in ("answers", "ratings"):
            raise SheetError((*at, name), "is not known here; a sheet has answers and ratings")
    if not fields:
        raise SheetError(at, "is empty; a sheet has answers, ratings or both")
    answers = {
        IndicatorId(one): _answer(given, (*at, "answers", one))
        for one, given in _object(fields.get("answers"), (*at, "answers")).items()
    }
    ratings = _list(fields.get("ratings"), (*at, "ratings"))
    sheet = Sheet(answers, tuple(_ratings(one, (*at, "ratings", place)) for place, one in enumerate(ratings)))
    seen: set[str] = set()
    for place, one in enumerate(sheet.ratings):
        if one.respondent in seen:
            raise SheetError((*at, "ratings", place, "respondent"), f"{one.respondent} has rated already")
        seen.add(one.respondent)
    try:
        return score(rubric, sheet)
    except SheetError as error:
        raise SheetError((*at, *error.way), error.problem) from error


def _answer(given: Any, at: Way) -> Answer:
    """An answer; null is one that is missing."""
    if given is None:
        return Answer.UNKNOWN
    if not isinstance(given, str) or given not in set(Answer):
        raise SheetError(at, f"must be one of {', '.join(Answer)}, not {json.dumps(given)}")
    return Answer(given)


def _ratings(value: Any, at: Way) -> Ratings:
    fields = _object(value, at)
    if "respondent" not in fields:
        raise SheetError(at, "lacks respondent")
    for name in fields:
        if name not in WHO and name not in set(Dimension):
            raise SheetError((*at, name), f"is not known here; allowed are {', '.join([*WHO, *Dimension])}")
    respondent, group, unit = (_name(fields.get(name), (*at, name)) for name in WHO)
    if respondent is None:
        raise SheetError((*at, "respondent"), "must be a name")
    given = {one: _rating(fields.get(one), (*at, one.value)) for one in Dimension}
    return Ratings(respondent, {one: rating for one, rating in given.items() if rating is not None}, group, unit)


def _rating(given: Any, at: Way) -> int | None:
    """A rating; null is one that is missing."""
    if given is None:
        return None
    # True is an int of its own kind, and equal to 1.
    if not isinstance(given, int) or isinstance(given, bool) or given not in RATINGS:
        raise SheetError(at, f"must be a whole number from 1 to 5, not {json.dumps(given)}")
    return given


def _name(given: Any, at: Way) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or not given:
        raise SheetError(at, f"must be a text, not {json.dumps(given)}")
    return given


def _object(value: Any, at: Way) -> dict[str, Any]:
    """An object; one that is not there is empty, except the sheet itself."""
    if value is None and at and at[-1] == "answers":
        return {}
    if not isinstance(value, dict):
        raise SheetError(at, "must be an object of keys and values")
    return value


def _list(value: Any, at: Way) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise SheetError(at, "must be a list")
    return value
