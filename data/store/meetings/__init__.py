"""Meetings in the store: opened, decided in, closed; and read back."""
