"""The store: what was observed and what people did, on SQLite or PostgreSQL."""

from __future__ import annotations

from data.store.store import CollectorStore, Store, open_store

__all__ = ["CollectorStore", "Store", "open_store"]
