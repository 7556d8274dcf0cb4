"""Drawn records: they satisfy the schema that they are written under, and poison does not."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from random import Random
from uuid import uuid4

import fastavro
import jsonschema
import pytest

from stack.workload.company import Format, Topic
from stack.workload.company_file import load_company
from stack.workload.decoding import by_expectation
from stack.workload.encoding import encoder, key_of, poison
from stack.workload.reference_consumer import Rejected
from stack.workload.shapes import Draw, sampler, shape

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
USES = [(topic, file) for topic in load_company().topics for file in topic.shape]


@pytest.mark.parametrize(("topic", "file"), USES, ids=[f"{topic.name}-{file}" for topic, file in USES])
def test_every_record_satisfies_the_schema_of_its_topic(topic: Topic, file: str) -> None:
    random = Random(7)
    sample, encode = sampler(file), encoder(topic.format, file, 4711)
    for _ in range(50):
        value = sample(Draw.at(random, NOW, "writer"))
        data = encode(value)
        body = data
        if topic.format is not Format.NONE:
            assert data[:5] == b"\x00\x00\x00\x12\x67"  # magic zero, then 4711 in four bytes
            body = data[5:]
        if topic.format is Format.AVRO:
            fastavro.validation.validate(value, dict(shape(file)))
            fastavro.schemaless_reader(io.BytesIO(body), dict(shape(file)), None)
        else:
            jsonschema.validate(json.loads(body), shape(file), format_checker=jsonschema.FormatChecker())
        if topic.key:
            assert key_of(value, topic.key)


def test_a_cloud_event_has_its_five_required_attributes_and_its_payload_under_data() -> None:
    for topic, file in USES:
        if topic.envelope is None:
            continue
        value = sampler(file)(Draw.at(Random(1), NOW, "web-shop"))
        assert value["specversion"] == "1.0"
        assert value["source"] == "/halden/web-shop"
        assert value["type"].startswith("market.halden.")
        assert {"id", "time", "data"} <= value.keys()
        assert topic.key in value["data"]


def test_ids_of_one_record_belong_together() -> None:
    value = sampler("parcel-scan.avsc")(Draw(Random(1), NOW, "scanner", 42))
    assert (value["parcel_id"], value["order_id"]) == ("p-000042", "o-000042")


@pytest.mark.parametrize("file", ["card-terminal.json", "supplier-feed.json"])
def test_poison_is_refused_by_its_reader_and_good_records_are_not(file: str) -> None:
    random = Random(3)
    sample, encode, decode = sampler(file), encoder(Format.NONE, file, None), by_expectation(shape(file))
    for _ in range(40):
        good = encode(sample(Draw.at(random, NOW, "writer")))
        decode(good)
        with pytest.raises(Rejected):
            decode(poison(good, random))


def test_a_value_under_contract_cannot_be_encoded_before_its_schema_has_an_id() -> None:
    with pytest.raises(ValueError, match="register it first"):
        encoder(Format.AVRO, "refund.avsc", None)


def test_a_second_version_reads_what_the_first_one_wrote() -> None:
    for name in ("transaction", "order", "profile"):
        old, new = dict(shape(f"{name}.1.avsc")), dict(shape(f"{name}.2.avsc"))
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, old, sampler(f"{name}.1.avsc")(Draw.at(Random(1), NOW, str(uuid4()))))
        buffer.seek(0)
        fastavro.schemaless_reader(buffer, old, new)
