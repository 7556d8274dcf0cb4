"""Bytes to values that satisfy their schema, with failures told apart: a bad record is not a registry that is away."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import fastavro
from jsonschema import Draft7Validator, ValidationError

from stack.workload.encoding import HEADER, MAGIC
from stack.workload.reference_consumer import Decode, Rejected, Unavailable
from stack.workload.registry import Registry, RegistryError

Parse = Callable[[bytes], Any]


def by_contract(registry: Registry) -> Decode:
    """A decoder for topics under contract: each value names the schema in the registry that it satisfies.

    Schemas never change, so each is asked for once. The client library's own deserializers do the same, but raise one
    and the same kinds of errors for bytes that make no sense and for a registry that does not answer.
    """
    parsers: dict[int, Parse] = {}

    def decode(data: bytes | None) -> Any:
        if data is None or len(data) < HEADER.size:
            raise Rejected("the value is too short to name a schema")
        magic, schema_id = HEADER.unpack_from(data)
        if magic != MAGIC:
            raise Rejected(f"the value starts with byte {magic}, not with the registry's wire format")
        if schema_id not in parsers:
            parsers[schema_id] = _parser(registry, schema_id)
        return parsers[schema_id](data[HEADER.size :])

    return decode


def by_expectation(schema: Mapping[str, Any]) -> Decode:
    """A decoder for plain JSON from a topic without a contract: the reader's own idea of what it can use."""
    parse = _json_parser(schema)

    def decode(data: bytes | None) -> Any:
        if data is None:
            raise Rejected("there is no value")
        return parse(data)

    return decode


def _parser(registry: Registry, schema_id: int) -> Parse:
    try:
        found = registry.by_id(schema_id)
    except RegistryError as error:
        raise Unavailable(str(error)) from error
    if found is None:
        raise Rejected(f"the registry knows no schema {schema_id}")
    if found.kind == "JSON":
        return _json_parser(json.loads(found.text))
    return _avro_parser(json.loads(found.text))


def _avro_parser(schema: Any) -> Parse:
    parsed = fastavro.parse_schema(schema)

    def parse(data: bytes) -> Any:
        stream = io.BytesIO(data)
        try:
            value = fastavro.schemaless_reader(stream, parsed, None)
        except Exception as error:
            raise Rejected(f"not Avro of its schema: {type(error).__name__}: {error}") from error
        if stream.tell() != len(data):
            raise Rejected(f"{len(data) - stream.tell()} bytes are left after the Avro value")
        return value

    return parse


def _json_parser(schema: Mapping[str, Any]) -> Parse:
    validator = Draft7Validator(schema)

    def parse(data: bytes) -> Any:
        try:
            value = json.loads(data)
            validator.validate(value)
        except ValueError as error:
            raise Rejected(f"not JSON: {error}") from error
        except ValidationError as error:
            raise Rejected(f"{error.json_path}: {error.message}") from error
        return value

    return parse
