"""The sampler on real topics under contract: every poisoned record is counted, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import requests
from confluent_kafka import Producer
from confluent_kafka.admin import NewTopic

from stack.state import StackState
from stack.workload.company import Format
from stack.workload.encoding import encoder, poison
from stack.workload.registry import HEADERS, Registry
from stack.workload.shapes import Draw, sampler, shape
from tests.integration.canary.running import canary, create_topic, delete_topic
from tests.waiting import eventually

GOOD, POISONED = 180, 23


@dataclass(frozen=True, slots=True)
class Contracted:
    """A topic under contract, and the id of its schema."""

    topic: str
    form: Format
    file: str
    schema_id: int


@pytest.fixture(params=[(Format.AVRO, "refund.avsc"), (Format.JSON, "capture.json")], ids=["avro", "json"])
def contracted(request: pytest.FixtureRequest, watched: StackState) -> Iterator[Contracted]:
    form, file = request.param
    topic = f"sampler.events.{form.value}.v1"
    create_topic(watched, NewTopic(topic, num_partitions=3, replication_factor=3))
    schema_id = Registry(watched.registry_url).register(f"{topic}-value", form, shape(file))
    yield Contracted(topic, form, file, schema_id)
    delete_topic(watched, topic)
    requests.delete(f"{watched.registry_url}/subjects/{topic}-value", headers=HEADERS, timeout=30).raise_for_status()


def test_exactly_the_poisoned_records_are_counted(watched: StackState, contracted: Contracted, tmp_path: Path) -> None:
    name = contracted.topic
    with canary(watched, tmp_path) as running:

        def sampled() -> float:
            return running.values("streamgauge_schema_records_sampled_total").get((name,), -1.0)

        def invalid() -> float:
            found = running.values("streamgauge_schema_records_invalid_total")
            return sum(count for (_, topic), count in found.items() if topic == name)

        eventually(lambda: sampled() == 0, "the topic should be found to be under contract")
        running.has_written(5)
        write(watched, contracted)
        eventually(lambda: sampled() == GOOD + POISONED, "every record should be sampled")
        assert invalid() == POISONED
        assert running.total("canary_lost_total") == 0
        kept = running.log.read_text()
        assert "order_id" not in kept
        assert "amount" not in kept


def write(stack: StackState, contracted: Contracted) -> None:
    """Good records and poisoned ones in any order, as the workload makes them."""
    random = Random(7)
    draw, encode = sampler(contracted.file), encoder(contracted.form, contracted.file, contracted.schema_id)
    good = [encode(draw(Draw.at(random, datetime.now(UTC), "test"))) for _ in range(GOOD + POISONED)]
    values = good[:GOOD] + [poison(value, random) for value in good[GOOD:]]
    random.shuffle(values)
    producer = Producer({"bootstrap.servers": stack.kafka.admin_bootstrap, "acks": "all"})
    for value in values:
        producer.produce(contracted.topic, value)
    assert producer.flush(30) == 0


def test_a_version_that_breaks_its_subjects_level_is_counted(watched: StackState, tmp_path: Path) -> None:
    topic, registry = "sampler.events.levels.v1", watched.registry_url
    create_topic(watched, NewTopic(topic, num_partitions=1, replication_factor=3))
    subject = f"{topic}-value"
    try:
        _level(registry, subject, "NONE")
        first = {"type": "record", "name": "A", "fields": [{"name": "x", "type": "string"}]}
        second = {"type": "record", "name": "A", "fields": [{"name": "x", "type": "long"}]}
        Registry(registry).register(subject, Format.AVRO, first)
        Registry(registry).register(subject, Format.AVRO, second)
        _level(registry, subject, "BACKWARD")
        with canary(watched, tmp_path) as running:

            def flawed() -> dict[tuple[str, ...], float]:
                found = running.values("streamgauge_schema_invalid_registered_total")
                return {labels: count for labels, count in found.items() if subject in labels}

            eventually(lambda: flawed() != {}, "every registered version should be judged")
            assert flawed() == {("incompatible", subject): 1.0, ("unparseable", subject): 0.0}
    finally:
        delete_topic(watched, topic)
        requests.delete(f"{registry}/subjects/{subject}", headers=HEADERS, timeout=30)


def _level(registry: str, subject: str, level: str) -> None:
    answer = requests.put(f"{registry}/config/{subject}", json={"compatibility": level}, headers=HEADERS, timeout=30)
    answer.raise_for_status()
