"""Who spent a budget, and when: every share is counted by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scoring.slo.judging import judge, slo_statuses
from scoring.slo.spending import WHILE_DOWN, contributors, contributors_by_label, costliest_intervals
from tests.unit.scoring.slo.histories import CANARY, END, EVENTS, MAIN, NOW, C, D, gauge_sli, minutes, slo


def ago(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_components_are_ranked_by_what_they_spent() -> None:
    counted = {"NONE": [90.0] * 60, "TIMEOUT": [1.0] * 60, "NOT_LEADER": [3.0] * 60, "CLIENT": [9.0] * 60}
    found = contributors(judge(slo(), minutes(EVENTS, [C] * 60, counted), NOW, MAIN))
    assert [(one.name, one.bad, one.share) for one in found] == [("NOT_LEADER", 180, 0.75), ("TIMEOUT", 60, 0.25)]


def test_what_was_estimated_has_a_name_of_its_own() -> None:
    counted = {"NONE": [10.0] * 50 + [0.0] * 10, "TIMEOUT": [1.0] * 40 + [0.0] * 20}
    found = contributors(judge(slo(), minutes(EVENTS, [C] * 50 + [D] * 10, counted), NOW, MAIN))
    # 10 minutes at the mean of the 50 covered ones: (500 + 40) / 50 = 10.8.
    assert [(one.name, one.bad) for one in found] == [(WHILE_DOWN, 108), ("TIMEOUT", 40)]


def test_brokers_are_blamed_for_their_own_minutes() -> None:
    lag = gauge_sli()
    values = {"1": [2000.0] * 6 + [0.0] * 54, "2": [2000.0] * 2 + [0.0] * 58}
    found = contributors(judge(slo(lag), minutes(lag, [C] * 60, values), NOW, MAIN))
    assert [(one.name, one.bad, one.share) for one in found] == [("1", 6, 0.75), ("2", 2, 0.25)]


def test_groups_are_ranked_by_a_label() -> None:
    sli = EVENTS.__class__(name="grouped", dialects=EVENTS.dialects, classes=EVENTS.classes, group_by=("topic",))
    days = [
        day
        for topic, bad in (("a", 1.0), ("b", 3.0), ("c", 0.0))
        for day in minutes(sli, [C] * 60, {"NONE": [9.0] * 60, "TIMEOUT": [bad] * 60}, group=f"topic={topic}")
    ]
    statuses = slo_statuses(slo(sli), days, NOW, [MAIN])
    assert [status.labels["topic"] for status in statuses] == ["a", "b", "c"]
    found = contributors_by_label(statuses, "topic")
    assert [(one.name, one.bad, one.share) for one in found] == [("b", 180, 0.75), ("a", 60, 0.25)]


def test_groups_of_two_labels_keep_commas_in_their_values() -> None:
    sli = EVENTS.__class__(name="g", dialects=EVENTS.dialects, classes=EVENTS.classes, group_by=("domain", "topic"))
    days = minutes(sli, [C] * 60, {"NONE": [1.0] * 60}, group="domain=a,b=c,topic=orders")
    (status,) = slo_statuses(slo(sli), days, NOW, [MAIN])
    assert (status.labels["domain"], status.labels["topic"]) == ("a,b=c", "orders")


def test_an_interval_spans_short_pauses_and_ends_with_a_long_one() -> None:
    """5 bad minutes, a pause of 10, 5 more: one interval; a pause of 11: another. 1 % of 6000 is 60."""
    bad = [0.0] * 10 + [4.0] * 5 + [0.0] * 10 + [4.0] * 5 + [0.0] * 11 + [2.0] * 3 + [0.0] * 16
    days = minutes(EVENTS, [C] * 60, {"NONE": [100.0 - one for one in bad], "TIMEOUT": bad})
    first, second = costliest_intervals(judge(slo(), days, NOW, MAIN))
    assert (first.start, first.end, first.minutes, first.bad) == (END - ago(50), END - ago(30), 20, 40)
    assert first.share == pytest.approx(40 / 60)
    assert first.postmortem
    assert [one.name for one in first.components] == ["TIMEOUT"]
    assert (second.start, second.end, second.bad, second.postmortem) == (END - ago(19), END - ago(16), 6, False)


def test_exactly_a_fifth_of_the_budget_asks_for_no_postmortem() -> None:
    for spent, asked in ((12.0, False), (13.0, True)):
        days = minutes(EVENTS, [C] * 60, {"NONE": [100.0] * 59 + [100.0 - spent], "TIMEOUT": [0.0] * 59 + [spent]})
        (interval,) = costliest_intervals(judge(slo(), days, NOW, MAIN))
        assert interval.postmortem is asked


def test_errors_within_what_the_objective_allows_are_no_interval() -> None:
    days = minutes(EVENTS, [C] * 60, {"NONE": [199.0] * 60, "TIMEOUT": [1.0] * 60})
    assert costliest_intervals(judge(slo(), days, NOW, MAIN)) == ()


def test_an_outage_is_an_interval_and_says_that_it_is_estimated() -> None:
    days = minutes(EVENTS, [C] * 50 + [D] * 10, {"NONE": [10.0] * 50 + [0.0] * 10})
    (interval,) = costliest_intervals(judge(slo(), days, NOW, MAIN))
    assert (interval.minutes, interval.bad, interval.down, interval.components[0].name) == (10, 100, True, WHILE_DOWN)


def test_the_dearest_stand_first_and_no_more_than_asked_for() -> None:
    bad = [0.0] * 60
    for at, count in ((0, 2.0), (20, 5.0), (40, 3.0)):
        bad[at] = count
    days = minutes(EVENTS, [C] * 60, {"NONE": [100.0 - one for one in bad], "TIMEOUT": bad})
    found = costliest_intervals(judge(slo(), days, NOW, MAIN), most=2)
    assert [interval.bad for interval in found] == [5, 3]


def test_an_invariant_has_contributors_and_no_intervals() -> None:
    days = minutes(CANARY, [C] * 60, {"acknowledged": [9.0] * 60, "lost": [1.0] + [0.0] * 59})
    judgement = judge(slo(CANARY), days, NOW, MAIN)
    assert [(one.name, one.bad) for one in contributors(judgement)] == [("lost", 1)]
    assert costliest_intervals(judgement) == ()
