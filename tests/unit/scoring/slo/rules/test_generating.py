"""Which burn alerts an SLO has."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scoring.slo.definition import SloDefinition
from scoring.slo.rules.generating import slo_rules
from scoring.slo.rules.model import AlertRule, RulesError
from scoring.slo.windows import CalendarUnit, CalendarWindow, RollingWindow, Window
from tests.integration.slo_rules.definitions import answers, slo

MONTH = RollingWindow(timedelta(days=30))


def alerts(objective: str, window: Window = MONTH) -> dict[str, AlertRule]:
    """Burn alerts by pair."""
    rules = [rule for group in slo_rules(slo(answers(), objective, window)).groups for rule in group.rules]
    found = [rule for rule in rules if isinstance(rule, AlertRule) and rule.alert == "SloBudgetBurn"]
    return {rule.labels["slo_pair"]: rule for rule in found}


def test_thresholds_have_the_digits_of_the_objective_and_pairs_need_enough_events_for_one_not_to_matter() -> None:
    found = alerts("0.9999")
    for pair, window, limit, least in (
        ("1h/5m", "1h", "0.00144", 695),
        ("6h/30m", "6h", "0.0006", 1667),
        ("1d/2h", "1d", "0.0003", 3334),
        ("3d/6h", "3d", "0.0001", 10_000),
    ):
        total = f'slo:total:sum{{slo="service",slo_window="{window}"}}'
        assert f"> {limit} * {total}" in found[pair].expr
        assert f"{total} >= {least}" in found[pair].expr


def test_a_pair_that_can_never_fire_is_dropped_with_a_sentence_and_the_others_stay() -> None:
    # 14.4 × 7 % is more than everything; 6 × 7 % is 42 %.
    assert list(alerts("0.93")) == ["6h/30m", "1d/2h", "3d/6h"]
    (warning,) = slo_rules(slo(answers(), "0.93", MONTH)).warnings
    assert warning == "service: alert page 1h/5m can never fire: 14.4 times the budget is 100.8 % of all."


def test_a_calendar_window_is_warned_about() -> None:
    window = CalendarWindow(1, CalendarUnit.MONTH, "Europe/Berlin", date(2026, 1, 1))
    (warning,) = slo_rules(slo(answers(), "0.99", window)).warnings
    assert warning.startswith("service: the rules record no remaining budget and alert on no band")


@pytest.mark.parametrize("label", ["slo", "slo_window", "slo_component"])
def test_a_group_label_that_the_rules_set_themselves_is_refused(label: str) -> None:
    definition: SloDefinition = slo(answers(label))
    with pytest.raises(RulesError, match=f"service: the rules set the label {label} themselves"):
        slo_rules(definition)
