"""One whole assessment in a real browser: a facilitator at a screen, five phones, and what each is told."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Response, WebSocket, expect

from dashboard.exports.records import Format, export
from data.store import Store, open_store
from scoring.actors import Actor
from scoring.meetings.assessments import assessment_snapshot
from scoring.meetings.records import verified_file
from scoring.meetings.sessions import SessionId, SessionKind
from scoring.meetings.subjects import Subject
from scoring.voting.ballots import Ballot
from scoring.voting.lobbies import Lobby
from scoring.voting.voters import Joining
from tests.browser.assessable import PUBLIC_URL, assessable
from tests.browser.serving import Served, serving
from tests.browser.watching import EMPTY_DATES, THEMES, Theme, Watched, watched
from tests.unit.scoring.maturity.papers import RUBRIC

ROOM, PHONE = (1920, 1080), (390, 844)
QUESTIONS = 31

GROUPS = ("Platform team", "Platform team", "Platform team", "Consumers", "Consumers")
SAYS_HOW = (b"assess-spread", b"assess-agreement", b"median", b"Discuss", b"All agree", b"proposed", b"assess-evidence")
"""What the presenter's page is told after a reveal, and never before it."""


@dataclass(slots=True)
class Wire:
    """Everything that one page is sent: frames of its socket, and bodies of what it asked for."""

    frames: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Keep what the page is sent from now on."""
        page.on("websocket", lambda socket: self._socket(socket))
        page.on("response", lambda answer: self._response(answer))

    def holds(self, *words: bytes) -> list[bytes]:
        """Those of the words that were sent."""
        whole = b"\n".join((*self.frames, *self.bodies))
        return [word for word in words if word in whole]

    def forget(self) -> None:
        """Begin anew."""
        self.frames.clear()
        self.bodies.clear()

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: self.frames.append(data if isinstance(data, bytes) else data.encode()))

    def _response(self, answer: Response) -> None:
        kind = answer.headers.get("content-type", "")
        if "json" in kind or "html" in kind:
            self.bodies.append(answer.body())


@dataclass(frozen=True, slots=True)
class Hall:
    """A server on a platform to be assessed, and its store as a second process has it."""

    served: Served
    store: Store

    @property
    def session(self) -> SessionId:
        """The latest assessment."""
        return self.store.meetings.read.sessions(SessionKind.ASSESSMENT)[0].id

    @property
    def lobby(self) -> Lobby:
        """Its lobby."""
        found = self.store.voting.read.lobby(self.session)
        assert found is not None
        return found

    def people(self, number: int, *, names: tuple[str, ...] = ()) -> list[str]:
        """So many people have joined, without a browser; returns their tokens."""
        joining = [Joining("Consumers", name=names[place] if names else "") for place in range(number)]
        return [self.store.voting.admission.join("198.51.100.7", self.lobby.pin, one).token for one in joining]

    def vote(self, tokens: list[str], *choices: str) -> None:
        """They vote in the round before the room."""
        (found,) = self.store.voting.read.asked(self.session).rounds
        for token, choice in zip(tokens, choices, strict=True):
            self.store.voting.casting.cast(token, Ballot(found.id, choice)).result(30)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """One server for all tests; each opens an assessment of its own."""
    folder = tmp_path_factory.mktemp("assessable")
    environ = assessable(folder)
    with serving(folder, "--no-collect", environ=environ) as served:
        store = open_store(environ["STREAMGAUGE_DATABASE_URL"])
        yield Hall(served, store)
        store.close()
        assert "Traceback" not in served.log.read_text(errors="replace")


def opened(watching: Watched, *, named: bool = False) -> Page:
    """Open an assessment with what the form suggests."""
    page = watching.page
    watching.open("/assessment")
    if named:
        page.get_by_text("People give their names").click()
        watching.settle()
    page.get_by_role("button", name="Open the assessment").click()
    expect(page.get_by_text(f"0 of {QUESTIONS} decided")).to_be_visible()
    watching.settle()
    return page


def asked(watching: Watched, hall: Hall, subject: str) -> Page:
    """Put a question on the screen."""
    watching.open(f"/assessment?session={hall.session}&question={subject}")
    return watching.page


def joined(stack: ExitStack, browser: Browser, hall: Hall, group: str) -> Watched:
    """A phone of its own that joins by typing the PIN."""
    phone = stack.enter_context(watched(browser, hall.served.url, PHONE))
    page = phone.page
    page.goto(f"{hall.served.url}/join")
    page.get_by_label("PIN on the screen").fill(hall.lobby.pin)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label(group).check()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("● connected")).to_be_visible()
    return phone


def votes(phones: list[Watched], *choices: str) -> None:
    """Each person presses a button on their phone, by the first word on it."""
    for phone, choice in zip(phones, choices, strict=True):
        phone.page.get_by_role("button", name=choice).first.click()
        expect(phone.page.get_by_text(f"You chose: {choice}.")).to_be_visible()


def downloaded(page: Page, name: str, folder: Path) -> bytes:
    """The file behind a button."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    target = folder / name
    download.value.save_as(target)
    return target.read_bytes()


