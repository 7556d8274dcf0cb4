"""STREAMGAUGE_… variables laid over the settings file.

Two underscores go one level down, a number is a position in a list:
STREAMGAUGE_CLUSTERS__0__KAFKA__BOOTSTRAP_SERVERS. A list, a section or a map may also be given whole, as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from data.settings.errors import ENVIRONMENT, SettingsProblem
from data.settings.secrets import REDACTED
from data.settings.shape import Kind, SettingPath, known_keys, shape_at
from data.settings.tree import PREFIX, Origin, Tree, variable

NOT_SETTINGS = ("STREAMGAUGE_CONFIG", "STREAMGAUGE_STACK_", "STREAMGAUGE_INTERNAL_")
"""Variables, and beginnings of variables, that mean something else than a setting."""


def overlay(tree: Tree, environ: Mapping[str, str]) -> None:
    """Put every STREAMGAUGE_… variable of `environ` into `tree`, in place; an empty variable counts as not set."""
    named = {
        name: value
        for name, value in environ.items()
        if name.startswith(PREFIX) and not name.startswith(NOT_SETTINGS) and value
    }
    placed = []
    for name, value in named.items():
        path = _path(name)
        if path is None or shape_at(path) is None:
            tree.problems.append(_unknown(name, path))
        else:
            placed.append((path, name, value))
    for path, name, value in sorted(placed, key=lambda item: (len(item[0]), [str(step).zfill(9) for step in item[0]])):
        _put(tree, path, name, value)


def _path(name: str) -> SettingPath | None:
    """The place that a variable names; None when a list is given something else than a position."""
    path: SettingPath = ()
    for part in name.removeprefix(PREFIX).split("__"):
        parent = shape_at(path)
        if parent is not None and parent.kind is Kind.LIST:
            if not part.isdecimal():
                return None
            path = (*path, int(part))
        else:
            path = (*path, part if parent is not None and parent.kind is Kind.MAP else part.lower())
    return path


def _unknown(name: str, path: SettingPath | None) -> SettingsProblem:
    if path is None:
        return SettingsProblem(
            ENVIRONMENT, None, name, REDACTED, "a position after the list's name, as in STREAMGAUGE_CLUSTERS__0__NAME"
        )
    for length in range(len(path)):
        if shape_at(path[: length + 1]) is None:
            candidates = [variable((*path[:length], key)) for key in known_keys(path[:length])]
            near = get_close_matches(variable(path[: length + 1]), candidates, n=1, cutoff=0.7)
            if near:
                allowed = f"did you mean {near[0]}?"
            elif candidates:
                allowed = f"one of {', '.join(candidates)}"
            else:
                allowed = f"{variable(path[:length])}, which is one value"
            return SettingsProblem(ENVIRONMENT, None, name, REDACTED, allowed)
    raise AssertionError(f"{name} is known")


def _put(tree: Tree, path: SettingPath, name: str, value: str) -> None:
    parent = _parent(tree, path, name)
    if parent is None:
        return
    shape = shape_at(path)
    parsed: Any = value
    if shape is not None and shape.kind is not Kind.VALUE:
        try:
            parsed = json.loads(value)
        except ValueError:
            tree.problems.append(
                SettingsProblem(ENVIRONMENT, None, name, None, f"JSON, or {name}__… for one value of it")
            )
            return
    last = path[-1]
    if isinstance(parent, list) and isinstance(last, int):
        if not _reaches(tree, parent, path, name):
            return
        parent[last] = parsed
    elif isinstance(parent, dict):
        parent[str(last)] = parsed
    tree.origins = {known: origin for known, origin in tree.origins.items() if known[: len(path)] != path}
    tree.origins[path] = Origin(ENVIRONMENT, None)


def _parent(tree: Tree, path: SettingPath, name: str) -> dict[str, Any] | list[Any] | None:
    """The container that `path` ends in, made on the way; None when something else was written there."""
    here: Any = tree.values
    for depth, step in enumerate(path[:-1]):
        if isinstance(here, list) and isinstance(step, int):
            if not _reaches(tree, here, path[: depth + 1], name):
                return None
        elif not isinstance(here, dict):
            return None
        shape = shape_at(path[: depth + 1])
        empty: Any = [] if shape is not None and shape.kind is Kind.LIST else {}
        if isinstance(here, dict):
            if here.get(str(step)) is None:
                here[str(step)] = empty
                tree.origins.setdefault(path[: depth + 1], Origin(ENVIRONMENT, None))
            here = here[str(step)]
        else:
            if here[int(step)] is None:
                here[int(step)] = empty
                tree.origins.setdefault(path[: depth + 1], Origin(ENVIRONMENT, None))
            here = here[int(step)]
    return here if isinstance(here, dict | list) else None


def _reaches(tree: Tree, items: list[Any], path: SettingPath, name: str) -> bool:
    """True when the position at the end of `path` exists or is the next one, which is then made."""
    position = int(path[-1])
    if position == len(items):
        items.append(None)
    if position < len(items):
        return True
    tree.problems.append(
        SettingsProblem(
            ENVIRONMENT,
            None,
            name,
            None,
            f"positions without a gap; the next one is {variable((*path[:-1], len(items)))}",
        )
    )
    return False
