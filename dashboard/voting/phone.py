"""What a phone is told: the question, its own vote, where the session stands. Nobody else's vote, and no count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scoring.meetings.canonical import instant
from scoring.voting.lobbies import Mode
from scoring.voting.rounds import Phase, Round, RoundId
from scoring.voting.voters import Respondent

if TYPE_CHECKING:
    from data.store.voting.reading import Asked


def asked_json(asked: Asked, now: datetime) -> dict[str, Any]:
    """What every phone of a session is told alike.

    timer, closes_in: seconds until the timer's end and the survey's deadline, since a phone's own clock may be wrong.
    """
    lobby = asked.lobby
    return {
        "version": lobby.version,
        "title": asked.session.title,
        "phase": phase_of(asked, now),
        "survey": lobby.mode is Mode.SURVEY,
        "timer": _seconds(now, lobby.timer_ends_at),
        "deadline": None if lobby.deadline is None else instant(lobby.deadline),
        "closes_in": _seconds(now, lobby.deadline),
        "rounds": [_round_json(one) for one in asked.rounds],
    }


def phase_of(asked: Asked, now: datetime) -> str:
    """closed, late, voting, revealed or waiting."""
    if not asked.session.is_open:
        return "closed"
    if asked.lobby.mode is Mode.SURVEY:
        return "late" if asked.lobby.deadline is not None and now >= asked.lobby.deadline else "voting"
    if any(one.phase is Phase.OPEN for one in asked.rounds):
        return "voting"
    return "revealed" if any(one.phase is Phase.REVEALED for one in asked.rounds) else "waiting"


def own_json(respondent: Respondent, votes: Mapping[RoundId, str]) -> dict[str, Any]:
    """What only this phone is told: as whom it votes, and what it voted."""
    return {
        "voter": respondent.pseudonym,
        "observer": respondent.observer,
        "mine": {str(key): choice for key, choice in votes.items()},
    }


def event(name: str, content: object) -> bytes:
    """One server-sent event (HTML Living Standard, section 9.2); JSON has no line breaks, so it is one line."""
    return f"event: {name}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n".encode()


def _seconds(now: datetime, until: datetime | None) -> int | None:
    return None if until is None else max(0, round((until - now).total_seconds()))


def _round_json(one: Round) -> dict[str, Any]:
    question = one.question
    return {
        "id": one.id,
        "number": one.number,
        "title": question.title,
        "text": question.text,
        "scale": question.scale,
        "options": [[option.choice, option.label, option.anchor] for option in question.options],
    }
