"""The rubric that this instance asks by, read once for each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from data.definitions.rubric import ReadRubric, read_rubric
from data.settings import Settings
from scoring.maturity.rubric import Rubric


def instance_rubric(settings: Settings) -> Rubric:
    """The rubric that the settings name: the shipped one, or what a company's folder makes of it.

    Raises DefinitionError, which names file, line and field.
    """
    return read(settings.rubric_dir, settings.rubric_language).rubric


@cache
def read(source: Path | None, language: str | None) -> ReadRubric:
    """A rubric with its warnings. Raises DefinitionError."""
    return read_rubric(source, language)
