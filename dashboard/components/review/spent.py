"""Where one SLO's budget went: the burn-down, who spent it, and the intervals that cost most."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.charts.burndown import burn_down_alt, burn_down_picture
from dashboard.charts.picture import Size
from dashboard.components.pictures import draw_pictures
from dashboard.components.review import markup
from dashboard.context import PageContext
from dashboard.reviewing_rows import local
from dashboard.theme import aside
from scoring.slo.judging import Judgement
from scoring.slo.series import burn_down
from scoring.slo.spending import contributors, costliest_intervals
from scoring.slo.status import rfc3339

SIZES = {"narrow": Size(350, 300), "medium": Size(700, 300), "wide": Size(1080, 300)}
"""Lower than on the overview: the decision has to fit below it."""


def draw_burn_down(context: PageContext, judgement: Judgement | None, zone: ZoneInfo) -> None:
    """The picture, or why there is none."""
    burn = None if judgement is None else burn_down(judgement)
    if judgement is None:
        st.info("The minutes behind these numbers are no longer there; the numbers stay.")
    elif judgement.definition.objective is None:
        _draw_violations(judgement, zone)
    elif burn is None:
        st.info("There is no budget to draw: nothing was counted, or nothing was observed. Connections says why.")
    else:
        pictures = {width: burn_down_picture(burn, context.palette, size) for width, size in SIZES.items()}
        draw_pictures(pictures, burn_down_alt(burn))


def _draw_violations(judgement: Judgement, zone: ZoneInfo) -> None:
    found = judgement.status.violations
    if found is None:
        st.info("Zero tolerance: there is no budget to burn down, and nothing was found in this window.")
        return
    first, last = (local(rfc3339(at), zone) for at in (found.first, found.last))
    st.error(f"Found once, by {first}." if first == last else f"First found by {first}, last by {last}.")


def draw_spending(judgement: Judgement | None, zone: ZoneInfo) -> None:
    """Contributors and the costliest intervals."""
    if judgement is None:
        return
    status = judgement.status
    noun = {"events": "events", "time_slices": "slices"}.get(status.kind, "found")
    blamed = contributors(judgement)
    st.subheader("Who spent it")
    if blamed:
        st.html(markup.contributors(blamed, noun))
    else:
        st.markdown(aside("Nothing bad was counted in this window."))
    if status.objective is None:
        return
    st.subheader("Costliest intervals")
    dear = costliest_intervals(judgement)
    if dear:
        st.html(markup.costliest(dear, [local(rfc3339(one.start), zone) for one in dear]))
    else:
        st.markdown(aside("No minute was worse than the objective allows."))
