"""A doctor's report for people, and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from data.doctor.report import Check, ClusterReport, SourceReport, Verdict

_MARKS = {
    Verdict.OK: ("✓", "ok", "green"),
    Verdict.LACKING: ("!", "lacking", "yellow"),
    Verdict.FAILED: ("✗", "failed", "red"),
    Verdict.UNKNOWN: ("?", "unknown", "yellow"),
    Verdict.NOT_CONFIGURED: ("-", "not configured", "dim"),
}
"""Mark, word and colour; the word stands beside the colour."""


def render(reports: Sequence[ClusterReport], console: Console) -> None:
    """Print the reports, one check a line, with what it costs and what to do below it."""
    if not reports:
        console.print("No cluster is configured: streamgauge shows its sample estate.")
        console.print("Name one in streamgauge.yaml; docs/connections.md shows how.")
    for report in reports:
        where = ", ".join(part for part in (report.environment, report.region) if part)
        console.print(Text(f"{report.cluster} ({where})", style="bold"))
        for source in report.sources:
            _source(source, console)


def as_json(reports: Iterable[ClusterReport]) -> list[dict[str, Any]]:
    """The reports as plain values: cluster, environment, region, healthy, sources with reachable and checks."""
    return [
        {
            **asdict(report),
            "healthy": report.healthy,
            "sources": [{**asdict(source), "reachable": source.reachable} for source in report.sources],
        }
        for report in reports
    ]


def _source(source: SourceReport, console: Console) -> None:
    console.print(Padding(Text(f"{source.source}  {source.address}".rstrip(), style="underline"), (1, 0, 0, 2)))
    for check in source.checks:
        _check(check, console)


def _check(check: Check, console: Console) -> None:
    mark, word, colour = _MARKS[check.verdict]
    line = Text(f"{mark} ", style=colour)
    line.append(f"{check.name}: ", style="bold")
    line.append(check.sentence)
    if check.verdict not in {Verdict.OK, Verdict.NOT_CONFIGURED}:
        line.append(f"  [{word}]", style=colour)
    console.print(Padding(line, (0, 0, 0, 4)))
    if check.costs:
        console.print(Padding(Text(f"Costs: {check.costs}"), (0, 0, 0, 6)))
    if check.remedy:
        console.print(Text(f"      Do: {check.remedy}"), soft_wrap=True)
