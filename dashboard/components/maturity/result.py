"""The result: headline with bounds, ladder, profile, and the indicators with answer and evidence side by side."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import streamlit as st

from dashboard.charts.maturity import (
    PROFILE_SIZES,
    SIZES,
    ladder_alt,
    ladder_picture,
    profile_alt,
    profile_picture,
)
from dashboard.components.maturity import markup
from dashboard.components.maturity.parts import draw_parts
from dashboard.components.pictures import draw_pictures
from dashboard.components.records import draw_exports
from dashboard.context import PageContext
from dashboard.maturity import COMPARISONS, Told, bounds_words, evidence_words
from dashboard.registry import ASSESSMENT
from dashboard.theme import aside
from dashboard.wording import age, moment, plural
from scoring.meetings.records import Record


def draw_headline(context: PageContext, told: Told, record: Record, before: Record | None) -> None:
    """The level with its bounds, what else the result says, and the files."""
    st.html(markup.headline(told.headline))
    decided, session = told.decided, record.session
    level = decided["profile_level"]
    beside = Counter(str(told.numbers(one.id)["comparison"]) for one in told.rubric.indicators)
    proven = ", ".join(f"{beside[name]} {word}" for name, word in COMPARISONS.items() if beside[name])
    pairs = ", ".join(f"{deficit} beside {capability}" for deficit, capability in decided["contradictions"])
    st.html(
        markup.facts(
            [
                ("Index", bounds_words(decided)),
                ("Profile level", "a dimension has no rating" if level is None else str(level)),
                ("Beside the evidence", proven),
                ("Answers that contradict each other", pairs or "none"),
                ("Ahead of level", ", ".join(decided["ahead"]) or "nothing"),
                ("Paper sheet, read literally", _literal(decided["literal_level"])),
            ]
        )
    )
    by = f"{session.title}, closed {moment(session.closed_at)} by {session.closed_by}; as of {moment(told.as_of)}"
    rubric = f"Rubric {told.rubric.id} {told.rubric.version}, record {told.sha256[:12]}"
    st.markdown(f"{aside(by)}  \n{aside(rubric)} [Votes and decisions]({ASSESSMENT.address}?session={session.id})")
    draw_exports(record, before, "maturity")
    draw_pictures(
        {width: ladder_picture(told, context.palette, size) for width, size in SIZES.items()}, ladder_alt(told)
    )


def _literal(level: int | None) -> str:
    return "no level" if level is None else f"level {level}"


def draw_profile(context: PageContext, told: Told) -> None:
    """A dumbbell a dimension: our rating and the one that the next level needs; groups and units under it."""
    target = min(told.level + 1, len(told.rubric.levels))
    st.header("Profile")
    st.markdown(aside(f"● our rating (lower median of the votes), ○ needed at level {target}"))
    pictures = {width: profile_picture(told, context.palette, size) for width, size in PROFILE_SIZES.items()}
    draw_pictures(pictures, profile_alt(told))
    draw_parts(told)


def draw_grid(told: Told) -> None:
    """The indicators by level and dimension."""
    st.header("Indicators")
    st.html(markup.grid(told.rubric, {one.id: told.numbers(one.id) for one in told.rubric.indicators}))
    draw_evidence(told)


def draw_evidence(told: Told) -> None:
    """What evidence says, of which age, by which query."""
    seen = [one for one in told.rubric.indicators if told.numbers(one.id)["evidence"]["state"] != "no_probe"]
    title = f"What evidence says about {plural(len(seen), 'indicator')}"
    with st.expander(title, key="maturity_evidence", on_change="rerun") as found:
        if not found.open:
            return
        rows = []
        for one in seen:
            evidence = told.numbers(one.id)["evidence"]
            seconds = evidence.get("age_seconds")
            rows.append(
                {
                    "Indicator": f"{one.id} {one.title}",
                    "Says": f"{evidence_words(evidence)}. {evidence['sentence']}",
                    "Seen": "never" if seconds is None else f"{age(timedelta(seconds=seconds))} before",
                    "Query": "; ".join(evidence["queries"]),
                }
            )
        if rows:
            st.html(markup.table("What evidence says about each indicator", rows))
