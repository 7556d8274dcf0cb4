"""The sample estate: a recorded platform to try the application with, labelled as such on every page.

It lives in a database file of its own, is never merged with what a real platform shows, and is never the evidence
that something works.
"""

from __future__ import annotations

from data.sample.opening import open_sample

__all__ = ["open_sample"]
