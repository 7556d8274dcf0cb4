"""The SLO review of 100 SLOs over 30 days, against reading the arrays that it judges.

The subject is what the server does when the first of all readers of a new minute has the review page open: one whole
run of the page's script, from asking for terms, slices and meetings to the HTML of the table. Streamlit runs it in
this process (`AppTest`) and the run includes taking the page's messages apart again; the network and the browser are
not in it. The process is warm: the page was open a minute before, and since then the store has got newer slices.
Judging alone, the second reader of the same minute, and the process's memory stand beside it; so does the processor
time of the first reader, which says more than the clock where others use the machine.

The peer reads from the same store, without any memory, the slices of the same days of the same SLOs.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

import dashboard.definitions
from benchmarks.machine import load_words, verdict
from benchmarks.many_slos import CLUSTER, look_again, many_slos, write_slices
from benchmarks.ratios import Ratio, seconds
from dashboard.agreed import agreed
from dashboard.budgets import reach
from dashboard.instance import Instance, install
from dashboard.reader import Reader
from dashboard.registry import PAGES_FOLDER
from dashboard.reviewing import review_at
from dashboard.server import APP_FILE
from data.definitions.slo_files import Definitions
from data.settings import load_settings
from data.store import Store, open_store
from data.store.slice_rows import read_days
from scoring.slo.definition import SloDefinition

BEGIN = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
ROUNDS = 7
ALLOWED_SECONDS = 0.5
ALLOWED_BYTES = 1 << 30


@dataclass(slots=True)
class Room:
    """The store, the clock on the wall, and browsers with the review page open."""

    store: Store
    definitions: tuple[SloDefinition, ...]
    now: datetime = BEGIN
    opening: Future[Reader] = field(default_factory=Future)

    def next_minute(self) -> None:
        """Let a minute pass, in which the collector looks again."""
        self.now += timedelta(minutes=1)
        look_again(self.store, self.now)

    def browser(self) -> AppTest:
        """Somebody opens the page."""
        app = AppTest.from_file(str(APP_FILE), default_timeout=300)
        return self.draw(app.run().switch_page(str(PAGES_FOLDER / "slo_review.py")))

    def draw(self, app: AppTest) -> AppTest:
        """The whole page once more."""
        app.run()
        assert not app.exception, app.exception
        return app

    def arrays(self) -> int:
        """Every array of the window and of the days before it, as it is stored; how many days of components."""
        with self.store.database.reading() as connection:
            return sum(
                len(read_days(connection, one.sli.hash, CLUSTER, reach(one, self.now).date(), self.now.date()))
                for one in self.definitions
            )

    def judged(self) -> None:
        """The page's numbers without the page."""
        review = review_at(self.store.read, self.definitions, self.now, agreed(self.store))
        assert len(review.snapshot.subjects) == len(self.definitions)


def measured(room: Room) -> list[Ratio]:
    """By turns: the peer, the first reader of a minute, the second one, and judging for another minute."""
    first, second = room.browser(), room.browser()
    drawn, busy, again, judged, read = [], [], [], [], []
    for _ in range(ROUNDS):
        read.append(seconds(room.arrays))
        room.next_minute()
        before = process_time()
        drawn.append(seconds(lambda: room.draw(first)))
        busy.append(process_time() - before)
        again.append(seconds(lambda: room.draw(second)))
        room.next_minute()
        judged.append(seconds(room.judged))
    rows = sum(str(one.proto.body).count('<dl class="review-row"') for one in first.get("html"))
    print(f"{rows} rows drawn")
    return [
        Ratio("review page, first reader of a minute / reading its arrays", _pairs(drawn, read), 1.5),
        Ratio(f"review page, first reader of a minute / {ALLOWED_SECONDS} s", _pairs(drawn, ALLOWED_SECONDS), 1.0),
        Ratio(f"processor time of the first reader / {ALLOWED_SECONDS} s", _pairs(busy, ALLOWED_SECONDS), 1.0),
        Ratio("judging without the page / reading its arrays", _pairs(judged, read), 1.5),
        Ratio("review page, second reader of the minute / reading its arrays", _pairs(again, read), 0.2),
    ]


def _pairs(subject: list[float], peer: list[float] | float) -> tuple[tuple[float, float], ...]:
    return tuple(zip(subject, peer if isinstance(peer, list) else [peer] * len(subject), strict=True))


def memory() -> Ratio:
    """The most that this process ever held, the peer and Streamlit included."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Ratio("peak memory of the process / 1 GiB", ((peak / 1e6, ALLOWED_BYTES / 1e6),), 1.0, "MB")


def fill(url: str) -> None:
    """Write the store; in a process of its own, so that its memory is not taken for the page's."""
    store = open_store(url, clock=lambda: BEGIN)
    print(f"{write_slices(store, many_slos(), BEGIN)} days of components written", flush=True)
    store.close()


def main(url: str) -> None:
    """Open the page on a filled store, measure, print."""
    definitions = many_slos()
    rooms: list[Room] = []
    store = open_store(url, clock=lambda: rooms[0].now if rooms else BEGIN)
    room = Room(store, definitions)
    rooms.append(room)
    reader = Reader(store.read, lambda: store.writable, monotonic=lambda: room.now.timestamp(), store=store)
    room.opening.set_result(reader)
    install(Instance(load_settings(None, {}), None, room.opening, lambda: room.now))
    look_again(store, room.now)
    with patch.object(dashboard.definitions, "load_definitions", lambda _: Definitions(slos=definitions)):
        print(f"{len(definitions)} SLOs, {room.arrays()} days of components in their reach  [{load_words()}]")
        ratios = measured(room)
    store.close()
    print(verdict([*ratios, memory()]))


if __name__ == "__main__":
    if sys.argv[1:]:
        fill(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            address = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
            subprocess.run([sys.executable, "-m", "benchmarks.bench_slo_review", address], check=True)
            main(address)
