"""The result of an assessment in words, from the numbers of a snapshot: before closing, and of a record. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.assessing_words import choice_words
from dashboard.reviewing_rows import Told
from dashboard.theme import Tone
from dashboard.wording import plural
from scoring.meetings.assessments import Beside
from scoring.meetings.records import Record
from scoring.meetings.snapshots import Snapshot

UNKNOWN = "unknown"

BESIDE_WORDS: Mapping[str, Told] = {
    Beside.NO_PROBE: Told("no probe yet", Tone.NO_DATA),
    Beside.NOT_APPLICABLE: Told("does not apply", Tone.NO_DATA),
    Beside.UNKNOWN: Told("not answered", Tone.NO_DATA),
    Beside.CLAIMED: Told("claimed, not proven"),
    Beside.PROVEN: Told("proven", Tone.HEALTHY),
    Beside.DIFFERS: Told("evidence differs", Tone.HALT),
    Beside.CONTRADICTED: Told("contradicted", Tone.INCIDENT),
}


def headline(snapshot: Snapshot) -> str:
    """The result in a sentence: of what was decided, and of what the votes propose where nothing was decided yet."""
    decided = any(one["answer"] != UNKNOWN for one in snapshot.subjects.values() if one["kind"] == "indicator")
    return str(snapshot.result["decided" if decided else "proposed"]["headline"])


def facts(snapshot: Snapshot) -> list[tuple[str, str]]:
    """What stands under the headline, as label and value."""
    result = snapshot.result
    decided, proposed = result["decided"], result["proposed"]
    found = [("Index", index_words(decided)), ("Proposed by the votes", str(proposed["headline"]))]
    found.append(("Profile level", profile_words(result["profile"]["level"])))
    found.append(("Agreement (alpha)", alpha_words(result["alpha"])))
    found.append(("Voters", voters_words(result["respondents"])))
    contradicted = [
        str(one["id"]) for one in snapshot.subjects.values() if one["comparison"] == Beside.CONTRADICTED.value
    ]
    found.append(("Contradicted by evidence", ", ".join(contradicted) or "none"))
    if decided["contradictions"]:
        pairs = ", ".join(f"{weakness} beside {capability}" for weakness, capability in decided["contradictions"])
        found.append(("Answers that contradict each other", pairs))
    found.append(("Paper sheet, read literally", profile_words(decided["literal_level"])))
    return found


def index_words(result: Mapping[str, Any]) -> str:
    """The index with its bounds."""
    low, high = result["index_words"], result["index_high_words"]
    return str(low) if low == high else f"{low} to {high}, unknown taken as no and as yes"


def profile_words(level: int | None) -> str:
    """A level that may not be there."""
    return "none" if level is None else str(level)


def alpha_words(alpha: Mapping[str, Mapping[str, Any]]) -> str:
    """Krippendorff's alpha of each scale, with what it stands on."""
    parts = []
    for scale, one in alpha.items():
        value = "not defined" if one["alpha"] is None else f"{one['alpha']:.2f}"
        parts.append(f"{scale} {value} ({plural(one['votes'], 'vote')} on {plural(one['questions'], 'question')})")
    return "; ".join(parts) or "nothing was voted"


def voters_words(people: Mapping[str, Any]) -> str:
    """Who was there, as numbers."""
    groups = ", ".join(f"{number} {name}" for name, number in people["groups"].items())
    looked = f"; {plural(people['observers'], 'observer')}" if people["observers"] else ""
    return f"{people['voters']} ({groups}){looked}" if groups else f"{people['voters']}{looked}"


def answer_words(numbers: Mapping[str, Any]) -> str:
    """What was decided about a question."""
    answer = numbers.get("answer")
    return UNKNOWN if answer is None else choice_words(str(answer)).lower()


def proposal_words(numbers: Mapping[str, Any]) -> str:
    """What its votes propose."""
    proposal = numbers.get("proposal")
    return "—" if proposal is None else choice_words(str(proposal)).lower()


def round_words(numbers: Mapping[str, Any]) -> str:
    """Its last round: how votes are spread, as far as it may be told, and how many rounds there were."""
    rounds = numbers.get("rounds") or []
    if not rounds:
        return "not voted"
    last = rounds[-1]
    again = ", re-voted" if len(rounds) > 1 else ""
    if last["counts"] is None:
        return f"{plural(last['votes'], 'vote')}, too few to tell{again}"
    spread = ", ".join(
        f"{number} {choice_words(choice).lower()}" for choice, number in last["counts"].items() if number
    )
    return f"{spread}{again}"


def changes(before: Record, after: Record) -> list[str]:
    """What is different from the record before: the headline, the answers, and whether the same was asked."""
    lines = []
    then, now = headline(before.snapshot), headline(after.snapshot)
    lines.append(f"Then: {then}. Now: {now}.")
    if {pin.hash for pin in before.snapshot.definitions} != {pin.hash for pin in after.snapshot.definitions}:
        lines.append("The rubric changed in between; `streamgauge rubric diff` says whether that changes results.")
    for subject, numbers in after.snapshot.subjects.items():
        old = before.snapshot.subjects.get(subject)
        if old is None:
            lines.append(f"{numbers['title']}: newly asked, {answer_words(numbers)}")
        elif answer_words(old) != answer_words(numbers):
            lines.append(f"{numbers['title']}: {answer_words(old)} → {answer_words(numbers)}")
    gone = [old["title"] for subject, old in before.snapshot.subjects.items() if subject not in after.snapshot.subjects]
    return [*lines, *(f"{title}: no longer asked" for title in gone)]
