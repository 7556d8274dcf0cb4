"""The pages of the result and of the roadmap, run without a browser: what they say, and what people write there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import instance
from dashboard.components.roadmap.board import shape
from dashboard.definitions import produce_success
from dashboard.exports.listing import as_csv
from dashboard.instance import Instance, install
from dashboard.reader import Reader
from dashboard.registry import MATURITY, OVERVIEW, ROADMAP, PageEntry
from dashboard.server import APP_FILE
from data.settings import load_settings
from data.store import Store, open_store
from scoring.actors import Actor
from scoring.maturity.inventory import EntryKind, Stage
from scoring.maturity.roadmap import ItemId, ItemStatus, Work, roadmap
from tests.browser.believable import fill
from tests.unit.dashboard.conftest import NOW
from tests.unit.dashboard.maturity_stores import RUBRIC, assessed
from tests.unit.dashboard.parted import parted

Opening = Callable[..., AppTest]
ADMIN = Actor.local_admin()


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Store]:
    """A database that a test may write into, with no assessment yet."""
    url = f"sqlite:///{tmp_path / 'mine.sqlite'}"
    fill(url, NOW, produce_success(), topics=8, groups=2)
    store = open_store(url, clock=lambda: NOW)
    yield store
    store.close()


@pytest.fixture
def opened(mine: Store) -> Iterator[Opening]:
    """Opens a page at an address."""
    before = list(instance._installed)

    def start(page: PageEntry, **parameters: str) -> AppTest:
        opening: Future[Reader] = Future()
        opening.set_result(Reader(mine.read, lambda: mine.writable, store=mine))
        install(Instance(load_settings(None, {}), None, opening, lambda: NOW))
        app = AppTest.from_file(str(APP_FILE), default_timeout=120)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run().switch_page(str(page.file)).run()
        assert not app.exception
        return app

    yield start
    instance._installed[:] = before


def url_of(store: Store) -> str:
    return store.database.url.render_as_string(hide_password=False)


def text_of(app: AppTest) -> str:
    drawn = [*app.markdown, *app.header, *app.info, *app.warning, *app.error]
    said = " ".join(str(element.value) for element in drawn)
    html = " ".join(str(element.proto.body) for element in app.get("html"))
    return f"{said} {html}".replace("\\", "").replace("\xa0", " ")


def table(app: AppTest, label: str) -> list[dict[str, str]]:
    """The rows of a table of the page by its label, as a screen reader would read them."""
    bodies = (str(element.proto.body) for element in app.get("html"))
    body = next(one for one in bodies if f'aria-label="{label}"' in one)
    lines = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in re.findall(r"<tr>(.*?)</tr>", body)]
    head, *rows = [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in line] for line in lines]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_before_any_assessment_the_page_says_what_machines_see_and_where_to_start(opened: Opening) -> None:
    said = text_of(opened(MATURITY))
    assert "No assessment was closed yet" in said
    assert "What machines see" in said
    assert "people: " not in said
    assert "no probe yet" in said


def test_the_result_is_shown_from_its_record(opened: Opening, mine: Store) -> None:
    assessed(url_of(mine), NOW)
    said = text_of(opened(MATURITY))
    # 4 of the 6 of level 3, the unknown L3.4 makes it five: 2.67 to 2.83.
    assert "Level 2, largely at 3, 1 answer missing" in said
    assert "2.67 (up to 2.83, 1 answer missing)" in said
    assert "1 proven" in said
    assert "1 contradicted" in said
    assert "L2.2 beside L3.1" in said
    assert "Find out first:** L3.4" in said
    assert "4 of 6 indicators are satisfied" in said
    assert "Pitfalls on this way" in said


def test_groups_are_told_as_a_spread_and_one_by_itself_when_the_address_asks(opened: Opening, mine: Store) -> None:
    parted(url_of(mine), NOW)
    app = opened(MATURITY)
    assert "3 respondent groups propose level" not in text_of(app), "it is opened when wanted"
    app.session_state["maturity_groups"] = True
    app.run()
    said = text_of(app)
    assert "3 respondent groups propose level 1 to 3, median 2" in said
    assert "Held back: guests, sponsors" in said
    assert "Proposed: level" not in said, "no level beside a group's name"
    app.selectbox(key="chosen_part").set_value("group:traders").run()
    assert app.query_params["part"] == "group:traders"
    said = text_of(app)
    assert "Proposed: level 2" in said
    assert "Proposed: level 1" not in said
    assert table(app, "Median ratings of traders")[0]["Median"] == "3"
    shared = opened(MATURITY, part="group:platform")
    assert table(shared, "Median ratings of platform")[0]["Median"] == "4"
    assert "Proposed: level" not in text_of(opened(MATURITY, part="group:guests")), "who is held back has no detail"


def test_two_assessments_are_compared_and_drawn_over_time(opened: Opening, mine: Store) -> None:
    first, second = assessed(url_of(mine), NOW)
    app = opened(MATURITY)
    found = {row["What"]: (row["Then"], row["Now"]) for row in table(app, "What differs between two assessments")}
    assert (found["Level"], found["Index"]) == (("2", "2"), ("2.33", "2.67"))
    changed = [name for name in found if name.startswith("L3")]
    assert [name.split()[0] for name in changed] == ["L3.2", "L3.5"]
    assert "Index of every assessment" in text_of(app)
    assert "Assessment 1, closed" in text_of(opened(MATURITY, session=str(first)))
    assert second > first


def test_a_past_moment_shows_the_assessment_that_stood_then(opened: Opening, mine: Store) -> None:
    assessed(url_of(mine), NOW)
    then = NOW - timedelta(days=30)
    assert "Assessment 1, closed" in text_of(opened(MATURITY, asof=f"{then:%Y-%m-%dT%H:%M}"))
    earlier = NOW - timedelta(days=300)
    assert "No assessment was closed yet" in text_of(opened(MATURITY, asof=f"{earlier:%Y-%m-%dT%H:%M}"))


def test_ours_stands_among_imported_peers(opened: Opening, mine: Store) -> None:
    assessed(url_of(mine), NOW)
    mine.benchmarks.take(ADMIN, "Peers of 2026", b"peer,level,index\nA,1,1.5\nB,2,2.1\nC,4,4.5\n")
    peers = table(opened(MATURITY), "Our result among Peers of 2026")
    found = {row["Measure"]: (row["Ours"], row["Ours is"]) for row in peers}
    assert found == {"level": ("2", "above 1, level with 1 of 3"), "index": ("2.67", "above 2, level with 0 of 3")}


def test_the_roadmap_without_an_assessment_says_from_where_it_starts(opened: Opening) -> None:
    said = text_of(opened(ROADMAP))
    assert "this is the way from level 1 to 2" in said
    # By hand: R1.1 4/2, R1.4 4/2, R1.2 3/2 after R1.1, R1.3 4/3.
    places = [said.index(f"<b>{one} ") for one in ("R1.1", "R1.4", "R1.2", "R1.3")]
    assert places == sorted(places)


def test_the_roadmap_leads_from_the_confirmed_level_and_leaves_out_what_is_there(opened: Opening, mine: Store) -> None:
    assessed(url_of(mine), NOW)
    app = opened(ROADMAP)
    said = text_of(app)
    # L3.4 and L3.6 are lacking. R2.4 helps with no indicator and R2.6 waits for R2.1, which is satisfied already.
    places = [said.index(f"<b>{one} ") for one in ("R2.7", "R2.4", "R2.6")]
    assert places == sorted(places)
    assert "<b>R2.2 " not in said
    assert "4 items settled" in [one.label for one in app.expander]


def test_an_item_is_changed_on_the_board_and_what_is_overdue_is_said(opened: Opening, mine: Store) -> None:
    assessed(url_of(mine), NOW)
    app = opened(ROADMAP)
    app.session_state["roadmap_edit_R2.7"] = True
    app.run()
    app.selectbox(key="roadmap_R2.7_0_status").set_value("in progress").run()
    app.text_input(key="roadmap_R2.7_0_owner").set_value("tom").run()
    app.date_input(key="roadmap_R2.7_0_due").set_value(NOW.date() - timedelta(days=1)).run()
    app.number_input(key="roadmap_R2.7_0_progress").set_value(40).run()
    app.button(key="roadmap_R2.7_0_save").click().run()
    said = text_of(app)
    assert "R2.7 is kept." in said
    assert "1 item overdue: R2.7 Watch consumer lag (tom)" in said
    (step,) = mine.roadmaps.steps()
    assert (step.version, step.work.status, step.work.progress, step.by) == (1, ItemStatus.DOING, 40, "local")


def test_who_is_late_is_told_and_changes_nothing(opened: Opening, mine: Store) -> None:
    app = opened(ROADMAP)
    app.session_state["roadmap_edit_R1.1"] = True
    app.run()
    mine.roadmaps.change(ADMIN, ItemId("R1.1"), Work(ItemStatus.DOING, "ann"), 0)
    app.button(key="roadmap_R1.1_0_save").click().run()
    assert "local changed R1.1 meanwhile to “in progress”; look again." in text_of(app)
    assert [one.version for one in mine.roadmaps.steps()] == [1]


def test_a_figure_is_entered_and_says_who_said_so(opened: Opening, mine: Store) -> None:
    app = opened(ROADMAP, figure="audit-success")
    app.session_state["figure_form"] = True
    app.run()
    app.text_input(key="figure_value").set_value("92,5").run()
    app.text_input(key="figure_note").set_value("audit of May").run()
    app.button(key="figure_enter").click().run()
    (entry,) = mine.figures.entries()
    assert (entry.kpi, entry.value, entry.day, entry.note) == (
        "audit-success",
        Decimal("92.5"),
        NOW.date(),
        "audit of May",
    )
    assert "92.5 % audit of May" in text_of(app)
    app.text_input(key="figure_value").set_value("many").run()
    app.button(key="figure_enter").click().run()
    assert "“many” is no number" in text_of(app)


def test_every_figure_says_where_it_is_from(opened: Opening, mine: Store) -> None:
    figures = table(opened(ROADMAP), "Every figure with its latest value and where it is from")
    assert len(figures) == 13
    sources = {row["Figure"]: row["From"] for row in figures}
    assert "not yet there" in sources["Compliance audits passed"]
    assert all(
        any(word in one for word in ("measured", "entered by hand", "not yet there")) for one in sources.values()
    )


def test_the_register_is_filled_from_the_estate_and_completed_by_hand(opened: Opening, mine: Store) -> None:
    app = opened(ROADMAP)
    names = [row["Name"] for row in table(app, "Technologies that are known")]
    assert any("Apache Kafka" in name for name in names)
    app.session_state["register_form"] = True
    app.run()
    key = "register_A new entry_0"
    app.selectbox(key=f"{key}_kind").set_value("use case").run()
    app.text_input(key=f"{key}_name").set_value("Fraud alarms").run()
    app.selectbox(key=f"{key}_stage").set_value("production").run()
    app.button(key=f"{key}_keep").click().run()
    assert "It is in the register." in text_of(app)
    (step,) = mine.registers.steps()
    kept = step.entry
    assert (kept.kind, kept.name, kept.stage) == (
        EntryKind.USE_CASE,
        "Fraud alarms",
        Stage.PRODUCTION,
    )


def test_the_exported_roadmap_has_a_row_an_item_in_its_order() -> None:
    found = roadmap(RUBRIC, 2, frozenset())
    rows = [shape(one, place, NOW.date()) for place, one in enumerate(found.every, 1)]
    read = list(csv.DictReader(io.StringIO(as_csv(rows).decode("utf-8-sig"))))
    assert [row["item"] for row in read][:2] == ["R2.7", "R2.4"]
    assert read[4]["waits_for"] == "R2.1 R2.4"


def test_the_overview_reminds_of_what_is_overdue_and_of_nothing_else(opened: Opening, mine: Store) -> None:
    assert "overdue" not in text_of(opened(OVERVIEW))
    late = NOW.date() - timedelta(days=1)
    mine.roadmaps.change(ADMIN, ItemId("R2.7"), Work(ItemStatus.DOING, "tom", late), 0)
    mine.roadmaps.change(ADMIN, ItemId("R2.1"), Work(ItemStatus.DONE, "ann", late), 0)
    mine.roadmaps.change(ADMIN, ItemId("R2.2"), Work(ItemStatus.PLANNED, "eva", NOW.date()), 0)
    assert "1 roadmap item overdue: R2.7 (tom)" in text_of(opened(OVERVIEW))


def test_the_roadmap_of_a_past_moment_is_what_was_known_then(opened: Opening, mine: Store) -> None:
    mine.roadmaps.change(ADMIN, ItemId("R1.1"), Work(ItemStatus.DOING, "winifred"), 0)
    then = NOW - timedelta(hours=1)
    assert "winifred" not in text_of(opened(ROADMAP, asof=f"{then:%Y-%m-%dT%H:%M}"))
    assert "in progress, winifred, 0 %" in text_of(opened(ROADMAP)).replace("</span>", "")


def test_from_level_zero_the_roadmap_says_what_comes_first(opened: Opening, mine: Store) -> None:
    assessed(url_of(mine), NOW, [{"L1.1": "no", "L2.1": "no", "L3.1": "no"}])
    said = text_of(opened(ROADMAP))
    assert "Not streaming yet" in said
    assert "Level 1 comes first" in said
