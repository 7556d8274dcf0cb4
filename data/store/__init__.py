"""The store: what was observed and what people did, on SQLite or PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data.store.store import CollectorStore, Store, open_store

__all__ = ["CollectorStore", "Store", "open_store"]


def __getattr__(name: str) -> Any:
    """The store itself when it is first asked for: its errors and rows are known without a database library.

    That library takes longer to import than the server to start, and pages are loading in the browser meanwhile.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from data.store import store

    return getattr(store, name)
