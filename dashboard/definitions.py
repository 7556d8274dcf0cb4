"""The SLO definitions that pages and commands judge by, read once for each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from data.definitions.slo_files import SLOS, Definitions, load_definitions
from scoring.slo.definition import SloDefinition, SloId
from scoring.slo.judging import Terms

PRODUCE_SUCCESS = SloId("produce-success")


@cache
def defined(folder: Path = SLOS) -> Definitions:
    """Everything that a folder defines. Raises DefinitionError, which names file, line and field."""
    return load_definitions(folder)


def definitions() -> tuple[SloDefinition, ...]:
    """Every SLO. Raises DefinitionError, which names file, line and field."""
    return defined().slos


def terms(found: Definitions) -> Terms:
    """What the files of a folder agree on: policies and exemptions."""
    return Terms(policies=found.policies, exemptions=found.exemptions)


def produce_success() -> SloDefinition:
    """The SLO that the overview leads with."""
    return next(definition for definition in definitions() if definition.id == PRODUCE_SUCCESS)
