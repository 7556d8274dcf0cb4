"""What went wrong in the invented past: incidents with a name, a cause and a time before the end of the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Template:
    """An incident without a date.

    days_ago: from its start to the end of the history. brokers: whom it befell (from 1 on). down: they answer nothing,
    neither clients nor Prometheus, and count from zero afterwards. code, share: they answer this share of produce
    requests with that error. lag: messages that their replicas are behind. blind: Prometheus itself was off, so there
    are no samples while everything else went on.
    """

    name: str
    story: str
    days_ago: float
    minutes: int
    brokers: tuple[int, ...] = (1, 2, 3)
    down: bool = False
    code: str | None = None
    share: float = 0.0
    lag: int = 0
    blind: bool = False


TEMPLATES = (
    Template("switch-failure", "A switch failed and no broker could be reached.", 26.3, 1, down=True),
    Template("lost-machine", "Broker 2's machine was lost and had to be replaced.", 22.1, 25, (2,), down=True),
    Template(
        "revoked-permission",
        "A team's WRITE permission was taken back by mistake; the fault is the client's in the budget's eyes.",
        18.0,
        180,
        code="TOPIC_AUTHORIZATION_FAILED",
        share=0.01,
    ),
    Template("upgrade-broker-1", "Upgrade, first broker.", 15.0, 2, (1,), down=True),
    Template("upgrade-broker-2", "Upgrade, second broker.", 14.99, 2, (2,), down=True),
    Template("upgrade-broker-3", "Upgrade, third broker.", 14.98, 2, (3,), down=True),
    Template(
        "isr-shrunk",
        "Replicas fell out of sync; brokers 1 and 3 refused a part of what needed two of them.",
        12.4,
        14,
        (1, 3),
        code="NOT_ENOUGH_REPLICAS",
        share=0.08,
    ),
    Template("monitoring-gap", "Prometheus was moved to another machine.", 9.5, 30, blind=True),
    Template(
        "slow-disk",
        "Broker 3's disk was slow; replicas fell behind and some produces timed out.",
        6.2,
        90,
        (3,),
        code="REQUEST_TIMED_OUT",
        share=0.006,
        lag=3_500,
    ),
    Template(
        "oversized-campaign",
        "A campaign's records were larger than the topic allows; the fault is the client's.",
        3.3,
        40,
        (1, 2),
        code="MESSAGE_TOO_LARGE",
        share=0.02,
    ),
    # Shortly before the end every broker counts from zero, so that no live counter can start above its past.
    Template("restart-broker-1", "Planned restart, first broker.", 0.70, 2, (1,), down=True),
    Template("restart-broker-2", "Planned restart, second broker.", 0.69, 2, (2,), down=True),
    Template("restart-broker-3", "Planned restart, third broker.", 0.68, 2, (3,), down=True),
)


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident that happened: [start, end) in whole minutes."""

    template: Template
    start: datetime
    end: datetime

    def to_json(self, bad: int) -> dict[str, Any]:
        """What a reader of the history wants to know. bad: error answers to produce requests that it caused."""
        return {
            "name": self.template.name,
            "story": self.template.story,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "brokers": list(self.template.brokers),
            "down": self.template.down,
            "blind": self.template.blind,
            "code": self.template.code,
            "bad": bad,
        }


def happened(start: datetime, end: datetime, templates: tuple[Template, ...] = TEMPLATES) -> tuple[Incident, ...]:
    """The incidents that lie wholly between start and end (whole minutes), earliest first."""
    found = []
    for template in templates:
        since = end - round(template.days_ago * 1440) * MINUTE
        until = since + template.minutes * MINUTE
        if start < since and until < end:
            found.append(Incident(template, since, until))
    return tuple(sorted(found, key=lambda incident: incident.start))
