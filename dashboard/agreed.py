"""What budgets are judged with beside the slices: policies and exemptions from files, and what people wrote here."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

from dashboard.definitions import defined, terms
from data.definitions.slo_files import Definitions
from data.store.policy.read import in_force, not_withdrawn
from data.store.store import Store
from scoring.slo.judging import Terms


def agreed(store: Store, asof: datetime | None = None, found: Definitions | None = None) -> Terms:
    """The terms as they are now, or as they were known at `asof`. Raises DefinitionError for a file that is wrong.

    found: the definitions to go by, those that ship without.
    """
    filed = terms(defined() if found is None else found)
    return Terms(
        policies=filed.policies,
        exemptions=(*filed.exemptions, *in_force(store.exemptions.rows(asof))),
        acknowledgements=not_withdrawn(store.acknowledgements.rows(asof)),
    )


def terms_key(terms: Terms) -> Hashable:
    """What tells two terms apart: what was agreed since the start can only come or go."""
    return tuple(one.id for one in terms.exemptions), tuple(terms.acknowledgements)
