"""A rubric in another language. What is not translated yet stays in the original and is listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ruamel.yaml.nodes import MappingNode

from data.definitions.located import Located
from data.definitions.rubric.overlay import check_base
from data.definitions.rubric.rewording import TEXTS, items_of, reworded
from data.definitions.rubric.values import language_of
from data.definitions.shelf import TOP, DefinitionWarning
from scoring.maturity.rubric import RATINGS, Rubric

ANCHORS = {"dimensions": tuple(str(rating) for rating in RATINGS), "indicators": ("yes", "partial", "no")}
OPTIONAL = ("unit",)
"""What often is the same in every language and is not missed."""


def language_of_translation(root: Located) -> str:
    """The language that a RubricTranslation translates into."""
    return language_of(root.record(TOP)["metadata"].record(("language",))["language"])


def translated(root: Located, rubric: Rubric) -> tuple[Rubric, tuple[DefinitionWarning, ...]]:
    """The rubric in the translation's language, and a warning for each item that it lacks words for.

    A translation may have texts of indicators that the rubric has disabled. Raises DefinitionError.
    """
    spec = root.record(TOP)["spec"].record(("base", "texts"))
    warnings = check_base(spec["base"], rubric)
    changed = reworded(spec["texts"], rubric, weights=False, also_known=[str(one.indicator) for one in rubric.disabled])
    result = replace(changed, language=language_of_translation(root))
    return result, (*warnings, *_lacking(spec["texts"], rubric))


def _lacking(node: Located, rubric: Rubric) -> Iterator[DefinitionWarning]:
    given = frozenset(_leaves(node, ()))
    for section, items in items_of(rubric).items():
        for name in items:
            expected = list(_expected(section))
            lacking = [".".join(field) for field in expected if (section, name, *field) not in given]
            if lacking:
                yield DefinitionWarning(
                    node.file,
                    node.line,
                    f"{node.field}.{section}.{name}",
                    f"lacks {', '.join(lacking)}; the original is shown",
                )


def _expected(section: str) -> Iterable[tuple[str, ...]]:
    for field in TEXTS[section]:
        if field == "anchors":
            yield from ((field, anchor) for anchor in ANCHORS[section])
        elif field not in OPTIONAL:
            yield (field,)


def _leaves(node: Located, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The ways to every single value."""
    if not isinstance(node.node, MappingNode):
        yield way
        return
    for name, entry in node.entries().items():
        yield from _leaves(entry, (*way, name))
