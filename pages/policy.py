"""Policy: may this release go, by which rule, and what did people decide beside it?"""

import streamlit as st

from dashboard.components.acting import tell
from dashboard.components.frame import REFRESH_SECONDS
from dashboard.components.policy.decision import draw_decisions
from dashboard.components.policy.exemptions import draw_exemptions
from dashboard.components.policy.invariants import draw_invariants
from dashboard.components.policy.overrides import draw_overrides
from dashboard.components.policy.rule import draw_rules
from dashboard.context import page_context

live = st.fragment(draw_decisions, run_every=None if page_context().asof else REFRESH_SECONDS)

st.title("Policy")
tell()
live()
st.header("The rule")
draw_rules()
left, right = st.columns(2, gap="large")
with left:
    st.header("Overrides")
    draw_overrides()
    st.header("Invariants")
    draw_invariants()
with right:
    st.header("Exemptions")
    draw_exemptions()
