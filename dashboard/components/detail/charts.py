"""The charts of one SLO, drawn from the numbers that stand above them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.components.detail.looking import Looking, annotations_of
from dashboard.detailing import Detail
from dashboard.repeating import dialect_used, repeat_query
from dashboard.theme import aside, plain
from dashboard.verdict import BAND_TONES
from dashboard.wording import goal_words, percents, window_words
from data.store.policy.read import AnnotationRow
from scoring.slo.definition import Dialect


def draw_burn_down(looking: Looking) -> None:
    """How the window's budget was spent."""
    detail = looking.detail
    if detail is None or detail.burn is None:
        if detail is not None:
            st.info("There is no budget to draw: an invariant has none, or nothing was counted in the window.")
        return
    from dashboard.charts.burndown import burn_down_alt
    from dashboard.charts.marks import Mark
    from dashboard.charts.remaining import burn_down_figure
    from dashboard.charts.template import CONFIG

    status = detail.judgement.status
    left = float(detail.burn.remaining[-1])
    st.markdown(f"**Burn-down: {percents(left, 1)} of this window's budget left**")
    marks = [
        Mark(number, row.kind.value, row.starts_at, row.ends_at or status.as_of)
        for number, row in enumerate(annotations_of(looking), 1)
    ]
    marks += [
        Mark(number, "exempted", one.start, one.end) for number, one in enumerate(status.exemptions, len(marks) + 1)
    ]
    query = repeat_query(
        looking.definition.sli, _dialect(detail), _matchers(looking), minutes="%{MINUTES}", until="%{UNTIL}"
    )
    figure = burn_down_figure(detail.burn, detail.bad, detail.total, query, marks, looking.context.palette)
    st.plotly_chart(figure, theme=None, config=CONFIG, key="burn_down", alt=burn_down_alt(detail.burn))
    st.markdown(
        aside(
            f"From full at the window's start to what the tile shows; dotted: spent evenly over "
            f"{window_words(status.window)}. Point at the line for bad, total and the query."
        )
    )


def draw_rolling(looking: Looking) -> None:
    """What the tile showed at each moment."""
    detail = looking.detail
    if detail is None or detail.rolling is None:
        return
    from dashboard.charts.remaining import rolling_figure
    from dashboard.charts.template import CONFIG

    status, palette = detail.judgement.status, looking.context.palette
    title = "Rolling remaining" if status.projected_budget is None else "Remaining by projection"
    st.markdown(f"**{title}: what the tile showed at each moment**")
    figure = rolling_figure(detail.rolling, status.policy.thresholds, palette.tone(BAND_TONES[status.band]), palette)
    words = f"Remaining budget of {status.title} at each moment of the stored past."
    st.plotly_chart(figure, theme=None, config=CONFIG, key="rolling", alt=words)
    st.markdown(aside(f"Each point is a whole window of {window_words(status.window)} that ended then."))


def draw_spend(looking: Looking) -> None:
    """Spend by hour and day, and the good share of each hour."""
    detail = looking.detail
    if detail is None or detail.burn is None or detail.grid is None or looking.definition.objective is None:
        return
    from dashboard.charts.spend import sli_figure, spend_figure
    from dashboard.charts.template import CONFIG

    palette, zone = looking.context.palette, looking.zone.key
    st.markdown(f"**Spend per hour and day** ({plain(zone)})")
    figure = spend_figure(detail.grid, zone, palette)
    st.plotly_chart(figure, theme=None, config=CONFIG, key="spend", alt="Share of the budget that each hour spent")
    st.markdown(aside("A column is a day, a row an hour; the stronger, the more. Blank: nobody observed it."))
    st.markdown(f"**Good share of each hour, promised {goal_words(looking.definition.objective)}**")
    figure = sli_figure(detail.hours, detail.good, looking.definition.objective, palette)
    st.plotly_chart(figure, theme=None, config=CONFIG, key="sli", alt="Good share of each hour of the window")


def draw_query(looking: Looking) -> None:
    """The query of the whole window, to be copied."""
    detail = looking.detail
    if detail is None:
        return
    status = detail.judgement.status
    span = detail.judgement.standing.span
    with st.popover("Repeat these numbers", icon=":material/terminal:"):
        st.markdown("In the terminal, from the same slices:")
        command = f"streamgauge slo status --at {status.as_of:%Y-%m-%dT%H:%M:00Z} --cluster {status.cluster}"
        st.code(command, language=None, wrap_lines=True)
        st.markdown("In Prometheus; it cannot count births and gaps as slices do:")
        query = repeat_query(
            looking.definition.sli,
            _dialect(detail),
            _matchers(looking),
            minutes=str(span.end - span.start),
            until=str(span.end * 60),
        )
        st.code(query, language=None, wrap_lines=True)


def described(row: AnnotationRow) -> str:
    """What happened, as a line without its number."""
    until = (
        "" if row.ends_at == row.starts_at else f" – {'now' if row.ends_at is None else f'{row.ends_at:%b %d %H:%M}'}"
    )
    return f"{row.kind.value}, {row.starts_at:%b %d %H:%M}{until} UTC: {row.text}"


def _dialect(detail: Detail) -> Dialect:
    one = detail.judgement
    return dialect_used(one.definition.sli, one.ledger.components)


def _matchers(looking: Looking) -> Mapping[str, str]:
    """The labels that select the cluster in its Prometheus, as the settings say."""
    detail = looking.detail
    cluster = None if detail is None else detail.judgement.status.cluster
    for one in looking.context.instance.settings.clusters:
        if one.name == cluster and one.prometheus is not None:
            return one.prometheus.matchers
    return {}
