"""Settings as they were written: plain values, and for each the place that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from data.settings.errors import ENVIRONMENT, SettingsProblem
from data.settings.secrets import REDACTED, without_userinfo
from data.settings.shape import Kind, SettingPath, is_secret, shape_at

PREFIX = "STREAMGAUGE_"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written; line is 1-based, None for the environment."""

    file: str
    line: int | None


@dataclass(slots=True)
class Tree:
    """Merged settings before they are validated; `problems` are those found while reading."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[SettingPath, Origin] = field(default_factory=dict)
    problems: list[SettingsProblem] = field(default_factory=list)

    def at(self, path: SettingPath) -> Any:
        """The raw value at `path`; None when nothing was written there."""
        value: Any = self.values
        for step in path:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def problem(self, path: SettingPath, allowed: str) -> SettingsProblem:
        """A problem with what stands at `path`, or with its absence, placed where it or its parent was written."""
        origin = self._origin(path)
        key = variable(path) if origin.file == ENVIRONMENT else dotted(path)
        return SettingsProblem(origin.file, origin.line, key, shown(path, self.at(path)), allowed)

    def _origin(self, path: SettingPath) -> Origin:
        for length in range(len(path), -1, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return Origin(ENVIRONMENT, None)


def dotted(path: SettingPath) -> str:
    """The path as people write it: clusters[0].kafka.bootstrap_servers."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def variable(path: SettingPath) -> str:
    """The environment variable that sets the value at `path`; the keys of a map keep their spelling."""
    parts = []
    for depth, step in enumerate(path):
        parent = shape_at(path[:depth])
        inside_map = parent is not None and parent.kind is Kind.MAP
        parts.append(str(step) if inside_map else str(step).upper())
    return PREFIX + "__".join(parts)


def shown(path: SettingPath, value: object) -> str | None:
    """The value for an error message; secrets redacted, containers named by kind, None when there is none."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return "a section"
    if isinstance(value, list):
        return "a list"
    if is_secret(path):
        return REDACTED
    text = without_userinfo(str(value)) if "://" in str(value) else str(value)
    return f'"{text}"' if len(text) <= 80 else f'"{text[:77]}…"'


def read_yaml(file: Path) -> Tree:
    """The settings file; unreadable or malformed text becomes a problem, never an exception."""
    tree = Tree()
    tree.origins[()] = Origin(str(file), None)
    try:
        loaded = YAML(typ="rt").load(file.read_text(encoding="utf-8"))
    except OSError as error:
        tree.problems.append(
            SettingsProblem(str(file), None, "the file", None, f"a readable YAML file ({error.strerror or error})")
        )
        return tree
    except UnicodeDecodeError:
        tree.problems.append(SettingsProblem(str(file), None, "the file", None, "text in UTF-8"))
        return tree
    except YAMLError as error:
        tree.problems.append(_malformed(file, error))
        return tree
    if loaded is None:
        return tree
    if not isinstance(loaded, CommentedMap):
        tree.problems.append(
            SettingsProblem(str(file), 1, "the file", None, "keys such as clusters: at the outermost level")
        )
        return tree
    tree.values = _plain(loaded, (), file, tree.origins)
    return tree


def _malformed(file: Path, error: YAMLError) -> SettingsProblem:
    """The place and kind of a syntax error, without the line's text, which may hold a secret."""
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    line = mark.line + 1 if mark is not None else None
    kind = type(error).__name__
    reason = "each key once" if kind == "DuplicateKeyError" else f"well-formed YAML ({kind})"
    return SettingsProblem(str(file), line, "the file", None, reason)


def _plain(node: Any, path: SettingPath, file: Path, origins: dict[SettingPath, Origin]) -> Any:
    """The node as dicts, lists and scalars; notes each one's line and makes paths relative to the file absolute."""
    if isinstance(node, CommentedMap):
        result: dict[str, Any] = {}
        for key, value in node.items():
            inner = (*path, str(key))
            origins[inner] = Origin(str(file), node.lc.key(key)[0] + 1)
            result[str(key)] = _plain(value, inner, file, origins)
        return result
    if isinstance(node, CommentedSeq):
        items = []
        for index, value in enumerate(node):
            inner = (*path, index)
            origins[inner] = Origin(str(file), node.lc.item(index)[0] + 1)
            items.append(_plain(value, inner, file, origins))
        return items
    shape = shape_at(path)
    if shape is not None and shape.file and isinstance(node, str):
        return str(file.parent / Path(node).expanduser())
    return node
