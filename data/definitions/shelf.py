"""What the files of one folder say besides their SLOs, so that an SLO can refer to it by name; and warnings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from data.definitions.located import Located
from data.definitions.names import name_of

OPENSLO, OURS = "openslo/v1", "streamgauge/v1"

TOP = ("apiVersion", "kind", "metadata", "spec")
METADATA = ("displayName", "labels", "annotations")


@dataclass(frozen=True, slots=True)
class DefinitionWarning:
    """Something in a file that is left out or not used, while the rest of it holds."""

    file: Path
    line: int
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.text}"


@dataclass(slots=True)
class Shelf:
    """Specifications by kind and name; warnings are collected in it while the files are read."""

    specs: dict[tuple[str, str], Located] = field(default_factory=dict)
    warnings: list[DefinitionWarning] = field(default_factory=list)

    @classmethod
    def of(cls, documents: Iterable[Located], kinds: Iterable[str]) -> Shelf:
        """The documents of these kinds. Raises DefinitionError when two have one name."""
        shelf = cls()
        kinds = tuple(kinds)
        for root in documents:
            top = root.record(TOP)
            kind = top["kind"].text()
            if kind not in kinds:
                continue
            name = top["metadata"].record(("name",), METADATA)["name"]
            if (kind, name_of(name)) in shelf.specs:
                raise name.wrong(f"{kind} {name.text()} is defined elsewhere too")
            shelf.specs[kind, name.text()] = top["spec"]
        return shelf

    def find(self, kind: str, reference: Located) -> Located:
        """What a name refers to. Raises DefinitionError when nothing of this kind has it."""
        found = self.specs.get((kind, reference.text()))
        if found is None:
            known = ", ".join(sorted(name for its_kind, name in self.specs if its_kind == kind)) or "none"
            raise reference.wrong(f"there is no {kind} of this name; defined are {known}")
        return found

    def warn(self, node: Located, text: str) -> None:
        """Collect a warning."""
        self.warnings.append(DefinitionWarning(node.file, node.line, node.field, text))
