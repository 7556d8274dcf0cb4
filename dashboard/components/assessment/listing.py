"""All questions of an assessment with where each stands; a click lets one fill the screen."""

from __future__ import annotations

import streamlit as st

from dashboard.assessing import AssessmentState
from dashboard.assessing_rows import QuestionRow, question_list
from dashboard.components.assessment import seen
from dashboard.context import PageContext
from dashboard.theme import ICONS, plain


def draw_list(context: PageContext, state: AssessmentState) -> None:
    """The questions by level, ratings last."""
    shown = question_list(state, seen.verdicts_of(context, state.rubric))
    st.header(f"{shown.decided} of {shown.total} decided")
    columns = st.columns(len(shown.columns), gap="small")
    for number, (column, (title, rows)) in enumerate(zip(columns, shown.columns, strict=True)):
        with column, st.container(key=f"assess_list_{number}", gap="xsmall"):
            st.subheader(plain(title), anchor=False)
            for row in rows:
                st.button(
                    _label(row),
                    key=f"assess_go_{row.subject}",
                    width="stretch",
                    on_click=seen.show_question,
                    args=(row.subject,),
                )


def _label(row: QuestionRow) -> str:
    name = f"**{plain(row.place)}** {plain(row.title)}" if row.place else f"**{plain(row.title)}**"
    if not row.status.words:
        return name
    icon = "" if row.status.tone is None else f"{ICONS[row.status.tone]}\u00a0"
    return f"{name} · {icon}{plain(row.status.words)}"
