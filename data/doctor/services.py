"""What the schema registry, Kafka Connect and Alertmanager answer."""

from __future__ import annotations

from collections import Counter

from data.doctor.report import Check, SourceReport, Verdict, failed, not_configured, tried
from data.settings import ClusterSettings
from data.sources.connect import ConnectSource
from data.sources.failures import SourceFailure
from data.sources.http import HttpSession
from data.sources.schema_registry import SchemaRegistrySource

NO_REGISTRY = "Schemas, their levels and contracts are unknown."
NO_CONNECT = "Connectors, their states and dead letter queues are unknown."
NO_ALERTMANAGER = "Where alerts go is unknown."


def examine_registry(cluster: ClusterSettings) -> SourceReport:
    """Reachable, the global level, and how many subjects there are."""
    if cluster.registry is None:
        return not_configured("registry", NO_REGISTRY, "registry.url")
    source = SchemaRegistrySource(cluster.registry)
    try:
        level = source.global_level()
    except SourceFailure as failure:
        return SourceReport("registry", cluster.registry.url, (failed("connection", failure, NO_REGISTRY),))
    else:
        checks = (Check("connection", Verdict.OK, "answers as Confluent's API does"), _level(level), _subjects(source))
        return SourceReport("registry", cluster.registry.url, checks)
    finally:
        source.close()


def _level(level: str) -> Check:
    if level == "NONE":
        return Check(
            "global level",
            Verdict.LACKING,
            "NONE: a subject without its own level accepts any change",
            "Contracts are registered and not enforced.",
            "Set the global compatibility level, BACKWARD for instance.",
        )
    return Check("global level", Verdict.OK, level)


def _subjects(source: SchemaRegistrySource) -> Check:
    def judge(seen: tuple[int, tuple[str, ...]]) -> Check:
        count, missing = seen
        if missing:
            return Check("subjects", Verdict.LACKING, f"{count} read", f"{len(missing)} could not be: {missing[0]}")
        return Check("subjects", Verdict.OK, f"{count} read")

    def look() -> tuple[int, tuple[str, ...]]:
        found = source.subjects()
        return len(found.value), found.missing

    return tried("subjects", NO_REGISTRY, look, judge)


def examine_connect(cluster: ClusterSettings) -> SourceReport:
    """Reachable, and the connectors' states."""
    if cluster.connect is None:
        return not_configured("connect", NO_CONNECT, "connect.url")
    source = ConnectSource(cluster.connect)
    try:
        version = source.version()
        connectors = source.connectors().value
    except SourceFailure as failure:
        return SourceReport("connect", cluster.connect.url, (failed("connection", failure, NO_CONNECT),))
    else:
        states = Counter(connector.state for connector in connectors)
        counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
        checks = (
            Check("connection", Verdict.OK, f"Kafka Connect {version}"),
            Check("connectors", Verdict.OK, f"{counted}; secrets in their configs are redacted"),
        )
        return SourceReport("connect", cluster.connect.url, checks)
    finally:
        source.close()


def examine_alertmanager(cluster: ClusterSettings) -> SourceReport:
    """Reachable."""
    if cluster.alertmanager is None:
        return not_configured("alertmanager", NO_ALERTMANAGER, "alertmanager.url")
    session = HttpSession("Alertmanager", cluster.alertmanager)
    try:
        status = session.get_json("/api/v2/status")
    except SourceFailure as failure:
        return SourceReport("alertmanager", cluster.alertmanager.url, (failed("connection", failure, NO_ALERTMANAGER),))
    else:
        version = status.get("versionInfo", {}).get("version", "unknown") if isinstance(status, dict) else "unknown"
        check = Check("connection", Verdict.OK, f"Alertmanager {version}")
        return SourceReport("alertmanager", cluster.alertmanager.url, (check,))
    finally:
        session.close()
