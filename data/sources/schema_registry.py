"""Subjects and their schemas, from a registry that speaks Confluent's REST API.

Registries that imitate it differ in small ways. Apicurio, for one, answers a subject's level with the global one where
Confluent says that it has none, and gives no more than 1 000 subjects however many there are. Both are noticed and not
believed: where no subject is ever said to lack a level, one that equals the global level is taken to be inherited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from data.settings import RegistrySettings
from data.sources.failures import SourceFailure
from data.sources.http import HttpSession, NotFound
from scoring.catalog.estate import (
    FailureKind,
    Present,
    SchemaReference,
    SchemaVersion,
    Subject,
    SubjectName,
)

REQUESTS_AT_ONCE = 8
SUBJECTS_A_PAGE = 1_000

NO_LEVEL_OF_ITS_OWN = 40408
"""Confluent's error code for a subject that inherits the global level."""

_ENDS_ALL = {FailureKind.UNREACHABLE, FailureKind.TIMEOUT, FailureKind.FORBIDDEN}
"""Failures that the next subject would meet as well."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A subject as it was read; level_is_lacking: the registry said that it has no level of its own."""

    subject: Subject
    level_is_lacking: bool


def _now() -> datetime:
    return datetime.now(UTC)


class SchemaRegistrySource:
    """One schema registry. Every method raises SourceFailure."""

    def __init__(
        self, settings: RegistrySettings, timeout: float | None = None, clock: Callable[[], datetime] = _now
    ) -> None:
        self._session = HttpSession("The schema registry", settings, REQUESTS_AT_ONCE)
        self._timeout = timeout
        self._clock = clock

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def global_level(self) -> str:
        """The compatibility level that subjects without their own inherit."""
        return self._level(self._get("/config"))

    def subjects(self) -> Present[tuple[Subject, ...]]:
        """Every subject with its versions, its newest schema and its own level, by name.

        A subject that is deleted while we read is left out, because it is gone; one that the registry cannot give is
        named in `missing`.
        """
        inherited = self.global_level()
        names, cut = self._names()
        found: list[_Read] = []
        missing: list[str] = []
        with ThreadPoolExecutor(REQUESTS_AT_ONCE, thread_name_prefix="registry") as pool:
            for name, read in zip(names, pool.map(self._try, names), strict=True):
                if isinstance(read, _Read):
                    found.append(read)
                elif read is not None:
                    missing.append(f"Subject {name}: {read.sentence}")
        if missing and not found:
            raise SourceFailure(FailureKind.BAD_ANSWER, missing[0], "Look into the registry's log.")
        tells_apart = any(read.level_is_lacking for read in found)
        subjects = tuple(
            read.subject
            if tells_apart or read.subject.compatibility != inherited
            else replace(read.subject, compatibility=None)
            for read in found
        )
        return Present(subjects, self._clock(), "GET /subjects", (*missing, *cut))

    def _names(self) -> tuple[list[str], tuple[str, ...]]:
        """The names of all subjects in order, and a warning when there may be more than the registry gave."""
        names = self._page("/subjects")
        while len(names) % SUBJECTS_A_PAGE == 0 and names:
            page = self._page("/subjects", {"offset": len(names), "limit": SUBJECTS_A_PAGE})
            fresh = set(page) - set(names)
            if page and not fresh:
                cut = f"The registry gave {len(names)} subjects and no second page; there may be more."
                return sorted(names), (cut,)
            if not fresh:
                break
            names += sorted(fresh)
        return sorted(names), ()

    def _page(self, path: str, params: dict[str, Any] | None = None) -> list[str]:
        page = self._get(path, params)
        if not isinstance(page, list):
            raise self._strange(path)
        return [str(name) for name in page]

    def _try(self, name: str) -> _Read | SourceFailure | None:
        """The subject; None when it has gone, a failure when only this one cannot be read."""
        try:
            return self._subject(name)
        except SourceFailure as failure:
            if failure.kind in _ENDS_ALL:
                raise
            return failure

    def _subject(self, name: str) -> _Read | None:
        path = f"/subjects/{quote(name, safe='')}/versions"
        versions = self._find(path)
        latest = self._find(f"{path}/latest")
        if isinstance(versions, NotFound) or isinstance(latest, NotFound):
            return None
        config = self._find(f"/config/{quote(name, safe='')}", {"defaultToGlobal": "false"})
        level = None if isinstance(config, NotFound) else self._level(config)
        lacking = isinstance(config, NotFound) and config.error_code == NO_LEVEL_OF_ITS_OWN
        try:
            subject = Subject(
                name=SubjectName(name),
                schema_type=str(latest.get("schemaType") or "AVRO"),
                compatibility=level,
                versions=tuple(sorted(int(version) for version in versions)),
                latest=SchemaVersion(
                    version=int(latest["version"]),
                    schema_id=int(latest["id"]),
                    text=str(latest["schema"]),
                    references=tuple(_references(latest.get("references") or ())),
                ),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._strange(path) from error
        return _Read(subject, lacking)

    def _level(self, config: Any) -> str:
        """Confluent says compatibilityLevel when asked and compatibility when told; some imitations mix them up."""
        level = config.get("compatibilityLevel") or config.get("compatibility") if isinstance(config, dict) else None
        if not isinstance(level, str):
            raise self._strange("/config")
        return level

    def _get(self, path: str, params: dict[str, Any] | None = None) -> Any:
        return self._session.get_json(path, params, self._timeout)

    def _find(self, path: str, params: dict[str, Any] | None = None) -> Any:
        return self._session.find_json(path, params, self._timeout)

    def _strange(self, path: str) -> SourceFailure:
        return SourceFailure(
            FailureKind.BAD_ANSWER,
            f"The schema registry at {self._session.base} answered {path} in a form that is not Confluent's.",
            "Check that the URL ends where Confluent's API begins (Apicurio: /apis/ccompat/v7).",
        )


def _references(raw: Iterable[dict[str, Any]]) -> Iterable[SchemaReference]:
    for one in raw:
        yield SchemaReference(str(one["name"]), SubjectName(str(one["subject"])), int(one["version"]))
