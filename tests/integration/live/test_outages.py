"""Prometheus, Kafka and the registry go, one after another: pages say what is old, invent nothing, and recover."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from playwright.sync_api import Browser

from data.store.read import SourceCondition
from scoring.catalog.estate import SourceName
from scoring.slo.slices import MinuteState
from stack.state import StackState
from tests.browser.watching import watched
from tests.integration.live import by_hand
from tests.integration.live.product import Product, last_edge, settings_for, streamgauge
from tests.integration.stack.asking import fault
from tests.waiting import eventually

pytestmark = pytest.mark.long
"""Each source alone is shown in every run, in tests/integration/sources; this takes the product, and five minutes."""

GONE = (SourceCondition.UNREACHABLE, SourceCondition.TIMEOUT)
TITLES = {
    SourceName.PROMETHEUS: "Prometheus",
    SourceName.KAFKA: "Kafka",
    SourceName.REGISTRY: "Registry",
    SourceName.CONNECT: "Connect",
}
IN_ORDER = (SourceName.PROMETHEUS, SourceName.KAFKA, SourceName.REGISTRY, SourceName.CONNECT)


@dataclass(frozen=True, slots=True)
class Look:
    """What the product said while some sources were gone.

    estate: `estate --json`. names: of everything it lists, by kind. overview, connections: the words of the pages.
    seconds: until Overview stood still.
    """

    gone: tuple[SourceName, ...]
    estate: Any
    names: Mapping[str, list[str]]
    overview: str
    connections: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outages:
    """A look before, one after each source that went, one after all came back; and the collections of a newcomer.

    half, nothing: `collect --once` into an empty database with the registry alone, and with no source at all.
    prometheus_gone: from when to when Prometheus did not run, seconds since the epoch.
    """

    looks: tuple[Look, ...]
    half: CompletedProcess[str]
    nothing: CompletedProcess[str]
    prometheus_gone: tuple[float, float]

    @property
    def without_some(self) -> tuple[Look, ...]:
        """The looks while at least one source was gone."""
        return self.looks[1:-1]


def look(product: Product, browser: Browser, gone: tuple[SourceName, ...]) -> Look:
    """See what a person and a program see now."""
    estate = product.answer("estate")
    names: dict[str, list[str]] = {
        "topics": [row.name for row in product.store.read.topics()],
        "subjects": [row.name for row in product.store.read.subjects()],
        "connectors": [row.name for row in product.store.read.connectors()],
    }
    with watched(browser, product.served.url) as page:
        started = time.monotonic()
        page.open("/")
        seconds = time.monotonic() - started
        overview = page.page.inner_text("body")
        page.open("/connections")
        assert page.all_faults() == []
        return Look(gone, estate, names, overview, page.page.inner_text("body"), seconds)


@pytest.fixture(scope="session")
def outages(product: Product, stack: StackState, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Outages:
    """Stops one source after another until none is left, then heals, looking all the time."""
    newcomers = tmp_path_factory.mktemp("newcomers")

    def collected(name: str) -> CompletedProcess[str]:
        return streamgauge(settings_for(stack, newcomers / name, {}), "collect", "--once")

    eventually(lambda: set(product.conditions().values()) == {SourceCondition.OK}, "every source should answer")
    looks = [look(product, browser, ())]
    began = time.time()
    newly: dict[str, CompletedProcess[str]] = {}
    meant = {SourceName.KAFKA: "half", IN_ORDER[-1]: "nothing"}
    try:
        for number, source in enumerate(IN_ORDER, start=1):
            fault(stack, source.value, "stop")
            eventually(lambda source=source: product.conditions()[source] in GONE, f"{source} should be missed")  # type: ignore[misc]
            with ThreadPoolExecutor(1) as meanwhile:
                taken = meanwhile.submit(collected, meant[source]) if source in meant else None
                looks.append(look(product, browser, IN_ORDER[:number]))
                if taken is not None:
                    newly[meant[source]] = taken.result()
        eventually(lambda: last_edge() - 60 > began, "a whole minute should pass without Prometheus")
    finally:
        fault(stack, "heal")
    eventually(lambda: set(product.conditions().values()) == {SourceCondition.OK}, "every source should be back")
    ended = time.time()
    looks.append(look(product, browser, ()))
    return Outages(tuple(looks), newly["half"], newly["nothing"], (began, ended))


@pytest.mark.fault(order=63)
@pytest.mark.timeout(2400)
def test_programs_read_which_source_is_gone_since_when_and_all_that_was_known(outages: Outages) -> None:
    before = outages.looks[0]
    for seen in outages.looks:
        assert seen.estate["counts"] == before.estate["counts"], f"with {seen.gone} gone"
        assert seen.names == before.names
    for seen in outages.without_some:
        for source in seen.estate["sources"]:
            if source["source"] in seen.gone:
                assert source["state"] in GONE
                assert source["error"]
                assert source["last_success"] <= seen.estate["as_of"]
            elif source["source"] != SourceName.CONNECT:  # Connect lives in Kafka and may answer or not without it
                assert source["state"] == SourceCondition.OK
                assert source["error"] is None


@pytest.mark.fault(order=63)
def test_pages_name_what_is_gone_and_turn_neither_green_nor_empty(outages: Outages) -> None:
    for seen in outages.without_some:
        for source in seen.gone:
            assert re.search(rf"◆\s{TITLES[source]} \d+\s(s|min), (unreachable|no answer in time)", seen.overview)
            assert re.search(
                r"(unreachable|no answer in time) since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", seen.connections
            )
            assert not re.search(rf"●\s{TITLES[source]}\b", seen.overview)
        for count in seen.estate["counts"].values():
            assert re.search(rf"^{count}$", seen.overview, re.MULTILINE), f"{count} should stay on the page"
        assert re.search(r"Kafka, \d+\s(s|min) ago", seen.overview)
        assert "never read" not in seen.overview


@pytest.mark.fault(order=63)
def test_a_page_waits_for_nobody_outside(product: Product, outages: Outages) -> None:
    assert product.opened_by_pages() == []
    mapped = Path(f"/proc/{product.served.process.pid}/maps").read_text()
    assert "librdkafka" not in mapped, "whose connections Python would not tell of"
    slowest = max(seen.seconds for seen in outages.without_some)
    assert slowest < 3 * outages.looks[0].seconds + 20


@pytest.mark.fault(order=63)
def test_everything_recovers_by_itself(product: Product, outages: Outages) -> None:
    after = outages.looks[-1]
    assert {source["state"] for source in after.estate["sources"]} == {"ok"}
    assert {source["error"] for source in after.estate["sources"]} == {None}
    assert "unreachable" not in after.overview
    health = product.served.health()["collector"]
    assert (health["running"], health["restarts"]) == (True, 0)
    began = outages.prometheus_gone[0]
    born = [row.name for row in product.store.read.topics() if row.seen.known_since.timestamp() > began]
    assert born == [], "a topic that was gone in between would have been found again"


@pytest.mark.fault(order=63)
def test_a_collection_fails_only_when_nothing_at_all_answers(outages: Outages) -> None:
    assert outages.half.returncode == 0, outages.half.stderr
    assert re.search(r"kafka .*(unreachable|timeout)", outages.half.stdout)
    assert re.search(r"registry .*ok", outages.half.stdout)
    assert outages.nothing.returncode == 1
    for source in IN_ORDER:
        assert re.search(rf"{source.value} .*(unreachable|timeout)", outages.nothing.stdout)


@pytest.mark.fault(order=66)
@pytest.mark.timeout(1800)
def test_minutes_without_prometheus_are_unknown_or_bridged_and_never_observed(
    product: Product, stack: StackState, outages: Outages
) -> None:
    began, ended = outages.prometheus_gone
    start, end = began // 60 * 60, ended // 60 * 60 + 60
    eventually(lambda: time.time() > end and product.closed(end), "the collector should judge the minutes")
    heard = by_hand.seen_at_all(stack, start - 600, end)
    edges = [start + 60 * minute for minute in range(round((end - start) / 60))]
    silent = [edge for edge in edges if edge not in heard]
    assert silent
    states = dict(zip(edges, product.minutes(start, end), strict=True))
    assert {states[edge] for edge in silent} <= {MinuteState.UNKNOWN, MinuteState.BRIDGED}
    observed = [edge for edge, state in states.items() if state in (MinuteState.COVERED, MinuteState.DOWN)]
    assert set(observed) <= heard
