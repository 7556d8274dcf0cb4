"""The store: what was observed and what people did, on SQLite or PostgreSQL."""
