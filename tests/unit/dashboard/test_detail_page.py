"""The page of one SLO, run without a browser: what the address chooses, what people add, what is supposed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.definitions import PRODUCE_SUCCESS, produce_success
from dashboard.registry import OVERVIEW, SLO_DETAIL
from data.store import Store, open_store
from data.store.policy.read import AnnotationKind
from scoring.actors import Actor, Grant, Role
from tests.browser.believable import fill
from tests.unit.dashboard.conftest import NOW, Opening, opening


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Store]:
    """A database that a test may write into."""
    url = f"sqlite:///{tmp_path / 'mine.sqlite'}"
    fill(url, NOW, produce_success(), topics=8, groups=2)
    store = open_store(url, clock=lambda: NOW)
    yield store
    store.close()


@pytest.fixture
def opened(mine: Store) -> Iterator[Opening]:
    """Opens the page at an address."""
    with opening(SLO_DETAIL, mine) as start:
        yield start


def text_of(app: AppTest) -> str:
    return " ".join(str(element.value) for element in [*app.markdown, *app.info, *app.warning, *app.error])


def test_the_address_says_which_slo_is_looked_at(opened: Opening) -> None:
    app = opened(slo="data-durability")
    assert not app.exception
    assert "**Data durability**" in text_of(app)
    assert "There is no budget to draw" in text_of(app)


def test_the_numbers_are_those_of_the_overview(opened: Opening) -> None:
    app = opened()
    shown = {metric.label: metric.value for metric in app.metric}
    # 12 000 bad ones of about 253 million, of which 0.01 % are allowed.
    assert shown["Budget left"].startswith("52.") or shown["Budget left"].startswith("53.")
    assert "12\u202f000 bad of" in text_of(app)
    assert "write a postmortem" in text_of(app)


def test_what_somebody_says_is_written_at_once_and_stays(opened: Opening, mine: Store) -> None:
    app = opened()
    app.session_state["annotate"] = True
    app.run()
    app.selectbox(key="annotation_kind").set_value("deploy").run()
    app.text_input(key="annotation_text").set_value("Kafka 4.3.1 on all brokers").run()
    app.button(key="annotation_add").click().run()
    assert not app.exception
    assert "Added; it stays on this chart." in text_of(app)
    (row,) = mine.annotations.rows(NOW - timedelta(days=30), NOW)
    assert (row.kind, row.text, row.added_by) == (AnnotationKind.DEPLOY, "Kafka 4.3.1 on all brokers", "local")
    assert row.starts_at == row.ends_at == NOW.replace(second=0) - timedelta(minutes=61)
    app.button(key="remove_1").click().run()
    assert "Removed." in text_of(app)
    assert "Nobody has said anything" in text_of(app)


def test_nothing_is_added_without_a_word_and_the_page_says_so(opened: Opening, mine: Store) -> None:
    app = opened()
    app.session_state["annotate"] = True
    app.run()
    app.button(key="annotation_add").click().run()
    assert "text" in text_of(app)
    assert not mine.annotations.rows(NOW - timedelta(days=30), NOW)


def test_another_objective_is_judged_from_the_same_minutes(opened: Opening) -> None:
    app = opened()
    app.text_input(key="if_objective_produce-success").set_value("99.9").run()
    assert not app.exception
    table = app.table[-1].value
    assert "99.9 %" in table.iloc[0].to_list()
    # Ten times the budget: 12 000 of about 253 000.
    assert table.iloc[4].to_list()[-1].startswith("95.")


@pytest.mark.parametrize(
    ("text", "said"), [("100", "both excluded"), ("many", "is no number"), ("nan", "is no number")]
)
def test_an_objective_that_is_none_is_refused_with_a_sentence(opened: Opening, text: str, said: str) -> None:
    app = opened()
    app.text_input(key="if_objective_produce-success").set_value(text).run()
    assert not app.exception
    assert said in text_of(app)


def test_without_its_costliest_stretch_a_budget_is_nearly_whole(opened: Opening) -> None:
    app = opened()
    app.checkbox(key="if_without_produce-success").check().run()
    assert not app.exception
    # 1 200 bad ones of nine days ago stay.
    assert app.table[-1].value.iloc[4].to_list()[-1].startswith("95.")


def test_the_past_is_looked_at_and_not_written(opened: Opening) -> None:
    app = opened(asof="2026-11-19T12:00")
    assert not app.exception
    assert "As of 2026-11-19 11:59:00 UTC" in text_of(app).replace("\\", "")
    assert "go back to now to add something" in text_of(app)


def test_an_exemption_of_the_store_moves_the_overview_and_this_page_alike(opened: Opening, mine: Store) -> None:
    start = NOW.replace(second=0) - timedelta(days=3, minutes=1)
    asker = Actor("ann", frozenset({Grant(Role.EDITOR)}))
    row = mine.exemptions.request(asker, [PRODUCE_SUCCESS], start, start + timedelta(minutes=90), "an announced drill")
    mine.exemptions.approve(Actor.local_admin(), row.key)
    app = opened()
    left = {metric.label: metric.value for metric in app.metric}["Budget left"]
    # Of 12 000 bad ones the 1 200 of nine days ago stay: less than a twentieth of the budget.
    assert left.startswith("95.")
    assert "% without exemptions" in text_of(app)
    app.switch_page(str(OVERVIEW.file)).run()
    assert app.metric[0].value == left
    assert "of full outage left" in text_of(app)


def test_what_nobody_observed_is_nowhere_shown_as_good(opened: Opening) -> None:
    app = opened(slo="replication-lag")
    assert not app.exception
    assert {metric.value for metric in app.metric} == {"no data"}
    assert "nothing was observed" in text_of(app)
    assert "Nobody observed anything in the window." in text_of(app)
    assert "Nothing was bad" not in text_of(app)
    assert "Good share of each hour" not in text_of(app)
