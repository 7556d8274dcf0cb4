"""The table that says whose fault each Kafka error code is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data.definitions.located import read_document
from scoring.slo.definition import EventClass

CODE_CLASSES = (EventClass.SUCCESS, EventClass.PLATFORM, EventClass.CLIENT)


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One error code of the Kafka protocol; why: one sentence for whoever doubts the class."""

    name: str
    code: int
    event_class: EventClass
    why: str


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """The codes that a request may be answered with. unlisted: the class of a code that the table does not have."""

    request: str
    kafka: str
    unlisted: EventClass
    codes: tuple[ErrorCode, ...]


def load_error_table(file: Path) -> ErrorTable:
    """Reads the table. Raises DefinitionError for the first thing that is wrong in it."""
    root = read_document(file)
    record = root.record(("request", "kafka", "unlisted", "codes"))
    codes: list[ErrorCode] = []
    taken: dict[int, str] = {}
    for name, entry in record["codes"].entries().items():
        fields = entry.record(("code", "class", "why"))
        number = fields["code"].decimal()
        if number != int(number):
            raise fields["code"].wrong("must be a whole number")
        if int(number) in taken:
            raise fields["code"].wrong(f"{number} is already {taken[int(number)]}")
        taken[int(number)] = name
        codes.append(
            ErrorCode(name, int(number), fields["class"].choice(EventClass, CODE_CLASSES), fields["why"].text())
        )
    if not codes:
        raise record["codes"].wrong("must list at least one code")
    return ErrorTable(
        request=record["request"].text(),
        kafka=record["kafka"].text(),
        unlisted=record["unlisted"].choice(EventClass, CODE_CLASSES),
        codes=tuple(codes),
    )
