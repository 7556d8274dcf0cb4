"""The rubric that ships has what the maturity model has, counted by hand from it."""

from __future__ import annotations

from dataclasses import astuple
from fractions import Fraction
from itertools import chain

import pytest

from data.definitions.rubric import load_rubric
from scoring.evidence.probes import (
    every_probe,
    l3_2_contracts_enforced,
    l3_4_lag_alerting,
    l3_5_dead_letter_queues,
    l5_6_reused_products,
)
from scoring.maturity.rubric import Dimension, Polarity, StatementKind

RUBRIC = load_rubric()

LONGEST = 115
"""Characters, which are two lines of a presenter's screen."""

PROFILE = {
    "Technology": (2, 3, 4, 5, 5),
    "Governance": (1, 2, 4, 5, 5),
    "Skills": (1, 2, 3, 4, 5),
    "Operations": (1, 2, 4, 5, 5),
    "Business Value": (2, 2, 3, 4, 5),
}
INDICATORS = """
L1.1 descriptor  Business Value  L2.1 L3.1
L1.2 deficit     Governance      L3.2
L1.3 deficit     Technology      L3.3 L3.6
L1.4 deficit     Operations      L3.4
L2.1 descriptor  Business Value  L3.1
L2.2 deficit     Technology      L3.1
L2.3 descriptor  Operations      L3.5
L2.4 deficit     Governance      L3.2
L3.1 capability  Technology
L3.2 capability  Governance
L3.3 capability  Governance
L3.4 capability  Operations
L3.5 capability  Operations
L3.6 capability  Technology
L4.1 capability  Technology
L4.2 capability  Business Value
L4.3 capability  Operations
L4.4 capability  Operations
L4.5 capability  Technology
L4.6 capability  Operations
L5.1 capability  Governance
L5.2 capability  Business Value
L5.3 capability  Governance
L5.4 capability  Governance
L5.5 capability  Governance
L5.6 capability  Business Value
"""


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (StatementKind.CHARACTERISTIC, (5, 5, 7, 9, 7)),
        (StatementKind.PITFALL, (4, 5, 5, 5, 5)),
        (StatementKind.SUCCESS_INDICATOR, (3, 3, 4, 4, 5)),
    ],
)
def test_every_level_has_as_many_statements_as_the_model(kind: StatementKind, counts: tuple[int, ...]) -> None:
    assert tuple(sum(one.kind is kind for one in level.statements) for level in RUBRIC.levels) == counts


def test_the_profile_is_the_one_of_the_model() -> None:
    assert {
        dimension.value: tuple(level.profile[dimension] for level in RUBRIC.levels) for dimension in Dimension
    } == PROFILE


def test_the_indicators_are_those_of_the_model_in_its_order() -> None:
    rows = [
        f"{one.id} {one.polarity:<11} {one.dimension:<15} {' '.join(one.superseded_by)}".rstrip()
        for one in RUBRIC.indicators
    ]
    assert rows == INDICATORS.strip().splitlines()
    assert all(one.id.startswith(f"L{one.level}.") for one in RUBRIC.indicators)


def test_six_indicators_name_their_first_probe_and_the_others_none() -> None:
    assert {one.id: one.probes for one in RUBRIC.indicators if one.probes} == {
        "L2.1": ("l2_1_independent_teams",),
        "L3.2": ("l3_2_contracts_enforced",),
        "L3.4": ("l3_4_lag_alerting",),
        "L3.5": ("l3_5_dead_letter_queues",),
        "L4.1": ("l4_1_stream_processing",),
        "L5.6": ("l5_6_reused_products",),
    }


def test_every_probe_that_is_named_is_there() -> None:
    named = set(chain.from_iterable(one.probes for one in RUBRIC.indicators))
    assert named <= {probe.id for probe in every_probe()}


def test_the_anchors_name_the_shares_that_the_probes_ask_for() -> None:
    yes = {str(one.id): one.anchors.yes for one in RUBRIC.indicators}
    assert (l3_2_contracts_enforced.MOST_TOPICS, "9 in 10" in yes["L3.2"]) == (Fraction(9, 10), True)
    assert (l3_4_lag_alerting.NEARLY_ALL, "95 %" in yes["L3.4"]) == (Fraction(95, 100), True)
    assert (l3_5_dead_letter_queues.ALL, "every sink connector" in yes["L3.5"]) == (Fraction(1), True)
    assert (l5_6_reused_products.HALF, "half of the data products" in yes["L5.6"]) == (Fraction(1, 2), True)
    assert (l5_6_reused_products.MANY, "three or more domains" in yes["L5.6"]) == (3, True)


def test_every_text_is_short_enough_for_the_back_of_a_room() -> None:
    texts = chain(
        (one.text for level in RUBRIC.levels for one in level.statements),
        chain.from_iterable(one.anchors for one in RUBRIC.dimensions),
        chain.from_iterable((one.question, *astuple(one.anchors)) for one in RUBRIC.indicators),
        (one.text for one in RUBRIC.actions),
    )
    assert [text for text in texts if len(text) > LONGEST] == []


def test_every_rating_of_every_dimension_has_a_text_of_its_own() -> None:
    assert [one.dimension for one in RUBRIC.dimensions] == list(Dimension)
    anchors = list(chain.from_iterable(one.anchors for one in RUBRIC.dimensions))
    assert len(set(anchors)) == 25


def test_the_roadmap_has_as_many_actions_as_the_model_and_never_helps_to_a_weakness() -> None:
    assert [sum(one.from_level == level for one in RUBRIC.actions) for level in (1, 2, 3, 4)] == [4, 7, 7, 7]
    helped = {RUBRIC.by_id[name] for action in RUBRIC.actions for name in action.helps}
    assert all(one.polarity is not Polarity.DEFICIT for one in helped)
    assert all(RUBRIC.by_id[name].level == one.from_level + 1 for one in RUBRIC.actions for name in one.helps)


def test_every_gating_indicator_above_level_one_is_helped_by_an_action() -> None:
    helped = {name for action in RUBRIC.actions for name in action.helps}
    assert {one.id for one in RUBRIC.indicators if one.gates and one.level > 1} == helped


def test_an_action_that_helps_no_indicator_says_what_it_works_on() -> None:
    others = [one for one in RUBRIC.actions if not one.helps]
    assert others
    assert all(one.addresses and one.dimensions for one in others)


def test_the_figures_to_follow_are_those_of_the_model() -> None:
    assert [sum(one.levels == levels for one in RUBRIC.kpis) for levels in ((1, 2), (3, 4), (5,))] == [3, 5, 5]
    assert len(RUBRIC.kpis) == 13


def test_nothing_names_a_vendor_of_platforms() -> None:
    texts = " ".join(
        [
            *(one.text for level in RUBRIC.levels for one in level.statements),
            *(one.text for one in RUBRIC.actions),
            *(one.anchors.yes for one in RUBRIC.indicators),
        ]
    ).lower()
    assert [
        name for name in ("conduktor", "confluent", "apicurio", "strimzi", "soda", "datahub") if name in texts
    ] == []
