"""Votes in the store: people join, rounds are held, and every vote is written before it is acknowledged."""
