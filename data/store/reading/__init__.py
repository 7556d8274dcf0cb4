"""The read model on a database."""
