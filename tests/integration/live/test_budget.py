"""The error budget moves by exactly what failed, and every surface says the same number."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import Browser

from dashboard.wording import percents
from scoring.slo.budget import Band
from scoring.slo.slices import MinuteState
from stack.state import StackState
from tests.browser.watching import watched
from tests.integration.live import by_hand
from tests.integration.live.product import (
    Product,
    last_edge,
    moment,
    over_one_hour,
    reading_at,
)
from tests.integration.stack.asking import fault
from tests.waiting import PATIENCE, eventually

REFUSED_FOR_REPLICAS = 7
REFUSED_FOR_PERMISSION = 4
REFUSED_FOR_SIZE = 3

DOWN_SECONDS = 180


def edge_after(stack: StackState, error: str, count: int, since: float) -> float:
    """The first minute edge after Prometheus has scraped so many of these answers; returns when it has passed."""

    def scraped() -> bool:
        return by_hand.answers(stack, since, time.time())[error] >= count

    eventually(scraped, f"Prometheus should have seen {count} {error}")
    edge = last_edge() + 60
    eventually(lambda: time.time() > edge, "the minute should end")
    return edge


def calm(stack: StackState) -> bool:
    """True when the company has produced for two minutes and the platform has refused none of it.

    Brokers that have just come back, and topics that have just been made, refuse some.
    """
    edge = last_edge()
    found = by_hand.answers(stack, edge - 120, edge)
    return by_hand.owed(found) > 0 and by_hand.platform_faults(found) == 0


@pytest.mark.fault(order=61)
@pytest.mark.timeout(1800)
def test_the_budget_falls_by_exactly_the_failed_produces(product: Product, stack: StackState, browser: Browser) -> None:
    eventually(lambda: calm(stack), "the platform should be calm before anything is injected")
    start = last_edge()
    fault(stack, "produce-failure", "isr", "--count", str(REFUSED_FOR_REPLICAS))
    middle = edge_after(stack, "NOT_ENOUGH_REPLICAS", REFUSED_FOR_REPLICAS, start)
    fault(stack, "produce-failure", "permission", "--count", str(REFUSED_FOR_PERMISSION))
    fault(stack, "produce-failure", "too-large", "--count", str(REFUSED_FOR_SIZE))
    end = edge_after(stack, "MESSAGE_TOO_LARGE", REFUSED_FOR_SIZE, middle)
    eventually(lambda: product.closed(end), "the collector should judge the last minute")

    before, between, after = (product.status(edge) for edge in (start, middle, end))
    assert between.tally.bad - before.tally.bad == REFUSED_FOR_REPLICAS
    assert between.client_faults == before.client_faults
    assert after.tally.bad == between.tally.bad
    assert after.client_faults - between.client_faults == REFUSED_FOR_PERMISSION + REFUSED_FOR_SIZE

    first, second = by_hand.answers(stack, start, middle), by_hand.answers(stack, middle, end)
    assert between.tally.bad - before.tally.bad == by_hand.platform_faults(first)
    assert by_hand.platform_faults(second) == 0
    assert between.tally.total - before.tally.total == by_hand.owed(first)
    assert after.tally.total - between.tally.total == by_hand.owed(second) > 0

    told = product.told("--at", f"{reading_at(end):%Y-%m-%dT%H:%M:%SZ}")
    assert told["as_of"] == f"{moment(end):%Y-%m-%dT%H:%M:%SZ}"
    assert (told["bad"], told["total"]) == (float(after.tally.bad), float(after.tally.total))
    exact = 1 - Fraction(told["bad"]) / (Fraction(told["total"]) / 10_000)
    assert told["remaining"] == pytest.approx(float(exact), rel=1e-12)
    assert told["remaining"] == after.remaining == product.burn_down(end).remaining[-1]
    assert after.remaining is not None
    shown = percents(after.remaining, 1)
    with watched(browser, product.served.url) as page:
        page.open(f"/?asof={reading_at(end):%Y-%m-%dT%H:%M}")
        assert page.page.get_by_test_id("stMetricValue").first.inner_text() == shown
        assert f"{shown} left" in str(page.page.get_by_role("img", name="Error budget of").get_attribute("alt"))


@dataclass(frozen=True, slots=True)
class Outage:
    """All brokers down for three minutes under load, with what was said before and meanwhile.

    began, ended: the edges around it. page: the words of Overview when it said so. before, meanwhile: what
    `slo status --json` printed.
    """

    began: float
    ended: float
    page: str
    before: dict[str, Any]
    meanwhile: dict[str, Any]


@pytest.fixture(scope="session")
def outage(product: Product, stack: StackState, browser: Browser) -> Outage:
    """Stops every broker and starts them again three minutes later; the last minutes may not be judged yet."""
    before = product.told()
    began, stopped = last_edge(), time.monotonic()
    fault(stack, "kafka", "stop")
    try:
        with watched(browser, product.served.url) as page:
            page.open("/")
            said = page.page.get_by_text("platform down since").first
            said.wait_for(timeout=PATIENCE * 1000)
            words = page.page.inner_text("body")
        meanwhile = product.told()
        eventually(lambda: time.monotonic() > stopped + DOWN_SECONDS, "three minutes should pass")
    finally:
        fault(stack, "heal")
    return Outage(began, last_edge() + 60, words, before, meanwhile)


@pytest.mark.long
@pytest.mark.fault(order=62)
@pytest.mark.timeout(1800)
def test_all_brokers_down_for_three_minutes_lowers_the_budget_and_the_page_says_down(outage: Outage) -> None:
    assert re.search(r"■\splatform down since \d\d:\d\d:00 UTC: no broker answers Prometheus", outage.page)
    assert re.search(r"\d minutes? down", outage.page)
    assert re.search(r"◆\sKafka .*unreachable|◆\sKafka .*no answer in time", outage.page)
    assert not re.search(r"●\shealthy", outage.page)
    assert outage.meanwhile["bad"] > outage.before["bad"]
    assert outage.meanwhile["remaining"] < outage.before["remaining"]
    assert outage.meanwhile["burn"]["1h"] > 1


@pytest.mark.long
@pytest.mark.fault(order=66)
@pytest.mark.timeout(1800)
def test_the_minutes_without_a_broker_are_bad_by_the_mean_of_the_hour_before(
    product: Product, stack: StackState, outage: Outage
) -> None:
    eventually(lambda: product.closed(outage.ended), "the collector should judge the minute after the outage")
    edges = [outage.began + 60 * minute for minute in range(round((outage.ended - outage.began) / 60))]
    answering, heard = (
        look(stack, outage.began - 7200, outage.ended) for look in (by_hand.seen_up, by_hand.seen_at_all)
    )
    down = [edge for edge in edges if edge not in answering and edge in heard]
    assert len(down) >= DOWN_SECONDS // 60 - 1
    states = product.minutes(outage.began, outage.ended)
    assert [edge for edge, state in zip(edges, states, strict=True) if state is MinuteState.DOWN] == down

    covered = [edge for edge in sorted(answering) if edge < down[0]][-60:]
    # The very first minute is covered, and nothing is counted in it: it has no scrape before it to count from.
    counting = [edge for edge in covered if edge > min(answering)]
    in_the_hour = sum(by_hand.owed(by_hand.answers(stack, edge, edge + 60)) for edge in counting)
    mean = Fraction(in_the_hour, len(covered))
    assert mean > 0
    before, after = product.status(down[0]), product.status(outage.ended)
    assert after.down_minutes - before.down_minutes == len(down)
    counted = by_hand.answers(stack, down[0], outage.ended)
    assert after.tally.bad - before.tally.bad == len(down) * mean + by_hand.platform_faults(counted)
    assert after.tally.total - before.tally.total == len(down) * mean + by_hand.owed(counted)

    hour = product.status(outage.ended, over_one_hour())
    assert hour.band is Band.LOCKDOWN
    assert hour.remaining is not None
    assert hour.remaining < 0
