"""What a tile says first: the policy's band, unless the platform is down or nobody looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.definitions import produce_success
from dashboard.theme import LIGHT, Tone
from dashboard.verdict import verdict
from scoring.catalog.estate import ClusterName
from scoring.slo.budget import Band
from scoring.slo.invariants import Acknowledgement
from scoring.slo.judging import Terms, slo_status
from scoring.slo.slices import MinuteState
from scoring.slo.standing import SloState
from scoring.slo.status import SloStatus
from tests.unit.dashboard.test_charts import SVG, burning, drawn_picture
from tests.unit.scoring.slo.histories import CANARY, END, MAIN, C, minutes, slo
from tests.unit.scoring.slo.histories import NOW as HISTORY_NOW

NOW = datetime(2026, 11, 20, 12, 10, 30, tzinfo=UTC)
AS_OF = datetime(2026, 11, 20, 12, 9, tzinfo=UTC)


def status(band: Band = Band.HEALTHY, minutes_unobserved: int = 0, down_minutes: int = 0) -> SloStatus:
    empty = slo_status(produce_success(), [], NOW, ClusterName("eu"))
    assert empty.as_of == AS_OF
    observed = AS_OF - timedelta(minutes=minutes_unobserved)
    down = observed - timedelta(minutes=down_minutes) if down_minutes else None
    return replace(empty, state=SloState.OK, band=band, observed_until=observed, down_since=down)


@pytest.mark.parametrize(
    ("band", "tone", "words"),
    [
        (Band.HEALTHY, Tone.HEALTHY, "healthy"),
        (Band.HALT, Tone.HALT, "halt: non-critical releases stop"),
        (Band.LOCKDOWN, Tone.LOCKDOWN, "lockdown: critical fixes only"),
    ],
)
def test_an_observed_platform_that_answers_has_its_band(band: Band, tone: Tone, words: str) -> None:
    assert (verdict(status(band)).tone, verdict(status(band)).words) == (tone, words)


def test_a_platform_that_is_down_is_not_green_however_much_budget_is_left() -> None:
    said = verdict(status(Band.HEALTHY, down_minutes=1))
    assert said.tone is Tone.LOCKDOWN
    assert said.words == "platform down since 12:08:00 UTC: no broker answers Prometheus"


def test_a_budget_that_nobody_observes_any_more_is_not_green() -> None:
    assert verdict(status(minutes_unobserved=3)).tone is Tone.HEALTHY
    said = verdict(status(minutes_unobserved=4))
    assert said.tone is Tone.NO_DATA
    assert said.words == "nothing observed since 12:05:00 UTC; until then: healthy"


def test_a_platform_that_was_down_when_last_observed_says_both() -> None:
    said = verdict(status(minutes_unobserved=5, down_minutes=2))
    assert said.tone is Tone.LOCKDOWN
    assert said.words == (
        "platform down since 12:02:00 UTC: no broker answers Prometheus; nothing observed since 12:04:00 UTC"
    )


def test_the_chart_ends_in_the_tone_of_the_tile() -> None:
    # The last minute is down: 1 000 of 4 320 allowed bad answers are spent, 76.8 % are left, and it is not green.
    picture = drawn_picture(burning({}, {range(1, 2): MinuteState.DOWN}))
    (label,) = (text for text in picture.iter(f"{SVG}text") if text.text == "■ 76.8 %")
    assert label.get("fill") == LIGHT.lockdown


@pytest.mark.parametrize(
    ("answered", "tone", "words"),
    [
        (False, Tone.LOCKDOWN, "violated; lockdown: critical fixes only"),
        (True, Tone.HALT, "violated in the window, acknowledged"),
    ],
)
def test_a_violation_is_said_and_never_green_also_when_somebody_has_answered_for_it(
    answered: bool, tone: Tone, words: str
) -> None:
    counted = {"acknowledged": [100.0] * 60, "lost": [0.0] * 30 + [3.0] + [0.0] * 29}
    given = Acknowledgement(
        slo=slo(CANARY, None).id,
        cluster=MAIN,
        through=END,
        cause="a disk",
        postmortem="https://wiki.example.org/1",
        acknowledged_by="bob",
        recorded_at=END,
    )
    terms = Terms(acknowledgements=(given,) if answered else ())
    said = verdict(slo_status(slo(CANARY, None), minutes(CANARY, [C] * 60, counted), HISTORY_NOW, MAIN, "", terms))
    assert (said.tone, said.words) == (tone, words)
