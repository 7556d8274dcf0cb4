"""What a wrong setting says: where it stands, what it is and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass

ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """One wrong setting.

    file: the YAML file, or "environment". line: 1-based line in that file, None for the environment.
    key: dotted path in a file, the variable's name in the environment.
    value: what was found, already redacted if it is a secret; None when the key is missing.
    allowed: what may stand there instead.
    """

    file: str
    line: int | None
    key: str
    value: str | None
    allowed: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        found = "" if self.value is None else f" is {self.value}"
        return f"{place}: {self.key}{found}; allowed: {self.allowed}"


class SettingsError(Exception):
    """Settings that streamgauge cannot start with; `problems` holds every one of them."""

    def __init__(self, problems: tuple[SettingsProblem, ...]) -> None:
        self.problems = problems
        count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        super().__init__("\n".join((f"{count} wrong:", *(f"  {problem}" for problem in problems))))
