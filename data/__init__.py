"""Everything that touches the outside: settings, sources, the collector and the store."""