def test_a_whole_assessment_with_five_phones(browser: Browser, hall: Hall, tmp_path: Path) -> None:
    with ExitStack() as stack:
        watching = stack.enter_context(watched(browser, hall.served.url, ROOM))
        wire = Wire()
        wire.listen(watching.page)
        page = opened(watching)
        phones = [joined(stack, browser, hall, group) for group in GROUPS]
        expect(page.locator(".assess-joined dd").first).to_have_text("3")
        page.locator("body").press("n")
        expect(page.get_by_text(f"1 of {QUESTIONS}", exact=True)).to_be_visible()

        asked(watching, hall, "L3.2")
        wire.forget()  # the style sheet names what is drawn after a reveal
        page.locator("body").press("v")
        expect(page.get_by_role("button", name="Reveal")).to_be_visible()
        votes(phones[:4], "Yes", "Yes", "Yes", "No")
        expect(page.get_by_text("4 of 5 in")).to_be_visible()
        votes(phones[4:], "Partly")
        expect(page.get_by_text("5 of 5 in")).to_be_visible()
        watching.settle()
        assert wire.frames, "the frames of the socket are seen"
        assert wire.holds(*SAYS_HOW) == []
        assert all(set(room) == {"version", "closed", "people", "rounds"} for room in told_of(hall))

        page.locator("body").press("e")
        expect(page.get_by_text("Discuss: spread 2: from no to yes")).to_be_visible()
        expect(page.get_by_text("Contradiction: the room says “yes” (3 of 5), the evidence says no.")).to_be_visible()
        expect(page.get_by_text("▲ median")).to_be_visible()
        assert page.locator(".assess-spread .dot").count() == 5
        assert set(wire.holds(*SAYS_HOW)) >= {b"assess-spread", b"median", b"Discuss", b"assess-evidence"}
        expect(phones[0].page.get_by_text("The votes are on the screen.")).to_be_visible()

        page.get_by_label("Rationale").fill("some topics are")
        page.get_by_role("button", name="Vote once more").click()
        expect(page.get_by_role("button", name="Reveal")).to_be_visible()
        page.get_by_label("Rationale").press("End")
        page.get_by_label("Rationale").press_sequentially(" not checked")
        votes(phones, "Yes", "Partly", "Partly", "Partly", "Partly")
        expect(page.get_by_text("5 of 5 in")).to_be_visible()
        expect(page.get_by_label("Rationale")).to_have_value("some topics are not checked")
        page.get_by_role("button", name="Reveal").click()
        expect(page.get_by_text("First vote · Discuss: spread 2")).to_be_visible()
        expect(page.get_by_text("Re-vote")).to_be_visible()
        expect(page.get_by_role("button", name="Vote once more")).to_have_count(0)

        page.get_by_label("Dissent").fill("Ann: all of them are")
        page.get_by_label("Owner").fill("tom")
        page.get_by_label("Owner").press("Tab")
        watching.settle()
        page.get_by_role("button", name="Partly").click()
        expect(page.get_by_text(f"1 of {QUESTIONS} decided")).to_be_visible()
        watching.settle()
        assert watching.all_faults() == []

        page.locator("body").press("n")
        expect(page.get_by_text(f"11 of {QUESTIONS}", exact=True)).to_be_visible()
        watching.settle()
        page.locator("body").press("v")
        expect(page.get_by_role("button", name="Reveal")).to_be_visible()
        votes(phones, "No", "No", "No", "No", "No")
        expect(page.get_by_text("5 of 5 in")).to_be_visible()
        page.locator("body").press("e")
        expect(page.get_by_text("All agree: No")).to_be_visible()
        watching.settle()
        page.locator("body").press("g")
        expect(page.get_by_text(f"2 of {QUESTIONS} decided")).to_be_visible()
        expect(page.get_by_text(f"12 of {QUESTIONS}", exact=True)).to_be_visible()
        watching.settle()
        page.locator("body").press("z")
        expect(page.get_by_text("Parked").first).to_be_visible()

        asked(watching, hall, "Skills")
        page.locator("body").press("v")
        expect(page.get_by_role("button", name="Reveal")).to_be_visible()
        votes(phones, "2", "3", "3", "3", "4")
        expect(page.get_by_text("5 of 5 in")).to_be_visible()
        page.locator("body").press("e")
        expect(page.get_by_text("Discuss: spread 2: from 2 to 4")).to_be_visible()
        watching.settle()
        page.locator("body").press("3")
        expect(page.get_by_text(f"3 of {QUESTIONS} decided")).to_be_visible()
        watching.settle()
        page.locator("body").press("Escape")
        page.get_by_role("button", name="Close assessment").click()
        expect(page.locator(".assess-headline")).to_have_text("Level 0 to 2, 7 answers missing")
        watching.settle()
        page.get_by_role("button", name="Close and freeze").click()
        expect(page.get_by_text("Read-only")).to_be_visible()
        watching.settle()
        expect(phones[1].page.get_by_role("heading", name="The session is closed")).to_be_visible()
        assert watching.all_faults() == []
        record = verified_file(downloaded(page, "JSON", tmp_path))
        assert downloaded(page, "PDF", tmp_path).startswith(b"%PDF")
        page.reload()
        expect(page.get_by_text(record.sha256)).to_be_visible()
        expect(page.get_by_role("button", name="Partly")).to_have_count(0)
    numbers = record.snapshot.subjects[Subject("L3.2")]
    assert [one["counts"]["yes"] for one in numbers["rounds"]] == [3, 1]
    assert (numbers["answer"], numbers["proposal"], numbers["evidence"]["state"]) == ("partial", "partial", "refuted")
    assert numbers["rounds"][0]["groups"]["Consumers"]["counts"] is None
    (decision,) = [one.decision for one in record.decisions if one.subject == "L3.2"]
    assert decision is not None
    assert (decision.note, decision.dissent, decision.owner) == (
        "some topics are not checked",
        "Ann: all of them are",
        "tom",
    )
    assert [action.owner for action in record.actions] == ["tom"]
    assert record.snapshot.result["respondents"]["voters"] == 5


