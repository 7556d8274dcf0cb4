"""What the estate shows for the register: technologies and teams. Use cases are people's knowledge alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dashboard.wording import plural
from data.store.read import ConnectorRow, GroupRow, SubjectRow, TopicRow
from scoring.evidence.finding import Finding, Outcome
from scoring.evidence.naming import bare_principal
from scoring.evidence.probes.l2_1_independent_teams import PROBE as TEAMS_PROBE
from scoring.maturity.inventory import EntryKind, Observed


def observed_technologies(
    topics: Iterable[TopicRow],
    groups: Iterable[GroupRow],
    subjects: Iterable[SubjectRow],
    connectors: Iterable[ConnectorRow],
) -> tuple[Observed, ...]:
    """Technologies by what they leave behind in the estate."""
    found: list[Observed] = []
    clusters = Counter(one.cluster for one in topics)
    found += [Observed(EntryKind.TECHNOLOGY, f"Apache Kafka, {name}", plural(number, "topic"))
              for name, number in sorted(clusters.items())]  # fmt: skip
    kinds = Counter(one.schema_type for one in subjects)
    found += [Observed(EntryKind.TECHNOLOGY, f"Schema registry, {kind}", plural(number, "schema"))
              for kind, number in sorted(kinds.items())]  # fmt: skip
    links = list(connectors)
    if links:
        found.append(Observed(EntryKind.TECHNOLOGY, "Kafka Connect", plural(len(links), "connector")))
    protocols = Counter(one.type.lower() for one in groups)
    streams = protocols.get("streams", 0)
    if streams:
        found.append(Observed(EntryKind.TECHNOLOGY, "Kafka Streams", plural(streams, "application")))
    return tuple(found)


def observed_teams(findings: Iterable[Finding]) -> tuple[Observed, ...]:
    """Teams as the probe of independent teams tells them apart."""
    mine = [one for one in findings if one.probe == TEAMS_PROBE.id and one.aspect == "teams"]
    return tuple(
        Observed(EntryKind.TEAM, bare_principal(one.about.name), one.sentence)
        for one in mine
        if one.outcome is Outcome.TRUE
    )
