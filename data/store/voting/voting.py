"""Voting as one object: the door, the steering, the votes, and what can be asked about them."""

from __future__ import annotations

from data.clock import Clock, utc_now
from data.store.engine import Database
from data.store.voting.admission import Admission
from data.store.voting.casting import Casting
from data.store.voting.changes import Changes
from data.store.voting.holding import Rounds
from data.store.voting.lobbies import Lobbies
from data.store.voting.reading import VotingReader
from data.store.voting.steering import Steering
from data.store.writing import Writer


class Voting:
    """The votes of all sessions. May be used from any thread.

    read: the questions. lobbies, rounds: what facilitators steer. admission: how people come in. casting: their votes.
    changes: who is told in this process. clock: of timers and deadlines; the machine's, because the store's own clock
    stands still on the sample estate.
    """

    def __init__(self, database: Database, writer: Writer, clock: Clock = utc_now) -> None:
        self.changes = Changes()
        steering = Steering(database, writer, self.changes, clock)
        self.clock = clock
        self.read = VotingReader(database)
        self.lobbies = Lobbies(steering)
        self.rounds = Rounds(steering)
        self.admission = Admission(steering)
        self.casting = Casting(steering)

    def close(self) -> None:
        """Write the votes that have come in, and take no more."""
        self.casting.close()
