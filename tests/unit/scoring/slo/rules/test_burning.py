"""Which burn alerts an SLO has."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from scoring.slo.definition import SloDefinition
from scoring.slo.rules.burning import burn_pairs
from scoring.slo.rules.generating import slo_rules
from scoring.slo.rules.model import AlertRule, RulesError
from scoring.slo.windows import CalendarUnit, CalendarWindow, RollingWindow, Window
from tests.integration.slo_rules.definitions import answers, lag, slo

MONTH = RollingWindow(timedelta(days=30))


def found(objective: str, window: Window = MONTH) -> dict[str, tuple[Decimal, Decimal, int]]:
    pairs, _ = burn_pairs(slo(answers(), objective, window))
    return {pair.tier.name: (pair.factor, pair.limit, pair.least) for pair in pairs}


def test_over_thirty_days_the_pairs_burn_as_in_the_sre_workbook_with_the_digits_of_the_objective() -> None:
    assert found("0.9999") == {
        "1h/5m": (Decimal("14.4"), Decimal("0.00144"), 695),
        "6h/30m": (Decimal(6), Decimal("0.0006"), 1667),
        "1d/2h": (Decimal(3), Decimal("0.0003"), 3334),
        "3d/6h": (Decimal(1), Decimal("0.0001"), 10_000),
    }


def test_a_pair_that_can_never_fire_is_dropped_with_a_sentence_and_the_others_stay() -> None:
    # 14.4 × 7 % is more than everything; 6 × 7 % is 42 %.
    definition = slo(answers(), "0.93", MONTH)
    pairs, dropped = burn_pairs(definition)
    assert [pair.tier.name for pair in pairs] == ["6h/30m", "1d/2h", "3d/6h"]
    assert dropped == (
        "service: the 1h/5m alert is left out: it can never fire, for 14.4 times a budget of 7 % is not below 100 %.",
    )
    rules = slo_rules(definition)
    assert rules.warnings == dropped
    alerts = [rule for group in rules.groups for rule in group.rules if isinstance(rule, AlertRule)]
    assert [alert.labels["slo_pair"] for alert in alerts if alert.alert == "SloBudgetBurn"] == [
        "6h/30m",
        "1d/2h",
        "3d/6h",
    ]


def test_the_highest_objective_at_which_a_pair_cannot_fire_is_exact() -> None:
    # 14.4 × budget = 1 at an objective of 93.0555… %.
    assert "1h/5m" not in found("0.93055")
    assert "1h/5m" in found("0.93056")


def test_over_a_week_a_share_of_the_budget_is_reached_at_lower_rates_and_a_rate_below_1_is_no_alert() -> None:
    assert {name: factor for name, (factor, _, _) in found("0.99", RollingWindow(timedelta(days=7))).items()} == {
        "1h/5m": Decimal("3.36"),
        "6h/30m": Decimal("1.4"),
    }


def test_a_calendar_month_counts_as_thirty_days() -> None:
    window = CalendarWindow(1, CalendarUnit.MONTH, "Europe/Berlin", date(2026, 1, 1))
    assert found("0.99", window)["1h/5m"][0] == Decimal("14.4")


def test_bad_minutes_are_alerted_on_without_a_least_number() -> None:
    pairs, _ = burn_pairs(slo(lag(), "0.95", MONTH))
    assert {pair.least for pair in pairs} == {0}


@pytest.mark.parametrize("label", ["slo", "slo_window", "slo_component"])
def test_a_group_label_that_the_rules_set_themselves_is_refused(label: str) -> None:
    definition: SloDefinition = slo(answers(label))
    with pytest.raises(RulesError, match=f"service: the rules set the label {label} themselves"):
        slo_rules(definition)
