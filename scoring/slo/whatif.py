"""What if: the same stored minutes judged under another promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from scoring.catalog.estate import ClusterName
from scoring.slo.definition import Condition, EventsSli, InvariantSli, SlicesSli, SloDefinition
from scoring.slo.exemptions import Exemption
from scoring.slo.judging import PLAIN_TERMS, Judgement, Terms, judge
from scoring.slo.slices import SliceDay
from scoring.slo.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposition:
    """What is supposed to be otherwise; None leaves it as it is.

    bound: of a latency SLI, one of the histogram's buckets. condition: of time slices. exemptions: beside the approved
    ones, approved or not.
    """

    objective: Decimal | None = None
    window: Window | None = None
    bound: Decimal | None = None
    condition: Condition | None = None
    exemptions: tuple[Exemption, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """The same minutes judged twice."""

    actual: Judgement
    supposed: Judgement


class SuppositionError(ValueError):
    """The stored minutes cannot answer this; the message says why and what they can."""


def supposed_definition(definition: SloDefinition, supposition: Supposition) -> SloDefinition:
    """The definition under a supposition; it counts the same. Raises SuppositionError."""
    sli = definition.sli
    if supposition.objective is not None:
        if isinstance(sli, InvariantSli):
            raise SuppositionError(f"{definition.id} is an invariant: it has no objective to change")
        if not 0 < supposition.objective < 1:
            raise SuppositionError(f"an objective is between 0 and 1, both excluded, not {supposition.objective}")
    if supposition.bound is not None:
        if not isinstance(sli, EventsSli) or sli.bound is None:
            raise SuppositionError(f"{definition.id} is no latency SLO by buckets: it has no bound to change")
        sli = replace(sli, bound=supposition.bound)
    if supposition.condition is not None:
        if not isinstance(sli, SlicesSli):
            raise SuppositionError(f"{definition.id} counts no time slices: it has no condition to change")
        sli = replace(sli, condition=supposition.condition)
    return replace(
        definition,
        sli=sli,
        objective=supposition.objective or definition.objective,
        window=supposition.window or definition.window,
    )


def what_if(
    definition: SloDefinition,
    days: Sequence[SliceDay],
    now: datetime,
    cluster: ClusterName,
    group: str,
    supposition: Supposition,
    terms: Terms = PLAIN_TERMS,
) -> WhatIf:
    """Judges the same days as they are and as supposed. Raises SuppositionError for what they cannot answer."""
    supposed = supposed_definition(definition, supposition)
    if supposition.bound is not None:
        _check_bound(supposition.bound, days)
    if isinstance(definition.sli, InvariantSli) and supposition.exemptions:
        raise SuppositionError(f"{definition.id} is an invariant: nothing can be exempted from it")
    granted = [one if one.approved else replace(one, approved_by="supposed") for one in supposition.exemptions]
    more = replace(terms, exemptions=(*terms.exemptions, *granted))
    return WhatIf(judge(definition, days, now, cluster, group, terms), judge(supposed, days, now, cluster, group, more))


def known_bounds(days: Sequence[SliceDay]) -> tuple[Decimal, ...]:
    """The buckets that were counted, ascending; a bound can only be one of them."""
    found: set[Decimal] = set()
    for component in {day.component for day in days}:
        try:
            found.add(Decimal(component))
        except InvalidOperation:
            continue
    return tuple(sorted(bound for bound in found if bound.is_finite()))


def _check_bound(bound: Decimal, days: Sequence[SliceDay]) -> None:
    known = known_bounds(days)
    if bound not in known:
        kept = ", ".join(str(one) for one in known) or "none"
        raise SuppositionError(f"no bucket at {bound} was counted; there are buckets at: {kept}")
