"""Invented records: a shape (Avro or JSON Schema file) becomes a sampler that draws records which satisfy it.

Values follow from field names first, so that the same order, customer or article turns up in several topics, and from
types where a name says nothing. One `number` is drawn per record; ids of one record belong together through it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from stack.workload.company import SHAPES

ORDERS, CUSTOMERS, ARTICLES, VEHICLES, TERMINALS = 5000, 1500, 800, 60, 200

HUBS = ("Oslo North", "Bergen", "Trondheim", "Malmö", "Göteborg", "Uppsala")
NAMES = ("Ada Nilsen", "Björn Åkesson", "Chidi Eze", "Dagny Moen", "Emre Kaya", "Freja Holm")


@dataclass(frozen=True, slots=True)
class Draw:
    """What one record is drawn from: a source of chance, the moment, the writer's name and the record's number."""

    random: Random
    now: datetime
    source: str
    number: int

    @classmethod
    def at(cls, random: Random, now: datetime, source: str) -> Draw:
        """A fresh draw with a number of its own."""
        return cls(random, now, source, random.randrange(ORDERS))


Sampler = Callable[[Draw], Any]


def _one_of(*values: Any) -> Sampler:
    return lambda draw: draw.random.choice(values)


def _soon(draw: Draw) -> str:
    return (draw.now + timedelta(minutes=draw.random.randrange(5, 2880))).isoformat(timespec="milliseconds")


BY_NAME: Mapping[str, Sampler] = {
    "id": lambda draw: f"{draw.random.getrandbits(128):032x}",
    "source": lambda draw: f"/halden/{draw.source}",
    "subject": lambda _draw: None,
    "specversion": lambda _draw: "1.0",
    "order_id": lambda draw: f"o-{draw.number:06d}",
    "parcel_id": lambda draw: f"p-{draw.number:06d}",
    "customer_id": lambda draw: f"c-{draw.number % CUSTOMERS:05d}",
    "account_id": lambda draw: f"a-{draw.number % 40:03d}",
    "transaction_id": lambda draw: f"t-{draw.random.getrandbits(64):016x}",
    "receipt_id": lambda draw: f"r-{draw.random.getrandbits(64):016x}",
    "terminal_id": lambda draw: f"term-{draw.number % TERMINALS:04d}",
    "vehicle_id": lambda draw: f"van-{draw.number % VEHICLES:03d}",
    "supplier_id": lambda draw: f"sup-{draw.number % 25:03d}",
    "promotion_id": lambda draw: f"promo-{draw.number % 300:04d}",
    "slot_id": lambda draw: f"slot-{draw.number % 400:04d}",
    "delivery_slot_id": lambda draw: f"slot-{draw.number % 400:04d}" if draw.random.random() < 0.8 else None,
    "sku": lambda draw: f"sku-{draw.random.randrange(ARTICLES):05d}",
    "quantity": lambda draw: draw.random.randrange(1, 6),
    "quantity_change": lambda draw: draw.random.choice((-3, -2, -1, -1, -1, 24)),
    "amount_minor": lambda draw: draw.random.randrange(100, 50_000),
    "unit_price_minor": lambda draw: draw.random.randrange(50, 9_000),
    "balance_minor": lambda draw: draw.random.randrange(10_000, 90_000_000),
    "points": lambda draw: draw.random.randrange(1, 500),
    "currency": _one_of("NOK", "SEK"),
    "channel": _one_of("web", "app", "phone"),
    "country": _one_of("NO", "SE", "FI"),
    "warehouse": _one_of("W1", "W2", "W3"),
    "store": _one_of("Majorstuen", "Lund", "Haga", "Sinsen"),
    "hub": _one_of(*HUBS),
    "status": _one_of("placed", "packed", "underway", "delivered"),
    "reason": _one_of("damaged", "wrong size", "changed mind", "late"),
    "failure_reason": _one_of(None, None, None, "nobody at home"),
    "scheme": _one_of("visa", "mastercard", "bankaxept"),
    "tier": _one_of("basic", "silver", "gold"),
    "purpose": _one_of("marketing", "support", "fraud review"),
    "rule": _one_of("velocity", "geography", "amount"),
    "firmware": _one_of("4.1.0", "4.1.2", "4.2.0"),
    "kpi": _one_of("orders", "revenue", "returns", "new customers"),
    "model": lambda _draw: "taste-7",
    "actor": _one_of("support-11", "support-12", "batch"),
    "display_name": _one_of(*NAMES),
    "email": lambda draw: f"customer{draw.number % CUSTOMERS}@example.com",
    "preferred_language": _one_of("nb-NO", "sv-SE", None),
    "merchant_reference": lambda draw: f"m-{draw.number:06d}",
    "last_hub": _one_of(*HUBS, None),
    "features": lambda draw: [round(draw.random.uniform(-1, 1), 4) for _ in range(8)],
    "needed_by": _soon,
    "expected_at": _soon,
    "starts_at": _soon,
    "ends_at": _soon,
    "departs_at": _soon,
    "day": lambda draw: draw.now.date().isoformat(),
}


@cache
def shape(file: str) -> Mapping[str, Any]:
    """The schema in that file."""
    document: Mapping[str, Any] = json.loads((SHAPES / file).read_text(encoding="utf-8"))
    return document


def sampler(file: str) -> Sampler:
    """A function that draws records of that shape."""
    document = shape(file)
    return _avro(document) if file.endswith(".avsc") else _json(document, "")


def _record(fields: Sequence[tuple[str, Sampler]]) -> Sampler:
    return lambda draw: {name: sample(draw) for name, sample in fields}


def _several(item: Sampler) -> Sampler:
    return lambda draw: [item(draw) for _ in range(draw.random.randrange(1, 4))]


def _avro(schema: Any, field: Mapping[str, Any] | None = None) -> Sampler:
    """A sampler for an Avro schema; `field` is the record field that it is the type of, if any."""
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind == "record":
        return _record([(each["name"], _avro(each["type"], each)) for each in schema["fields"]])
    if kind == "enum":
        return _one_of(*schema["symbols"])
    name = field["name"] if field else ""
    if name == "type" and field and "default" in field:
        return lambda _draw: field["default"]
    if isinstance(schema, dict) and schema.get("logicalType") == "timestamp-millis":
        return lambda draw: int(draw.now.timestamp() * 1000)
    if name in BY_NAME:
        return BY_NAME[name]
    if kind == "array":
        return _several(_avro(schema["items"]))
    return _by_type({"long": "integer", "int": "integer", "double": "number"}.get(str(kind), str(kind)), {}, name)


def _json(schema: Mapping[str, Any], name: str) -> Sampler:
    """A sampler for a JSON Schema; `name` is the property that it describes, if any."""
    if "const" in schema:
        return lambda _draw: schema["const"]
    if "enum" in schema:
        return _one_of(*schema["enum"])
    if schema.get("type") == "object":
        return _record([(key, _json(value, key)) for key, value in schema["properties"].items()])
    if name in BY_NAME and "maximum" not in schema:
        return BY_NAME[name]
    if schema.get("type") == "array":
        return _several(_json(schema["items"], ""))
    if schema.get("format") == "date-time":
        return lambda draw: draw.now.isoformat(timespec="milliseconds")
    return _by_type(schema["type"], schema, name)


def _by_type(kind: str, schema: Mapping[str, Any], name: str) -> Sampler:
    low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
    by_type: dict[str, Sampler] = {
        "integer": lambda draw: draw.random.randint(low, high),
        "number": lambda draw: round(draw.random.uniform(low, high), 4),
        "boolean": lambda draw: draw.random.random() < 0.9,
        "string": lambda draw: f"{name}-{draw.number}",
    }
    return by_type[kind]


def utc_now() -> datetime:
    """The clock of the workload."""
    return datetime.now(UTC)