def told_of(hall: Hall) -> list[dict[str, object]]:
    """What the presenter's stream says now."""
    url = f"{hall.served.url}/present/events?session={hall.session}"
    found: list[dict[str, object]] = []
    with requests.get(url, stream=True, timeout=20) as answer:
        for line in answer.iter_lines():
            if line.startswith(b"data: "):
                found.append(json.loads(line[6:]))
                break
    return found


def test_who_has_left_is_taken_out_and_nobody_waits_for_them(browser: Browser, hall: Hall) -> None:
    with ExitStack() as stack:
        watching = stack.enter_context(watched(browser, hall.served.url, ROOM))
        page = opened(watching)
        phone = joined(stack, browser, hall, "Platform team").page
        tokens = hall.people(2)
        asked(watching, hall, "L3.3")
        page.locator("body").press("v")
        expect(page.get_by_role("button", name="Reveal")).to_be_visible()
        hall.vote(tokens, "yes", "no")
        expect(page.get_by_text("2 of 3 in")).to_be_visible()
        watching.settle()
        page.locator("body").press("Escape")
        page.get_by_text("Has somebody left?").click()
        page.get_by_label("Who has left").click()
        page.get_by_role("option", name="Platform team, joined").click()
        page.get_by_role("button", name="Take out …").click()
        expect(page.get_by_text("Take out “Platform team, joined")).to_be_visible()
        watching.settle()
        assert watching.violations(EMPTY_DATES) == []
        page.get_by_role("button", name="Take out", exact=True).click()
        expect(page.get_by_text("Taken out: Platform team, joined")).to_be_visible()
        expect(phone.get_by_text("The facilitator took this phone out of the session.")).to_be_visible()
        expect(phone.get_by_role("link", name="Join again")).to_be_visible()
        watching.settle()
        assert watching.all_faults() == []
        asked(watching, hall, "L3.3")
        expect(page.get_by_text("2 of 2 in")).to_be_visible()


def test_names_reach_the_presenter_after_the_reveal_and_not_before(browser: Browser, hall: Hall) -> None:
    with watched(browser, hall.served.url, ROOM) as watching:
        opened(watching, named=True)
        tokens = hall.people(3, names=("Annabel Ahlberg", "Bob Bergstrom", "Cid Carlsson"))
        wire = Wire()
        wire.listen(watching.page)
        page = asked(watching, hall, "L3.2")
        wire.forget()  # the style sheet names what is drawn after a reveal
        page.locator("body").press("v")
        expect(page.get_by_role("button", name="Reveal")).to_be_visible()
        hall.vote(tokens, "yes", "no", "no")
        expect(page.get_by_text("3 of 3 in")).to_be_visible()
        watching.settle()
        names = (b"Annabel", b"Bergstrom", b"Carlsson", b"voter:")
        assert wire.holds(*names, *SAYS_HOW) == []
        page.locator("body").press("e")
        expect(page.get_by_text("Bob Bergstrom, Cid Carlsson; then Annabel Ahlberg")).to_be_visible()
        assert set(wire.holds(*names)) == {b"Annabel", b"Bergstrom", b"Carlsson"}


