"""The books of one partition: no false loss in any order of events, and every real loss is found."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.canary.ledger import Evidence, Ledger, Suspect
from data.canary.tally import Reason

THERE = Evidence(same_log=True, start=0)


def settle(ledger: Ledger, evidence: Evidence = THERE) -> tuple[Suspect, ...]:
    return ledger.judge(ledger.suspects(), evidence)


def passed_again(ledger: Ledger, end: int, *there: tuple[int, int]) -> None:
    """The reader goes back to where it is sent and reads to the end; `there`: (sequence, offset) that it meets."""
    ledger.suspects()
    assert ledger.must_move
    position = ledger.position
    ledger.moved(position)
    for sequence, offset in there:
        if offset >= position:
            ledger.seen(sequence, offset, 99.0)
    ledger.at_end(end)


def written(ledger: Ledger, offset: int, now: float) -> int:
    """A record that was sent and acknowledged a hundredth of a second later."""
    sequence = ledger.send(now)
    ledger.acknowledged(sequence, offset, now + 0.01)
    return sequence


def test_a_record_that_is_acknowledged_and_read_has_a_latency_and_nothing_else() -> None:
    ledger = Ledger(position=40)
    sequence = ledger.send(100.0)
    ledger.acknowledged(sequence, 40, 100.02)
    ledger.seen(sequence, 40, 100.5)
    tally = ledger.tally
    assert (tally.attempts, tally.acknowledged, tally.seen, tally.lost, tally.unverified) == (1, 1, 1, 0, 0)
    assert dict(tally.latency.cumulative())[0.5] == 1
    assert dict(tally.latency.cumulative())[0.25] == 0
    assert ledger.suspects() == ()


def test_a_record_may_be_read_before_its_acknowledgement_arrives() -> None:
    ledger = Ledger()
    sequence = ledger.send(1.0)
    ledger.seen(sequence, 0, 1.1)
    ledger.acknowledged(sequence, 0, 1.2)
    assert settle(ledger) == ()
    assert (ledger.tally.lost, ledger.must_move, ledger.open) == (0, False, 0)


def test_a_record_that_the_reader_passed_is_sought_once_more_before_it_is_called_lost() -> None:
    ledger = Ledger()
    overlooked, later = written(ledger, 0, 1.0), written(ledger, 1, 2.0)
    ledger.seen(later, 1, 2.1)
    passed_again(ledger, 2, (overlooked, 0), (later, 1))
    assert settle(ledger) == ()
    assert (ledger.tally.lost, ledger.tally.seen, ledger.tally.duplicated) == (0, 2, 0)


def test_a_promised_record_is_lost_once_the_reader_is_past_its_offset() -> None:
    ledger = Ledger()
    missing, later = written(ledger, 0, 1.0), written(ledger, 1, 2.0)
    assert ledger.suspects() == ()
    ledger.seen(later, 1, 2.1)
    passed_again(ledger, 2, (later, 1))
    assert settle(ledger) == (Suspect(missing, 0),)
    assert ledger.tally.lost == 1
    assert settle(ledger) == ()
    assert ledger.tally.lost == 1


def test_a_promised_record_is_lost_once_the_log_ends_behind_its_offset_and_it_was_not_met() -> None:
    ledger = Ledger()
    written(ledger, 0, 1.0)
    ledger.at_end(0)
    assert ledger.suspects() == ()
    ledger.at_end(1)
    passed_again(ledger, 1)
    assert len(settle(ledger)) == 1


def test_a_record_that_was_not_promised_is_never_lost() -> None:
    ledger = Ledger()
    refused = ledger.send(1.0)
    ledger.failed(refused, Reason.NOT_ENOUGH_REPLICAS)
    ledger.send(2.0)
    ledger.seen(written(ledger, 5, 3.0), 5, 3.1)
    assert settle(ledger) == ()
    assert ledger.tally.failures[Reason.NOT_ENOUGH_REPLICAS] == 1
    assert ledger.tally.unverified == 0


@pytest.mark.parametrize("evidence", [Evidence(same_log=False, start=0), Evidence(same_log=True, start=1)])
def test_what_a_deletion_took_is_unverified_and_not_lost(evidence: Evidence) -> None:
    ledger = Ledger()
    written(ledger, 0, 1.0)
    later = written(ledger, 1, 2.0)
    ledger.seen(later, 1, 2.1)
    passed_again(ledger, 2, (later, 1))
    assert settle(ledger, evidence) == ()
    assert (ledger.tally.lost, ledger.tally.unverified) == (0, 1)


def test_retention_that_overtakes_the_reader_makes_records_unverified() -> None:
    ledger = Ledger()
    for offset in range(5):
        written(ledger, offset, float(offset))
    ledger.skipped(3)
    ledger.moved(3)
    ledger.seen(3, 3, 9.0)
    ledger.seen(4, 4, 9.0)
    assert settle(ledger, Evidence(same_log=True, start=3)) == ()
    assert (ledger.tally.lost, ledger.tally.unverified, ledger.tally.seen) == (0, 3, 2)


def test_a_topic_that_was_made_anew_takes_the_open_promises_with_it() -> None:
    ledger = Ledger()
    read, unread, waiting = written(ledger, 0, 1.0), written(ledger, 1, 2.0), ledger.send(3.0)
    ledger.seen(read, 0, 1.1)
    ledger.begin_log(0)
    ledger.acknowledged(waiting, 0, 3.5)
    ledger.seen(waiting, 0, 3.6)
    assert unread not in [suspect.sequence for suspect in ledger.suspects()]
    assert (ledger.tally.lost, ledger.tally.unverified, ledger.tally.duplicated) == (0, 2, 0)
    ledger.seen(written(ledger, 1, 4.0), 1, 4.1)
    assert settle(ledger) == ()


def test_a_log_that_was_cut_back_loses_what_was_read_before() -> None:
    ledger = Ledger()
    for offset in range(4):
        ledger.seen(written(ledger, offset, float(offset)), offset, offset + 0.1)
    after = written(ledger, 2, 10.0)
    # The reader stands at 4; what now lies at 2 was put there behind its back.
    assert settle(ledger) == (Suspect(2, 2), Suspect(3, 3))
    assert (ledger.must_move, ledger.position) == (True, 2)
    ledger.moved(2)
    ledger.seen(after, 2, 10.2)
    ledger.seen(written(ledger, 3, 11.0), 3, 11.1)
    assert settle(ledger) == ()
    assert (ledger.tally.lost, ledger.tally.duplicated) == (2, 0)


def test_a_cut_that_refused_records_have_filled_again_is_found_after_the_outage() -> None:
    ledger = Ledger()
    for offset in range(4):
        ledger.seen(written(ledger, offset, float(offset)), offset, offset + 0.1)
    # Offsets 2 and 3 are cut off; three attempts time out, and the new leader has written them all the same.
    late = [ledger.send(10.0 + number) for number in range(3)]
    for sequence in late:
        ledger.failed(sequence, Reason.TIMEOUT)
    after = written(ledger, 5, 20.0)
    assert settle(ledger) == ()
    ledger.seek_all_again()
    assert (ledger.must_move, ledger.position) == (True, 0)
    there = [(0, 0), (1, 1), (late[0], 2), (late[1], 3), (late[2], 4), (after, 5)]
    ledger.moved(0)
    for sequence, offset in there:
        ledger.seen(sequence, offset, 20.5)
    assert settle(ledger) == ()
    passed_again(ledger, 6, *there)
    assert settle(ledger) == (Suspect(2, 2), Suspect(3, 3))
    assert (ledger.tally.lost, ledger.tally.unverified, ledger.tally.duplicated) == (2, 0, 0)
    assert ledger.open == 0


def test_what_was_read_before_an_outage_is_verified_even_when_nobody_gets_to_read_it_again() -> None:
    ledger = Ledger(window=3)
    for offset in range(3):
        ledger.seen(written(ledger, offset, float(offset)), offset, offset + 0.1)
    ledger.seek_all_again()
    for offset in range(3, 6):
        written(ledger, offset, float(offset))
    assert ledger.tally.unverified == 0


def test_a_second_copy_is_a_duplicate_and_reading_again_is_not() -> None:
    ledger = Ledger()
    sequence = written(ledger, 0, 1.0)
    ledger.seen(sequence, 0, 1.1)
    ledger.seen(sequence, 1, 1.2)
    ledger.moved(0)
    ledger.seen(sequence, 0, 1.3)
    ledger.seen(sequence, 1, 1.4)
    assert (ledger.tally.seen, ledger.tally.duplicated) == (1, 1)
    assert ledger.tally.latency.count == 1


@pytest.mark.parametrize("acknowledged_first", [True, False])
def test_a_promised_record_behind_a_later_one_is_reordered(acknowledged_first: bool) -> None:
    ledger = Ledger()
    early, late = ledger.send(1.0), ledger.send(1.0)
    ledger.acknowledged(late, 0, 1.1)
    if acknowledged_first:
        ledger.acknowledged(early, 1, 1.2)
    ledger.seen(late, 0, 1.3)
    ledger.seen(early, 1, 1.3)
    if not acknowledged_first:
        ledger.acknowledged(early, 1, 1.4)
    assert settle(ledger) == ()
    assert (ledger.tally.reordered, ledger.tally.lost) == (1, 0)


def test_a_record_that_was_given_up_and_lands_later_is_not_reordered() -> None:
    ledger = Ledger()
    given_up, later = ledger.send(1.0), ledger.send(2.0)
    ledger.failed(given_up, Reason.TIMEOUT)
    ledger.acknowledged(later, 0, 2.1)
    ledger.seen(later, 0, 2.2)
    ledger.seen(given_up, 1, 2.3)
    assert ledger.tally.reordered == 0


def test_a_promised_record_whose_bytes_are_damaged_is_corrupt_and_not_lost() -> None:
    ledger = Ledger()
    written(ledger, 0, 1.0)
    ledger.corrupt(0)
    ledger.seen(written(ledger, 1, 2.0), 1, 2.1)
    assert settle(ledger) == ()
    assert (ledger.tally.corrupt, ledger.tally.lost) == (1, 0)


def test_a_number_that_was_never_given_is_corrupt() -> None:
    ledger = Ledger()
    ledger.seen(17, 0, 1.0)
    assert ledger.tally.corrupt == 1


def test_what_nobody_could_read_for_longer_than_the_books_reach_back_is_unverified() -> None:
    ledger = Ledger(window=10)
    for offset in range(25):
        written(ledger, offset, float(offset))
    assert (ledger.open, ledger.tally.unverified) == (10, 15)
    ledger.seen(0, 0, 30.0)
    assert ledger.tally.duplicated == 1  # It cannot be told from a copy any more.


@dataclass
class World:
    """A partition, a writer and a reader, as simple as they can be; the log says what is really lost."""

    ledger: Ledger = field(default_factory=Ledger)
    log: dict[int, int | None] = field(default_factory=dict)
    """Offset → our sequence number, None for somebody else's record; an offset that lacks was lost."""
    end: int = 0
    now: float = 0.0
    reader: int = 0
    waiting: list[tuple[int, int | None]] = field(default_factory=list)
    """(sequence, offset) whose answer is under way; offset None where nothing was written."""
    promised: set[int] = field(default_factory=set)
    copies: int = 0

    def append(self, content: int | None) -> int:
        self.log[self.end] = content
        self.end += 1
        return self.end - 1

    def write(self, lose: bool, fail: bool) -> None:
        sequence = self.ledger.send(self.now)
        if fail:
            self.waiting.append((sequence, None))
            return
        offset = self.append(sequence)
        if lose:
            del self.log[offset]
        self.waiting.append((sequence, offset))

    def answer(self) -> None:
        if self.waiting:
            sequence, offset = self.waiting.pop(0)
            if offset is None:
                self.ledger.failed(sequence, Reason.TIMEOUT)
            else:
                self.promised.add(sequence)
                self.ledger.acknowledged(sequence, offset, self.now)

    def read(self, most: int) -> None:
        if self.ledger.must_move:
            self.reader = min(self.ledger.position, self.end)
            self.ledger.moved(self.reader)
        if self.reader > self.end:
            self.reader = self.end
            self.ledger.moved(self.end)
        for _ in range(most):
            if self.reader >= self.end:
                self.ledger.at_end(self.reader)
                return
            if self.reader in self.log:
                content = self.log[self.reader]
                if content is None:
                    self.ledger.foreign(self.reader)
                else:
                    self.ledger.seen(content, self.reader, self.now)
            self.reader += 1

    def restart_reader(self) -> None:
        self.reader = self.ledger.position
        self.ledger.moved(self.reader)

    def cut(self, back: int) -> None:
        """An unclean election: the newest records go. Answers that are under way were sent before."""
        while self.waiting:
            self.answer()
        self.end = max(0, self.end - back)
        self.log = {offset: content for offset, content in self.log.items() if offset < self.end}

    def duplicate(self) -> None:
        ours = [content for content in self.log.values() if content is not None]
        if ours:
            self.append(ours[-1])
            self.copies += 1

    def finish(self) -> None:
        """The outage is over: one more record for each that may lie behind, everything answered and read."""
        while self.waiting:
            self.answer()
        self.now += 1
        self.write(lose=False, fail=False)
        self.answer()
        self.ledger.seek_all_again()
        for _ in range(4):
            self.read(10_000)
            settle(self.ledger)

    @property
    def really_lost(self) -> int:
        return len(self.promised - {content for content in self.log.values() if content is not None})


