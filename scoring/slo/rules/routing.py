"""Alertmanager's configuration: pages go to PagerDuty and Slack, tickets to Slack and mail, each to the SLO's own team.

Every secret is read from a file beside the configuration, so that the configuration itself can be shown to anybody.
Understood by Alertmanager from 0.25 on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scoring.slo.burn import BURN_PAIRS, Severity
from scoring.slo.definition import SloDefinition
from scoring.slo.policy import SEVERITY as BANDS
from scoring.slo.rules.alerting import pair_name
from scoring.slo.rules.conventions import BAND, PAIR, SEVERITY, SLO
from scoring.slo.rules.promql import any_of, quoted

TEAM = "team"
"""The label of a definition that says who is told."""
SLACK_FILE, PAGERDUTY_FILE, MAIL_FILE = "secrets/slack-url", "secrets/pagerduty-key", "secrets/mail-password"


@dataclass(frozen=True, slots=True)
class Receivers:
    """Where alerts go. A team has its own channel `CHANNEL-TEAM` and its own key in `pagerduty-key-TEAM`."""

    channel: str = "#slo"
    mail_to: str = "slo@example.org"
    mail_from: str = "alertmanager@example.org"
    smarthost: str = "localhost:25"
    mail_user: str = "alertmanager"


def alertmanager_document(
    definitions: Sequence[SloDefinition], cluster: Mapping[str, str] | None = None, receivers: Receivers | None = None
) -> dict[str, Any]:
    """The configuration for the alerts of these SLOs. cluster: labels that the rules were made with."""
    told = receivers or Receivers()
    teams = sorted({definition.labels[TEAM] for definition in definitions if definition.labels.get(TEAM)})
    groups = {label for definition in definitions for label in definition.sli.group_by}
    same = [SLO, *sorted({*(cluster or {}), *groups})]
    return {
        "global": {
            "smtp_smarthost": told.smarthost,
            "smtp_from": told.mail_from,
            "smtp_auth_username": told.mail_user,
            "smtp_auth_password_file": MAIL_FILE,
            "slack_api_url_file": SLACK_FILE,
        },
        "route": {
            "receiver": Severity.TICKET.value,
            "group_by": ["alertname", *same],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": [_route(Severity.PAGE, teams, "1h"), _route(Severity.TICKET, teams, "1d")],
        },
        "inhibit_rules": [
            *_inhibitions(PAIR, [pair_name(pair) for pair in BURN_PAIRS], same),
            *_inhibitions(BAND, [band.value for band in reversed(BANDS)], same),
        ],
        "receivers": [_receiver(severity, team, told) for severity in Severity for team in (None, *teams)],
    }


def _route(severity: Severity, teams: Iterable[str], repeat: str) -> dict[str, Any]:
    route: dict[str, Any] = {
        "matchers": [f'{SLO}!=""', f"{SEVERITY}={quoted(severity.value)}"],
        "receiver": severity.value,
        "repeat_interval": repeat,
    }
    own = [{"matchers": [f"{TEAM}={quoted(team)}"], "receiver": f"{severity.value}-{team}"} for team in teams]
    return {**route, "routes": own} if own else route


def _inhibitions(label: str, worst_first: Sequence[str], same: Sequence[str]) -> list[dict[str, Any]]:
    """Each value of a label silences the lesser ones of the same SLO and group."""
    return [
        {
            "source_matchers": [f"{label}={quoted(value)}"],
            "target_matchers": [f"{label}=~{quoted(any_of(worst_first[index:]).removeprefix('~'))}"],
            "equal": list(same),
        }
        for index, (value, _) in enumerate(pairwise(worst_first), start=1)
    ]


def _receiver(severity: Severity, team: str | None, told: Receivers) -> dict[str, Any]:
    suffix = f"-{team}" if team else ""
    slack = {
        "channel": f"{told.channel}{suffix}",
        "send_resolved": True,
        "title": "{{ .CommonAnnotations.summary }}",
        "text": "{{ range .Alerts }}{{ .Annotations.description }}\n{{ end }}",
    }
    receiver: dict[str, Any] = {"name": f"{severity.value}{suffix}", "slack_configs": [slack]}
    if severity is Severity.PAGE:
        receiver["pagerduty_configs"] = [
            {
                "routing_key_file": f"{PAGERDUTY_FILE}{suffix}",
                "severity": "critical",
                "description": "{{ .CommonAnnotations.summary }}",
            }
        ]
    else:
        receiver["email_configs"] = [{"to": told.mail_to, "send_resolved": True}]
    return receiver
