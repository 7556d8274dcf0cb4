"""One text for one value: the vectors of RFC 8785, and the laws that a hash needs."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.meetings.canonical import CanonicalError, canonical, digest, parse, plain

INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
TEXTS = st.text(st.characters(codec="utf-8"))
SCALARS = st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20)

# RFC 8785, appendix B: the bits of a double, and its text.
NUMBERS = [
    ("0000000000000000", "0"), ("8000000000000000", "0"), ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"), ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"), ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"), ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"), ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"), ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"), ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"), ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"), ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"), ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"), ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]  # fmt: skip


@pytest.mark.parametrize(("bits", "text"), NUMBERS)
def test_a_number_is_written_as_ecmascript_writes_it(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(number).decode() == text


def test_the_sample_of_the_rfc_comes_out_byte_by_byte() -> None:
    """RFC 8785, section 3.2.2 and 3.2.4."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\x0f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    expected = (
        "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e33333333"
        "3333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e412742"
        "5c225c5c5c5c5c222f227d"
    )
    assert canonical(value).hex() == expected
    assert digest(value) == hashlib.sha256(bytes.fromhex(expected)).hexdigest()


def test_keys_are_sorted_by_their_utf_16_units_and_not_by_code_points() -> None:
    """RFC 8785, section 3.2.3: an emoji (U+1F600, a surrogate pair) comes before U+FB33."""
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7}
    assert list(json.loads(canonical(value)).values()) == [2, 4, 6, 7, 1, 5, 3]


@given(VALUES)
def test_what_is_written_reads_back_as_the_same_value(value: Any) -> None:
    assert parse(canonical(value)) == value
    assert canonical(parse(canonical(value))) == canonical(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_double_loses_a_bit_but_the_sign_of_zero(number: float) -> None:
    assert float(canonical(number)) == number


@given(st.dictionaries(TEXTS, VALUES, min_size=2), st.randoms())
def test_the_order_of_keys_does_not_count(value: dict[str, Any], random: Any) -> None:
    keys = list(value)
    random.shuffle(keys)
    assert digest({key: value[key] for key in keys}) == digest(value)


@given(VALUES, VALUES)
def test_two_values_share_a_hash_only_when_json_cannot_tell_them_apart(one: Any, other: Any) -> None:
    assert (digest(one) == digest(other)) == (canonical(one) == canonical(other))
    if typed(one) != typed(other):
        assert digest(one) != digest(other)


def typed(value: Any) -> Any:
    """The value with booleans told from numbers, which Python holds to be equal."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return [typed(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2**53, -(2**53), {1: 2}, b"x", {"a": {1}}, "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(CanonicalError):
        canonical(value)


def test_the_message_names_the_place() -> None:
    with pytest.raises(CanonicalError, match=r"\$\.slos\[1\]\.bad: nan is no number of JSON"):
        canonical({"slos": [{}, {"bad": math.nan}]})


@pytest.mark.parametrize(
    "text", ["", "{", '{"a": 1, "a": 2}', "NaN", "[Infinity]", b"\xff", "9007199254740993", "9" * 5000, "[" * 100_000]
)
def test_a_text_that_could_mean_two_things_or_nothing_is_refused(text: str | bytes) -> None:
    with pytest.raises(CanonicalError):
        parse(text)


class Word(StrEnum):
    KEEP = "keep"


def test_exact_numbers_become_strings_and_times_utc() -> None:
    berlin = datetime(2026, 11, 20, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    value = {
        "objective": Decimal("0.9990"), "third": Fraction(1, 3), "at": berlin, "day": date(2026, 11, 20),
        "choice": Word.KEEP, "links": ("a", "b"), "left": 0.5, "none": None,
    }  # fmt: skip
    assert plain(value) == {
        "objective": "0.9990", "third": "1/3", "at": "2026-11-20T12:00:00Z", "day": "2026-11-20", "choice": "keep",
        "links": ["a", "b"], "left": 0.5, "none": None,
    }  # fmt: skip
    assert type(plain(Word.KEEP)) is str


def test_a_time_without_a_zone_names_no_moment() -> None:
    with pytest.raises(CanonicalError, match="has no time zone"):
        plain(datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None))
    with pytest.raises(CanonicalError, match=r"\$\.a: a set cannot"):
        plain({"a": {1}})
