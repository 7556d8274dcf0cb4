"""The result by respondent group and organisation unit: how far the parts lie apart, and one part by itself. Pure.

Parts are told to talk about differences. A roll-up names none of them, and no list orders them by level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.maturity import Told, bounds_words
from dashboard.wording import plural
from scoring.maturity.disclosure import FEWEST
from scoring.maturity.parts import Part, Spread
from scoring.maturity.rubric import Dimension

NOUNS: Mapping[Part, str] = {Part.GROUP: "respondent group", Part.UNIT: "organisation unit"}
WHY_WITHHELD = (
    f"A part is told from {FEWEST} people who answered on, and only where those who are left over beside everything "
    f"that is told are nobody or {FEWEST} and more too; otherwise one could work out what a few people said."
)
OLDER = "This record is from before results were kept by group and unit."
_KEYS: Mapping[Part, str] = {Part.GROUP: "groups", Part.UNIT: "units"}


@dataclass(frozen=True, slots=True)
class PartsTold:
    """What an assessment tells of its groups, or of its units.

    spread: of the levels that those told propose, unknown taken as no; None of none. up_to: the highest of them with
    unknown as yes. names: of those that may be told, in the order of the alphabet. withheld: of those that may not.
    """

    part: Part
    spread: Spread | None
    up_to: int | None
    names: tuple[str, ...]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartTold:
    """One group or unit by itself. rated: n and lower median of each dimension; voters: who were there at the end."""

    name: str
    result: Mapping[str, Any]
    rated: Mapping[Dimension, tuple[int, int | None]]
    voters: int | None


def parts_told(told: Told) -> tuple[PartsTold, ...]:
    """Groups, then units; empty for a record that keeps no results by part."""
    kept = told.snapshot.result.get("parts")
    if kept is None:
        return ()
    return tuple(_parts(part, kept[key]) for part, key in _KEYS.items())


def part_told(told: Told, part: Part, name: str) -> PartTold:
    """One part by its name. Raises KeyError for one that is not told."""
    key = _KEYS[part]
    rated = told.profile[key][name]
    return PartTold(
        name,
        told.snapshot.result["parts"][key]["results"][name],
        {one: (rated[one.value]["n"], rated[one.value]["median"]) for one in Dimension},
        told.snapshot.result["respondents"][key].get(name),
    )


def spread_words(parts: PartsTold) -> str:
    """How far the parts lie apart in a sentence, or why there is no such thing to say."""
    noun, spread = NOUNS[parts.part], parts.spread
    if spread is not None and spread.n > 1:
        apart = (
            f"all propose level {spread.lowest}"
            if spread.lowest == spread.highest
            else f"propose level {spread.lowest} to {spread.highest}, median {spread.median}"
        )
        more = f"; up to level {parts.up_to} if what is unknown were yes" if parts.up_to != spread.highest else ""
        return f"{plural(spread.n, noun)} {apart}{more}"
    if spread is not None:
        return f"Only 1 {noun} may be told; there is nothing that it could lie apart from."
    if parts.withheld:
        return f"No {noun} may be told apart from the others."
    if parts.part is Part.UNIT:
        return "Nobody who voted was asked for an organisation unit."
    return "Nobody voted."


def withheld_words(parts: PartsTold) -> str:
    """Who is held back and why; empty where nobody is."""
    return f"Held back: {', '.join(parts.withheld)}. {WHY_WITHHELD}" if parts.withheld else ""


def part_facts(part: PartTold) -> list[tuple[str, str]]:
    """What one part's own votes propose, as label and value."""
    low, high, profile = part.result["level"], part.result["level_high"], part.result["profile_level"]
    return [
        ("Level proposed", str(low) if low == high else f"{low} to {high}"),
        ("Index", bounds_words(part.result)),
        ("Profile level", "a dimension has no rating" if profile is None else str(profile)),
        *([] if part.voters is None else [("Voters at the end", str(part.voters))]),
    ]


def part_rows(told: Told, part: PartTold) -> list[Mapping[str, str]]:
    """The medians of one part beside those of everybody, and what the next level needs."""
    return [
        {
            "Dimension": one.value,
            "Median": "not told" if median is None else str(median),
            "Ratings": str(n) if n else "—",
            "Everybody": "not rated" if told.medians[one] is None else str(told.medians[one]),
            "Needed next": str(told.needed[one]),
        }
        for one, (n, median) in part.rated.items()
    ]


def _parts(part: Part, kept: Mapping[str, Any]) -> PartsTold:
    spread = kept["spread"]
    return PartsTold(
        part,
        None if spread is None else Spread(spread["n"], spread["lowest"], spread["median"], spread["highest"]),
        max((one["level_high"] for one in kept["results"].values()), default=None),
        tuple(sorted(kept["results"])),
        tuple(kept["withheld"]),
    )
