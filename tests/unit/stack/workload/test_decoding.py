"""Decoding: a bad record is told apart from a registry that is away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stack.workload.company import Format
from stack.workload.decoding import by_contract, by_expectation
from stack.workload.encoding import encoder
from stack.workload.reference_consumer import Rejected, Unavailable
from stack.workload.registry import RegisteredSchema, Registry, RegistryError
from stack.workload.shapes import shape

CONSENT = {"customer_id": "c-1", "purpose": "support", "granted": True, "occurred_at": 1_700_000_000_000}


class Book(Registry):
    """A registry out of a dictionary; an exception as the entry is raised."""

    def __init__(self, entries: dict[int, RegisteredSchema | RegistryError | None]) -> None:
        super().__init__("http://nowhere.example")
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "asked", [])

    def by_id(self, schema_id: int) -> RegisteredSchema | None:
        entries: dict[int, Any] = object.__getattribute__(self, "entries")
        object.__getattribute__(self, "asked").append(schema_id)
        found = entries[schema_id]
        if isinstance(found, RegistryError):
            raise found
        return found  # type: ignore[no-any-return]


AVRO = RegisteredSchema("AVRO", json.dumps(shape("consent.avsc")))
JSON = RegisteredSchema("JSON", json.dumps(shape("stock-count.json")))


def consent() -> bytes:
    return encoder(Format.AVRO, "consent.avsc", 1)(CONSENT)


def test_a_value_comes_back_as_it_was_written_and_its_schema_is_asked_for_once() -> None:
    book = Book({1: AVRO})
    decode = by_contract(book)
    first, second = decode(consent()), decode(consent())
    assert first == second
    assert (first["customer_id"], first["granted"]) == ("c-1", True)
    assert object.__getattribute__(book, "asked") == [1]


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"\x00\x00\x00\x00",
        b"\x01\x00\x00\x00\x01abc",
        b"\x00\x00\x00\x00\x01",
        consent()[:-2],
        consent() + b"\x00",
        b"\x00\x00\x00\x00\x01" + b"\xff" * 30,
        b"\x00\x00\x00\x00\x02" + b'{"sku": "sku-1"}',
        b"\x00\x00\x00\x00\x02" + b"{",
        b"\x00\x00\x00\x00\x03abc",
    ],
    ids=[
        "no value",
        "empty",
        "four bytes",
        "another magic byte",
        "nothing after the id",
        "cut off",
        "too long",
        "not Avro",
        "JSON without required properties",
        "no JSON",
        "an id that nobody registered",
    ],
)
def test_bytes_that_break_the_contract_are_rejected(data: bytes | None) -> None:
    with pytest.raises(Rejected):
        by_contract(Book({1: AVRO, 2: JSON, 3: None}))(data)


def test_a_registry_that_does_not_answer_makes_a_record_wait_and_not_bad() -> None:
    entries: dict[int, RegisteredSchema | RegistryError | None] = {1: RegistryError("no answer")}
    decode = by_contract(Book(entries))
    with pytest.raises(Unavailable):
        decode(consent())
    entries[1] = AVRO
    assert decode(consent())["purpose"] == "support"


def test_a_reader_without_a_contract_checks_what_it_expects() -> None:
    decode = by_expectation({"type": "object", "required": ["n"]})
    assert decode(b'{"n": 1}') == {"n": 1}
    for bad in (None, b"", b"[]", b"{}", b"\xff"):
        with pytest.raises(Rejected):
            decode(bad)
