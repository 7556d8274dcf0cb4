"""Whether a record's bytes are what its registered schema says. No I/O.

Wire format (Confluent): a zero byte, the schema's id in four bytes big-endian, then the value; for Protobuf the indexes
of the message type stand before the value. Avro and JSON are decoded and checked in full. Protobuf is checked for being
well-formed on the wire only: its fields and types are not compared with the schema.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import fastavro
from jsonschema.exceptions import SchemaError
from jsonschema.validators import Draft7Validator, validator_for
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT7

_HEADER = struct.Struct(">bI")
_MAGIC = 0


class Violation(StrEnum):
    """How a record breaks its contract.

    not_framed: it does not begin with a schema's id. unknown_schema: the registry has no schema of that id under the
    topic's subject. undecodable: the bytes are no value of the schema's kind. breaks_schema: they are, and the schema
    forbids it. trailing: bytes are left behind the value.
    """

    NOT_FRAMED = "not_framed"
    UNKNOWN_SCHEMA = "unknown_schema"
    UNDECODABLE = "undecodable"
    BREAKS_SCHEMA = "breaks_schema"
    TRAILING = "trailing"


class UnusableSchema(Exception):  # noqa: N818 - what the registry holds, not what went wrong here
    """A registered schema that cannot be parsed."""


Check = Callable[[bytes], Violation | None]
"""Judges a value without its header; None when it keeps to the schema."""


def framed(value: bytes) -> tuple[int, bytes] | None:
    """The schema's id and the value behind it; None when there is no such header."""
    if len(value) < _HEADER.size or value[0] != _MAGIC:
        return None
    return _HEADER.unpack(value[: _HEADER.size])[1], value[_HEADER.size :]


def checker(kind: str, text: str, references: Mapping[str, str]) -> Check:
    """How values of that schema are judged. kind: AVRO, JSON or PROTOBUF. references: name → text, needed ones first.

    Raises UnusableSchema.
    """
    if kind == "PROTOBUF":
        return _protobuf
    try:
        document = json.loads(text)
        referred = {name: json.loads(each) for name, each in references.items()}
    except ValueError as error:
        if kind == "AVRO" and text.strip().isidentifier():
            document, referred = text.strip(), {}  # A bare primitive, which some registries keep without quotes.
        else:
            raise UnusableSchema("it is not JSON") from error
    if kind == "AVRO":
        return _avro(document, referred)
    if kind == "JSON":
        return _json(document, referred)
    raise UnusableSchema(f"its type {kind} is not known here")


def _avro(document: Any, referred: Mapping[str, Any]) -> Check:
    named: dict[str, Any] = {}
    try:
        for each in referred.values():
            fastavro.parse_schema(each, named)
        schema = fastavro.parse_schema(document, named)
    except Exception as error:  # fastavro tells malformed schemas by whatever breaks inside it
        raise UnusableSchema("it is no Avro schema") from error

    def check(value: bytes) -> Violation | None:
        buffer = io.BytesIO(value)
        try:
            fastavro.schemaless_reader(buffer, schema, None)
        except Exception:  # noqa: BLE001 - bytes that anybody wrote break the decoder in any way
            return Violation.UNDECODABLE
        return Violation.TRAILING if buffer.tell() < len(value) else None

    return check


def _json(document: Any, referred: Mapping[str, Any]) -> Check:
    kind = validator_for(document, default=Draft7Validator)
    try:
        kind.check_schema(document)
    except SchemaError as error:
        raise UnusableSchema("it is no JSON Schema") from error
    resources = [(name, Resource.from_contents(each, DRAFT7)) for name, each in referred.items()]
    validator = kind(document, registry=Registry().with_resources(resources))

    def check(value: bytes) -> Violation | None:
        try:
            instance = json.loads(value)
        except ValueError:
            return Violation.UNDECODABLE
        try:
            return None if validator.is_valid(instance) else Violation.BREAKS_SCHEMA
        except Unresolvable:
            return None  # The schema points to one that the registry does not name: that is not the record's fault.

    return check


def _protobuf(value: bytes) -> Violation | None:
    try:
        at = _after_indexes(value)
        while at < len(value):
            at = _after_field(value, at)
    except (IndexError, ValueError):
        return Violation.UNDECODABLE
    return None if at == len(value) else Violation.UNDECODABLE


def _varint(value: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where the next thing begins. Raises IndexError and ValueError."""
    number = 0
    for length in range(10):
        byte = value[at + length]
        number |= (byte & 0x7F) << (7 * length)
        if byte < 0x80:
            return number, at + length + 1
    raise ValueError("a varint of more than ten bytes")


def _after_indexes(value: bytes) -> int:
    """Where the message begins: behind a zigzag count and as many zigzag indexes."""
    count, at = _varint(value, 0)
    for _ in range(count >> 1):
        _, at = _varint(value, at)
    return at


def _after_field(value: bytes, at: int) -> int:
    """Where the next field begins. Raises IndexError and ValueError."""
    tag, at = _varint(value, at)
    if tag >> 3 == 0:
        raise ValueError("field number 0")
    match tag & 7:
        case 0:
            return _varint(value, at)[1]
        case 1:
            return at + 8
        case 2:
            length, at = _varint(value, at)
            return at + length
        case 3 | 4:
            return at
        case 5:
            return at + 4
    raise ValueError("a wire type that there is not")
