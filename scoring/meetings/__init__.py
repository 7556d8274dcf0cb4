"""Meetings: the session, what it decides, what is to be done, and the frozen record of it.

One set of types for every kind of meeting; a kind adds its choices, never another type.
"""
