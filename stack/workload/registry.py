"""The few calls of the Confluent Schema Registry API that the workload needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from stack.state import StackError
from stack.workload.company import Format

TIMEOUT = 15.0
HEADERS = {"Content-Type": "application/vnd.schemaregistry.v1+json"}
KIND = {Format.AVRO: "AVRO", Format.JSON: "JSON"}


class RegistryError(StackError):
    """The registry refused or did not answer."""


@dataclass(frozen=True, slots=True)
class RegisteredSchema:
    """A schema as the registry gives it back by id; kind is AVRO or JSON."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Registry:
    """A schema registry at a base address."""

    url: str

    def versions(self, subject: str) -> list[int]:
        """The subject's versions; empty when there is no such subject."""
        answer = self._call("GET", f"/subjects/{quote(subject, safe='')}/versions", missing_is=[])
        return list(answer)

    def register(self, subject: str, form: Format, schema: Mapping[str, Any]) -> int:
        """Make that schema the subject's newest version, unless it is one already, and return its id."""
        body = {"schemaType": KIND[form], "schema": json.dumps(schema)}
        return int(self._call("POST", f"/subjects/{quote(subject, safe='')}/versions", body)["id"])

    def by_id(self, schema_id: int) -> RegisteredSchema | None:
        """The schema of that id, or None when the registry does not know it."""
        answer = self._call("GET", f"/schemas/ids/{schema_id}", missing_is=None)
        return None if answer is None else RegisteredSchema(answer.get("schemaType", "AVRO"), answer["schema"])

    def _call(self, method: str, path: str, body: object = None, missing_is: Any = ...) -> Any:
        """One call. missing_is: what a 404 means; where it is not given, a 404 is an error like any other."""
        try:
            answer = requests.request(method, self.url + path, json=body, headers=HEADERS, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise RegistryError(f"The registry at {self.url} did not answer {method} {path}: {error}.") from error
        if answer.status_code == requests.codes.not_found and missing_is is not ...:
            return missing_is
        if not answer.ok:
            raise RegistryError(f"The registry answered {answer.status_code} to {method} {path}: {answer.text[:300]}")
        return answer.json()
