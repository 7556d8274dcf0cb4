"""What stands where in the settings: found by walking the models along a path of keys and indices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import SecretStr

from data.settings.model import Settings
from data.settings.section import Section

Step = str | int
SettingPath = tuple[Step, ...]


class Kind(Enum):
    """What may stand at a place."""

    SECTION = auto()
    LIST = auto()
    MAP = auto()
    VALUE = auto()


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand at one place of the settings.

    section: the model there, for SECTION. inner: the annotation of what is inside, for LIST and MAP.
    """

    kind: Kind
    section: type[Section] | None = None
    inner: Any = None
    secret: bool = False
    file: bool = False
    description: str = ""


def shape_at(path: SettingPath) -> Shape | None:
    """What may stand at `path`; None when the settings have no such place."""
    shape: Shape | None = Shape(Kind.SECTION, section=Settings)
    for step in path:
        shape = _inside(shape, step) if shape is not None else None
    return shape


def is_secret(path: SettingPath) -> bool:
    """True when the value at `path` must not be shown; so are unknown keys, which may be misspelt secrets."""
    shape = shape_at(path)
    return shape is None or shape.secret


def known_keys(path: SettingPath) -> tuple[str, ...]:
    """The keys that the section at `path` may have; empty when there is no section."""
    shape = shape_at(path)
    return tuple(shape.section.model_fields) if shape is not None and shape.section is not None else ()


def _inside(shape: Shape, step: Step) -> Shape | None:
    if shape.kind is Kind.SECTION and shape.section is not None:
        field = shape.section.model_fields.get(str(step))
        return _of(field.annotation, field.description or "") if field is not None else None
    if (shape.kind is Kind.LIST and isinstance(step, int)) or (shape.kind is Kind.MAP and isinstance(step, str)):
        return _of(shape.inner, shape.description)
    return None


def _of(annotation: Any, description: str) -> Shape:
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, Section):
        return Shape(Kind.SECTION, section=bare, description=description)
    if get_origin(bare) is tuple:
        return Shape(Kind.LIST, inner=get_args(bare)[0], description=description)
    if get_origin(bare) in {dict, Mapping}:
        return Shape(Kind.MAP, inner=get_args(bare)[1], description=description)
    return Shape(Kind.VALUE, secret=bare is SecretStr, file=bare is Path, description=description)


def _bare(annotation: Any) -> Any:
    """The annotation without Annotated[…] and without `| None`."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return _bare(next(part for part in get_args(annotation) if part is not NoneType))
    return annotation
