"""The product as a user starts it on the stack: its pages, its collector, its command line, all real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from dashboard.budgets import burn_down_of, statuses_of
from dashboard.definitions import produce_success
from data.store import Store, open_store
from data.store.read import SourceCondition
from scoring.catalog.estate import SourceName
from scoring.slo.definition import SloDefinition
from scoring.slo.series import BurnDown
from scoring.slo.slices import GROUP, READING_DELAY, MinuteState, laid_out
from scoring.slo.status import SloStatus
from scoring.slo.windows import RollingWindow
from stack.environment import variables
from stack.state import StackState
from tests.browser.serving import Served, serving
from tests.waiting import PATIENCE

RECORDER = Path(__file__).with_name("recorder")
CADENCES = {"ESTATE": "5", "CONFIGS": "30", "ACLS": "15", "SLICES": "5", "EVIDENCE": "20"}


def settings_for(stack: StackState, database: Path, cadences: Mapping[str, str]) -> dict[str, str]:
    """What `python -m stack env` prints, with a database of our own."""
    collect = {f"STREAMGAUGE_COLLECT__{name}": seconds for name, seconds in cadences.items()}
    return {**variables(stack), **collect, "STREAMGAUGE_DATABASE_URL": f"sqlite:///{database}"}


def streamgauge(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of the product in its own process."""
    return subprocess.run(
        [sys.executable, "-m", "dashboard.cli", *arguments],
        cwd="/",
        env=os.environ | dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Product:
    """A running `streamgauge run` with its collector. store: its database, opened a second time by the test."""

    served: Served
    environ: Mapping[str, str]
    store: Store
    connections: Path

    def answer(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        done = streamgauge(self.environ, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def told(self, *arguments: str) -> dict[str, Any]:
        """What `slo status --json` prints of produce success."""
        (found,) = (one for one in self.answer("slo", "status", *arguments) if one["id"] == produce_success().id)
        return dict(found)

    def conditions(self) -> dict[SourceName, SourceCondition]:
        """How each source of the one cluster answered last."""
        return {state.source: state.state for state in self.store.read.source_states()}

    def status(self, edge: float, definition: SloDefinition | None = None) -> SloStatus:
        """What the tile is drawn from, for the window that ends at this minute edge."""
        (found,) = statuses_of(self.store.read, definition or produce_success(), None, reading_at(edge))
        assert found.as_of == moment(edge)
        return found

    def burn_down(self, edge: float) -> BurnDown:
        """What the chart is drawn from, for the same window."""
        found = burn_down_of(self.store.read, produce_success(), self.status(edge), reading_at(edge))
        assert found is not None
        return found

    def minutes(self, start: float, end: float, definition: SloDefinition | None = None) -> list[MinuteState]:
        """How the minutes between two edges were observed."""
        sli = (definition or produce_success()).sli
        days = self.store.read.slice_days(sli.hash, None, moment(start).date(), moment(end).date() + timedelta(days=1))
        group = [day for day in days if day.component == GROUP]
        return [MinuteState(state) for state in laid_out(group, int(start // 60), int(end // 60))[1]]

    def closed(self, edge: float, definition: SloDefinition | None = None) -> bool:
        """True when the collector has judged the minute before this edge."""
        return MinuteState.PENDING not in self.minutes(edge - 60, edge, definition)

    def opened_by_pages(self) -> list[str]:
        """The addresses that the process of the pages, which is not the collector's, has connected to."""
        lines = [line.split("\t") for line in self.connections.read_text().splitlines()]
        return [address for pid, address in lines if int(pid) == self.served.process.pid]


@contextmanager
def running(stack: StackState, folder: Path, cadences: Mapping[str, str] = CADENCES) -> Iterator[Product]:
    """The product on the stack, with its database in `folder`; stopped afterwards."""
    database, connections = folder / "live.sqlite", folder / "connections"
    environ = settings_for(stack, database, cadences)
    recorded = {"PYTHONPATH": str(RECORDER), "CONNECTIONS_FILE": str(connections)}
    with serving(folder, environ=environ | recorded) as served:
        store = open_store(environ["STREAMGAUGE_DATABASE_URL"])
        try:
            yield Product(served, environ, store, connections)
        finally:
            store.close()


def processes_of(environ: Mapping[str, str]) -> list[psutil.Process]:
    """Every living process that was started on this database."""
    found = []
    for process in psutil.process_iter():
        try:
            theirs = process.environ().get("STREAMGAUGE_DATABASE_URL")
        except (psutil.Error, OSError):
            continue  # gone, a zombie, or another user's
        if theirs == environ["STREAMGAUGE_DATABASE_URL"]:
            found.append(process)
    return found


def moment(edge: float) -> datetime:
    """Seconds since the epoch as a moment."""
    return datetime.fromtimestamp(edge, UTC)


def reading_at(edge: float) -> datetime:
    """When to read to get the window that ends at this edge."""
    return moment(edge) + READING_DELAY


def last_edge() -> float:
    """The minute edge that has passed last, by the clock."""
    return time.time() // 60 * 60


def over_one_hour() -> SloDefinition:
    """The same promise over an hour, as if it had been observed well enough from its first minute on."""
    return replace(
        produce_success(), window=RollingWindow(timedelta(hours=1)), min_coverage=produce_success().min_coverage * 0
    )
