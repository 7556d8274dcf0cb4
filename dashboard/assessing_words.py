"""What an assessment says to a room: how votes are spread, who speaks, what the evidence says. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.reviewing_rows import Told
from dashboard.theme import Tone
from dashboard.wording import age, plural
from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.evaluation import Verdict
from scoring.maturity.disclosure import FEWEST
from scoring.maturity.rubric import Answer
from scoring.meetings.assessment_rounds import RoundTold
from scoring.meetings.assessments import Beside, beside
from scoring.meetings.sessions import PARKED
from scoring.voting.choices import VALUES, Scale

CHOICE_WORDS: Mapping[str, str] = {
    "yes": "Yes",
    "partial": "Partly",
    "no": "No",
    "n/a": "Does not apply",
    "unknown": "Unknown",
    PARKED: "Park",
}
"""What is on the buttons; a rating is its number."""

TALK_SECONDS = 180
"""After this long on one question it is better parked."""


@dataclass(frozen=True, slots=True)
class EvidenceTold:
    """The evidence card. contradiction: empty where people and evidence do not contradict each other."""

    verdict: Told
    sentence: str
    seen: str
    queries: tuple[str, ...]
    contradiction: str


def choice_words(choice: str) -> str:
    """A choice as it stands on its button."""
    return CHOICE_WORDS.get(choice, choice)


def scale_word(scale: Scale, value: int) -> str:
    """A place on a scale as it stands on its button."""
    return next(choice_words(choice) for choice, place in VALUES[scale].items() if place == value)


def agreement_words(round_told: RoundTold) -> Told:
    """Whether to talk about it, and why."""
    found = round_told.agreement
    if found is None:
        few = plural(round_told.votes, "vote") if round_told.n is None else f"{round_told.n} on the scale"
        return Told(f"{few}: a spread is shown from {FEWEST} votes on.", Tone.NO_DATA)
    if found.reasons:
        return Told(f"Discuss: {'; '.join(found.reasons)}", Tone.HALT)
    if found.range == 0 and found.median is not None:
        return Told(f"All agree: {scale_word(round_told.scale, found.median)}", Tone.HEALTHY)
    return Told(f"Close together: {found.close} of {found.n} within one step of the median", Tone.HEALTHY)


def all_agree(round_told: RoundTold) -> bool:
    """True when talking would add nothing: one answer, and no other reason to discuss it."""
    found = round_told.agreement
    return found is not None and found.range == 0 and not found.discuss


def abstained_words(round_told: RoundTold) -> str:
    """Who has no opinion on the scale; empty when everybody has."""
    parts = [
        f"{number} {words}"
        for number, words in (
            (round_told.dont_know, "don't know"),
            (round_told.does_not_apply, "say it does not apply"),
        )
        if number
    ]
    return ", ".join(parts)


def speakers_words(round_told: RoundTold, names: Mapping[str, Sequence[str]] | None = None) -> str:
    """Who speaks first, where it is worth talking: lowest and highest, and nobody else.

    names: by choice, in a named session.
    """
    found = round_told.agreement
    if found is None or not found.range or not found.discuss:
        return ""
    values = found.tally.values
    ends = [
        next(choice for choice, place in VALUES[round_told.scale].items() if place == value)
        for value in (values[0], values[-1])
    ]
    who = [
        ", ".join(names.get(choice, ())) if names else f"somebody who said “{choice_words(choice)}”" for choice in ends
    ]
    return f"Lowest and highest speak, a minute each: {who[0]}; then {who[1]}."


def evidence_told(verdict: Verdict | None, answer: Answer | None, people: str, now: datetime) -> EvidenceTold:
    """The evidence card after the reveal.

    answer: what people say, decided or proposed; None for nothing. people: them in words, such as "You say yes".
    """
    if verdict is None or verdict.state is VerdictState.NO_PROBE:
        said = Told("No probe yet: the room's word stands alone", Tone.NO_DATA)
        return EvidenceTold(said, "", "", (), "")
    seen = "" if verdict.observed_at is None else f"seen {age(now - verdict.observed_at)} ago"
    if verdict.observed_at is not None and not verdict.fresh:
        seen += ", too old to count"
    contradicted = answer is not None and beside(answer, verdict) is Beside.CONTRADICTED
    says = "the evidence says no" if verdict.state is VerdictState.REFUTED else "the evidence proves yes"
    words = f"Contradiction: {people}, {says}. Neither overwrites the other; settle it and write down why."
    return EvidenceTold(verdict_words(verdict), verdict.sentence, seen, verdict.queries, words if contradicted else "")


def verdict_words(verdict: Verdict | None) -> Told:
    """A verdict in a few words. Yes and no are no colours: a no to a weakness is good news."""
    if verdict is None or verdict.state is VerdictState.NO_PROBE:
        return Told("no probe yet", Tone.NO_DATA)
    if verdict.state is VerdictState.SUPPORTED:
        proven = verdict.strength is Strength.PROVES
        return Told("Evidence: yes, proven" if proven else "Evidence: signs of a yes, no proof")
    words = {
        VerdictState.PARTLY: "Evidence: partly",
        VerdictState.REFUTED: "Evidence: no",
        VerdictState.NOT_APPLICABLE: "Evidence: nothing here that it could be asked about",
        VerdictState.NOT_SUPPORTED: "No evidence: the platform cannot tell",
        VerdictState.ERROR: "No evidence: the probe failed",
    }
    told = words.get(verdict.state, "No evidence yet")
    return Told(told, None if verdict.state.is_evidence else Tone.NO_DATA)
