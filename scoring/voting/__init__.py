"""Votes of a group: what can be voted, in which rounds, who votes, and what may be told of it when.

Whoever steers sees how many votes are in, and nothing else, until the round is revealed; then it never changes again.
"""
