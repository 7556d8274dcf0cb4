"""Where alerts go, and what silences what."""

from __future__ import annotations

import json
import re

from scoring.slo.rules.routing import alertmanager_document
from tests.integration.slo_rules.definitions import answers, slo

DOCUMENT = alertmanager_document([slo(answers("topic"))], {"cluster": "main"})


def test_no_secret_stands_in_the_configuration() -> None:
    secrets = re.findall(r'"(\w*(?:key|password|api_url)\w*)"', json.dumps(DOCUMENT))
    assert set(secrets) == {"smtp_auth_password_file", "slack_api_url_file", "routing_key_file"}


def test_a_faster_pair_silences_the_slower_ones_of_the_same_slo_and_group_and_never_the_other_way_round() -> None:
    silenced = {
        rule["source_matchers"][0]: rule["target_matchers"][0]
        for rule in DOCUMENT["inhibit_rules"]
        if rule["source_matchers"][0].startswith("slo_pair")
    }
    assert silenced == {
        'slo_pair="1h/5m"': 'slo_pair=~"1d/2h|3d/6h|6h/30m"',
        'slo_pair="6h/30m"': 'slo_pair=~"1d/2h|3d/6h"',
        'slo_pair="1d/2h"': 'slo_pair=~"3d/6h"',
    }
    assert {tuple(rule["equal"]) for rule in DOCUMENT["inhibit_rules"]} == {("slo", "cluster", "topic")}


def test_a_worse_band_silences_the_lesser_ones() -> None:
    silenced = [rule for rule in DOCUMENT["inhibit_rules"] if rule["source_matchers"][0].startswith("slo_band")]
    assert [(rule["source_matchers"], rule["target_matchers"]) for rule in silenced] == [
        (['slo_band="lockdown"'], ['slo_band=~"halt|incident"']),
        (['slo_band="incident"'], ['slo_band=~"halt"']),
    ]


def test_a_team_has_its_own_channel_and_its_own_key() -> None:
    (page,) = (receiver for receiver in DOCUMENT["receivers"] if receiver["name"] == "page-platform")
    assert page["slack_configs"][0]["channel"] == "#slo-platform"
    assert page["pagerduty_configs"][0]["routing_key_file"] == "secrets/pagerduty-key-platform"
