"""The findings of one probe on one cluster, by aspect, with counts that know what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from scoring.evidence.finding import Finding, Outcome


class Strength(StrEnum):
    """How far a yes goes: the thing itself was observed, or only a sign that goes with it."""

    PROVES = "proves"
    SUGGESTS = "suggests"


class VerdictState(StrEnum):
    """What the evidence says about an indicator's statement."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    REFUTED = "refuted"
    NOT_AVAILABLE = "not_available"
    NOT_APPLICABLE = "not_applicable"
    NOT_SUPPORTED = "not_supported"
    ERROR = "error"
    NO_PROBE = "no_probe"

    @property
    def is_evidence(self) -> bool:
        """True when it says something about the platform."""
        return self in (VerdictState.SUPPORTED, VerdictState.PARTLY, VerdictState.REFUTED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the findings of one probe on one cluster add up to. strength: only of SUPPORTED."""

    state: VerdictState
    sentence: str
    strength: Strength | None = None


_WHY = (
    (Outcome.ERROR, VerdictState.ERROR),
    (Outcome.NOT_AVAILABLE, VerdictState.NOT_AVAILABLE),
    (Outcome.NOT_SUPPORTED, VerdictState.NOT_SUPPORTED),
    (Outcome.NOT_APPLICABLE, VerdictState.NOT_APPLICABLE),
)
"""Why nothing follows, the first that there is."""


@dataclass(frozen=True, slots=True)
class Aspect:
    """The findings of one aspect. Whatever may turn out either way counts as unknown, never as no."""

    findings: tuple[Finding, ...] = ()

    def of(self, outcome: Outcome) -> tuple[Finding, ...]:
        """The findings with one outcome."""
        return tuple(one for one in self.findings if one.outcome is outcome)

    def names(self, outcome: Outcome) -> tuple[str, ...]:
        """The objects with one outcome."""
        return tuple(one.about.name for one in self.of(outcome))

    @property
    def true(self) -> int:
        """Objects of which it is so."""
        return len(self.of(Outcome.TRUE))

    @property
    def false(self) -> int:
        """Objects of which it is not so."""
        return len(self.of(Outcome.FALSE))

    @property
    def unknown(self) -> int:
        """Objects of which nobody can tell."""
        return len(self.findings) - self.true - self.false - len(self.of(Outcome.NOT_APPLICABLE))

    @property
    def applicable(self) -> int:
        """Objects that the question can be asked about."""
        return self.true + self.false + self.unknown

    def at_least(self, count: int) -> bool | None:
        """Whether it is so of that many objects; None when that hangs on what is unknown."""
        if self.true >= count:
            return True
        return None if self.true + self.unknown >= count else False

    def share_of(self, needed: Fraction) -> bool | None:
        """Whether it is so of that share of the applicable objects, exactly; None when that hangs on what is unknown,
        or when there is no applicable object: a share of nothing is no number."""
        if not self.applicable:
            return None
        if Fraction(self.true, self.applicable) >= needed:
            return True
        return None if Fraction(self.true + self.unknown, self.applicable) >= needed else False


@dataclass(frozen=True, slots=True)
class Aspects:
    """All findings of one probe on one cluster, by aspect; an aspect without findings is empty."""

    by_name: Mapping[str, Aspect] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Aspect:
        return self.by_name.get(name, Aspect())

    @property
    def every(self) -> tuple[Finding, ...]:
        """The findings of all aspects."""
        return tuple(one for aspect in self.by_name.values() for one in aspect.findings)

    def unsettled(self, *aspects: str) -> Judgement:
        """The judgement that nothing follows, with the first reason that the named aspects (or all) give."""
        found = [one for name in aspects for one in self[name].findings] if aspects else list(self.every)
        for outcome, state in _WHY:
            for one in found:
                if one.outcome is outcome:
                    return Judgement(state, one.sentence)
        return Judgement(VerdictState.NOT_AVAILABLE, "What was seen decides nothing either way.")


def by_aspect(findings: tuple[Finding, ...]) -> Aspects:
    """The findings put in order."""
    names = dict.fromkeys(one.aspect for one in findings)
    return Aspects({name: Aspect(tuple(one for one in findings if one.aspect == name)) for name in names})
