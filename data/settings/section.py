"""What every section of the settings has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the settings: frozen, unknown keys are errors, errors never repeat their input."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    either: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of keys of which only one may be given."""

    @classmethod
    def conflicts(cls, raw: Mapping[str, object]) -> list[tuple[str, str]]:
        """(key, what is allowed) for every key that does not go together with the others, from the raw section.

        The raw section is looked at, and not the validated one, so that these are reported together with
        every wrong value instead of after them.
        """
        return [
            (second, f"either {first} or {second}, not both")
            for first, second in cls.either
            if {first, second} <= set(raw)
        ]
