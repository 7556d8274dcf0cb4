"""What the roadmap page looks at: where we stand, what was said about each item, and what the estate shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.components.maturity import seen as maturity
from dashboard.context import PageContext
from dashboard.maturity import Told
from dashboard.maturity_kpis import measured
from dashboard.maturity_register import observed_teams, observed_technologies
from dashboard.rubrics import instance_rubric
from scoring.maturity.inventory import Line, register
from scoring.maturity.kpis import KpiSeries, series
from scoring.maturity.roadmap import Roadmap, roadmap
from scoring.maturity.rubric import Rubric

SINCE = timedelta(days=100)
"""Incidents of this time and a little more are looked at."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the roadmap starts. told: the newest closed assessment, None before there is one. rubric: its own one."""

    rubric: Rubric
    told: Told | None
    roadmap: Roadmap
    today: date


def standing(context: PageContext) -> Standing:
    """The roadmap at the page's moment. Raises RecordError, ValueError."""
    told = maturity.newest(context)
    rubric = instance_rubric(context.instance.settings) if told is None else told.rubric
    level, satisfied = (1, frozenset()) if told is None else (told.level, told.satisfied)
    steps = context.store.roadmaps.steps(context.asof)
    return Standing(rubric, told, roadmap(rubric, level, satisfied, steps), context.moment.date())


def figures(context: PageContext, rubric: Rubric) -> tuple[KpiSeries, ...]:
    """Every figure as a series; what is measured is measured once an hour for everybody."""
    hour = context.moment.replace(minute=0, second=0, microsecond=0)
    happened = context.store.annotations.rows(hour - SINCE, context.moment, asof=context.asof)
    said = repr((context.store.registers.steps(context.asof), happened))
    found = context.reader.ask(("kpis", hour, said), lambda read: measured(read, context.store, context.moment))
    return series(rubric.kpis, found, context.store.figures.entries(context.asof))


def lines(context: PageContext) -> tuple[Line, ...]:
    """The register: what the estate shows, completed by hand."""
    cluster, asof = context.cluster, context.asof
    technologies = context.reader.ask(
        ("technologies", cluster, asof),
        lambda read: observed_technologies(
            read.topics(cluster, asof),
            read.groups(cluster, asof),
            read.subjects(cluster, asof),
            read.connectors(cluster, asof),
        ),
    )
    teams = observed_teams(context.store.findings.latest(cluster, asof))
    return register((*technologies, *teams), context.store.registers.steps(asof))
