"""What an import gives, and a reader that cannot forget a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of a file that is not in what was made of it. path: the way to it; what: its value, shortened."""

    file: str
    path: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """OpenSLO v1 files by SLO name, what is lost, and names of SLOs that could not be carried over at all."""

    texts: Mapping[str, str]
    losses: tuple[Loss, ...]
    refused: tuple[str, ...] = ()


class NotCarried(Exception):  # noqa: N818 - it ends one SLO, not the import
    """An SLO that cannot be said in OpenSLO v1 as slices are counted."""

    def __init__(self, path: str, what: str, why: str) -> None:
        super().__init__(why)
        self.path = path
        self.what = what
        self.why = why


def plain(node: Node) -> Any:
    """A YAML node as dictionaries, lists and the very texts of its values; None where there is none."""
    if isinstance(node, MappingNode):
        return {str(key.value): plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    return None if str(node.tag).endswith(":null") else str(node.value)


class Fields:
    """A mapping that is emptied field by field; what nobody took is a loss."""

    def __init__(self, values: object, path: str, losses: list[Loss], file: str) -> None:
        """Raises NotCarried when `values` is no mapping."""
        if not isinstance(values, dict):
            raise NotCarried(path, _shown(values), "must be a mapping of keys to values")
        self.path = path
        self._values: dict[str, Any] = dict(values)
        self.losses = losses
        self.file = file

    def __contains__(self, key: str) -> bool:
        return self._values.get(key) is not None

    def at(self, key: str) -> str:
        """The path of a field."""
        return ".".join(part for part in (self.path, key) if part)

    def text(self, key: str, default: str = "") -> str:
        """Take a text."""
        value = self._values.pop(key, None)
        if isinstance(value, dict | list):
            raise NotCarried(self.at(key), _shown(value), "must be a single value")
        return default if value is None else str(value)

    def decimal(self, key: str) -> Decimal:
        """Take a number with the digits that are written."""
        text = self.text(key)
        try:
            return Decimal(text)
        except InvalidOperation:
            raise NotCarried(self.at(key), text, "must be a decimal number") from None

    def fields(self, key: str) -> Fields:
        """Take a mapping; an empty one where there is none."""
        value = self._values.pop(key, None)
        return Fields({} if value is None else value, self.at(key), self.losses, self.file)

    def items(self, key: str) -> list[Fields]:
        """Take a list of mappings."""
        value = self._values.pop(key, None) or []
        if not isinstance(value, list):
            raise NotCarried(self.at(key), _shown(value), "must be a list")
        return [Fields(item, f"{self.at(key)}[{index}]", self.losses, self.file) for index, item in enumerate(value)]

    def texts(self, key: str) -> dict[str, str]:
        """Take a mapping of texts; lists in it are joined, which is a loss."""
        inner = self.fields(key)
        found: dict[str, str] = {}
        for name, value in inner._values.items():
            if isinstance(value, list):
                found[name] = ",".join(str(item) for item in value)
                inner.note(name, _shown(value), f"labels have one value here, so it is {found[name]!r}")
            elif isinstance(value, dict):
                inner.note(name, _shown(value), "labels have texts as values")
            else:
                found[name] = "" if value is None else str(value)
        return found

    def names(self, key: str) -> list[str]:
        """Take a list of texts."""
        value = self._values.pop(key, None) or []
        if not isinstance(value, list):
            raise NotCarried(self.at(key), _shown(value), "must be a list")
        return [str(item) for item in value]

    def raw(self, key: str) -> Any:
        """Take a value as it is."""
        return self._values.pop(key, None)

    def note(self, key: str, what: str, why: str) -> None:
        """Say that something about a field is not carried over."""
        self.losses.append(Loss(self.file, self.at(key), what, why))

    def lose(self, key: str, why: str) -> None:
        """Take a field, if it is there, and say why it is not carried over."""
        if key in self:
            self.note(key, _shown(self._values.pop(key)), why)

    def leave(self) -> None:
        """Take everything, of an SLO that is a loss as a whole."""
        self._values.clear()

    def end(self) -> None:
        """Everything that was not taken is a loss."""
        for key in list(self._values):
            self.lose(key, "there is no field for it")


def _shown(value: object) -> str:
    """A value in a line."""
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:77]}…"
