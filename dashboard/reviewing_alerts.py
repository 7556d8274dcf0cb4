"""What the generated rules fire in Prometheus about one budget, as the review's table shows it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dashboard.verdict import SILENCE
from data.health.questions import HealthKey
from data.health.readings import HealthRow
from scoring.slo.rules.conventions import (
    BAND,
    BAND_ALERT,
    BURN_ALERT,
    INVARIANT_ALERT,
    NO_DATA_ALERT,
    PAIR,
    SEVERITY,
    SLO,
)
from scoring.slo.slices import READING_DELAY
from scoring.slo.status import SloStatus, rfc3339

OLD = SILENCE + READING_DELAY
"""An answer that was given longer before the numbers than this says nothing about them."""

_KINDS = {BURN_ALERT: "burn", BAND_ALERT: "band", INVARIANT_ALERT: "violated", NO_DATA_ALERT: "no data"}


def alert_answers(health: Iterable[HealthRow]) -> list[HealthRow]:
    """The answers about alerts among those about the brokers' health, one a cluster."""
    return [row for row in health if row.reading.key is HealthKey.ALERTS]


def alerts_about(status: SloStatus, group_by: Iterable[str], answers: Iterable[HealthRow]) -> dict[str, Any] | None:
    """The alerts of one budget, of JSON's types; None when Prometheus was not asked, or too long before or after.

    group_by: labels that tell the SLO's groups apart. rules: whether any rule is evaluated for the SLO. firing: what
    fires, by severity and kind, pages before tickets.
    """
    group = {label: status.labels.get(label) for label in group_by} if status.group else {}
    for row in answers:
        reading = row.reading
        if row.cluster != status.cluster or not _is_of(status.as_of, reading.observed_at):
            continue
        about = [value for value in reading.values or () if value.labels.get(SLO) == status.id]
        firing = (value.labels for value in about if value.value > 0)
        return {
            "rules": bool(about),
            "firing": sorted({_name(one) for one in firing if all(one.get(k) == v for k, v in group.items())}),
            "observed_at": rfc3339(reading.observed_at),
        }
    return None


def _is_of(as_of: datetime, observed_at: datetime) -> bool:
    """True when the answer was given about the time of the numbers."""
    return abs(observed_at - as_of) <= OLD


def _name(labels: Mapping[str, str]) -> str:
    """Severity, kind, and which pair of windows or band: `page: burn 1h/5m`."""
    kind = labels.get("alertname", "")
    which = labels.get(PAIR) or labels.get(BAND) or ""
    return f"{labels.get(SEVERITY) or 'alert'}: {_KINDS.get(kind, kind)} {which}".rstrip()
