"""`python -m stack backfill`: days of plausible history in Prometheus, so that a 30-day window has something in it.

History ends where Prometheus' own samples begin, under the same labels, and every broker restarts shortly before: to
whoever reads across the seam it is one more restart.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import requests
import typer
from rich.console import Console
from rich.table import Table

from stack import downloads
from stack.monitoring import canary_labels, prometheus_configuration
from stack.plan import PROMETHEUS
from stack.processes import wait_until
from stack.state import DIRECTORY_VARIABLE, StackError, StackState, load_state, stack_directory, write_in_one_step
from stack.workload import openmetrics
from stack.workload.history import History, invent
from stack.workload.incidents import MINUTE, Incident, happened
from stack.workload.past import Target

LONGEST_DAYS = 44
"""One day less than Prometheus keeps."""

SHORTEST = timedelta(hours=2)
BLOCK_DURATION = "240h"
"""Without this promtool, which does not mention it in its help, reads the file once for every two hours of it."""

PICKED_UP_SECONDS = 180.0
"""Prometheus looks for new blocks once a minute."""

HISTORY_FILE = "history.json"

app = typer.Typer(help="Write days of plausible history into Prometheus.", add_completion=False)


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What was written. incidents: as in history.json, with the error answers that each caused."""

    start: datetime
    end: datetime
    samples: int
    incidents: list[dict[str, Any]]


def backfill(state: StackState, days: float, progress: Callable[[str], None], now: datetime) -> Backfilled:
    """Invent `days` before `now`, up to Prometheus' first sample, and return when Prometheus answers with them.

    StackError when Prometheus does not answer, or has samples of that time already.
    """
    start, end = _bounds(state, days, now)
    incidents = happened(start, end)
    history = invent(start, end, targets(state), incidents, canary=canary_labels(state))
    with _workplace(state) as place:
        samples = openmetrics.write(history, place / "history.om")
        progress(
            f"{samples} samples of {len(history.series)} series from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
        )
        blocks = _made_blocks(place)
        for block in blocks:
            block.rename(state.directory / PROMETHEUS / "data" / block.name)
    progress(f"{len(blocks)} blocks handed over; Prometheus looks for new ones once a minute")
    wait_until(lambda: _answers_for(state, start, end), "Prometheus should show the history", PICKED_UP_SECONDS)
    done = Backfilled(start, end, samples, _told(history, incidents))
    write_in_one_step(state.directory / HISTORY_FILE, json.dumps(_to_json(done), indent=2) + "\n")
    return done


def targets(state: StackState) -> tuple[Target, ...]:
    """Everything that is always scraped, with the labels that Prometheus gives it."""
    found = []
    for job in prometheus_configuration(state)["scrape_configs"]:
        for group in job.get("static_configs", ()):
            for address in group["targets"]:
                labels = {"job": job["job_name"], "instance": address, **group.get("labels", {})}
                node = (
                    int(labels["broker"]) if labels.get("cluster") == state.kafka.name and "broker" in labels else None
                )
                found.append(Target(labels, node))
    return tuple(found)


def _bounds(state: StackState, days: float, now: datetime) -> tuple[datetime, datetime]:
    """First and last minute edge of the history: `days` before now, and the last edge before the first live sample."""
    start = _minute(now - timedelta(days=days))
    first = _first_sample(state)
    end = _minute(first or now)
    if end - start < SHORTEST:
        raise StackError(
            f"Prometheus has samples from {first:%Y-%m-%d %H:%M} UTC on already; there is nothing to fill in. "
            "For another history, throw the stack away with `down --purge` and start again."
        )
    return start, end - MINUTE if end == first else end


def _first_sample(state: StackState) -> datetime | None:
    """When Prometheus' oldest sample was taken; None when it has none."""
    try:
        head = requests.get(f"{state.prometheus_url}/api/v1/status/tsdb", timeout=10).json()["data"]["headStats"]
    except (requests.RequestException, KeyError, ValueError) as error:
        raise StackError(f"Prometheus at {state.prometheus_url} does not answer: {error}. See `status`.") from error
    metas = (state.directory / PROMETHEUS / "data").glob("*/meta.json")
    oldest = [int(json.loads(meta.read_text(encoding="utf-8"))["minTime"]) for meta in metas]
    if head["numSeries"]:
        oldest.append(int(head["minTime"]))
    return datetime.fromtimestamp(min(oldest) / 1000, UTC) if oldest else None


def _made_blocks(place: Path) -> list[Path]:
    """Prometheus blocks of `history.om`."""
    made = place / "blocks"
    command = [str(downloads.promtool()), "tsdb", "create-blocks-from", f"--max-block-duration={BLOCK_DURATION}"]
    done = subprocess.run(
        [*command, "openmetrics", str(place / "history.om"), str(made)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StackError(f"promtool could not make blocks of the history: {done.stderr.strip()}")
    return [meta.parent for meta in sorted(made.glob("*/meta.json"))]


@contextmanager
def _workplace(state: StackState) -> Iterator[Path]:
    """An empty folder on the same disk as Prometheus' data, removed afterwards."""
    place = state.directory / PROMETHEUS / "backfill"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _answers_for(state: StackState, start: datetime, end: datetime) -> bool:
    """True when Prometheus knows of scrapes at both ends of the history."""
    for moment in (start, end):
        query = {"query": 'count(up{job="kafka"})', "time": str(moment.timestamp())}
        try:
            answer = requests.get(f"{state.prometheus_url}/api/v1/query", params=query, timeout=10).json()
        except (requests.RequestException, ValueError):
            return False
        if not answer.get("data", {}).get("result"):
            return False
    return True


def _told(history: History, incidents: tuple[Incident, ...]) -> list[dict[str, Any]]:
    return [incident.to_json(history.bad[incident.template.name]) for incident in incidents]


def _to_json(done: Backfilled) -> dict[str, Any]:
    return {"start": done.start.isoformat(), "end": done.end.isoformat(), "incidents": done.incidents}


def _minute(moment: datetime) -> datetime:
    """The last minute edge at or before that moment."""
    return moment.replace(second=0, microsecond=0)


@app.command()
def fill(
    directory: Annotated[
        Path | None,
        typer.Option("--dir", envvar=DIRECTORY_VARIABLE, help="The stack's directory; .stack here when left out."),
    ] = None,
    days: Annotated[float, typer.Option(min=0.1, max=LONGEST_DAYS, help="How far back.")] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Write that many days of history before Prometheus' first sample, and list the incidents in it."""
    say = Console(stderr=True, highlight=False).print
    done = backfill(load_state(stack_directory(directory)), days, say, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(_to_json(done), indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for column in ("incident", "from (UTC)", "minutes", "brokers", "code", "error answers"):
        table.add_column(column, overflow="fold")
    for one in done.incidents:
        since, until = (datetime.fromisoformat(one[key]) for key in ("start", "end"))
        what = one["code"] or ("down" if one["down"] else "no samples")
        brokers = ", ".join(map(str, one["brokers"]))
        table.add_row(
            one["name"], f"{since:%Y-%m-%d %H:%M}", str((until - since) // MINUTE), brokers, what, str(one["bad"])
        )
    Console(highlight=False).print(table)