OWN = (
    st.tuples(st.just("write"), st.booleans()),
    st.tuples(st.just("answer"), st.just(0)),
    st.tuples(st.just("read"), st.integers(0, 5)),
    st.tuples(st.just("restart"), st.just(0)),
    st.tuples(st.just("judge"), st.just(0)),
)
OTHERS = (st.tuples(st.just("foreign"), st.just(0)), st.tuples(st.just("duplicate"), st.just(0)))
LOSSES = (st.tuples(st.just("lose"), st.just(0)), st.tuples(st.just("cut"), st.integers(1, 6)))


def played(actions: list[tuple[str, int]]) -> World:
    world = World()
    for name, number in actions:
        world.now += 0.1
        match name:
            case "write":
                world.write(lose=False, fail=bool(number))
            case "lose":
                world.write(lose=True, fail=False)
            case "answer":
                world.answer()
            case "read":
                world.read(number)
            case "restart":
                world.restart_reader()
            case "foreign":
                world.append(None)
            case "duplicate":
                world.duplicate()
            case "cut":
                world.cut(number)
            case _:
                settle(world.ledger)
    world.finish()
    return world


@settings(max_examples=400)
@given(st.lists(st.one_of(*OWN, *OTHERS), max_size=60))
def test_no_order_of_harmless_events_makes_a_loss(actions: list[tuple[str, int]]) -> None:
    world = played(actions)
    tally = world.ledger.tally
    assert world.really_lost == 0
    assert (tally.lost, tally.unverified, tally.reordered, tally.corrupt) == (0, 0, 0, 0)
    assert tally.duplicated == world.copies
    assert world.ledger.open == 0


@settings(max_examples=800)
@given(st.lists(st.one_of(*OWN, *LOSSES), max_size=60))
def test_exactly_what_the_log_really_lost_is_found(actions: list[tuple[str, int]]) -> None:
    world = played(actions)
    assert world.ledger.tally.lost == world.really_lost
    assert world.ledger.tally.unverified == 0


@settings(max_examples=400)
@given(st.lists(st.one_of(*OWN, *OTHERS, *LOSSES), max_size=60))
def test_what_was_read_cut_off_and_buried_under_others_records_is_missed_after_the_outage(
    actions: list[tuple[str, int]],
) -> None:
    world = played(actions)
    assert world.ledger.tally.lost == world.really_lost


@given(st.lists(st.one_of(*OWN, *LOSSES), max_size=40))
def test_where_the_log_may_be_another_one_nothing_is_called_lost(actions: list[tuple[str, int]]) -> None:
    world = World()
    for name, number in actions:
        world.now += 0.1
        if name in {"write", "lose"}:
            world.write(lose=name == "lose", fail=False)
        elif name == "read":
            world.read(number)
        else:
            world.answer()
        settle(world.ledger, Evidence(same_log=False, start=0))
    assert world.ledger.tally.lost == 0
