"""The paths of voting. Those of phones are open to whoever has no session of a shared instance; nothing else is."""

from __future__ import annotations

JOIN = "/join"
VOTE = "/vote"
STATE = "/vote/state"
EVENTS = "/vote/events"
SCRIPT = "/vote/page.js"
STYLE = "/vote/page.css"
PRESENT = "/present/events"

OPEN_TO_PHONES = (JOIN, VOTE, STATE, EVENTS, SCRIPT, STYLE)
"""Each of them asks for a PIN, or for the token of somebody who has joined; the two files hold nothing of a session."""

COOKIE = "streamgauge_voter"
COOKIE_SECONDS = 30 * 24 * 3600
"""As long as a survey may last; the token is worth nothing once its session is closed."""
