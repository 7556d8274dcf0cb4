"""YAML whose every value knows where it stands, so that a wrong one is named by file, line and field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Choice = TypeVar("Choice", bound=StrEnum)


class DefinitionError(Exception):
    """A definition file is wrong. field: the way to the value, as in spec.objectives[0].target."""

    def __init__(self, file: Path, line: int, field: str, problem: str) -> None:
        super().__init__(f"{file}:{line}: {field or 'file'}: {problem}")
        self.file = file
        self.line = line
        self.field = field
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Located:
    """One value of a file. Every reader raises DefinitionError when the value is not of the kind that is asked for."""

    file: Path
    field: str
    node: Node

    @property
    def line(self) -> int:
        """The line that the value begins on, from 1."""
        return int(self.node.start_mark.line) + 1

    def wrong(self, problem: str) -> DefinitionError:
        """The error that names this value's place."""
        return DefinitionError(self.file, self.line, self.field, problem)

    def entries(self) -> dict[str, Located]:
        """The keys of a mapping, in the file's order."""
        if not isinstance(self.node, MappingNode):
            raise self.wrong("must be a mapping of keys to values")
        found: dict[str, Located] = {}
        for key, value in self.node.value:
            name = str(key.value)
            entry = Located(self.file, f"{self.field}.{name}" if self.field else name, value)
            if name in found:
                raise DefinitionError(self.file, int(key.start_mark.line) + 1, entry.field, "is given twice")
            found[name] = entry
        return found

    def record(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Located]:
        """The keys of a mapping that has all of the required keys and no others than the optional ones beside them."""
        entries = self.entries()
        required = tuple(required)
        allowed = (*required, *optional)
        for name, entry in entries.items():
            if name not in allowed:
                raise entry.wrong(f"is not known here; allowed are {', '.join(allowed)}")
        for name in required:
            if name not in entries:
                raise self.wrong(f"lacks {name}")
        return entries

    def items(self) -> list[Located]:
        """The items of a list."""
        if not isinstance(self.node, SequenceNode):
            raise self.wrong("must be a list")
        return [Located(self.file, f"{self.field}[{index}]", item) for index, item in enumerate(self.node.value)]

    def text(self, *, allow_empty: bool = False) -> str:
        """The scalar exactly as it is written, quotes and folding resolved."""
        if not isinstance(self.node, ScalarNode):
            raise self.wrong("must be a single value")
        text = str(self.node.value)
        if not text and not allow_empty:
            raise self.wrong("must not be empty")
        return text

    def texts(self) -> dict[str, str]:
        """A mapping of keys to texts, which may be empty."""
        return {name: entry.text(allow_empty=True) for name, entry in self.entries().items()}

    def decimal(self) -> Decimal:
        """The number with the very digits that are written."""
        try:
            number = Decimal(self.text())
        except InvalidOperation:
            raise self.wrong(f"must be a decimal number, not {self.text()!r}") from None
        if not number.is_finite():
            raise self.wrong(f"must be a decimal number, not {self.text()!r}")
        return number

    def boolean(self) -> bool:
        """true or false."""
        if self.text() not in ("true", "false"):
            raise self.wrong(f"must be true or false, not {self.text()!r}")
        return self.text() == "true"

    def choice(self, kind: type[Choice], allowed: Iterable[Choice] | None = None) -> Choice:
        """One of the members of an enumeration."""
        members = {member.value: member for member in (kind if allowed is None else allowed)}
        if self.text() not in members:
            raise self.wrong(f"must be one of {', '.join(members)}, not {self.text()!r}")
        return members[self.text()]

    def exactly(self, *expected: str) -> str:
        """A text that can only be one of `expected`."""
        if self.text() not in expected:
            raise self.wrong(f"must be {' or '.join(expected)}, not {self.text()!r}")
        return self.text()


def read_document(file: Path) -> Located:
    """The one document of a YAML file.

    Raises DefinitionError when the file cannot be read, is no YAML, is empty or has several documents.
    """
    first, *more = read_documents(file)
    if more:
        raise more[0].wrong("is a second document; this file has one")
    return first


def read_documents(file: Path) -> list[Located]:
    """The documents of a YAML file, at least one. Raises DefinitionError when it is unreadable, empty or no YAML."""
    try:
        roots = list(YAML(typ="safe", pure=True).compose_all(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise DefinitionError(file, 1, "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DefinitionError(file, 1, "", f"is not UTF-8 text: {error.reason}") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DefinitionError(file, mark.line + 1 if mark else 1, "", f"is no YAML: {error.problem}") from error
    found = [Located(file, "", root) for root in roots if root is not None]
    if not found:
        raise DefinitionError(file, 1, "", "is empty")
    return found
