"""Which topics are under contract, by which schemas, and which of the registered schemas should not be there."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from data.sampling.checks import Check, UnusableSchema, checker
from data.settings import RegistrySettings
from data.sources.failures import SourceFailure
from data.sources.http import HttpSession, NotFound
from scoring.catalog.estate import FailureKind

LOGGER = logging.getLogger("streamgauge.sampling")

SUFFIX = "-value"
EARLIER_VERSIONS = 10
"""Under a transitive level a version is compared with at most this many before it."""

_JSON = {"Content-Type": "application/vnd.schemaregistry.v1+json"}


class Flaw(StrEnum):
    """What is wrong with a registered schema: it does not parse, or it breaks its subject's compatibility level."""

    UNPARSEABLE = "unparseable"
    INCOMPATIBLE = "incompatible"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a subject. check: how its values are judged; None when the schema cannot be used."""

    number: int
    schema_id: int
    text: str
    kind: str
    references: tuple[Mapping[str, Any], ...]
    check: Check | None


class Contracts:
    """A registry's contracts, read again and again; versions never change, so each is fetched once. For one thread."""

    def __init__(self, settings: RegistrySettings) -> None:
        self._session = HttpSession("The schema registry", settings)
        self._versions: dict[str, dict[int, Version]] = {}
        self._judged: set[tuple[str, int, str]] = set()
        self.flaws: dict[tuple[str, Flaw], set[int]] = {}
        self.judged = 0
        self.complete = False
        """True once every version has been judged; before that `flaws` may lack some."""

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def refresh(self, topics: Iterable[str]) -> None:
        """Read the subjects of these topics, and judge versions that are new. Raises SourceFailure."""
        names = self._json("/subjects")
        wanted = {f"{topic}{SUFFIX}" for topic in topics} & set(names if isinstance(names, list) else ())
        self._versions = {subject: self._versions.get(subject, {}) for subject in sorted(wanted)}
        for subject in self._versions:
            self._refresh_subject(subject)
        for subject in self._versions:
            self._judge(subject)
        self.complete = True

    def under_contract(self) -> frozenset[str]:
        """The topics that have a subject."""
        return frozenset(subject.removesuffix(SUFFIX) for subject in self._versions)

    def subjects(self) -> tuple[str, ...]:
        """The subjects of those topics."""
        return tuple(self._versions)

    def schemas(self, topic: str) -> Mapping[int, Check | None]:
        """Schema id → how values are judged, for every version of the topic's subject."""
        versions = self._versions.get(f"{topic}{SUFFIX}", {})
        return {version.schema_id: version.check for version in versions.values()}

    def look_again(self, topic: str) -> None:
        """Read the topic's subject now: a record names an id that was not there a moment ago. Raises SourceFailure."""
        self._refresh_subject(f"{topic}{SUFFIX}")

    def _refresh_subject(self, subject: str) -> None:
        known = self._versions.setdefault(subject, {})
        path = f"/subjects/{quote(subject, safe='')}/versions"
        numbers = self._session.find_json(path)
        if isinstance(numbers, NotFound):
            return
        for number in numbers:
            if number not in known:
                known[number] = self._version(path, number)

    def _version(self, path: str, number: int) -> Version:
        found = self._json(f"{path}/{number}")
        try:
            kind, text = str(found.get("schemaType") or "AVRO"), str(found["schema"])
            references = tuple(found.get("references") or ())
            schema_id = int(found["id"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SourceFailure(
                FailureKind.BAD_ANSWER,
                f"The schema registry at {self._session.base} answered {path} in a form that is not Confluent's.",
                "Check that the URL ends where Confluent's API begins (Apicurio: /apis/ccompat/v7).",
            ) from error
        try:
            check = checker(kind, text, self._referred(references))
        except UnusableSchema:
            check = None
        return Version(number, schema_id, text, kind, references, check)

    def _referred(self, references: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Name → text of all that is referred to, what is needed first first."""
        found: dict[str, str] = {}
        for reference in references:
            path = f"/subjects/{quote(str(reference['subject']), safe='')}/versions/{int(reference['version'])}"
            answer = self._json(path)
            found |= self._referred(answer.get("references") or ())
            found[str(reference["name"])] = str(answer["schema"])
        return found

    def _judge(self, subject: str) -> None:
        """Judge every version that was not judged under the subject's level of now."""
        versions = self._versions[subject]
        level = self._level(subject)
        for number in sorted(versions):
            if (subject, number, level) in self._judged:
                continue
            version = versions[number]
            if version.check is None:
                self._found(subject, Flaw.UNPARSEABLE, number)
            elif level != "NONE" and self._breaks(subject, version, level):
                self._found(subject, Flaw.INCOMPATIBLE, number)
            self._judged.add((subject, number, level))
            self.judged += 1

    def _found(self, subject: str, flaw: Flaw, number: int) -> None:
        self.flaws.setdefault((subject, flaw), set()).add(number)
        LOGGER.warning("subject %s, version %d: %s", subject, number, flaw.value)

    def _level(self, subject: str) -> str:
        own = self._session.find_json(f"/config/{quote(subject, safe='')}", {"defaultToGlobal": "true"})
        config = self._json("/config") if isinstance(own, NotFound) else own
        return str(config.get("compatibilityLevel") or config.get("compatibility") or "NONE")

    def _breaks(self, subject: str, version: Version, level: str) -> bool:
        """True when the registry calls it incompatible with one before it. What it cannot compare is no violation."""
        before = [number for number in sorted(self._versions[subject]) if number < version.number]
        compared = before[-EARLIER_VERSIONS:] if level.endswith("_TRANSITIVE") else before[-1:]
        return any(self._incompatible(subject, version, number) for number in compared)

    def _incompatible(self, subject: str, version: Version, other: int) -> bool:
        body = {"schema": version.text, "schemaType": version.kind, "references": list(version.references)}
        url = f"{self._session.base}/compatibility/subjects/{quote(subject, safe='')}/versions/{other}"
        try:
            answer = self._session.request("POST", url, data=json.dumps(body), headers=_JSON).json()
        except SourceFailure as failure:
            if failure.kind is not FailureKind.BAD_ANSWER:
                raise
            LOGGER.info("subject %s, version %d cannot be compared: %s", subject, version.number, failure.sentence)
            return False
        return isinstance(answer, dict) and answer.get("is_compatible") is False

    def _json(self, path: str) -> Any:
        return self._session.get_json(path)
