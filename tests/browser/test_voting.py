"""The phone's page in a browser: with one thumb, with a keyboard, after sleep, without a network, in both themes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import zxingcpp
from axe_core_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from dashboard.voting.invitation import invitation
from data.store import Store, open_store
from scoring.voting.choices import Scale
from tests.browser.serving import Served, serving
from tests.browser.watching import THEMES, Theme, Watched, watched
from tests.integration.voting.conftest import Hall, database, hall, shared_options
from tests.unit.data.store.voting.rooms import FAY, question

PHONE = (390, 844)
THUMB = 48
"""Pixels that a thumb needs; WCAG 2.2 asks for 24, the makers of phones for 44 to 48."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Store]]:
    """A shared server, and the store beside it."""
    folder = tmp_path_factory.mktemp("phones")
    options, environ = shared_options(folder)
    with serving(folder, *options, environ=environ) as served:
        store = open_store(database(folder))
        yield served, store
        store.close()


@pytest.fixture
def held(shared: tuple[Served, Store]) -> Hall:
    """A new session."""
    return hall(*shared)


@contextmanager
def phone(browser: Browser, held: Hall, theme: Theme = "light") -> Iterator[Watched]:
    """A phone that has joined by typing the PIN."""
    with watched(browser, held.url, PHONE, theme) as watching:
        page = watching.page
        page.goto(f"{held.url}/join")
        page.get_by_label("PIN on the screen").fill(held.lobby.pin)
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Consumers").check()
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_text("● connected")).to_be_visible()
        yield watching


def violations(page: Page) -> list[str]:
    """What axe finds."""
    found = Axe().run(page)["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


def whole(watching: Watched) -> list[str]:
    """All that is wrong with a page: logged, asked of others, cut off, overlapping, or out of reach for somebody."""
    small = watching.page.evaluate(
        "(least) => [...document.querySelectorAll('button, .choice')].filter((one) => one.checkVisibility() && "
        "one.getBoundingClientRect().height < least).map((one) => 'too small for a thumb: ' + one.innerText)",
        THUMB,
    )
    return [*watching.all_faults(), *violations(watching.page), *small]


@pytest.mark.parametrize("theme", THEMES)
def test_every_page_of_a_phone_is_whole_in_both_themes(browser: Browser, held: Hall, theme: Theme) -> None:
    with watched(browser, held.url, PHONE, theme) as watching:
        page = watching.page
        page.goto(f"{held.url}/join?pin={held.lobby.pin}")
        assert whole(watching) == []
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", name="Platform <assessment>")).to_be_visible()
        assert whole(watching) == []
        page.get_by_label("Consumers").check()
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("heading", name="Please wait")).to_be_visible()
        assert whole(watching) == []
        found = held.start()
        page.get_by_role("button", name="Partial What partial looks like.").click()
        expect(page.get_by_text("You chose: Partial. You can change it.")).to_be_visible()
        assert whole(watching) == []
        held.store.voting.rounds.reveal(FAY, held.session.id, found.id)
        expect(page.get_by_text("The votes are on the screen.")).to_be_visible()
        assert whole(watching) == []
        rated = question("Skills", Scale.RATING)
        held.store.voting.rounds.start(FAY, held.session.id, rated)
        expect(page.get_by_role("button", name="5 What 5 looks like.")).to_be_visible()
        assert whole(watching) == []


