"""One text for one JSON value, so that a hash of it means something: RFC 8785, the JSON Canonicalization Scheme.

Keys are sorted by their UTF-16 code units, there is no white space, numbers are written as ECMAScript writes a double
(the shortest text that reads back as the same double). A number that a double cannot hold (an integer beyond
2^53 - 1, NaN, infinity) is refused; exact values, Decimal and Fraction, are written as strings by `plain`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

LARGEST_INTEGER = 2**53 - 1
"""The largest integer that every reader of JSON keeps exactly."""


_quoted = json.JSONEncoder(ensure_ascii=False).encode
"""A text in quotes, with the escapes of RFC 8785 (those of `json`); one encoder, as 10 000 texts make one record."""


class CanonicalError(ValueError):
    """A value has no canonical form, or a text is not JSON; the message names the place."""


def plain(value: Any, where: str = "$") -> Any:
    """The value in JSON's own types, as a copy: tuples become lists, enums their values, exact numbers strings.

    Times are written in UTC with a Z. Raises CanonicalError for what JSON cannot say.
    """
    if isinstance(value, Enum):
        return plain(value.value, where)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    raise CanonicalError(f"{where}: a {type(value).__name__} cannot be written as JSON.")


def instant(moment: datetime) -> str:
    """An aware time as ISO 8601 in UTC with a Z. Raises CanonicalError for a naive one."""
    if moment.tzinfo is None:
        raise CanonicalError(f"{moment} has no time zone and names no moment.")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def canonical(value: Any) -> bytes:
    """The canonical text of a value of JSON's types, in UTF-8. Raises CanonicalError."""
    try:
        return _text(value, "$").encode()
    except UnicodeEncodeError as error:
        raise CanonicalError("A text holds half of a surrogate pair, which UTF-8 cannot write.") from error


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parse(text: str | bytes) -> Any:
    """A JSON value, read so strictly that it can mean one thing only. Raises CanonicalError.

    Refused are a key that is there twice, NaN, and an integer with more digits than a double holds.
    """
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse, parse_int=_integer)
    except (UnicodeDecodeError, RecursionError) as error:
        raise CanonicalError("This is no JSON text.") from error
    except json.JSONDecodeError as error:
        raise CanonicalError(f"This is no JSON: {error}.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise CanonicalError(f"The key {key!r} is there twice; which of them counts is open.")
        found[key] = value
    return found


def _integer(digits: str) -> int | float:
    if len(digits) <= 17 and abs(int(digits)) <= LARGEST_INTEGER:
        return int(digits)
    if _number(float(digits), "$") != digits:
        raise CanonicalError(f"{digits} has more digits than a number of JSON keeps; it belongs into a string.")
    return float(digits)


def _refuse(name: str) -> Any:
    raise CanonicalError(f"{name} is no number of JSON.")


def _text(value: Any, where: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise CanonicalError(f"{where}: {value} is beyond 2^53 - 1; write it as a string.")
        return str(value)
    if isinstance(value, float):
        return _number(value, where)
    if isinstance(value, Mapping):
        return _object(value, where)
    if isinstance(value, list | tuple):
        return f"[{','.join(_text(item, f'{where}[{index}]') for index, item in enumerate(value))}]"
    raise CanonicalError(f"{where}: a {type(value).__name__} is no JSON value.")


def _object(value: Mapping[Any, Any], where: str) -> str:
    for key in value:
        if not isinstance(key, str):
            raise CanonicalError(f"{where}: the key {key!r} is no text.")
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    pairs = (f"{_quoted(key)}:{_text(value[key], f'{where}.{key}')}" for key in keys)
    return f"{{{','.join(pairs)}}}"


def _number(value: float, where: str) -> str:
    """ECMAScript's Number::toString (ECMA-262, 6.1.6.1.20), which RFC 8785 section 3.2.2.3 asks for."""
    if not math.isfinite(value):
        raise CanonicalError(f"{where}: {value} is no number of JSON; what is unknown is null.")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    if len(text) <= point <= 21:
        shown = text + "0" * (point - len(text))
    elif 0 < point <= 21:
        shown = f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        shown = f"0.{'0' * -point}{text}"
    else:
        fraction = f".{text[1:]}" if len(text) > 1 else ""
        shown = f"{text[0]}{fraction}e{point - 1:+d}"
    return f"-{shown}" if sign else shown
