"""What budgets are judged with beside the slices: policies and exemptions from files, and what people wrote here."""

from __future__ import annotations

from datetime import datetime

from dashboard.definitions import defined, terms
from data.store.policy.read import in_force, not_withdrawn
from data.store.store import Store
from scoring.slo.judging import Terms


def agreed(store: Store, asof: datetime | None = None) -> Terms:
    """The terms as they are now, or as they were known at `asof`. Raises DefinitionError for a file that is wrong."""
    filed = terms(defined())
    return Terms(
        policies=filed.policies,
        exemptions=(*filed.exemptions, *in_force(store.exemptions.rows(asof))),
        acknowledgements=not_withdrawn(store.acknowledgements.rows(asof)),
    )