def test_the_code_on_the_screen_can_be_scanned(browser: Browser, hall: Hall) -> None:
    for theme in THEMES:
        with watched(browser, hall.served.url, ROOM, theme) as watching:
            page = opened(watching)
            expect(page.locator(".assess-code")).to_be_visible()
            watching.settle()
            (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
            assert code.text == f"{PUBLIC_URL}/join?pin={hall.lobby.pin}&key={hall.lobby.key}"


def test_where_nothing_is_pushed_the_page_asks(browser: Browser, hall: Hall) -> None:
    with watched(browser, hall.served.url, ROOM) as watching:
        watching.page.route("**/present/events*", lambda route: route.abort())
        opened(watching)
        tokens = hall.people(4)
        page = asked(watching, hall, "L3.3")
        page.locator("body").press("v")
        expect(page.get_by_role("button", name="Reveal")).to_be_visible()
        hall.vote(tokens[:3], "yes", "no", "no")
        expect(page.get_by_text("3 of 4 in")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("theme", THEMES)
def test_every_view_of_an_assessment_shows_no_fault(browser: Browser, hall: Hall, theme: Theme) -> None:
    with (
        watched(browser, hall.served.url, ROOM, theme) as watching,
        watched(browser, hall.served.url, PHONE, theme) as small,
    ):

        def check(path: str = "") -> None:
            for one in (watching, small):
                if path:
                    one.open(path)
                one.settle()
                assert one.all_faults() == []
                assert one.violations(EMPTY_DATES) == []

        check("/assessment")
        page = opened(watching)
        tokens = hall.people(5)
        check(f"/assessment?session={hall.session}")
        path = f"/assessment?session={hall.session}&question=L3.2"
        check(path)
        page.locator("body").press("v")
        expect(page.get_by_role("button", name="Reveal")).to_be_visible()
        hall.vote(tokens, "yes", "yes", "yes", "no", "unknown")
        check()
        page.locator("body").press("e")
        expect(page.get_by_text("Contradiction:")).to_be_visible()
        expect(small.page.get_by_text("Contradiction:")).to_be_visible()
        check()
        watching.open(f"/assessment?session={hall.session}")
        page.get_by_role("button", name="Close assessment").click()
        expect(page.locator(".assess-headline")).to_contain_text("Proposed: level")
        watching.settle()
        assert watching.all_faults() == []
        page.get_by_role("button", name="Close and freeze").click()
        expect(page.get_by_text("Read-only")).to_be_visible()
        check(f"/assessment?session={hall.session}")


def test_an_assessment_from_elsewhere_is_imported_read_and_put_away(
    browser: Browser, hall: Hall, tmp_path: Path
) -> None:
    elsewhere = open_store(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    numbers = assessment_snapshot(RUBRIC, elsewhere.clock())
    session = elsewhere.meetings.open(Actor.local_admin(), SessionKind.ASSESSMENT, "Spring at North", numbers)
    record = elsewhere.meetings.close(Actor.local_admin(), session.id)
    elsewhere.close()
    file = tmp_path / "spring.json"
    file.write_bytes(export(record, Format.JSON))

    with watched(browser, hall.served.url, PHONE) as watching:
        watching.open("/assessment")
        page = watching.page
        page.get_by_text("Import a record (editor)").click()
        page.get_by_label("Whose assessment it is").fill("Platform North")
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("Choose a JSON file first.")).to_be_visible()
        page.locator("input[type=file]").set_input_files(file)
        expect(page.get_by_text("spring.json")).to_be_visible()
        page.get_by_label("SHA-256 that it should have").fill(record.sha256)
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("● Imported.")).to_be_visible()
        page.get_by_role("button", name="Spring at North").click()
        expect(page.get_by_text("one that did not come in the file. It is the first of its series.")).to_be_visible()
        expect(page.get_by_text("Closed at Platform North")).to_be_visible()
        nothing_decided = "Proposed: level 0 to 5, 21 answers missing"  # of 26, of which 5 are deficits
        expect(page.locator(".assess-headline")).to_have_text(nothing_decided)
        page.reload()
        expect(page.get_by_text(record.sha256)).to_be_visible()
        watching.settle()
        assert watching.all_faults() == []
        page.get_by_role("button", name="All assessments").click()
        page.get_by_role("button", name="Put away").click()
        expect(page.get_by_text("Put away; it is no longer shown and stays on file.")).to_be_visible()
        watching.settle()
        expect(page.get_by_role("button", name="Spring at North")).to_have_count(0)
        assert watching.all_faults() == []
