"""One thin file for each group of commands; `dashboard.cli` puts them together."""
