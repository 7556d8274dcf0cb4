"""Reads the rubric: the one that ships, or what a company's folder or file makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.definitions.located import DefinitionError, Located, read_documents
from data.definitions.names import name_of
from data.definitions.rubric.checks import check_complete, check_gated, check_references
from data.definitions.rubric.items import Pieces, read_sections
from data.definitions.rubric.overlay import overlaid
from data.definitions.rubric.translation import language_of_translation, translated
from data.definitions.rubric.values import language_of, version_of
from data.definitions.shelf import OURS, TOP, DefinitionWarning
from scoring.maturity.rubric import Dimension, Rubric

SHIPPED = Path(__file__).parent / "shipped"

WHOLE, OVERLAY, TRANSLATION = "Rubric", "RubricOverlay", "RubricTranslation"


@dataclass(frozen=True, slots=True)
class ReadRubric:
    """A rubric, and what is to be known of the files that it was made of.

    languages: those that it can be had in, the original first.
    """

    rubric: Rubric
    warnings: tuple[DefinitionWarning, ...]
    languages: tuple[str, ...]


def load_rubric(source: Path | None = None, language: str | None = None) -> Rubric:
    """The rubric that ships, or with a company's folder or file what that makes of it; language: None for the original.

    A source has at most one RubricOverlay and a RubricTranslation for each language; documents of kind Rubric in it
    take the place of the shipped ones. Raises DefinitionError for the first thing that is wrong: file, line and field.
    """
    return read_rubric(source, language).rubric


def read_rubric(source: Path | None = None, language: str | None = None) -> ReadRubric:
    """The rubric like `load_rubric`, with warnings and the languages that there are."""
    source = SHIPPED if source is None else source
    documents = _by_kind(source)
    rubric, places = _whole(documents[WHOLE] or _by_kind(SHIPPED)[WHOLE])
    warnings: tuple[DefinitionWarning, ...] = ()
    for place in documents[OVERLAY][1:]:
        raise place.wrong(f"is a second {OVERLAY}; a rubric is changed by one")
    for overlay in documents[OVERLAY]:
        rubric, warnings = overlaid(overlay, rubric, places)
    translations = _translations(documents[TRANSLATION], rubric.language)
    languages = (rubric.language, *translations)
    if language is not None and language != rubric.language:
        if language not in translations:
            raise DefinitionError(
                source, 1, "", f"has no translation into {language}; the rubric is there in {', '.join(languages)}"
            )
        rubric, more = translated(translations[language], rubric)
        warnings = (*warnings, *more)
    return ReadRubric(rubric, warnings, languages)


def _by_kind(source: Path) -> dict[str, list[Located]]:
    """The documents of a file, or of a folder's *.yaml and *.yml in the order of their names."""
    files = sorted([*source.glob("*.yaml"), *source.glob("*.yml")]) if source.is_dir() else [source]
    if not files:
        raise DefinitionError(source, 1, "", f"has no *.yaml file of kind {OVERLAY}, {TRANSLATION} or {WHOLE}")
    found: dict[str, list[Located]] = {WHOLE: [], OVERLAY: [], TRANSLATION: []}
    for file in files:
        for root in read_documents(file):
            top = root.record(TOP)
            top["apiVersion"].exactly(OURS)
            found[top["kind"].exactly(*found)].append(root)
    return found


def _translations(documents: Sequence[Located], original: str) -> dict[str, Located]:
    found: dict[str, Located] = {}
    for root in documents:
        language = language_of_translation(root)
        if language == original or language in found:
            raise root.entries()["metadata"].wrong(f"the rubric is there in {language} already")
        found[language] = root
    return found


def _whole(documents: Sequence[Located]) -> tuple[Rubric, dict[str, Located]]:
    """The rubric that several documents make together, all of one name, version and language; and where its ids are."""
    pieces = Pieces()
    given: dict[str, str] = {}
    for root in documents:
        top = root.record(TOP)
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
    check_gated(pieces.indicators, documents[0])
    rubric = Rubric(
        id=given["name"],
        version=given["version"],
        language=given["language"],
        levels=tuple(sorted(pieces.levels, key=lambda level: level.number)),
        dimensions=tuple(sorted(pieces.dimensions, key=lambda one: tuple(Dimension).index(one.dimension))),
        indicators=tuple(sorted(pieces.indicators, key=lambda one: one.level)),
        actions=tuple(sorted(pieces.actions, key=lambda one: one.from_level)),
        kpis=tuple(pieces.kpis),
    )
    return rubric, pieces.places
