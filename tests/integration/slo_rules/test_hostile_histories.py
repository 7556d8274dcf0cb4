"""What generated rules make of the histories that budgets usually go wrong on, against numbers worked out by hand.

Windows are a day, for promtool reads at most 10 000 samples for an expression. A rule at minute t counts the events
between the samples of minutes t − 2 and t − 1, so a window that ends at 1442 has those of the minutes 2 to 1441.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scoring.slo.windows import CalendarUnit, CalendarWindow
from tests.integration.slo_rules.definitions import answers, lag, nothing_lost, slo
from tests.integration.slo_rules.promtool import Firing, Value, grows, verify

pytestmark = pytest.mark.long

END = 1442
UP = 'up{job="app",instance="a"}'
OK = 'answers_total{code="ok",job="app",instance="a"}'
FAILED = 'answers_total{code="failed",job="app",instance="a"}'
ALWAYS_UP = f"1x{END}"
BAD, TOTAL, REMAINING = "slo:budget_bad:sum", "slo:budget_total:sum", "slo:budget_remaining:ratio"


def burn(window: str) -> str:
    return f'slo:burn:rate{{slo_window="{window}"}}'


def test_an_outage_in_an_hour_of_little_traffic_costs_what_failed_and_not_an_hour(tmp_path: Path) -> None:
    # 23 h of 6000 good ones a minute, one hour of 60 bad ones: 3600 of 8 283 600, and 8283.6 are allowed.
    verify(
        tmp_path,
        [slo(answers())],
        {
            UP: ALWAYS_UP,
            OK: grows((0, 1), (6000, 600), (0, 60), (6000, 780)),
            FAILED: grows((0, 601), (60, 60), (0, 780)),
        },
        Value(END, BAD, 3600),
        Value(END, TOTAL, 8_283_600),
        Value(END, REMAINING, 1 - 3600 / 8283.6, 1e-12),
    )


def test_errors_at_the_peak_weigh_as_much_as_the_peak(tmp_path: Path) -> None:
    # 23 h of 60 a minute; an hour of 60 000, 1 % of them bad: 36 000 of 3 682 800, and 3682.8 are allowed.
    verify(
        tmp_path,
        [slo(answers())],
        {
            UP: ALWAYS_UP,
            OK: grows((0, 1), (60, 600), (59_400, 60), (60, 780)),
            FAILED: grows((0, 601), (600, 60), (0, 780)),
        },
        Value(END, BAD, 36_000),
        Value(END, TOTAL, 3_682_800),
        Value(END, REMAINING, 1 - 36_000 / 3682.8, 1e-12),
    )


def test_idle_minutes_change_nothing(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers())],
        {
            UP: ALWAYS_UP,
            OK: grows((0, 1), (100, 700), (0, 30), (100, 710)),
            FAILED: grows((0, 101), (1, 10), (0, 1330)),
        },
        Value(720, burn("5m"), 0),
        Value(END, BAD, 10),
        Value(END, TOTAL, 141_010),
        Value(END, REMAINING, 1 - 10 / 141.01, 1e-12),
    )


def test_an_error_series_that_was_never_born_leaves_a_full_budget_and_not_an_absent_one(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers())],
        {UP: ALWAYS_UP, OK: grows((0, 1), (100, 1440))},
        Value(END, REMAINING, 1),
        Value(END, burn("1h"), 0),
        Firing(END, "SloNoData"),
    )


def test_an_error_series_born_at_50_has_cost_50(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers())],
        {UP: ALWAYS_UP, OK: grows((0, 1), (100, 1440)), FAILED: f"_x700 50x{END - 700}"},
        Value(END, BAD, 50),
    )


def test_a_counter_that_restarts_loses_nothing_that_it_had_shown(tmp_path: Path) -> None:
    # 700 minutes, then the process restarts and has answered 40 by its next scrape.
    verify(
        tmp_path,
        [slo(answers())],
        {UP: ALWAYS_UP, OK: f"{grows((0, 1), (100, 700))} {grows((100, 739), start=40)}", FAILED: grows((0, 1441))},
        Value(END, TOTAL, 100 * 700 + 40 + 100 * 739),
    )


def test_pods_that_change_every_hour_lose_what_they_counted_before_their_first_scrape(tmp_path: Path) -> None:
    # 24 pods of one hour, 100 a minute each; each has answered 100 at its first scrape, which nobody can place in time.
    pods: dict[str, str] = {}
    for hour in range(24):
        before = f"_x{hour * 60 + 1} " if hour else "_x1 "
        pods[f'up{{job="app",instance="pod-{hour}"}}'] = f"{before}1x59 _x{END}"
        pods[f'answers_total{{code="ok",job="app",instance="pod-{hour}"}}'] = f"{before}100+100x59 _x{END}"
        pods[f'answers_total{{code="failed",job="app",instance="pod-{hour}"}}'] = f"{before}0x29 10x29 _x{END}"
    verify(
        tmp_path,
        [slo(answers())],
        {'up{job="other",instance="x"}': ALWAYS_UP, **pods},
        Value(END, BAD, 24 * 10),
        Value(END, TOTAL, 24 * (59 * 100 + 10)),
    )


def test_a_target_that_is_scraped_twice_counts_once(tmp_path: Path) -> None:
    good, bad = grows((0, 1), (100, 1440)), grows((0, 601), (1, 60), (0, 780))
    series = {}
    for replica in ("one", "two"):
        series[f'up{{job="app",instance="a",replica="{replica}"}}'] = ALWAYS_UP
        series[f'answers_total{{code="ok",job="app",instance="a",replica="{replica}"}}'] = good
        series[f'answers_total{{code="failed",job="app",instance="a",replica="{replica}"}}'] = bad
    verify(tmp_path, [slo(answers())], series, Value(END, BAD, 60), Value(END, TOTAL, 144_060))


def test_a_violation_counter_that_is_born_at_3_is_3_violations(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(nothing_lost(), objective=None)],
        {
            UP: ALWAYS_UP,
            'acknowledged_total{job="app",instance="a"}': grows((0, 1), (10, 1440)),
            'lost_total{job="app",instance="a"}': f"_x900 3x{END - 900}",
        },
        Value(800, BAD, 0),
        Firing(800, "SloInvariantViolated"),
        Value(END, BAD, 3),
        Value(END, TOTAL, 14_400),
        Firing(END, "SloInvariantViolated", [{"slo": "service", "severity": "page", "team": "platform"}]),
    )


def test_a_band_begins_below_its_edge_and_not_on_it(tmp_path: Path) -> None:
    # 1 440 000 answers, of which 1440 may fail: 1152, 1296 and 1368 bad ones leave exactly 20, 10 and 5 %.
    expected = {1152: [], 1153: ["halt"], 1296: ["halt"], 1297: ["halt", "incident"], 1368: ["halt", "incident"]}
    expected[1369] = ["halt", "incident", "lockdown"]
    series = {UP: ALWAYS_UP}
    for bad in expected:
        labels = f'job="app",instance="a",topic="{bad}"'
        series[f'answers_total{{code="ok",{labels}}}'] = grows((0, 1), (1000, 1438), (2000 - bad, 1), (0, 1))
        series[f'answers_total{{code="failed",{labels}}}'] = grows((0, 1440), (bad, 1))
    verify(
        tmp_path,
        [slo(answers("topic"))],
        series,
        Value(END, f'{TOTAL}{{topic="1152"}}', 1_440_000),
        Firing(
            END,
            "SloBudgetBand",
            [{"topic": str(bad), "slo_band": band} for bad, its in expected.items() for band in its],
        ),
    )


def test_a_service_that_is_idle_all_day_has_no_budget_and_no_alert(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers())],
        {UP: ALWAYS_UP, OK: f"0x{END}"},
        Value(END, TOTAL, 0),
        Value(END, burn("1h"), 0),
        Value(END, "slo:coverage:ratio", 1),
        Value(END, REMAINING, None),
        Firing(END, "SloBudgetBand"),
        Firing(END, "SloNoData"),
    )


def test_three_hours_of_history_in_a_day_are_too_little_for_a_band(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers())],
        {UP: "1x182", OK: grows((0, 1), (0, 180)), FAILED: grows((0, 1), (100, 180))},
        Value(182, REMAINING, -999, 1e-9),
        Value(182, "slo:coverage:ratio", 182 / 1440, 1e-9),
        Firing(182, "SloBudgetBand"),
    )


def test_what_was_counted_in_a_scrape_gap_of_less_than_an_hour_is_counted(tmp_path: Path) -> None:
    # Fifty minutes without a scrape; 100 good ones a minute went on, and 30 failed.
    verify(
        tmp_path,
        [slo(answers())],
        {
            UP: f"1x700 0x49 1x{END}",
            OK: f"{grows((0, 1), (100, 699))} _x50 {grows((100, 690), start=75_000)}",
            FAILED: f"0x700 _x50 30x{END}",
        },
        Value(END, TOTAL, 144_000 + 30, 100),
        Value(END, BAD, 30),
    )


# What rules cannot express. Each of these pins a difference that docs/slo-rules.md names with its sign and size.


def test_what_was_counted_in_a_longer_gap_is_lost(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers())],
        {
            UP: f"1x700 0x89 1x{END}",
            OK: f"{grows((0, 1), (100, 699))} _x90 {grows((100, 650), start=79_000)}",
            FAILED: f"0x700 _x90 30x{END}",
        },
        Value(END, BAD, 0),
        Value(END, TOTAL, 69_900 + 65_000, 200),
    )


def test_an_outage_of_all_targets_costs_nothing_and_is_an_alert(tmp_path: Path) -> None:
    # The engine estimates 60 minutes × 100 bad ones.
    verify(
        tmp_path,
        [slo(answers())],
        {
            'up{job="other",instance="x"}': ALWAYS_UP,
            UP: f"1x700 0x59 1x{END}",
            OK: f"{grows((0, 1), (100, 700))} _x59 {grows((100, 680), start=0)}",
        },
        Firing(700, "SloNoData"),
        Firing(730, "SloNoData", [{"slo": "service", "severity": "ticket"}]),
        Value(END, BAD, 0),
        Firing(END, "SloNoData"),
    )


def test_an_exempted_hour_is_not_exempt(tmp_path: Path) -> None:
    # 6000 bad ones in an hour that somebody approved as exempt stay in the rules' budget of 144.
    verify(
        tmp_path,
        [slo(answers())],
        {
            UP: ALWAYS_UP,
            OK: grows((0, 1), (100, 600), (0, 60), (100, 780)),
            FAILED: grows((0, 601), (100, 60), (0, 780)),
        },
        Value(END, REMAINING, 1 - 6000 / 144, 1e-9),
    )


def test_a_calendar_window_has_burn_rates_and_no_budget(tmp_path: Path) -> None:
    # A week in Berlin in which the clocks change is 167 or 169 hours; a month has 28 to 31 days. PromQL has no zones.
    window = CalendarWindow(1, CalendarUnit.WEEK, "Europe/Berlin", date(2026, 10, 19))
    verify(
        tmp_path,
        [slo(answers(), window=window)],
        {UP: ALWAYS_UP, OK: grows((0, 1), (90, 1440)), FAILED: grows((0, 1), (10, 1440))},
        Value(END, burn("1h"), 100, 1e-9),
        Value(END, REMAINING, None),
        Value(END, TOTAL, None),
        Firing(END, "SloBudgetBand"),
        Firing(END, "SloBudgetBurn", [{"slo_pair": name} for name in ("1h/5m", "6h/30m", "1d/2h", "3d/6h")]),
    )


def test_minutes_that_were_not_evaluated_are_lost(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers())],
        {UP: ALWAYS_UP, OK: grows((0, 1), (90, 1440)), FAILED: grows((0, 1), (10, 1440))},
        Value(END, TOTAL, 72_000),
        Value(END, BAD, 7200),
        Value(END, "slo:coverage:ratio", 0.5),
        evaluation="2m",
    )


def test_what_a_process_counted_between_its_last_scrape_and_its_death_is_lost(tmp_path: Path) -> None:
    # It answered 100 a minute, died 50 answers after its last scrape, and is back at 0 a minute later.
    verify(
        tmp_path,
        [slo(answers())],
        {UP: ALWAYS_UP, OK: f"{grows((0, 1), (100, 700))} {grows((100, 739), start=0)}"},
        Value(END, TOTAL, 70_000 + 73_900),
    )


def test_a_minute_of_lag_is_a_bad_minute_of_the_whole_window(tmp_path: Path) -> None:
    # 36 bad minutes of 1440 with a budget of 5 %, which is 72 minutes.
    verify(
        tmp_path,
        [slo(lag(), objective="0.95")],
        {
            'up{job="app",instance="a",broker="1"}': ALWAYS_UP,
            'lag{job="app",instance="a",broker="1"}': f"0x599 1000x35 999x{END}",
            'lag{job="app",instance="b",broker="2"}': f"0x{END}",
        },
        Value(END, BAD, 36),
        Value(END, TOTAL, 1440),
        Value(END, REMAINING, 0.5, 1e-9),
    )
