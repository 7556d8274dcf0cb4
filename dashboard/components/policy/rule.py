"""The rule: what is demanded of each class of release below which share of the budget."""

from __future__ import annotations

import streamlit as st

from dashboard.definitions import defined, definitions
from dashboard.theme import aside, mark, plain
from dashboard.verdict import BAND_TONES
from scoring.slo.budget import Band
from scoring.slo.policy import ErrorBudgetPolicy, ReleaseClass


def draw_rules() -> None:
    """Every policy that an SLO follows."""
    found = defined()
    followed = {definition.policy for definition in definitions()}
    for name, policy in sorted(found.policies.items()):
        if name in followed:
            _draw(policy, [plain(one.title) for one in definitions() if one.policy == name])


def _draw(policy: ErrorBudgetPolicy, titles: list[str]) -> None:
    st.markdown(f"**{plain(policy.name)}**, followed by {', '.join(titles)}")
    steps = [(f"less than {float(one.share * 100):g} %", one.band) for one in reversed(policy.thresholds)]
    rows = [
        _row(left, band, policy) for left, band in [("no step holds", Band.HEALTHY), *steps, ("unknown", Band.NO_DATA)]
    ]
    st.table(rows, border="horizontal", hide_index=True, alt=f"The steps of the policy {policy.name}")
    st.markdown(
        aside(
            "Strictly less, compared in fractions. A violated invariant is in the lowest band until an approver "
            "acknowledges it. In a calendar window the projection to its end is compared."
        )
    )


def _row(left: str, band: Band, policy: ErrorBudgetPolicy) -> dict[str, str]:
    return {
        "Budget left": f"{mark(BAND_TONES[band], band.value.replace('_', ' '))}  \n{left}",
        "Non-critical": _word(policy, band, ReleaseClass.NON_CRITICAL),
        "Critical": _word(policy, band, ReleaseClass.CRITICAL),
    }


def _word(policy: ErrorBudgetPolicy, band: Band, release_class: ReleaseClass) -> str:
    stops = "**stop**" if policy.stops(band, release_class) else "go"
    return f"{stops} · {plain(policy.action(band, release_class))}"
