"""What if: the stored minutes under another promise, beside what they are."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation

import streamlit as st

from dashboard.components.acting import moment_field
from dashboard.components.detail.looking import Looking
from dashboard.detailing import supposed
from dashboard.theme import aside, plain
from dashboard.verdict import BAND_WORDS, STATE_WORDS
from dashboard.wording import count, goal_words, percents, window_words
from scoring.slo.definition import Condition, EventsSli, InvariantSli, SlicesSli
from scoring.slo.exemptions import Exemption
from scoring.slo.judging import Judgement
from scoring.slo.status import SloStatus
from scoring.slo.whatif import Supposition, SuppositionError, known_bounds
from scoring.slo.windows import RollingWindow

LONGEST_DAYS = 90


def draw_what_if(looking: Looking) -> None:
    """The fields and, beside the numbers as they are, the numbers as supposed. Nothing is written."""
    detail = looking.detail
    if detail is None:
        return
    st.header("What if")
    if isinstance(looking.definition.sli, InvariantSli):
        st.markdown(aside("An invariant has no objective to suppose otherwise: none is allowed, whatever the window."))
        return
    st.markdown(aside("From the stored minutes; nothing is changed by asking."))
    try:
        supposition = _fields(looking, detail.judgement)
        found = supposed(
            looking.context.store.read, detail.judgement, looking.context.moment, supposition, looking.terms
        )
    except SuppositionError as error:
        st.warning(plain(str(error)))
        return
    st.table(
        {
            "": list(_COLUMNS),
            "As it is": _column(found.actual.status),
            "As supposed": _column(found.supposed.status),
        },
        border="horizontal",
        hide_index=True,
        alt="The same minutes as they are judged and as supposed",
    )


_COLUMNS = ("promised", "over", "good", "bad of total", "budget left", "band")


def _column(status: SloStatus) -> list[str]:
    left = status.remaining if status.projected_budget is None else status.projected
    return [
        goal_words(status.objective),
        window_words(status.window),
        "no data" if status.sli is None else percents(status.sli, 4),
        f"{count(status.bad)} of {count(status.total)}",
        "no data" if left is None else percents(left, 1),
        STATE_WORDS.get(status.state, "") or BAND_WORDS[status.band],
    ]


def _fields(looking: Looking, one: Judgement) -> Supposition:
    definition, sli = one.definition, one.definition.sli
    slo = definition.id
    with st.container(horizontal=True, gap="medium"):
        now = "" if definition.objective is None else f"{(definition.objective * 100).normalize():f}"
        objective = st.text_input("Objective in %", now, key=f"if_objective_{slo}", width=180)
        days = definition.window.longest.days
        length = st.number_input("Window in days", 1, LONGEST_DAYS, days, key=f"if_days_{slo}", width=180)
        bound, condition = None, None
        if isinstance(sli, EventsSli) and sli.bound is not None:
            bounds = _bounds(looking, one)
            names = [str(each) for each in bounds]
            index = bounds.index(sli.bound) if sli.bound in bounds else None
            chosen = st.selectbox("Bound in seconds", names, index, key=f"if_bound_{slo}", width=180)
            bound = None if chosen is None else Decimal(chosen)
        if isinstance(sli, SlicesSli):
            text = st.text_input(
                f"Good while {sli.condition.operator}", str(sli.condition.value), key=f"if_value_{slo}", width=180
            )
            condition = Condition(sli.condition.operator, _number(text, "the threshold"))
    return Supposition(
        objective=_number(objective, "the objective") / 100,
        window=None if length == days else RollingWindow(timedelta(days=int(length))),
        bound=bound,
        condition=condition,
        exemptions=_exemption(looking, one),
    )


def _exemption(looking: Looking, one: Judgement) -> tuple[Exemption, ...]:
    if not st.checkbox("Without a stretch of time", key=f"if_without_{one.definition.id}"):
        return ()
    worst = looking.detail.costliest[0] if looking.detail and looking.detail.costliest else None
    as_of = one.status.as_of
    with st.container(horizontal=True, gap="medium"):
        start = moment_field("From", "if_from", worst.start if worst else as_of - timedelta(hours=1), width=280)
        end = moment_field("Until", "if_until", worst.end if worst else as_of, width=280)
    if start is None or end is None or start >= end:
        raise SuppositionError("The stretch has to end after it begins.")
    return (
        Exemption(
            id="supposed",
            slos=frozenset({one.definition.id}),
            start=start,
            end=end,
            reason="supposed",
            requested_by="somebody",
            recorded_at=start,
        ),
    )


def _bounds(looking: Looking, one: Judgement) -> list[Decimal]:
    read, status = looking.context.store.read, one.status
    day = status.as_of.date()
    return list(known_bounds(read.slice_days(one.definition.sli.hash, status.cluster, day, day)))


def _number(text: str, what: str) -> Decimal:
    try:
        number = Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        raise SuppositionError(f"{text!r} is no number; write {what} as in 99.9.") from None
    if not number.is_finite():
        raise SuppositionError(f"{text!r} is no number; write {what} as in 99.9.")
    return number
