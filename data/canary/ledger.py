"""The books of one partition: what was sent, what was promised, what was read, and so what was lost. No I/O, no clock.

An acknowledged record is *suspected* only when the reader has twice read past the offset that the broker named for it
without meeting it, or when the log has provably gone back behind it. (Twice: a log that was cut and grew again behind
the reader looks like a loss at first.) After an outage, all that was read before is sought in the same way. It is
*lost* only when the log is then found to be the same one (topic id) and to reach back to that offset; if it is not, the
record is unverified. Nothing times out into a loss: a record that a broker acknowledged and cannot show yet, as a new
leader with too few followers cannot, stays open.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from data.canary.tally import Reason, Tally

WINDOW = 3600
"""Records of a partition that are remembered: an hour at one a second. Older ones are given up as unverified."""


class _Fate(Enum):
    WAITING = auto()
    ACKNOWLEDGED = auto()
    GONE = auto()
    FAILED = auto()


@dataclass(slots=True)
class _Sent:
    """One record of ours. sent_at, answered_at: seconds on a clock that only goes forward. found: where it was read."""

    sent_at: float
    fate: _Fate = _Fate.WAITING
    answered_at: float = 0.0
    offset: int = -1
    found: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Suspect:
    """An acknowledged record that is not where the broker said it put it."""

    sequence: int
    offset: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the cluster says of the log, asked after the suspicion arose.

    same_log: it is the topic that the record was written to, by its id; False when that cannot be told.
    start: the first offset that is still there; what lies before was deleted on purpose.
    """

    same_log: bool
    start: int


