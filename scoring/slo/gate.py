"""The release gate: what the SLOs that guard releases mean for one class of release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scoring.slo.budget import Band, percent
from scoring.slo.definition import SloId
from scoring.slo.exemptions import EVERY_SLO
from scoring.slo.policy import ReleaseClass
from scoring.slo.standing import SloState
from scoring.slo.status import SloStatus


class GateVerdict(StrEnum):
    """The answer to a release."""

    GO = "go"
    HALT = "halt"
    INCIDENT = "incident"
    LOCKDOWN = "lockdown"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """An approver lets a class of releases pass in spite of an SLO, for a reason and until a moment.

    slos: ids, or EVERY_SLO. release_class: None for both. Raises ValueError without a reason or an end.
    """

    id: str
    slos: frozenset[SloId]
    release_class: ReleaseClass | None = None
    reason: str
    overridden_by: str
    recorded_at: datetime
    until: datetime

    def __post_init__(self) -> None:
        """Checks that it says why, by whom and until when."""
        if not (self.reason.strip() and self.overridden_by.strip() and self.slos):
            raise ValueError(f"override {self.id}: takes a reason, a name and at least one SLO")
        if self.until <= self.recorded_at:
            raise ValueError(f"override {self.id}: ends before it begins")

    def holds(self, slo: SloId, release_class: ReleaseClass, now: datetime) -> bool:
        """True when it lets this class pass in spite of this SLO now."""
        concerned = EVERY_SLO in self.slos or slo in self.slos
        return concerned and self.release_class in (None, release_class) and self.recorded_at <= now < self.until


@dataclass(frozen=True, slots=True)
class GateReason:
    """One SLO's word. stops: it would stop the release. overridden: by whom, why, until when, if somebody lets it pass.

    lifts: when it no longer stops this class if nothing more burns; None when that cannot be known.
    """

    status: SloStatus
    stops: bool
    action: str
    lifts: datetime | None
    overridden: Override | None

    @property
    def holds_back(self) -> bool:
        """True when it stops the release and nobody has overridden it."""
        return self.stops and self.overridden is None

    @property
    def text(self) -> str:
        """The reason as a sentence."""
        status = self.status
        where = ", ".join(part for part in (status.title, status.cluster, status.group) if part)
        left = "" if status.deciding is None or status.deciding.exact_remaining is None else _left(status)
        found = f", {status.bad:g} found" if status.state is SloState.VIOLATED else ""
        return f"{where}: {status.band.value.replace('_', ' ')}{left}{found}. {self.action}"


def _left(status: SloStatus) -> str:
    share = status.remaining if status.projected_budget is None else status.projected
    return "" if share is None else f", {percent(share, 1)} of the budget left"


@dataclass(frozen=True, slots=True)
class GateDecision:
    """The answer, and every guarding SLO's word, the worst first.

    lifts: when the last SLO that holds it back no longer does; None when it goes, or when that cannot be known.
    """

    release_class: ReleaseClass
    verdict: GateVerdict
    reasons: tuple[GateReason, ...]
    lifts: datetime | None
    as_of: datetime

    @property
    def text(self) -> str:
        """The decision in one sentence."""
        held = [reason for reason in self.reasons if reason.holds_back]
        if held:
            return held[0].text
        if self.verdict is GateVerdict.NO_DATA:
            return "No SLO is marked gate: true, so nothing says that a release is safe."
        return "Nothing holds this release back."


_WORST_FIRST = (Band.LOCKDOWN, Band.INCIDENT, Band.HALT, Band.NO_DATA, Band.HEALTHY)

_VERDICTS = {
    Band.LOCKDOWN: GateVerdict.LOCKDOWN,
    Band.INCIDENT: GateVerdict.INCIDENT,
    Band.HALT: GateVerdict.HALT,
    Band.NO_DATA: GateVerdict.NO_DATA,
}


def decide(
    release_class: ReleaseClass,
    statuses: Iterable[SloStatus],
    now: datetime,
    overrides: Sequence[Override] = (),
    *,
    pass_without_data: bool = False,
) -> GateDecision:
    """The decision for one class: the worst band among the SLOs marked `gate: true` that stops this class.

    pass_without_data: let a release go on bands that nobody knows; not the default, unknown is never healthy. Without
    any guarding SLO the verdict is no_data too.
    """
    guards = sorted((one for one in statuses if one.gate), key=badness)
    reasons = [_reason(status, release_class, now, overrides, pass_without_data) for status in guards]
    ordered = tuple(sorted(reasons, key=lambda reason: not reason.holds_back))
    held = [reason for reason in ordered if reason.holds_back]
    if not guards:
        verdict = GateVerdict.GO if pass_without_data else GateVerdict.NO_DATA
        return GateDecision(release_class, verdict, (), None, now)
    if not held:
        return GateDecision(release_class, GateVerdict.GO, ordered, None, now)
    moments = [reason.lifts for reason in held]
    known = [moment for moment in moments if moment is not None]
    lifts = max(known) if len(known) == len(moments) else None
    return GateDecision(release_class, _VERDICTS[held[0].status.band], ordered, lifts, now)


def _reason(
    status: SloStatus,
    release_class: ReleaseClass,
    now: datetime,
    overrides: Sequence[Override],
    pass_without_data: bool,
) -> GateReason:
    stops = status.policy.stops(status.band, release_class)
    if status.band is Band.NO_DATA and pass_without_data:
        stops = False
    stopping = [band for band in status.lifts if status.policy.stops(band, release_class)]
    moments = [status.lifts[band] for band in stopping]
    lifts = max((moment for moment in moments if moment is not None), default=None) if None not in moments else None
    let = next((one for one in overrides if one.holds(status.id, release_class, now)), None) if stops else None
    return GateReason(status, stops, status.policy.action(status.band, release_class), lifts if stops else None, let)


def badness(status: SloStatus) -> tuple[int, float, str, str, str]:
    """Sorts the worst first: by band, then by what is left: of an invariant nothing, or all when it is healthy."""
    share = status.remaining if status.projected_budget is None else status.projected
    if share is None:
        share = 1.0 if status.band is Band.HEALTHY else 0.0
    return _WORST_FIRST.index(status.band), share, status.id, status.cluster, status.group
