"""Faults on command: each is brought about for real, seen to have its effect, and reported."""