def test_a_vote_is_changed_until_the_reveal_and_not_after_it(browser: Browser, held: Hall) -> None:
    with phone(browser, held) as watching:
        page, found = watching.page, held.start()
        buttons = page.get_by_role("group", name="About L3.2").get_by_role("button")
        expect(buttons).to_have_count(5)
        assert buttons.all_inner_texts() == [
            "Yes\nWhat yes looks like.", "Partial\nWhat partial looks like.", "No\nWhat no looks like.",
            "Don't know", "Does not apply",
        ]  # fmt: skip
        lowest = buttons.last.bounding_box()
        assert lowest is not None
        assert lowest["y"] + lowest["height"] > 0.9 * PHONE[1]  # in reach of a thumb
        buttons.nth(2).click()
        expect(buttons.nth(2)).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_text("You chose: No.")).to_be_visible()
        page.get_by_role("button", name="Don't know").click()
        expect(page.get_by_text("You chose: Don't know.")).to_be_visible()
        (respondent,) = held.store.voting.read.respondents(held.session.id)
        assert held.store.voting.read.own_votes(respondent.id, [found.id]) == {found.id: "unknown"}
        held.store.voting.rounds.reveal(FAY, held.session.id, found.id)
        expect(buttons.first).to_be_disabled()
        expect(page.get_by_text("You chose: Don't know.", exact=True)).to_be_visible()
        assert watching.all_faults() == []


def test_a_keyboard_votes_too(browser: Browser, held: Hall) -> None:
    with phone(browser, held) as watching:
        page, _ = watching.page, held.start()
        expect(page.get_by_role("button", name="Yes")).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("You chose: Partial.")).to_be_visible()
        assert page.evaluate("document.activeElement.dataset.choice") == "partial"
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(page.get_by_text("You chose: No.")).to_be_visible()


def test_after_a_reload_and_in_a_new_tab_it_is_the_same_voter_with_the_same_vote(browser: Browser, held: Hall) -> None:
    with phone(browser, held) as watching:
        page, _ = watching.page, held.start()
        page.get_by_role("button", name="Yes").click()
        expect(page.get_by_text("You chose: Yes.")).to_be_visible()
        page.reload()
        expect(page.get_by_text("You chose: Yes.")).to_be_visible()
        second = page.context.new_page()
        second.goto(f"{held.url}/join?pin={held.lobby.pin}&key={held.lobby.key}")
        expect(second.get_by_text("You chose: Yes.")).to_be_visible()
        assert len(held.store.voting.read.respondents(held.session.id)) == 1
        assert page.evaluate("document.cookie") == ""


def test_a_vote_without_a_network_is_sent_when_it_is_back(browser: Browser, held: Hall) -> None:
    with phone(browser, held) as watching:
        page, found = watching.page, held.start()
        expect(page.get_by_role("button", name="Yes")).to_be_visible()
        page.context.set_offline(True)
        page.get_by_role("button", name="Yes").click()
        expect(page.get_by_text("… Yes is not sent yet")).to_be_visible()
        expect(page.get_by_text("○ no connection, trying again")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_text("You chose: Yes.")).to_be_visible()
        expect(page.get_by_text("● connected")).to_be_visible()
        assert str(held.store.voting.read.turnout(held.session.id)[found.id]) == "1 of 1 in"


def test_what_happened_while_the_phone_slept_is_shown_when_it_wakes(browser: Browser, held: Hall) -> None:
    with phone(browser, held) as watching:
        page = watching.page
        page.context.set_offline(True)
        held.start()
        page.context.set_offline(False)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.get_by_role("heading", name="About L3.2")).to_be_visible()


def test_where_nothing_can_be_pushed_the_phone_asks(browser: Browser, held: Hall) -> None:
    with watched(browser, held.url, PHONE) as watching:
        page = watching.page
        page.route("**/vote/events", lambda route: route.fulfill(status=502))
        page.goto(f"{held.url}/join?pin={held.lobby.pin}&key={held.lobby.key}")
        page.get_by_label("Consumers").check()
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_text("● connected")).to_be_visible()
        held.start()
        page.get_by_role("button", name="Yes").click()
        expect(page.get_by_text("You chose: Yes.")).to_be_visible()


