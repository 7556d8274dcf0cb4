"""A canary's record as bytes, and what is no such record."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.canary.record import CanaryRecord, RunId, decode, encode

RUN = RunId(bytes(range(16)))


def test_a_record_lies_in_the_bytes_that_the_layout_names() -> None:
    body = b"SGC1" + bytes(range(16)) + b"\x00\x00\x00\x02" + b"\x00\x00\x00\x00\x00\x00\x01\x00"
    assert encode(CanaryRecord(RUN, 2, 256)) == body + zlib.crc32(body).to_bytes(4, "big")


@given(st.binary(min_size=16, max_size=16), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
def test_what_was_written_is_read(run: bytes, partition: int, sequence: int) -> None:
    record = CanaryRecord(RunId(run), partition, sequence)
    assert decode(encode(record)) == record


@given(st.integers(0, 35), st.integers(1, 255))
def test_one_damaged_byte_is_noticed_wherever_it_is(place: int, change: int) -> None:
    value = bytearray(encode(CanaryRecord(RUN, 1, 7)))
    value[place] ^= change
    assert decode(bytes(value)) is None


@pytest.mark.parametrize("value", [None, b"", b"hello", b"SGC1", encode(CanaryRecord(RUN, 1, 7)) + b"\x00"])
def test_what_somebody_else_wrote_is_no_record_of_a_canary(value: bytes | None) -> None:
    assert decode(value) is None
