"""Which importer reads which format; each is loaded when a file of its format is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from data.definitions.importing.losses import Fields, Imported, Loss, NotCarried, plain
from data.definitions.located import DefinitionError, Located, read_documents
from data.definitions.slo_files import read_definitions
from data.definitions.yaml_text import yaml_text

Converted = Iterable[tuple[str, dict[str, Any] | NotCarried]]
"""By the name of each SLO, its canonical document, or why there is none."""
Importer = Callable[[list[Fields]], Converted]

IMPORTERS = {
    "openslo/v1": "openslo_v1",
    "openslo/v1alpha": "openslo_v1alpha",
    "prometheus/v1": "sloth",
    "sloth.slok.dev/v1": "sloth",
    "pyrra.dev/v1alpha1": "pyrra",
}
"""By what a document calls its format, the module that reads it."""


def import_file(file: Path) -> Imported:
    """Everything that one file says. Raises DefinitionError for a file of none of the formats."""
    losses: list[Loss] = []
    formats: dict[str, list[Fields]] = {}
    roots = [item for document in read_documents(file) for item in _documents(document)]
    for number, root in enumerate(roots):
        fields = Fields(plain(root.node), f"[{number}]" if len(roots) > 1 else "", losses, str(file))
        formats.setdefault(_module(root), []).append(fields)
    texts: dict[str, str] = {}
    refused: list[str] = []
    for module, documents in formats.items():
        convert: Importer = import_module(f"data.definitions.importing.{module}").convert
        for name, document in convert(documents):
            problem = document if isinstance(document, NotCarried) else _problem(document, file)
            if problem is None and name in texts:
                problem = NotCarried("metadata.name", name, "another SLO of this file has the same name")
            if isinstance(problem, NotCarried):
                refused.append(name)
                losses.append(Loss(str(file), f"{name}: {problem.path}", problem.what, problem.why))
            elif not isinstance(document, NotCarried):
                texts[name] = yaml_text(document)
        for fields in documents:
            fields.end()
    return Imported(texts, tuple(losses), tuple(refused))


def _documents(root: Located) -> list[Located]:
    """A document; of one that is a list, as OpenSLO's tools write several, its items."""
    return root.items() if isinstance(plain(root.node), list) else [root]


def _module(root: Located) -> str:
    entries = root.entries()
    named = entries.get("apiVersion") or entries.get("version")
    if named is None:
        raise root.wrong("names no format: it has neither apiVersion nor version")
    if named.text() not in IMPORTERS:
        raise named.wrong(f"{named.text()!r} cannot be imported; {', '.join(IMPORTERS)} can")
    return IMPORTERS[named.text()]


def _problem(document: dict[str, Any], file: Path) -> NotCarried | None:
    """What the loader says of a document, which is the last word."""
    node = YAML(typ="safe", pure=True).compose(yaml_text(document))
    try:
        read_definitions([Located(file, "", node)])
    except DefinitionError as error:
        return NotCarried(error.field, "", error.problem)
    return None
