"""The policy page, run without a browser: decisions, and what people write beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.definitions import PRODUCE_SUCCESS, definitions, produce_success
from dashboard.registry import POLICY
from data.store import Store, open_store
from data.store.policy.read import ExemptionState
from data.store.slices import SliText
from scoring.actors import Actor, Grant, Role
from scoring.catalog.estate import ClusterName
from scoring.slo.exemptions import EVERY_SLO
from scoring.slo.slices import GROUP, MinuteState, SliceKey, cut_into_days, minute_index
from tests.browser.believable import fill
from tests.unit.dashboard.conftest import NOW, Opening, opening

ANN = Actor("ann", frozenset({Grant(Role.EDITOR)}))


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Store]:
    """A database that a test may write into: produce success overspent, three records lost of many."""
    url = f"sqlite:///{tmp_path / 'mine.sqlite'}"
    fill(url, NOW, produce_success(), topics=8, groups=2, bad_minutes=210)
    store = open_store(url, clock=lambda: NOW)
    durability = next(one for one in definitions() if one.id == "data-durability")
    end, number = minute_index(NOW) - 1, 43_200
    lost = np.zeros(number)
    lost[-60] = 3
    rows = {GROUP: np.zeros(number), "lost": lost, "acknowledged": np.full(number, 10.0)}
    states = np.full(number, MinuteState.COVERED, dtype=np.uint8)
    days = [
        day
        for name, values in rows.items()
        for day in cut_into_days(
            SliceKey(durability.sli.hash, ClusterName("prod-eu"), "", name), end - number, values, states
        )
    ]
    store.slices.merge(SliText(durability.sli.hash, durability.id, "written"), days)
    yield store
    store.close()


@pytest.fixture
def opened(mine: Store) -> Iterator[Opening]:
    """Opens the page at an address."""
    with opening(POLICY, mine) as start:
        yield start


def text_of(app: AppTest) -> str:
    found = " ".join(
        str(element.value) for element in [*app.markdown, *app.header, *app.info, *app.warning, *app.error]
    )
    return found.replace("\\", "")


def opens(app: AppTest, form: str) -> AppTest:
    app.session_state[form] = True
    return app.run()


def test_each_class_has_its_decision_with_the_worst_reason_first(opened: Opening) -> None:
    said = text_of(opened())
    assert "STOP: lockdown" in said
    assert "Produce success, prod-eu: lockdown, " in said
    assert "more hold it back; see below" in said
    assert "STOP: no data" in said
    assert "streamgauge gate --class non-critical ends with 5" in said
    assert "streamgauge gate --class critical ends with 6" in said


def test_an_override_is_granted_at_once_and_ended_at_once(opened: Opening, mine: Store) -> None:
    app = opens(opened(), "override_form")
    app.multiselect(key="override_slos").set_value(["Every SLO"]).run()
    app.text_input(key="override_reason").set_value("the fix itself").run()
    app.button(key="override_grant").click().run()
    assert "Granted; the gate takes it from now on." in text_of(app)
    assert app.header[0].value == ":green[●\xa0GO]"
    (row,) = mine.overrides.rows()
    assert (row.override.slos, row.override.until) == (
        frozenset({EVERY_SLO}),
        NOW.replace(second=0) + timedelta(hours=4),
    )
    app.button(key=f"revoke_{row.key}").click().run()
    assert "STOP: lockdown" in text_of(app)
    assert mine.overrides.rows()[0].revoked_by == "local"


def test_an_override_without_a_reason_is_refused_with_a_sentence(opened: Opening, mine: Store) -> None:
    app = opens(opened(), "override_form")
    app.multiselect(key="override_slos").set_value(["Every SLO"]).run()
    app.button(key="override_grant").click().run()
    assert "reason" in text_of(app)
    assert not mine.overrides.rows()


def test_an_exemption_that_somebody_else_asked_for_is_approved(opened: Opening, mine: Store) -> None:
    start = NOW.replace(second=0) - timedelta(days=3, minutes=1)
    row = mine.exemptions.request(ANN, [PRODUCE_SUCCESS], start, start + timedelta(hours=4), "an announced drill")
    app = opened()
    assert "late: asked for after it began" in text_of(app)
    app.button(key=f"approve_{row.key}").click().run()
    assert mine.exemptions.rows()[0].state is ExemptionState.APPROVED
    assert "approved by local" in text_of(app)


def test_nobody_approves_what_they_asked_for(opened: Opening, mine: Store) -> None:
    app = opens(opened(), "exemption_form")
    app.multiselect(key="exemption_slos").set_value(["Produce success"]).run()
    app.text_input(key="exemption_reason").set_value("a drill").run()
    app.button(key="exemption_ask").click().run()
    (row,) = mine.exemptions.rows()
    assert row.state is ExemptionState.REQUESTED
    assert app.button(key=f"approve_{row.key}").disabled


def test_a_violated_invariant_is_acknowledged_with_cause_and_postmortem(opened: Opening, mine: Store) -> None:
    name = "data-durability_prod-eu_"
    app = opened()
    assert "3 found in 432\u202f000" in text_of(app)
    assert "where: lost (3)" in text_of(app)
    opens(app, f"ack_{name}")
    app.button(key=f"acknowledge_{name}").click().run()
    assert "cause" in text_of(app)
    assert not mine.acknowledgements.rows()
    app.text_input(key=f"cause_{name}").set_value("a disk that lied").run()
    app.text_input(key=f"postmortem_{name}").set_value("https://wiki.example.org/12").run()
    app.button(key=f"acknowledge_{name}").click().run()
    (row,) = mine.acknowledgements.rows()
    assert (row.found, row.acknowledgement.cause) == (3, "a disk that lied")
    assert "3 found in 432\u202f000 acknowledged canary records over 30 days, acknowledged" in text_of(app)
    app.button(key=f"unack_{row.key}").click().run()
    assert mine.acknowledgements.rows()[0].withdrawn_by == "local"


def test_the_past_takes_no_entries(opened: Opening) -> None:
    app = opened(asof="2026-11-19T12:00")
    assert not app.button or all(button.key == "asof_now" for button in app.button)


def test_each_slo_leads_to_its_own_page_as_of_the_same_moment(opened: Opening) -> None:
    table = opened(asof="2026-11-19T12:00").table[0].value
    assert "(/slo_detail?slo=produce-success&asof=2026-11-19T12%3A00)" in "".join(table.iloc[:, 0])
