"""Every name that generated rules, routes, dashboards and their tests share, written once.

Metrics are level:what:operation, as Prometheus asks for recorded ones. None of them is a name that Sloth or Pyrra
record under, so that both can run side by side.
"""

from __future__ import annotations

from datetime import timedelta

COMPONENT = "slo:component:per_minute"
"""Events of one component in one minute; of time slices, 1 for a component's bad minute and 0 for a good one."""
BAD, TOTAL = "slo:bad:per_minute", "slo:total:per_minute"
BAD_SUM, TOTAL_SUM = "slo:bad:sum", "slo:total:sum"
BAD_RATIO, BURN = "slo:bad:ratio", "slo:burn:rate"
BUDGET_BAD, BUDGET_TOTAL = "slo:budget_bad:sum", "slo:budget_total:sum"
REMAINING, COVERAGE = "slo:budget_remaining:ratio", "slo:coverage:ratio"
OBJECTIVE, INFO = "slo:promised:ratio", "slo:definition:info"
RECORDED = frozenset(
    {
        *(COMPONENT, BAD, TOTAL, BAD_SUM, TOTAL_SUM, BAD_RATIO, BURN),
        *(BUDGET_BAD, BUDGET_TOTAL, REMAINING, COVERAGE, OBJECTIVE, INFO),
    }
)

SLO, WINDOW, PAIR, BAND = "slo", "slo_window", "slo_pair", "slo_band"
COMPONENT_NAME, DIALECT, QUERY = "slo_component", "slo_dialect", "slo_query"
RESERVED = frozenset({SLO, WINDOW, PAIR, BAND, COMPONENT_NAME, DIALECT, QUERY})
"""Labels that the rules set, and that no SLI can be grouped by."""
SEVERITY = "severity"

BURN_ALERT = "SloBudgetBurn"
BAND_ALERT = "SloBudgetBand"
INVARIANT_ALERT = "SloInvariantViolated"
NO_DATA_ALERT = "SloNoData"

MINUTES_INTERVAL, BUDGET_INTERVAL = timedelta(minutes=1), timedelta(minutes=2)
"""How often minutes are recorded (their sums depend on it), and budgets: well within Prometheus' lookback."""

IN_MINUTE = "[59999ms] offset 30s"
"""The minute before the last half minute, without its left edge, which Prometheus 2 counts in and 3 does not.

The half minute is for scrapes under way: a sample bears the time at which its scrape began and is stored when it ends,
so a rule that looked at the very edge would miss it, and the next one would take it for counted.
"""
BEFORE = "[1h] offset 90s"
"""What was there before that minute; a gap of up to an hour is bridged."""
UP = "up"
"""Prometheus' own gauge of whether a target answered."""

KNOWN, KNOWN_NOW = "[1d] offset 90s", "[1d] offset 30s"
"""Where a component that does not answer now must have answered to be down, and not retired."""
