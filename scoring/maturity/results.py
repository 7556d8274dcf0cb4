"""What a sheet comes to: level, index, bounds, profile, contradictions, and the sentence that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.maturity.checklist import Contradiction, ahead, contradictions, literal_level
from scoring.maturity.profile import Profile, profile
from scoring.maturity.rubric import Answer, IndicatorId, Rubric
from scoring.maturity.sheets import Basis, Sheet
from scoring.maturity.staging import TOP, Standing, Transition, reading, standing
from scoring.maturity.unknowns import deciding


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one sheet by one rubric.

    rubric: hash of the rubric. answers: to every indicator that it asks. low, high: where the sheet stands with every
    unknown taken as no, and as yes. ahead: gating indicators answered yes beyond the next level. missing: the unknowns
    that can change level or index. literal_level: the paper sheet's own result, None when it has none.
    """

    rubric: str
    basis: Basis
    answers: Mapping[IndicatorId, Answer]
    low: Standing
    high: Standing
    ahead: tuple[IndicatorId, ...]
    missing: tuple[IndicatorId, ...]
    profile: Profile
    contradictions: tuple[Contradiction, ...]
    literal_level: int | None

    @property
    def level(self) -> int:
        """The confirmed level, 0 to 5."""
        return self.low.level

    @property
    def index(self) -> Fraction | None:
        """The confirmed level and the share of the next; None when level 1 cannot be assessed."""
        return self.low.index

    @property
    def transition(self) -> Transition:
        """How much of the next level is there."""
        return self.low.transition

    @property
    def not_assessable(self) -> tuple[int, ...]:
        """Levels of whose gating indicators fewer than half apply."""
        return tuple(count.level for count in self.low.counts if not count.assessable)

    @property
    def headline(self) -> str:
        """The result in a sentence, such as "Level 2, in transition to 3" or "Level 2 to 3, 3 answers missing"."""
        parts = [self._where(), *self._to_next(), *self._missing()]
        sentence = ", ".join(parts) + self._stopped()
        return sentence if self.basis is Basis.DECIDED else f"Proposed: {sentence[0].lower()}{sentence[1:]}"

    def _where(self) -> str:
        if self.low.level != self.high.level:
            return f"Level {self.low.level} to {self.high.level}"
        if self.low.level:
            return f"Level {self.low.level}"
        return "Not streaming yet" if self.low.counts[0].assessable else "No level"

    def _to_next(self) -> list[str]:
        if self.low.level != self.high.level or self.low.transition is Transition.NONE:
            return []
        word = "largely at" if self.low.transition is Transition.LARGELY else "in transition to"
        return [f"{word} {self.low.level + 1}"]

    def _missing(self) -> list[str]:
        number = len(self.missing)
        return [f"{number} {'answer' if number == 1 else 'answers'} missing"] if number else []

    def _stopped(self) -> str:
        """Says so where the level could only stop because the next one cannot be assessed."""
        if self.high.level == TOP or self.high.counts[self.high.level].assessable:
            return ""
        next_one = self.high.counts[self.high.level]
        applies = "applies" if next_one.applicable == 1 else "apply"
        return (
            f"; level {next_one.level} cannot be assessed: "
            f"{next_one.applicable} of {next_one.gating} indicators {applies}"
        )

    def as_json(self) -> dict[str, Any]:
        """The result for programs; what does not exist is None. Fractions become floats here and nowhere else."""
        return {
            "level": self.low.level,
            "index": _float(self.low.index),
            "level_high": self.high.level,
            "index_high": _float(self.high.index),
            "profile_level": self.profile.level,
            "transition": self.low.transition.value,
            "contradictions": [[one.deficit, one.capability] for one in self.contradictions],
            "literal_level": self.literal_level,
            "not_assessable": list(self.not_assessable),
            "ahead": list(self.ahead),
        }


def score(rubric: Rubric, sheet: Sheet) -> Result:
    """The result of a sheet. Raises SheetError when it answers what the rubric does not ask."""
    answers = sheet.answered(rubric)
    low = standing(rubric, reading(answers))
    return Result(
        rubric=rubric.hash,
        basis=sheet.basis,
        answers=answers,
        low=low,
        high=standing(rubric, reading(answers, unknown_as_yes=True)),
        ahead=ahead(rubric, answers, low.level),
        missing=deciding(rubric, answers),
        profile=profile(rubric, sheet.ratings),
        contradictions=contradictions(rubric, answers),
        literal_level=literal_level(rubric, answers),
    )


def index_words(index: Fraction | None) -> str:
    """An index with two digits, as it is shown: rounded, but never up to a level that is not confirmed."""
    if index is None:
        return "none"
    below_next = Decimal(int(index)) + Decimal("0.99")
    return str(min(below_next, (Decimal(index.numerator) / index.denominator).quantize(Decimal("0.01"))))


def _float(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)
