"""The running instance: one for each server process, made by `streamgauge run` and read by every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.reader import Reader
from dashboard.security.gate import Gate
from dashboard.supervisor import Supervisor
from data.settings import Settings

if TYPE_CHECKING:
    from scoring.catalog.estate import SourceName


@dataclass(frozen=True, slots=True)
class Instance:
    """What pages stand on.

    opening: the store's reader; pages wait for it, so that the server listens while the store is still migrating.
    gate: who may look; None on loopback, where the one local admin looks. supervisor: None when no collector belongs
    to this process (sample estate, or `run --no-collect`).
    """

    settings: Settings
    config: Path | None
    opening: Future[Reader]
    clock: Callable[[], datetime]
    supervisor: Supervisor | None = None
    gate: Gate | None = None

    @property
    def reader(self) -> Reader:
        """The store's reader; raises what opening the store raised."""
        return self.opening.result()

    def cadences(self) -> Mapping[SourceName, timedelta]:
        """How often each source is looked at."""
        # Imported here: the server listens before the estate's types, and numpy with them, are there.
        from scoring.catalog.estate import SourceName

        estate = timedelta(seconds=self.settings.collect.estate)
        others = {
            SourceName.PROMETHEUS: timedelta(seconds=self.settings.collect.slices),
            SourceName.ALERTMANAGER: timedelta(seconds=self.settings.collect.evidence),
        }
        return {source: others.get(source, estate) for source in SourceName}


class NoInstanceError(RuntimeError):
    """A page was asked for in a process that `streamgauge run` did not start."""

    def __init__(self) -> None:
        super().__init__("no instance in this process; start the pages with `streamgauge run`")


_installed: list[Instance] = []


def install(instance: Instance) -> None:
    """Make this the process's instance, in place of an earlier one."""
    _installed[:] = [instance]


def current() -> Instance:
    """The process's instance. Raises NoInstanceError when there is none."""
    if not _installed:
        raise NoInstanceError
    return _installed[0]
