"""Reads the rubric: the one that ships, or what a folder or file makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.definitions.located import DefinitionError, Located, read_documents
from data.definitions.names import name_of
from data.definitions.rubric.checks import check_complete, check_references
from data.definitions.rubric.items import Pieces, read_sections
from data.definitions.rubric.values import language_of, version_of
from data.definitions.shelf import OURS, TOP, DefinitionWarning
from scoring.maturity.rubric import Dimension, Rubric

SHIPPED = Path(__file__).parent / "shipped"

KINDS = ("Rubric",)


@dataclass(frozen=True, slots=True)
class ReadRubric:
    """A rubric, and what is to be known of the files that it was made of."""

    rubric: Rubric
    warnings: tuple[DefinitionWarning, ...] = ()


def load_rubric(source: Path | None = None) -> Rubric:
    """The rubric that ships, or with a company's folder or file what that makes of it.

    Raises DefinitionError for the first thing that is wrong: file, line and field.
    """
    return read_rubric(source).rubric


def read_rubric(source: Path | None = None) -> ReadRubric:
    """The rubric like `load_rubric`, with its warnings."""
    return ReadRubric(_base(_documents(SHIPPED if source is None else source)))


def _documents(source: Path) -> list[Located]:
    """The documents of a file, or of a folder's *.yaml and *.yml in the order of their names."""
    if not source.is_dir():
        return read_documents(source)
    files = sorted([*source.glob("*.yaml"), *source.glob("*.yml")])
    if not files:
        raise DefinitionError(source, 1, "", "has no *.yaml file with a rubric")
    return [document for file in files for document in read_documents(file)]


def _base(documents: Sequence[Located]) -> Rubric:
    """The rubric that several documents make together; all of them give the same name, version and language."""
    pieces = Pieces()
    given: dict[str, str] = {}
    for root in documents:
        top = root.record(TOP)
        top["apiVersion"].exactly(OURS)
        top["kind"].exactly(*KINDS)
        metadata = top["metadata"].record(("name", "version", "language"))
        read = {
            "name": name_of(metadata["name"]),
            "version": version_of(metadata["version"]),
            "language": language_of(metadata["language"]),
        }
        for key, value in read.items():
            if given.setdefault(key, value) != value:
                raise metadata[key].wrong(f"is {value}, where {documents[0].file.name} has {given[key]}")
        read_sections(top["spec"], pieces)
    check_complete(pieces, documents[0])
    check_references(pieces)
    return Rubric(
        id=given["name"],
        version=given["version"],
        language=given["language"],
        levels=tuple(sorted(pieces.levels, key=lambda level: level.number)),
        dimensions=tuple(sorted(pieces.dimensions, key=lambda one: tuple(Dimension).index(one.dimension))),
        indicators=tuple(sorted(pieces.indicators, key=lambda one: one.level)),
        actions=tuple(sorted(pieces.actions, key=lambda one: one.from_level)),
        kpis=tuple(pieces.kpis),
    )
