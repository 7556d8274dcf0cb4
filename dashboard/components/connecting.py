"""How the collector does, and how to connect a platform when none is connected."""

from __future__ import annotations

import streamlit as st

from dashboard.context import PageContext
from dashboard.theme import Tone, mark
from dashboard.wording import age, clock, plural

EXAMPLE = """\
clusters:
  - name: prod-eu
    environment: prod
    kafka:
      bootstrap_servers: [broker-1:9092, broker-2:9092]
    registry:
      url: http://schema-registry:8081
    connect:
      url: http://connect:8083
    prometheus:
      url: http://prometheus:9090
"""


def draw_collector(context: PageContext) -> None:
    """One line about the collector that this server started; nothing when it started none."""
    supervisor = context.instance.supervisor
    if supervisor is None:
        return
    state = supervisor.state
    if state.running:
        restarts = f", started again {plural(state.restarts, 'time')}" if state.restarts else ""
        st.markdown(mark(Tone.HEALTHY, f"collector running for {age(context.now - state.since)}{restarts}"))
        return
    again = "" if state.next_start is None else f" It starts again at {clock(state.next_start)}."
    code = "" if state.exit_code is None else f", it ended with code {state.exit_code}"
    st.markdown(mark(Tone.INCIDENT, f"collector not running for {age(context.now - state.since)}{code}.{again}"))


def draw_how_to_connect() -> None:
    """What to do when no platform is connected."""
    st.header("Connect a platform")
    st.markdown(
        "These pages show a recorded estate. To see your own, write a file `streamgauge.yaml` like this one, "
        "check it with `streamgauge doctor`, and start `streamgauge run` again. "
        "Your platform gets its own database; the sample is never mixed into it."
    )
    st.code(EXAMPLE, language=None, wrap_lines=True)
