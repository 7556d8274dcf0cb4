"""The SLO definitions that pages and commands judge by, read once for each process."""

from __future__ import annotations

from functools import cache

from data.definitions.slo_files import load_slos
from scoring.slo.definition import SloDefinition, SloId

PRODUCE_SUCCESS = SloId("produce-success")


@cache
def definitions() -> tuple[SloDefinition, ...]:
    """Every SLO. Raises DefinitionError, which names file, line and field."""
    return load_slos()


def produce_success() -> SloDefinition:
    """The SLO that the overview leads with."""
    return next(definition for definition in definitions() if definition.id == PRODUCE_SUCCESS)
