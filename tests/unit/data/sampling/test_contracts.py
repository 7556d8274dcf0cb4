"""What a registry holds, and which of it should not be there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from data.sampling.checks import Violation
from data.sampling.contracts import Contracts, Flaw
from data.sampling.exposition import SamplerCollector
from data.sampling.findings import Findings
from data.settings import RegistrySettings
from data.sources.failures import SourceFailure
from tests.unit.data.conftest import Asked, Reply, Service, reply

TEXT, NUMBER = '"string"', '"long"'


class Registry:
    """Subjects with versions; `compatible` answers each comparison, `level` is everybody's."""

    def __init__(self) -> None:
        self.subjects: dict[str, list[dict[str, Any]]] = {}
        self.level = "BACKWARD"
        self.compatible: dict[tuple[str, int], Reply] = {}
        self.compared: list[tuple[str, int]] = []

    def __call__(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").split("/")
        match parts:
            case ["subjects"]:
                return reply(list(self.subjects))
            case ["config", *_]:
                return reply({"compatibilityLevel": self.level})
            case ["subjects", name, "versions"]:
                if name not in self.subjects:
                    return reply({"error_code": 40401}, 404)
                return reply([1 + index for index in range(len(self.subjects[name]))])
            case ["subjects", name, "versions", number]:
                return reply({"version": int(number), **self.subjects[name][int(number) - 1]})
            case ["compatibility", "subjects", name, "versions", number]:
                self.compared.append((name, int(number)))
                return self.compatible.get((name, int(number)), reply({"is_compatible": True}))
        return reply({}, 404)


@pytest.fixture
def registry(service: Service) -> Registry:
    made = Registry()
    service.answer = made
    return made


def contracts(service: Service) -> Contracts:
    return Contracts(RegistrySettings(url=service.url))


def fetched(service: Service, path: str) -> int:
    return sum(asked.path == path for asked in service.asked)


def test_a_topic_is_under_contract_when_it_has_a_subject_of_its_name(service: Service, registry: Registry) -> None:
    registry.subjects = {"orders-value": [{"id": 5, "schema": TEXT}], "orders-key": [{"id": 6, "schema": TEXT}]}
    found = contracts(service)
    found.refresh(["orders", "clicks"])
    assert found.under_contract() == {"orders"}
    check = found.schemas("orders")[5]
    assert check is not None
    assert check(b"\x04ab") is None
    assert check(b"\x09ab") is Violation.UNDECODABLE


def test_a_version_is_fetched_once_and_a_new_one_is_found(service: Service, registry: Registry) -> None:
    registry.subjects = {"orders-value": [{"id": 5, "schema": TEXT}]}
    found = contracts(service)
    found.refresh(["orders"])
    registry.subjects["orders-value"].append({"id": 9, "schema": NUMBER})
    found.look_again("orders")
    found.refresh(["orders"])
    assert set(found.schemas("orders")) == {5, 9}
    assert fetched(service, "/subjects/orders-value/versions/1") == 1


def test_a_schema_that_does_not_parse_is_counted_once_and_its_records_are_not_judged(
    service: Service, registry: Registry
) -> None:
    registry.subjects = {"orders-value": [{"id": 5, "schema": "{"}]}
    found = contracts(service)
    found.refresh(["orders"])
    found.refresh(["orders"])
    assert found.flaws == {("orders-value", Flaw.UNPARSEABLE): {1}}
    assert found.schemas("orders") == {5: None}
    assert found.judged == 1


def test_each_version_is_compared_with_the_one_before_it(service: Service, registry: Registry) -> None:
    registry.subjects = {"orders-value": [{"id": number, "schema": TEXT} for number in (1, 2, 3)]}
    registry.compatible["orders-value", 2] = reply({"is_compatible": False})
    found = contracts(service)
    found.refresh(["orders"])
    assert registry.compared == [("orders-value", 1), ("orders-value", 2)]
    assert found.flaws == {("orders-value", Flaw.INCOMPATIBLE): {3}}
    posted = next(asked for asked in service.asked if asked.method == "POST")
    assert posted.headers["Content-Type"] == "application/vnd.schemaregistry.v1+json"


def test_under_a_transitive_level_it_is_compared_with_all_before_it(service: Service, registry: Registry) -> None:
    registry.subjects = {"orders-value": [{"id": number, "schema": TEXT} for number in (1, 2, 3)]}
    registry.level = "FULL_TRANSITIVE"
    contracts(service).refresh(["orders"])
    assert registry.compared == [("orders-value", 1), ("orders-value", 1), ("orders-value", 2)]


def test_without_a_level_nothing_is_compared_and_a_new_level_judges_again(service: Service, registry: Registry) -> None:
    registry.subjects = {"orders-value": [{"id": number, "schema": TEXT} for number in (1, 2)]}
    registry.level = "NONE"
    registry.compatible["orders-value", 1] = reply({"is_compatible": False})
    found = contracts(service)
    found.refresh(["orders"])
    assert found.flaws == {}
    registry.level = "BACKWARD"
    found.refresh(["orders"])
    assert found.flaws == {("orders-value", Flaw.INCOMPATIBLE): {2}}


def test_what_the_registry_cannot_compare_is_no_violation(service: Service, registry: Registry) -> None:
    registry.subjects = {"orders-value": [{"id": number, "schema": TEXT} for number in (1, 2)]}
    registry.compatible["orders-value", 1] = reply({"message": "drafts differ"}, 500)
    found = contracts(service)
    found.refresh(["orders"])
    assert found.flaws == {}


def test_a_registry_that_is_away_is_no_empty_registry(service: Service, registry: Registry) -> None:
    registry.subjects = {"orders-value": [{"id": 5, "schema": TEXT}]}
    found = contracts(service)
    found.refresh(["orders"])
    service.answer = lambda _: reply({}, 503)
    with pytest.raises(SourceFailure):
        found.refresh(["orders"])
    assert found.under_contract() == {"orders"}


def test_references_are_read_with_what_they_refer_to_first(service: Service, registry: Registry) -> None:
    colour = json.dumps({"type": "enum", "name": "Colour", "symbols": ["RED"]})
    car = json.dumps({"type": "record", "name": "Car", "fields": [{"name": "colour", "type": "Colour"}]})
    registry.subjects = {
        "colour": [{"id": 1, "schema": colour}],
        "cars-value": [{"id": 2, "schema": car, "references": [{"name": "Colour", "subject": "colour", "version": 1}]}],
    }
    found = contracts(service)
    found.refresh(["cars"])
    check = found.schemas("cars")[2]
    assert check is not None
    assert check(b"\x00") is None
    assert check(b"\x02") is Violation.UNDECODABLE


def test_registered_flaws_are_shown_when_all_versions_are_judged_and_not_before() -> None:
    findings = Findings(sampled={"orders": 3}, invalid={("orders", Violation.TRAILING): 1})
    collector = SamplerCollector("eu-1", findings)

    def shown() -> dict[str, list[tuple[dict[str, str], float]]]:
        return {
            family.name: [(sample.labels, sample.value) for sample in family.samples] for family in collector.collect()
        }

    assert shown()["streamgauge_schema_records_sampled"] == [({"cluster": "eu-1", "topic": "orders"}, 3)]
    assert shown()["streamgauge_schema_records_invalid"] == [
        ({"cluster": "eu-1", "topic": "orders", "reason": "trailing"}, 1)
    ]
    assert shown()["streamgauge_schema_invalid_registered"] == []
    findings.flaws = {("orders-value", Flaw.INCOMPATIBLE): 2}
    assert shown()["streamgauge_schema_invalid_registered"] == [
        ({"cluster": "eu-1", "subject": "orders-value", "reason": "incompatible"}, 2)
    ]
