"""Documents set as YAML the way people write it: long texts as blocks, keys in their own order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarfloat import ScalarFloat
from ruamel.yaml.scalarstring import LiteralScalarString


def yaml_text(*documents: Mapping[str, Any]) -> str:
    """The documents, each behind its own `---` when there are several. Decimals keep the digits they were given."""
    return "---\n".join(_one(document) for document in documents)


def _one(document: Mapping[str, Any]) -> str:
    writer = YAML()
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = 120
    stream = StringIO()
    writer.dump(_prepared(document), stream)
    return stream.getvalue()


def _prepared(value: Any) -> Any:
    if isinstance(value, str):
        return LiteralScalarString(value) if "\n" in value else value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Mapping):
        return {str(key): _prepared(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_prepared(item) for item in value]
    return value


def _number(number: Decimal) -> ScalarFloat | int:
    """What is written with these very digits."""
    text = f"{number:f}"
    if "." not in text:
        return int(text)
    whole = text.removeprefix("-").partition(".")[0]
    sign = "-" if number < 0 else None
    found: ScalarFloat = ScalarFloat(float(text), width=len(text), prec=len(whole), m_sign=sign)
    return found
