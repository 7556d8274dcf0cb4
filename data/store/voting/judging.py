"""One transaction of votes: who sent each, whether it counts, what is written, and what is revealed by it.

As many votes as there are share each statement: what a transaction costs hardly depends on their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data.store.dialect import insert
from data.store.tables import LOBBIES, VOTES, VOTING_ROUNDS
from data.store.tables.acting import AuditOutcome
from data.store.voting import rows
from data.store.voting.admission import STRANGER
from data.store.voting.polling import Known, Voter, is_key, known
from data.store.voting.steering import Steering
from data.store.writing import Batch, Entry, find_actor
from scoring.actors import Actor, Role
from scoring.voting.ballots import Ballot, Refusal, refusal_of
from scoring.voting.rounds import RoundId
from scoring.voting.voters import RespondentId

REVEALER = Actor.system("voting")
"""Who reveals a round when everybody has voted."""


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote as it arrived. foreign: from a page of another site."""

    token: str
    ballot: Ballot
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """An acknowledged vote; it is on disk. changed: False when the same was voted before."""

    round: RoundId
    choice: str
    at: datetime
    changed: bool


@dataclass(slots=True)
class _Judging:
    """A batch while it is judged. changed: the votes to write; entries: what the audit log will say of each."""

    batch: Batch
    known: Known
    now: datetime
    changed: dict[tuple[RoundId, RespondentId], str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def judge(self, cast: Cast) -> Receipt | Refusal:
        """What becomes of one vote."""
        voter = self.known.voters.get(rows.hash_of(cast.token))
        refusal = self._refusal(cast, voter)
        if voter is None or refusal is not None:
            return self._refused(cast, voter, refusal or Refusal.STRANGER)
        key = (cast.ballot.round, voter.respondent.id)
        before = self.known.votes.get(key)
        if before is not None and before[0] == cast.ballot.choice:
            return Receipt(cast.ballot.round, cast.ballot.choice, before[1], changed=False)
        self.changed[key] = cast.ballot.choice
        self.known.votes[key] = (cast.ballot.choice, self.now)
        # Never the choice: the log says that somebody voted, and nobody learns from it what.
        entry = Entry(voter.actor_id, "vote.cast", f"round {cast.ballot.round}", {"again": before is not None})
        self.entries.append(entry)
        return Receipt(cast.ballot.round, cast.ballot.choice, self.now, changed=True)

    def _refusal(self, cast: Cast, voter: Voter | None) -> Refusal | None:
        if cast.foreign:
            return Refusal.FOREIGN_ORIGIN
        poll = self.known.polls.get(cast.ballot.round)
        refusal = refusal_of(cast.ballot, voter.respondent if voter else None, poll.rules if poll else None, self.now)
        if refusal is not None or voter is None or poll is None:
            return refusal
        return None if voter.respondent.actor(poll.scope).may(Role.VOTER, poll.scope) else Refusal.OBSERVER

    def _refused(self, cast: Cast, voter: Voter | None, reason: Refusal) -> Refusal:
        who = find_actor(self.batch.connection, STRANGER, self.batch.at) if voter is None else voter.actor_id
        about = f"round {cast.ballot.round}" if is_key(cast.ballot.round) else "no round"
        self.entries.append(Entry(who, "vote.cast", about, {"reason": reason}, AuditOutcome.REFUSED))
        return reason


def write_together(steering: Steering, casts: Sequence[Cast]) -> list[Receipt | Refusal]:
    """Write the votes that count, an audit entry for each of all of them; returns what became of each, in order.

    Raises as `Writer.together` does; then none of them is written.
    """
    now = steering.clock()
    with steering.writer.together() as batch:
        named = {cast.ballot.round for cast in casts}
        found = known(batch.connection, named, {rows.hash_of(cast.token) for cast in casts})
        judging = _Judging(batch, found, now)
        outcomes = [judging.judge(cast) for cast in casts]
        _keep(judging)
        batch.audit(judging.entries)
        voted = {key for key, _ in judging.changed}
        _reveal_complete(batch, found, voted, now)
    steering.changes.tell(sorted({found.polls[key].rules.session for key in voted}))
    return outcomes


def _keep(judging: _Judging) -> None:
    if not judging.changed:
        return
    fresh = insert(judging.batch.connection, VOTES)
    upsert = fresh.on_conflict_do_update(
        index_elements=["round_id", "respondent_id"],
        set_={"choice": fresh.excluded.choice, "voted_at": fresh.excluded.voted_at},
    )
    values: list[dict[str, Any]] = [
        {"round_id": found, "respondent_id": respondent, "choice": choice, "voted_at": judging.now}
        for (found, respondent), choice in judging.changed.items()
    ]
    judging.batch.connection.execute(upsert, values)


def _reveal_complete(batch: Batch, found: Known, voted: set[RoundId], now: datetime) -> None:
    """Reveal the rounds that everybody who is there has voted in, where the session is set so."""
    for key in sorted(voted):
        poll = found.polls[key]
        session = poll.rules.session
        turnout = rows.turnouts(batch.connection, session, [key])[key] if poll.reveals else None
        if turnout is None or not turnout.is_complete:
            continue
        revealer = find_actor(batch.connection, REVEALER.name, batch.at)
        at = rows.end_of(batch.connection, session, [key], now)
        ended = VOTING_ROUNDS.update().where(VOTING_ROUNDS.c.id == key)
        batch.connection.execute(ended.values(revealed_at=at, revealed_by=revealer))
        mine = LOBBIES.update().where(LOBBIES.c.session_id == session)
        batch.connection.execute(mine.values(version=LOBBIES.c.version + 1, timer_ends_at=None))
        detail = {"round": key, "votes": turnout.votes, "voters": turnout.voters}
        batch.audit([Entry(revealer, "round.reveal", f"session {session}", detail)])
