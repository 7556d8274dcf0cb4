"""Votes on questions, read from a CSV file with the columns respondent, question and value."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from data.definitions.located import DefinitionError
from scoring.maturity.votes import ANSWER_VALUES, Cast, Scale, Tally, Vote, tally

COLUMNS = ("respondent", "question", "value")
WORDS: Mapping[str, Vote] = {
    **{vote.value: vote for vote in Vote},
    **dict.fromkeys(("dont know", "unknown"), Vote.DONT_KNOW),
    **dict.fromkeys(("not applicable", "does not apply"), Vote.NOT_APPLICABLE),
}
"""What a value may say in words, in either case, with spaces or underscores, and the ways that other tools write it."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    respondent: str
    question: str
    vote: Cast


def tallies(file: Path) -> dict[str, Tally]:
    """The votes on every question, questions in the order in which they first come.

    A question is on the scale of answers when one of its values is no, partial, yes or 0, otherwise on that of ratings.
    Raises DefinitionError with the line of the first row that is wrong; then nothing is counted.
    """
    questions: dict[str, list[_Row]] = {}
    seen: dict[tuple[str, str], int] = {}
    for row in _rows(file):
        key = (row.respondent, row.question)
        if key in seen:
            raise DefinitionError(
                file, row.line, "respondent", f"{key[0]} has voted on {key[1]} in line {seen[key]} already; keep one"
            )
        seen[key] = row.line
        questions.setdefault(row.question, []).append(row)
    return {question: _tally(file, rows) for question, rows in questions.items()}


def _rows(file: Path) -> Iterator[_Row]:
    """The rows of the file. Raises DefinitionError for one that is none."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.reader(opened, strict=True)
            header = [name.strip() for name in next(reader, [])]
            if sorted(header) != sorted(COLUMNS):
                raise DefinitionError(
                    file, 1, "", f"must begin with the columns {', '.join(COLUMNS)}, not {', '.join(header) or 'none'}"
                )
            for fields in reader:
                if fields:
                    yield _row(file, reader.line_num, header, fields)
    except OSError as error:
        raise DefinitionError(file, 1, "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DefinitionError(file, 1, "", f"is not UTF-8 text: {error.reason}") from error
    except csv.Error as error:
        raise DefinitionError(file, reader.line_num, "", f"is no CSV: {error}") from error


def _row(file: Path, line: int, header: list[str], fields: list[str]) -> _Row:
    if len(fields) != len(header):
        raise DefinitionError(file, line, "", f"has {len(fields)} fields where the header has {len(header)}")
    named = dict(zip(header, (field.strip() for field in fields), strict=True))
    for name in COLUMNS:
        if not named[name]:
            raise DefinitionError(file, line, name, "is empty; leave out the row of somebody who did not vote")
    return _Row(line, named["respondent"], named["question"], _vote(file, line, named["value"]))


def _vote(file: Path, line: int, value: str) -> Cast:
    word = value.casefold().replace("\u2019", "'").replace("_", " ")
    if word in WORDS:
        return WORDS[word]
    if value in {str(number) for scale in Scale for number in scale.values}:
        return int(value)
    raise DefinitionError(
        file,
        line,
        "value",
        f"must be one of {', '.join(Vote)}, 0 to 2 for an answer or 1 to 5 for a rating, not {value}",
    )


def _tally(file: Path, rows: list[_Row]) -> Tally:
    answers = any(row.vote == 0 or row.vote in ANSWER_VALUES for row in rows)
    if not answers:
        return tally(Scale.RATINGS, (row.vote for row in rows))
    for row in rows:
        if not isinstance(row.vote, Vote) and row.vote not in Scale.ANSWERS.values:
            raise DefinitionError(
                file,
                row.line,
                "value",
                f"{row.vote} is a rating, but other votes on {row.question} are answers (no = 0)",
            )
    return tally(Scale.ANSWERS, (row.vote for row in rows))
