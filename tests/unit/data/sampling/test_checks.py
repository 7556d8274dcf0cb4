"""Records against their schemas, byte by byte."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sampling.allotment import allotted
from data.sampling.checks import UnusableSchema, Violation, checker, framed
from data.sampling.sampler import judged

ORDER = json.dumps(
    {
        "type": "record",
        "name": "Order",
        "fields": [{"name": "id", "type": "string"}, {"name": "amount", "type": "long"}],
    }
)
PERSON = json.dumps(
    {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"], "additionalProperties": False}
)
# id "ab" (length 2, zigzag 4), amount 3 (zigzag 6)
GOOD_ORDER = b"\x04ab\x06"


def test_the_header_is_a_zero_byte_and_the_id_big_endian() -> None:
    assert framed(b"\x00\x00\x00\x01\x02rest") == (258, b"rest")


@pytest.mark.parametrize("value", [b"", b"\x00\x00\x00\x01", b"\x01\x00\x00\x00\x07x", b'{"age": 3}'])
def test_what_lacks_the_header_is_not_framed(value: bytes) -> None:
    assert framed(value) is None


@pytest.mark.parametrize(
    ("value", "violation"),
    [
        (GOOD_ORDER, None),
        (GOOD_ORDER[:-1], Violation.UNDECODABLE),
        (b"\x04\xff\xfe\x06", Violation.UNDECODABLE),
        (GOOD_ORDER + b"\x00", Violation.TRAILING),
        (b"", Violation.UNDECODABLE),
    ],
)
def test_an_avro_value_is_decoded_to_its_end(value: bytes, violation: Violation | None) -> None:
    assert checker("AVRO", ORDER, {})(value) is violation


@pytest.mark.parametrize(
    ("value", "violation"),
    [
        (b'{"age": 3}', None),
        (b'{"age": "3"}', Violation.BREAKS_SCHEMA),
        (b"{}", Violation.BREAKS_SCHEMA),
        (b'{"age": 3', Violation.UNDECODABLE),
        (b"\xff\xfe", Violation.UNDECODABLE),
    ],
)
def test_a_json_value_must_keep_to_its_schema(value: bytes, violation: Violation | None) -> None:
    assert checker("JSON", PERSON, {})(value) is violation


@pytest.mark.parametrize(
    ("value", "violation"),
    [
        (b"\x00\x08\x96\x01", None),  # no index, field 1 = 150
        (b"\x04\x00\x02\x12\x03abc", None),  # indexes 0 and 1, field 2 = "abc"
        (b"\x00\x12\x05abc", Violation.UNDECODABLE),  # five bytes announced, three there
        (b"\x00\x0f", Violation.UNDECODABLE),  # wire type 7
        (b"\x00\x00\x01", Violation.UNDECODABLE),  # field number 0
        (b"", Violation.UNDECODABLE),
    ],
)
def test_a_protobuf_value_must_be_well_formed_on_the_wire(value: bytes, violation: Violation | None) -> None:
    assert checker("PROTOBUF", 'syntax = "proto3"; message A {}', {})(value) is violation


@given(st.binary(max_size=60), st.sampled_from(["AVRO", "JSON", "PROTOBUF"]))
def test_no_bytes_make_a_check_fail_by_itself(value: bytes, kind: str) -> None:
    text = {"AVRO": ORDER, "JSON": PERSON, "PROTOBUF": ""}[kind]
    assert checker(kind, text, {})(value) in {None, *Violation}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("AVRO", "{"),
        ("AVRO", '{"type": "record", "name": "A", "fields": [{"name": "x", "type": "Unknown"}]}'),
        ("AVRO", '{"type": "unheard of"}'),
        ("JSON", '{"type": "unheard of"}'),
        ("JSON", "type: object"),
        ("XML", "{}"),
    ],
)
def test_a_schema_that_cannot_be_parsed_is_told(kind: str, text: str) -> None:
    with pytest.raises(UnusableSchema):
        checker(kind, text, {})


def test_an_avro_schema_may_refer_to_another_one() -> None:
    inner = '{"type": "enum", "name": "Colour", "symbols": ["RED", "BLUE"]}'
    outer = '{"type": "record", "name": "Car", "fields": [{"name": "colour", "type": "Colour"}]}'
    check = checker("AVRO", outer, {"Colour": inner})
    assert check(b"\x02") is None
    assert check(b"\x04") is Violation.UNDECODABLE


def test_a_json_schema_may_refer_to_another_one_and_none_is_fetched() -> None:
    outer = '{"properties": {"a": {"$ref": "inner.json"}}}'
    assert checker("JSON", outer, {"inner.json": '{"type": "string"}'})(b'{"a": 1}') is Violation.BREAKS_SCHEMA
    assert checker("JSON", outer, {})(b'{"a": 1}') is None


def test_a_record_is_judged_by_the_version_that_it_names_and_by_no_other_subjects() -> None:
    schemas = {7: checker("AVRO", ORDER, {}), 9: None}
    assert judged(b"\x00" + struct.pack(">I", 7) + GOOD_ORDER, schemas) is None
    assert judged(b"\x00" + struct.pack(">I", 8) + GOOD_ORDER, schemas) is Violation.UNKNOWN_SCHEMA
    assert judged(b"\x00" + struct.pack(">I", 9) + b"anything", schemas) is None
    assert judged(b'{"age": 3}', schemas) is Violation.NOT_FRAMED


def test_a_quiet_partition_leaves_its_share_to_the_busy_ones() -> None:
    assert allotted({0: 100, 1: 0, 2: 2, 3: 50}, 20) == {2: 2, 3: 9, 0: 9}


@given(st.dictionaries(st.integers(0, 50), st.integers(0, 1000), max_size=20), st.integers(1, 500))
def test_never_more_than_is_allowed_or_there_and_all_of_it_when_that_fits(new: dict[int, int], most: int) -> None:
    taken = allotted(new, most)
    assert sum(taken.values()) == min(most, sum(new.values()))
    assert all(0 < count <= new[index] for index, count in taken.items())
