"""What an SLO says in one colour and one phrase: its policy band, unless what happens now is worse than the band."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dashboard.theme import Tone
from dashboard.wording import clock
from scoring.slo.budget import Band
from scoring.slo.standing import SloState
from scoring.slo.status import SloStatus

BAND_TONES: dict[Band, Tone] = {
    Band.HEALTHY: Tone.HEALTHY,
    Band.HALT: Tone.HALT,
    Band.INCIDENT: Tone.INCIDENT,
    Band.LOCKDOWN: Tone.LOCKDOWN,
    Band.NO_DATA: Tone.NO_DATA,
}

BAND_WORDS: dict[Band, str] = {
    Band.HEALTHY: "healthy",
    Band.HALT: "halt: non-critical releases stop",
    Band.INCIDENT: "incident: all hands on reliability",
    Band.LOCKDOWN: "lockdown: critical fixes only",
    Band.NO_DATA: "no data",
}

STATE_WORDS: dict[SloState, str] = {
    SloState.OK: "",
    SloState.NO_TRAFFIC: "no traffic: nobody produced in the window",
    SloState.NO_DATA: "no data: nothing was observed in the window",
    SloState.INSUFFICIENT: "too little was observed to give a band",
}

SILENCE = timedelta(minutes=3)
"""Minutes at the window's end that nobody observed and that are not just the collector being a little late."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A tone and its words."""

    tone: Tone
    words: str


def verdict(status: SloStatus) -> Verdict:
    """The one thing to know first. A platform that is down, or that nobody observes, is not green.

    A month's budget survives the first minutes of an outage, and all of an outage of Prometheus, in its band.
    """
    observed = status.observed_until
    silent = observed is not None and status.as_of - observed > SILENCE
    if status.down_since is not None:
        then = f"; nothing observed since {clock(observed)}" if observed is not None and silent else ""
        words = f"platform down since {clock(status.down_since)}: no broker answers Prometheus{then}"
        return Verdict(Tone.LOCKDOWN, words)
    band = band_verdict(status)
    if observed is not None and silent:
        return Verdict(Tone.NO_DATA, f"nothing observed since {clock(observed)}; until then: {band.words}")
    return band


def band_verdict(status: SloStatus) -> Verdict:
    """What the error-budget policy demands, or why it cannot say.

    A violation that somebody has answered for demands nothing more, and is not green while it is on record.
    """
    if status.state is SloState.VIOLATED:
        if status.violations is not None and status.violations.unacknowledged_since is None:
            return Verdict(Tone.HALT, "violated in the window, acknowledged")
        return Verdict(BAND_TONES[status.band], f"violated; {BAND_WORDS[status.band]}")
    return Verdict(BAND_TONES[status.band], STATE_WORDS[status.state] or BAND_WORDS[status.band])