def test_a_phone_is_told_nothing_of_others_before_and_after_the_reveal(browser: Browser, held: Hall) -> None:
    others = [held.phone() for _ in range(3)]
    with phone(browser, held) as watching:
        page = watching.page
        told: list[str] = []
        page.on("response", lambda answer: told.append(answer.text()) if "/vote/state" in answer.url else None)
        found = held.start()
        for other in others:
            other.vote(found.id, "partial")
        held.store.voting.rounds.reveal(FAY, held.session.id, found.id)
        expect(page.get_by_text("The votes are on the screen.")).to_be_visible()
        state = json.loads(page.evaluate("fetch('/vote/state').then((answer) => answer.text())"))
        assert state["own"]["mine"] == {}
        assert not {"votes", "counts", "turnout", "people"} & {*state, *state["asked"], *state["own"]}
        assert "3" not in page.inner_text("main").replace("L3.2", "")


def test_who_is_taken_out_reads_it_and_where_to_join_again(browser: Browser, held: Hall) -> None:
    with phone(browser, held) as watching:
        (respondent,) = held.store.voting.read.respondents(held.session.id)
        held.store.voting.lobbies.take_out(FAY, held.session.id, respondent.id)
        expect(watching.page.get_by_role("heading", name="took this phone out")).to_be_visible()
        watching.page.get_by_role("link", name="Join again").click()
        expect(watching.page.get_by_label("PIN on the screen")).to_be_visible()


def test_after_the_close_the_phone_says_so(browser: Browser, held: Hall) -> None:
    with phone(browser, held) as watching:
        held.start()
        expect(watching.page.get_by_role("button", name="Yes")).to_be_visible()
        held.store.meetings.close(FAY, held.session.id)
        expect(watching.page.get_by_role("heading", name="The session is closed")).to_be_visible()
        expect(watching.page.get_by_role("button", name="Yes")).to_have_count(0)


@pytest.mark.parametrize("theme", THEMES)
def test_a_survey_is_gone_through_with_progress(browser: Browser, held: Hall, theme: Theme) -> None:
    asked = [question("L3.2"), question("L3.3"), question("Skills", Scale.RATING)]
    deadline = held.store.voting.clock() + timedelta(days=1)
    held.store.voting.rounds.start_survey(FAY, held.session.id, asked, deadline)
    with phone(browser, held, theme) as watching:
        page = watching.page
        expect(page.get_by_text("1 of 3, 0 answered")).to_be_visible()
        expect(page.get_by_text("Open until")).to_be_visible()
        page.get_by_role("button", name="Yes").click()
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="4 What 4 looks like.").click()
        expect(page.get_by_text("3 of 3, 2 answered")).to_be_visible()
        assert whole(watching) == []
        page.get_by_role("button", name="Back").click()
        expect(page.get_by_role("heading", name="About L3.3")).to_be_visible()
        page.reload()
        expect(page.get_by_text("1 of 3, 2 answered")).to_be_visible()
        expect(page.get_by_text("You chose: Yes.")).to_be_visible()
        held.store.voting.rounds.end_survey(FAY, held.session.id)
        expect(page.get_by_role("heading", name="Please wait")).to_be_visible()


def test_a_timer_runs_down_on_the_phone(browser: Browser, held: Hall) -> None:
    with phone(browser, held) as watching:
        held.start()
        held.store.voting.lobbies.set_timer(FAY, held.session.id, timedelta(seconds=90))
        expect(watching.page.get_by_text("1:2")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 600), ("dark", 600), ("light", 220)])
def test_the_code_on_a_screenshot_can_be_scanned(browser: Browser, held: Hall, theme: Theme, width: int) -> None:
    shown = invitation("https://gauge.example.com", held.lobby)
    with watched(browser, held.url, (1280, 720), theme) as watching:
        colour = "#0E1420" if theme == "dark" else "#FFFFFF"
        watching.page.set_content(
            f'<body style="background: {colour}"><div style="width: {width}px">{shown.svg}</div></body>'
        )
        shot = Image.open(io.BytesIO(watching.page.screenshot()))
    (code,) = zxingcpp.read_barcodes(shot)
    assert code.text == shown.link
