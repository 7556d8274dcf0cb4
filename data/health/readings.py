"""One answer about a cluster's health, as it is collected, kept and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.health.questions import HealthKey
from scoring.catalog.estate import ClusterName


@dataclass(frozen=True, slots=True)
class HealthValue:
    """One series of an answer; finite."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class HealthReading:
    """What was answered to one question.

    query: the PromQL that found it, or the last one that found nothing. dialect: whose names it has; empty when the
    metric is not exported here under any known name, which `values` None says as well.
    """

    key: HealthKey
    query: str
    dialect: str
    observed_at: datetime
    values: tuple[HealthValue, ...] | None


@dataclass(frozen=True, slots=True)
class HealthRow:
    """A reading and whose it is."""

    cluster: ClusterName
    reading: HealthReading
