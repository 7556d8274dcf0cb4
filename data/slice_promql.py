"""PromQL of what slices are read from: selectors and the readings of one minute, put together from definitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from scoring.slo.definition import CounterQuery, GaugeQuery, Reading, Selector

IN_MINUTE = "[59999ms]"
"""One minute without its left edge, which Prometheus 2 would count in and Prometheus 3 would not."""

BUCKET_EDGE = "le"
"""The label of a classic histogram's buckets. Prometheus 2 wrote "1" where Prometheus 3 writes "1.0"."""

_INTEGER = re.compile(r"\d+(\.0+)?")


def promql(selector: Selector, *more: Mapping[str, str]) -> str:
    """The selector, narrowed by further labels; a label may be in several of them and must then fulfil all."""
    matchers = [_matcher(label, value) for labels in (selector.labels, *more) for label, value in labels.items()]
    inside = ",".join(dict.fromkeys(matchers))
    return f"{selector.metric}{{{inside}}}" if inside else selector.metric


def _matcher(label: str, value: str) -> str:
    negated = value.startswith("!")
    text = value.removeprefix("!")
    regular = text.startswith("~")
    text = text.removeprefix("~")
    if label == BUCKET_EDGE and not regular and _INTEGER.fullmatch(text):
        regular, text = True, rf"{int(Decimal(text))}(\.0+)?"
    operator = {(False, False): "=", (False, True): "=~", (True, False): "!=", (True, True): "!~"}[negated, regular]
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{label}{operator}"{escaped}"'


def literally(value: str) -> str:
    """A regular expression (RE2) that matches just this text."""
    return "".join(f"\\{letter}" if letter in r"\.+*?()|[]{}^$" else letter for letter in value)


def any_of(values: Iterable[str]) -> str:
    """A label value of a Selector that matches any of these texts."""
    return "~" + "|".join(sorted(map(literally, set(values))))


def running_count(counter: CounterQuery, selector: str) -> str:
    """The running count of each series at the end of a minute, from that minute's last sample."""
    last = f"last_over_time({selector}{IN_MINUTE})"
    if counter.reading is Reading.COUNTER:
        return last
    count = f"histogram_count({last})"
    if counter.reading is Reading.HISTOGRAM_COUNT:
        return count
    return f"histogram_fraction(-Inf, {counter.bound}, {last}) * {count}"


def gauge_value(gauge: GaugeQuery, selector: str, labels: Iterable[str]) -> str:
    """The gauge's value of one minute for each combination of `labels`; of several series the worst.

    That is the lowest for a reading by the minimum, otherwise the highest.
    """
    aggregate = "min" if gauge.within == "min" else "max"
    return f"{aggregate} by ({', '.join(labels)}) ({gauge.within}_over_time({selector}{IN_MINUTE}))"


def bucket_edge(text: str) -> str:
    """A bucket's `le` as one text for one number: "1" for "1", "1.0" and "1e0"; as it is where it is no number."""
    try:
        edge = Decimal(text)
    except InvalidOperation:
        return text
    if not edge.is_finite():
        return "+Inf" if edge.is_infinite() and edge > 0 else text
    plain = f"{edge:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"
