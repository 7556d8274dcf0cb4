"""The database's history: one file a change in versions/, applied in order, forward only."""