class Ledger:
    """One partition's books in one run. For one thread at a time.

    position: offset of the first record that the reader will read, found out before anything is sent.
    """

    def __init__(self, position: int = 0, window: int = WINDOW) -> None:
        self.tally = Tally()
        self._window = window
        self._next = 0
        self._forget(position)

    def _forget(self, position: int) -> None:
        """Begin with a log of which nothing is known yet."""
        self._known_from = self._next
        self._sent: OrderedDict[int, _Sent] = OrderedDict()
        self._unseen: dict[int, int] = {}
        self._overwritten: dict[int, int] = {}
        self._sought_again: set[int] = set()
        self._damaged: OrderedDict[int, None] = OrderedDict()
        self._read_to = position
        self._highest_read = position - 1
        self._highest_acknowledged = -1
        self._last: tuple[int, int] | None = None
        self._moved = False

    @property
    def position(self) -> int:
        """The offset that the reader has to read next."""
        return self._read_to

    @property
    def must_move(self) -> bool:
        """True when the reader must go back to `position`; what it reads until `moved` is called does not count."""
        return self._moved

    @property
    def open(self) -> int:
        """Acknowledged records that were not read yet."""
        return len(self._unseen)

    def moved(self, position: int) -> None:
        """The reader reads on from there."""
        self._read_to = position
        self._moved = False

    def send(self, now: float) -> int:
        """A record is about to be handed over; its sequence number."""
        sequence, self._next = self._next, self._next + 1
        self._sent[sequence] = _Sent(now)
        self.tally.attempts += 1
        while len(self._sent) > self._window:
            self._give_up(*self._sent.popitem(last=False))
        return sequence

    def failed(self, sequence: int, reason: Reason) -> None:
        """The client was told that this record was not written, or nothing in time; it may be there all the same."""
        self.tally.failures[reason] += 1
        if sequence in self._sent:
            self._sent[sequence].fate = _Fate.FAILED

    def acknowledged(self, sequence: int, offset: int, now: float) -> None:
        """The broker promised to keep this record, at that offset."""
        self.tally.acknowledged += 1
        sent = self._sent.get(sequence)
        if sent is None:
            self.tally.unverified += 1
            return
        sent.offset, sent.answered_at = offset, now
        if sent.late:
            self.tally.reordered += 1
        if offset <= self._highest_acknowledged:
            self._find_overwritten(sent)
        sent.fate = _Fate.ACKNOWLEDGED
        self._highest_acknowledged = max(self._highest_acknowledged, offset)
        if sent.found is None:
            self._unseen[sequence] = offset

    def _find_overwritten(self, newer: _Sent) -> None:
        """Records answered before `newer` was sent cannot lie at or behind its offset, unless the log was cut."""
        behind = {
            sequence: sent
            for sequence, sent in self._sent.items()
            if sent.fate is _Fate.ACKNOWLEDGED and sent.offset >= newer.offset and sent.answered_at <= newer.sent_at
        }
        if not behind:
            return
        for sequence, sent in behind.items():
            sent.fate = _Fate.GONE
            self._overwritten[sequence] = sent.offset
        for offset in [each for each in self._damaged if each >= newer.offset]:
            del self._damaged[offset]
        kept = (sent.offset for sent in self._sent.values() if sent.fate is _Fate.ACKNOWLEDGED)
        self._highest_acknowledged = max(kept, default=-1)

    def seen(self, sequence: int, offset: int, now: float) -> None:
        """The reader met a record of this run and partition at that offset."""
        if self._moved:
            return
        first_time = offset > self._highest_read
        self._passed(offset)
        sent = self._sent.get(sequence)
        if sequence >= self._next:
            self._count_damaged(offset, first_time)
        elif sent is None:
            if sequence >= self._known_from and first_time:
                self.tally.duplicated += 1
        elif sent.found is None:
            self._found(sequence, sent, offset, now)
        elif sequence in self._unseen:
            self._settled(sequence)  # Met before the outage already, and still there.
        elif sent.found != offset and first_time:
            self.tally.duplicated += 1

    def _found(self, sequence: int, sent: _Sent, offset: int, now: float) -> None:
        sent.found = offset
        self._unseen.pop(sequence, None)
        self._sought_again.discard(sequence)
        self.tally.seen += 1
        self.tally.latency.observe(max(0.0, now - sent.sent_at))
        if self._last is None or sequence > self._last[0]:
            self._last = (sequence, offset)
        elif self._last[1] < offset:
            sent.late = True
            if sent.fate is _Fate.ACKNOWLEDGED:
                self.tally.reordered += 1

    def foreign(self, offset: int) -> None:
        """The reader met a sound record of another run."""
        self._passed(offset)

    def corrupt(self, offset: int) -> None:
        """The reader met a record that no canary wrote like this."""
        if self._moved:
            return
        first_time = offset > self._highest_read
        self._passed(offset)
        self._count_damaged(offset, first_time)

    def _count_damaged(self, offset: int, first_time: bool) -> None:
        self._damaged[offset] = None
        while len(self._damaged) > self._window:
            self._damaged.popitem(last=False)
        self.tally.corrupt += first_time

    def at_end(self, offset: int) -> None:
        """The reader has read everything that lies before that offset."""
        self._passed(offset - 1)

    def _passed(self, offset: int) -> None:
        if not self._moved:
            self._read_to = max(self._read_to, offset + 1)
            self._highest_read = max(self._highest_read, offset)

    def seek_all_again(self) -> None:
        """An outage is over: the log may have been cut and have grown again, so what was read before is read once more.

        Nothing else would tell where records that nobody was promised have filled the place of those that were cut off.
        """
        read = {
            sequence: sent.offset
            for sequence, sent in self._sent.items()
            if sent.fate is _Fate.ACKNOWLEDGED and sent.found is not None
        }
        if read:
            self._unseen |= read
            self._sought_again -= read.keys()
            self._read_to, self._moved = min(self._read_to, *read.values()), True

    def suspects(self) -> tuple[Suspect, ...]:
        """Acknowledged records that are not where they should be. Ask the cluster, then `judge` them.

        One that was passed for the first time is not among them yet: the reader is sent back to it (`must_move`).
        """
        for sequence in [each for each, offset in self._unseen.items() if offset in self._damaged]:
            self._settled(sequence)  # It is there, and counted as corrupt.
        behind = {each: offset for each, offset in self._unseen.items() if offset < self._read_to}
        fresh = behind.keys() - self._sought_again
        if fresh:
            self._sought_again |= fresh
            self._read_to, self._moved = min(behind[each] for each in fresh), True
        return self._accused()

    def _accused(self) -> tuple[Suspect, ...]:
        passed = {each: self._unseen[each] for each in self._sought_again if self._unseen[each] < self._read_to}
        return tuple(Suspect(*each) for each in sorted({**passed, **self._overwritten}.items()))

    def _settled(self, sequence: int) -> bool:
        """Nothing is open about this record any more; True when something was."""
        self._sought_again.discard(sequence)
        unseen = self._unseen.pop(sequence, None) is not None
        overwritten = self._overwritten.pop(sequence, None) is not None
        return unseen or overwritten

    def judge(self, suspects: Iterable[Suspect], evidence: Evidence) -> tuple[Suspect, ...]:
        """Those of the suspects that are lost; the others are unverified. What was found meanwhile is neither."""
        still = set(self._accused())
        lost = []
        for suspect in suspects:
            if suspect not in still:
                continue
            self._settled(suspect.sequence)
            if suspect.sequence in self._sent:
                self._sent[suspect.sequence].fate = _Fate.GONE
            if evidence.same_log and suspect.offset >= evidence.start:
                self.tally.lost += 1
                lost.append(suspect)
            else:
                self.tally.unverified += 1
        return tuple(lost)

    def begin_log(self, position: int) -> None:
        """The topic is another one now: what was promised of the former cannot be verified any more."""
        for sequence, sent in list(self._sent.items()):
            self._give_up(sequence, sent)
        self._forget(position)

    def skipped(self, start: int) -> None:
        """The log begins at `start` now: what was not read before was deleted on purpose, and is unverified."""
        for sequence in [each for each, offset in self._unseen.items() if offset < start]:
            self._give_up(sequence, self._sent[sequence])

    def _give_up(self, sequence: int, sent: _Sent) -> None:
        verified = sent.fate is _Fate.ACKNOWLEDGED and sent.found is not None
        self.tally.unverified += self._settled(sequence) and not verified
