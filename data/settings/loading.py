"""Settings from file and environment, with every problem found at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from data.settings.environment import overlay
from data.settings.errors import SettingsError, SettingsProblem
from data.settings.kafka import KafkaSettings
from data.settings.librdkafka import refused_options
from data.settings.model import Settings
from data.settings.shape import Kind, SettingPath, known_keys, shape_at
from data.settings.tree import Tree, read_yaml

CONFIG_VARIABLE = "STREAMGAUGE_CONFIG"
DEFAULT_FILE = Path("streamgauge.yaml")


def find_config(config: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The settings file: the one named, else STREAMGAUGE_CONFIG, else ./streamgauge.yaml if there is one."""
    if config is not None:
        return config
    if named := environ.get(CONFIG_VARIABLE):
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def load_settings(config: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings in `config` (or where `find_config` finds them), overridden by STREAMGAUGE_… in `environ`.

    Raises SettingsError with every problem. librdkafka itself judges its raw options and the
    TLS files; no broker is asked.
    """
    file = find_config(config, environ)
    tree = read_yaml(file) if file is not None else Tree()
    if tree.problems:
        raise SettingsError(tuple(tree.problems))
    overlay(tree, environ)
    problems = [*tree.problems, *_private_keys(tree), *_conflicts(tree), *_repeated_names(tree)]
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(tree.values)
    except ValidationError as error:
        reported = {problem.key for problem in problems}
        found = [_problem(tree, detail) for detail in error.errors(include_url=False, include_context=True)]
        problems += [problem for problem in found if problem.key not in reported]
    if settings is not None:
        for index, cluster in enumerate(settings.clusters):
            sections: list[tuple[SettingPath, KafkaSettings]] = [(("kafka",), cluster.kafka)]
            if cluster.canary is not None and cluster.canary.kafka is not None:
                sections.append((("canary", "kafka"), cluster.canary.kafka))
            problems += [
                tree.problem(("clusters", index, *section, *path), allowed)
                for section, kafka in sections
                for path, allowed in refused_options(kafka)
            ]
    if settings is None or problems:
        raise SettingsError(tuple(sorted(problems, key=lambda problem: (problem.file, problem.line or 0, problem.key))))
    return settings


def _private_keys(tree: Tree) -> Iterator[SettingsProblem]:
    """Keys such as _env_file, which pydantic-settings would take as orders to itself."""
    for key in tree.values:
        if key.startswith("_"):
            yield tree.problem((key,), f"one of {', '.join(known_keys(()))}")


def _conflicts(tree: Tree) -> Iterator[SettingsProblem]:
    for path, section in _sections(tree.values, ()):
        shape = shape_at(path)
        if shape is not None and shape.section is not None:
            given = {key: value for key, value in section.items() if value is not None}
            for key, allowed in shape.section.conflicts(given):
                yield tree.problem((*path, key), allowed)


def _sections(value: Any, path: SettingPath) -> Iterator[tuple[SettingPath, Mapping[str, Any]]]:
    shape = shape_at(path)
    if shape is None:
        return
    if shape.kind is Kind.SECTION and isinstance(value, Mapping):
        yield path, value
        for key, inner in value.items():
            yield from _sections(inner, (*path, key))
    if shape.kind is Kind.LIST and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _sections(inner, (*path, index))


def _repeated_names(tree: Tree) -> Iterator[SettingsProblem]:
    clusters = tree.at(("clusters",))
    seen: set[object] = set()
    for index, cluster in enumerate(clusters if isinstance(clusters, list) else []):
        name = cluster.get("name") if isinstance(cluster, Mapping) else None
        if isinstance(name, str) and name in seen:
            yield tree.problem(("clusters", index, "name"), "a name that no other cluster has")
        seen.add(name if isinstance(name, str) else None)


def _problem(tree: Tree, detail: ErrorDetails) -> SettingsProblem:
    path: SettingPath = tuple(detail["loc"])
    shape = shape_at(path)
    description = shape.description if shape is not None else ""
    kind = detail["type"]
    if kind == "extra_forbidden":
        keys = known_keys(path[:-1])
        near = get_close_matches(str(path[-1]), keys, n=1)
        return tree.problem(path, f"did you mean {near[0]}?" if near else f"one of {', '.join(keys)}")
    if kind == "missing":
        return tree.problem(path, f"needed: {description}")
    if kind == "string_type" and isinstance(tree.at(path), int | float):
        return tree.problem(path, "text; put it in quotes")
    if kind == "string_pattern_mismatch":
        return tree.problem(path, description)
    return tree.problem(path, detail["msg"].removeprefix("Input should be ").removeprefix("a valid "))
