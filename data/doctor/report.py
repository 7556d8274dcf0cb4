"""The types that a doctor's report consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from data.sources.failures import SourceFailure

T = TypeVar("T")


class Verdict(StrEnum):
    """How one check ended. Only `ok` is good; `unknown` is not."""

    OK = "ok"
    LACKING = "lacking"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    sentence: what was found. costs: what streamgauge cannot show because of it, empty when nothing. remedy: what to
    do, a command where one does it.
    """

    name: str
    verdict: Verdict
    sentence: str
    costs: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source of one cluster; address is the URL or the bootstrap servers, empty when it is not configured."""

    source: str
    address: str
    checks: tuple[Check, ...]

    @property
    def reachable(self) -> bool:
        """True when the source answered the first question."""
        return bool(self.checks) and self.checks[0].verdict is Verdict.OK


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """Everything found about one cluster."""

    cluster: str
    environment: str
    region: str
    sources: tuple[SourceReport, ...]

    @property
    def healthy(self) -> bool:
        """True when every configured source answered and nothing is lacking or unknown."""
        wanted = {Verdict.OK, Verdict.NOT_CONFIGURED}
        return all(check.verdict in wanted for source in self.sources for check in source.checks)


def failed(name: str, failure: SourceFailure, costs: str = "") -> Check:
    """The check that a source's failure ends."""
    return Check(name, Verdict.FAILED, f"{failure.kind}: {failure.sentence}", costs, failure.next_step)


def tried(name: str, costs: str, look: Callable[[], T], judge: Callable[[T], Check]) -> Check:
    """What `judge` makes of what `look` saw; a failed check when the source failed meanwhile."""
    try:
        seen = look()
    except SourceFailure as failure:
        return failed(name, failure, costs)
    return judge(seen)


def not_configured(source: str, costs: str, key: str) -> SourceReport:
    """The report of a source that the settings leave out."""
    check = Check("connection", Verdict.NOT_CONFIGURED, "not configured", costs, f"Set {key}.")
    return SourceReport(source, "", (check,))
