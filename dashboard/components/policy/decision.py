"""Today's decision for each class of release, why, and when it lifts."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from dashboard.agreed import agreed, terms_key
from dashboard.context import CLUSTER_KEY, PageContext, page_context
from dashboard.gate_route import PATH
from dashboard.registry import SLO_DETAIL
from dashboard.releases import EXIT_CODES, UnknownClusterError, guarding_statuses
from dashboard.theme import Tone, aside, mark, plain
from dashboard.verdict import BAND_TONES
from dashboard.wording import moment, percents
from data.store.policy.read import not_revoked
from scoring.slo.budget import Band
from scoring.slo.gate import GateDecision, GateReason, GateVerdict, decide
from scoring.slo.policy import ReleaseClass
from scoring.slo.status import SloStatus

TITLES = {ReleaseClass.NON_CRITICAL: "Non-critical releases", ReleaseClass.CRITICAL: "Critical fixes"}

VERDICTS: dict[GateVerdict, tuple[Tone, str]] = {
    GateVerdict.GO: (Tone.HEALTHY, "GO"),
    GateVerdict.HALT: (Tone.HALT, "HALT"),
    GateVerdict.INCIDENT: (Tone.INCIDENT, "STOP: incident"),
    GateVerdict.LOCKDOWN: (Tone.LOCKDOWN, "STOP: lockdown"),
    GateVerdict.NO_DATA: (Tone.NO_DATA, "STOP: no data"),
}


def draw_decisions() -> None:
    """Both classes side by side, and every guarding SLO's word."""
    context = page_context()
    try:
        statuses = _statuses(context)
    except UnknownClusterError as error:
        st.info(plain(f"{error}."))
        return
    overrides = not_revoked(context.store.overrides.rows(context.asof))
    decisions = [decide(one, statuses, context.moment, overrides) for one in TITLES]
    for column, decision in zip(st.columns(2, gap="medium"), decisions, strict=True):
        with column, st.container(border=True, height="stretch"):
            _draw_one(decision)
    if not statuses:
        st.info("No cluster is configured, so nothing is measured that could let a release go.")
        return
    _draw_words(context, decisions[0])


def _draw_one(decision: GateDecision) -> None:
    tone, word = VERDICTS[decision.verdict]
    st.markdown(f"**{TITLES[decision.release_class]}**")
    # An anchor of its own: both classes may have the same words, and Streamlit makes the id of a heading from them.
    st.header(mark(tone, word), anchor=f"gate-{decision.release_class}")
    lines = [plain(decision.text)]
    if decision.lifts is not None:
        lines.append(plain(f"Lifts {moment(decision.lifts)} if nothing more burns."))
    elif decision.verdict is not GateVerdict.GO:
        lines.append("When it lifts cannot be known.")
    more = sum(reason.holds_back for reason in decision.reasons) - 1
    if more > 0:
        lines.append(aside(f"{more} more hold it back; see below."))
    over = [reason for reason in decision.reasons if reason.overridden is not None]
    lines += [mark(Tone.HALT, f"passes over {reason.status.title} by an override, see below") for reason in over]
    lines.append(
        aside(
            f"As of {moment(decision.as_of)}. streamgauge gate --class {decision.release_class} ends with "
            f"{EXIT_CODES[decision.verdict]}; over HTTP: {PATH}?class={decision.release_class}"
        )
    )
    st.markdown("  \n".join(lines))


def _draw_words(context: PageContext, decision: GateDecision) -> None:
    st.markdown("**What each SLO that guards releases says of a non-critical release**")
    rows = [
        {
            "SLO": _link(context, reason.status),
            "Band": _band(reason),
            "Left": _left(reason),
            "Lifts": "—" if reason.lifts is None else moment(reason.lifts),
        }
        for reason in decision.reasons
    ]
    st.table(rows, border="horizontal", hide_index=True, alt="Every SLO that guards releases, the worst first")


def _link(context: PageContext, status: SloStatus) -> str:
    """To the page of this very budget, as of the moment that is looked at."""
    where = ", ".join(filter(None, (status.title, status.cluster, status.group)))
    named = {CLUSTER_KEY: status.cluster} if len(context.clusters) > 1 else {}
    group = {"group": status.group} if status.group else {}
    return (
        f"[{plain(where)}]({SLO_DETAIL.address}?{urlencode({'slo': status.id, **context.address(), **named, **group})})"
    )


def _left(reason: GateReason) -> str:
    status = reason.status
    share = status.remaining if status.projected_budget is None else status.projected
    if share is not None:
        return percents(share, 1)
    if status.violations is not None:
        return f"{status.bad:g} found"
    return "no data" if status.band is Band.NO_DATA else "none found"


def _band(reason: GateReason) -> str:
    """The band, and what it means for a non-critical release."""
    word = "passes by override" if reason.overridden is not None else "stops" if reason.stops else "passes"
    return mark(BAND_TONES[reason.status.band], f"{reason.status.band.value.replace('_', ' ')}, {word}")


def _statuses(context: PageContext) -> list[SloStatus]:
    terms = agreed(context.store, context.asof)
    minute = int(context.moment.timestamp() // 60)
    return context.reader.ask(
        ("guards", context.cluster, minute, terms_key(terms)),
        lambda read: guarding_statuses(read, terms, context.moment, context.cluster),
    )
