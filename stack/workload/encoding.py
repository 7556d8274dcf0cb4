"""Records as bytes: the registry's wire format for topics under contract, plain JSON for the others, and poison."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import fastavro

from stack.workload.company import Format
from stack.workload.shapes import shape

MAGIC = 0
HEADER = struct.Struct(">bI")
"""Wire format of the registry: a zero byte and the schema's id, then the value."""

Encoder = Callable[[Mapping[str, Any]], bytes]


def encoder(form: Format, file: str, schema_id: int | None) -> Encoder:
    """How values of that shape are written. schema_id: the registry's id of the schema; needed under contract."""
    if form is Format.NONE:
        return _plain
    if schema_id is None:
        raise ValueError(f"{file} is written under contract, and its schema has no id yet; register it first.")
    header = HEADER.pack(MAGIC, schema_id)
    if form is Format.JSON:
        return lambda value: header + _plain(value)
    parsed = fastavro.parse_schema(dict(shape(file)))

    def avro(value: Mapping[str, Any]) -> bytes:
        buffer = io.BytesIO()
        buffer.write(header)
        fastavro.schemaless_writer(buffer, parsed, value)
        return buffer.getvalue()

    return avro


def _plain(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def poison(good: bytes, random: Random) -> bytes:
    """What a broken writer sends instead of a good plain value: cut off, not text, no JSON, or without its fields."""
    return random.choice((good[: len(good) // 2], b"\xff\xfe" + good, b"ERROR 17: sensor not ready", b"{}"))


def key_of(value: Mapping[str, Any], field: str) -> bytes:
    """The record key: that field of the value, or of its CloudEvents payload."""
    source = value if field in value else value["data"]
    return str(source[field]).encode()
