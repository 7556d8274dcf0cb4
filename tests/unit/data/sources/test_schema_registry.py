"""Registries that are Confluent's, and registries that only look like it."""

from __future__ import annotations

from typing import Any

import pytest

from data.settings import RegistrySettings
from data.sources.failures import SourceFailure
from data.sources.schema_registry import SchemaRegistrySource
from scoring.catalog.estate import FailureKind, SchemaReference, SubjectName
from tests.unit.data.conftest import Asked, Reply, Service, reply

NOT_FOUND = {"error_code": 40408, "message": "Subject does not have subject-level compatibility configured"}

PAGE = 10


class Registry:
    """A registry of subjects with one version each; `apicurio` answers as that one does."""

    def __init__(self, names: list[str], apicurio: bool = False) -> None:
        self.names = names
        self.apicurio = apicurio
        self.levels: dict[str, str] = {}
        self.latest: dict[str, dict[str, Any]] = {}
        self.broken: dict[str, Reply] = {}

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/config":
            return reply({"compatibilityLevel": "BACKWARD"})
        if asked.path == "/subjects":
            return self._page(asked)
        if asked.path.startswith("/config/"):
            return self._level(asked)
        name = asked.path.split("/")[2].replace("%2F", "/")
        if name in self.broken:
            return self.broken[name]
        if asked.path.endswith("/latest"):
            return reply({"subject": name, "version": 3, "id": 7, "schema": '"string"', **self.latest.get(name, {})})
        return reply([3, 1])

    def _page(self, asked: Asked) -> Reply:
        if self.apicurio:
            return reply(self.names[:PAGE])
        offset, limit = (
            int(asked.parameters.get(name, [default])[0]) for name, default in (("offset", "0"), ("limit", str(PAGE)))
        )
        return reply(self.names[offset : offset + limit])

    def _level(self, asked: Asked) -> Reply:
        assert asked.parameters["defaultToGlobal"] == ["false"]
        level = self.levels.get(asked.path.removeprefix("/config/"))
        if level is None:
            return reply({"compatibilityLevel": "BACKWARD"}) if self.apicurio else reply(NOT_FOUND, 404)
        return reply({"compatibilityLevel": level})


def source(service: Service) -> SchemaRegistrySource:
    return SchemaRegistrySource(RegistrySettings(url=service.url, timeout=30.0))


@pytest.mark.parametrize("apicurio", [False, True])
def test_a_level_is_a_subjects_own_or_none_when_it_inherits(service: Service, apicurio: bool) -> None:
    registry = Registry(["orders-value", "users-value"], apicurio)
    registry.levels["users-value"] = "FULL_TRANSITIVE"
    service.answer = registry
    found = source(service).subjects()
    assert [(subject.name, subject.compatibility) for subject in found.value] == [
        ("orders-value", None),
        ("users-value", "FULL_TRANSITIVE"),
    ]
    assert found.missing == ()


def test_a_subject_has_its_versions_in_order_its_newest_schema_and_references(service: Service) -> None:
    registry = Registry(["orders-value"])
    registry.latest["orders-value"] = {
        "schemaType": "JSON",
        "references": [{"name": "money.json", "subject": "money", "version": 2}],
    }
    service.answer = registry
    (subject,) = source(service).subjects().value
    assert (subject.schema_type, subject.versions) == ("JSON", (1, 3))
    assert (subject.latest.version, subject.latest.schema_id, subject.latest.text) == (3, 7, '"string"')
    assert subject.latest.references == (SchemaReference("money.json", SubjectName("money"), 2),)


def test_a_schema_without_a_type_is_avro(service: Service) -> None:
    service.answer = Registry(["orders-value"])
    assert source(service).subjects().value[0].schema_type == "AVRO"


def test_a_name_with_a_slash_is_one_subject(service: Service) -> None:
    service.answer = Registry(["a/b"])
    assert [subject.name for subject in source(service).subjects().value] == ["a/b"]


@pytest.mark.parametrize("count", [17, 20])
def test_subjects_are_read_page_by_page(service: Service, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr("data.sources.schema_registry.SUBJECTS_A_PAGE", PAGE)
    service.answer = Registry([f"s{number:04}" for number in range(count)])
    found = source(service).subjects()
    assert (len(found.value), found.missing) == (count, ())


def test_a_registry_that_stops_at_a_full_page_is_not_taken_for_complete(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.sources.schema_registry.SUBJECTS_A_PAGE", PAGE)
    service.answer = Registry([f"s{number:04}" for number in range(17)], apicurio=True)
    found = source(service).subjects()
    assert len(found.value) == 10
    assert found.missing == ("The registry gave 10 subjects and no second page; there may be more.",)


def test_an_empty_registry_has_no_subjects(service: Service) -> None:
    service.answer = Registry([])
    assert source(service).subjects().value == ()


def test_a_subject_that_is_deleted_meanwhile_is_left_out_without_a_word(service: Service) -> None:
    registry = Registry(["gone", "kept"])
    registry.broken["gone"] = reply({"error_code": 40401, "message": "Subject not found"}, 404)
    service.answer = registry
    found = source(service).subjects()
    assert ([subject.name for subject in found.value], found.missing) == (["kept"], ())


def test_a_subject_that_the_registry_cannot_give_is_named(service: Service) -> None:
    registry = Registry(["bad", "good"])
    registry.broken["bad"] = reply({"error_code": 50001, "message": "Error in the backend data store"}, 500)
    service.answer = registry
    found = source(service).subjects()
    assert [subject.name for subject in found.value] == ["good"]
    assert len(found.missing) == 1
    assert found.missing[0].startswith("Subject bad: ")


def test_no_subject_readable_is_a_failure_and_not_an_empty_registry(service: Service) -> None:
    registry = Registry(["a", "b"])
    registry.broken = {name: reply({"message": "broken"}, 500) for name in registry.names}
    service.answer = registry
    with pytest.raises(SourceFailure) as raised:
        source(service).subjects()
    assert raised.value.kind is FailureKind.BAD_ANSWER


def test_a_refusal_ends_the_reading(service: Service) -> None:
    registry = Registry([f"s{number:03}" for number in range(500)])
    registry.broken = {name: reply({"message": "forbidden"}, 403) for name in registry.names}
    service.answer = registry
    with pytest.raises(SourceFailure) as raised:
        source(service).subjects()
    assert raised.value.kind is FailureKind.FORBIDDEN


def test_a_web_page_or_another_api_is_a_bad_answer(service: Service) -> None:
    service.answer = lambda _: reply({"subjects": []})
    with pytest.raises(SourceFailure) as raised:
        source(service).subjects()
    assert raised.value.kind is FailureKind.BAD_ANSWER
