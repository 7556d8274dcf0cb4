"""The rubric as data: levels, dimensions, indicators, the roadmap between levels, and the figures to follow.

Five levels and five dimensions are fixed; what stands in them is read from files and may be overridden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NewType

from scoring.meetings.canonical import digest, plain

IndicatorId = NewType("IndicatorId", str)
StatementId = NewType("StatementId", str)
ActionKey = NewType("ActionKey", str)
KpiId = NewType("KpiId", str)
ProbeId = NewType("ProbeId", str)

LEVELS = (1, 2, 3, 4, 5)
RATINGS = (1, 2, 3, 4, 5)


class Dimension(StrEnum):
    """What a platform is rated in, by people."""

    TECHNOLOGY = "Technology"
    GOVERNANCE = "Governance"
    SKILLS = "Skills"
    OPERATIONS = "Operations"
    BUSINESS_VALUE = "Business Value"


class Polarity(StrEnum):
    """What a yes to an indicator says about the platform."""

    DESCRIPTOR = "descriptor"
    DEFICIT = "deficit"
    CAPABILITY = "capability"


class Answer(StrEnum):
    """What is answered to an indicator. Unknown is a value of its own and never silently no."""

    YES = "yes"
    PARTIAL = "partial"
    NO = "no"
    NOT_APPLICABLE = "n/a"
    UNKNOWN = "unknown"


class StatementKind(StrEnum):
    """What a statement about a level is."""

    CHARACTERISTIC = "characteristic"
    PITFALL = "pitfall"
    SUCCESS_INDICATOR = "success_indicator"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is typical of a level. dimension: which rating it anchors, None when it is about all of them."""

    id: StatementId
    kind: StatementKind
    text: str
    dimension: Dimension | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One of the five levels. profile: the rating that each dimension is expected to have there, 1 to 5."""

    number: int
    title: str
    summary: str
    statements: tuple[Statement, ...]
    profile: Mapping[Dimension, int]


@dataclass(frozen=True, slots=True)
class DimensionText:
    """What a dimension means, and what each rating from 1 to 5 looks like, in this order."""

    dimension: Dimension
    title: str
    definition: str
    anchors: tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Anchors:
    """What a yes, a partial and a no to an indicator look like."""

    yes: str
    partial: str
    no: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question of the checklist.

    superseded_by: indicators of which a yes to any satisfies this one too. probes: what machines can look at for it.
    effort, impact: 1 (small) to 5 (large), for the order of the roadmap only.
    """

    id: IndicatorId
    level: int
    title: str
    question: str
    polarity: Polarity
    dimension: Dimension
    anchors: Anchors
    superseded_by: tuple[IndicatorId, ...] = ()
    probes: tuple[ProbeId, ...] = ()
    effort: int = 3
    impact: int = 3

    @property
    def gates(self) -> bool:
        """True when the level needs it: descriptors and capabilities do, deficits never."""
        return self.polarity is not Polarity.DEFICIT


@dataclass(frozen=True, slots=True)
class RoadmapAction:
    """Something to do on the way from `from_level` to the next.

    helps: indicators that it helps to satisfy; addresses: statements, and dimensions: ratings that it works on where
    it helps with no indicator. needs: actions that come before it. effort, impact: 1 to 5.
    """

    id: ActionKey
    from_level: int
    title: str
    text: str
    effort: int
    impact: int
    helps: tuple[IndicatorId, ...] = ()
    addresses: tuple[StatementId, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    needs: tuple[ActionKey, ...] = ()


class Better(StrEnum):
    """Which way a figure should go."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure to follow at some levels. unit: as it is written behind the number, empty for a count."""

    id: KpiId
    title: str
    definition: str
    levels: tuple[int, ...]
    unit: str
    better: Better


@dataclass(frozen=True, slots=True)
class Disabled:
    """An indicator that a company has taken out of its rubric, and why; its level no longer asks for it."""

    indicator: IndicatorId
    reason: str


@dataclass(frozen=True)
class Rubric:
    """One version of the rubric in one language.

    indicators: those that are asked, in the order in which they are; a disabled one is not among them. Two rubrics
    with the same hash ask the same in the same words.
    """

    id: str
    version: str
    language: str
    levels: tuple[Level, ...]
    dimensions: tuple[DimensionText, ...]
    indicators: tuple[Indicator, ...]
    actions: tuple[RoadmapAction, ...]
    kpis: tuple[Kpi, ...]
    disabled: tuple[Disabled, ...] = ()
    by_id: Mapping[IndicatorId, Indicator] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Indexes the indicators. Raises ValueError when two have one id or the levels are not 1 to 5."""
        by_id = {indicator.id: indicator for indicator in self.indicators}
        if len(by_id) != len(self.indicators):
            raise ValueError("two indicators of a rubric have the same id")
        if tuple(level.number for level in self.levels) != LEVELS:
            raise ValueError("a rubric has the levels 1 to 5 in this order")
        object.__setattr__(self, "by_id", MappingProxyType(by_id))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all of it, 64 hexadecimal digits."""
        return digest(plain(_content(self)))

    def gating(self, level: int) -> tuple[Indicator, ...]:
        """The indicators that a level needs."""
        return tuple(one for one in self.indicators if one.level == level and one.gates)


def _content(rubric: Rubric) -> dict[str, object]:
    """Everything that a rubric says, of JSON's types."""
    return {
        "id": rubric.id,
        "version": rubric.version,
        "language": rubric.language,
        "levels": [
            {
                "number": level.number,
                "title": level.title,
                "summary": level.summary,
                "statements": [[one.id, one.kind, one.text, one.dimension] for one in level.statements],
                "profile": {dimension.value: rating for dimension, rating in level.profile.items()},
            }
            for level in rubric.levels
        ],
        "dimensions": [[one.dimension, one.title, one.definition, one.anchors] for one in rubric.dimensions],
        "indicators": [
            {
                "id": one.id,
                "level": one.level,
                "title": one.title,
                "question": one.question,
                "polarity": one.polarity,
                "dimension": one.dimension,
                "anchors": [one.anchors.yes, one.anchors.partial, one.anchors.no],
                "superseded_by": one.superseded_by,
                "probes": one.probes,
                "effort": one.effort,
                "impact": one.impact,
            }
            for one in rubric.indicators
        ],
        "actions": [
            {
                "id": one.id,
                "from_level": one.from_level,
                "title": one.title,
                "text": one.text,
                "effort": one.effort,
                "impact": one.impact,
                "helps": one.helps,
                "addresses": one.addresses,
                "dimensions": one.dimensions,
                "needs": one.needs,
            }
            for one in rubric.actions
        ],
        "kpis": [[one.id, one.title, one.definition, one.levels, one.unit, one.better] for one in rubric.kpis],
        "disabled": [[one.indicator, one.reason] for one in rubric.disabled],
    }
