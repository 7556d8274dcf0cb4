"""PromQL text: selectors with what may be in a label quoted, and the few shapes that rules are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

from scoring.slo.definition import Selector

_WHOLE_EDGE = re.compile(r"\d+(\.0+)?")
_MILLISECOND = timedelta(milliseconds=1)


def selector_text(selector: Selector, *more: Mapping[str, str]) -> str:
    """The selector, narrowed by further labels; a label may be in several of them and must then fulfil all."""
    matchers = [_matcher(label, value) for labels in (selector.labels, *more) for label, value in labels.items()]
    inside = ",".join(dict.fromkeys(matchers))
    return f"{selector.metric}{{{inside}}}" if inside else selector.metric


def _matcher(label: str, value: str) -> str:
    negated, text = value.startswith("!"), value.removeprefix("!")
    regular, text = text.startswith("~"), text.removeprefix("~")
    if label == "le" and not regular and _WHOLE_EDGE.fullmatch(text):
        regular, text = True, rf"{int(Decimal(text))}(\.0+)?"  # Prometheus 3 writes 1.0 where Prometheus 2 wrote 1.
    operator = ("!" if negated else "=") + ("~" if regular else "=" if negated else "")
    return f"{label}{operator}{quoted(text)}"


def quoted(text: str) -> str:
    """A PromQL string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def any_of(values: Iterable[str]) -> str:
    """A label value of a Selector that matches each of these texts and nothing else."""
    return "~" + "|".join(sorted(map(_literally, set(values))))


def none_of(values: Iterable[str]) -> str:
    """A label value of a Selector that matches everything but these texts."""
    return f"!{any_of(values)}"


def _literally(value: str) -> str:
    return "".join(f"\\{letter}" if letter in r"\.+*?()|[]{}^$" else letter for letter in value)


def by(labels: Iterable[str]) -> str:
    """The clause of an aggregation, with the space behind it; empty when everything is one group."""
    names = ", ".join(dict.fromkeys(labels))
    return f"by ({names}) " if names else ""


def reach(window: timedelta) -> str:
    """The range of a window that holds one recorded sample for each of its steps, in Prometheus 2 and 3 alike."""
    return f"[{(window // _MILLISECOND) - 1}ms]"


def decimal_text(number: Decimal) -> str:
    """The number without an exponent, digits kept, trailing zeros not."""
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
