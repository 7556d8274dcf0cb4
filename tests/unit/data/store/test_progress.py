"""The roadmap, figures, peers and the register: who may, what is refused, and what was known at a past moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.store import Store
from data.store.maintenance import check
from scoring.actors import Actor, ForbiddenError, Grant, Role
from scoring.maturity.benchmark import BenchmarkError
from scoring.maturity.inventory import Entry, EntryKind, Stage
from scoring.maturity.kpis import KpiError
from scoring.maturity.roadmap import ItemId, ItemStatus, OwnItem, RoadmapError, Work
from scoring.maturity.rubric import Dimension, IndicatorId, KpiId
from scoring.meetings.decisions import ConflictError
from scoring.meetings.texts import RefusedError, TextError
from tests.unit.data.store.estates import NOON, Clock

EVA = Actor("eva", frozenset({Grant(Role.EDITOR)}))
FAY = Actor("fay", frozenset({Grant(Role.FACILITATOR)}))
VERA = Actor("vera", frozenset({Grant(Role.VIEWER), Grant(Role.VOTER)}))
LAG = ItemId("R2.7")
UPTIME = KpiId("platform-uptime")
MINUTE = timedelta(minutes=1)
DOING = Work(ItemStatus.DOING, " tom ", date(2026, 12, 1), 40, "half of the groups")
PEERS = b"peer,level,index,Technology\nA,2,2.5,3\nB,3,,\n"


def test_a_change_of_the_roadmap_is_a_step_and_the_last_one_stands(store: Store, clock: Clock) -> None:
    first = store.roadmaps.change(EVA, LAG, DOING, 0)
    assert (first.version, first.work.owner, first.by) == (1, "tom", "eva")
    clock.move(60)
    store.roadmaps.change(FAY, LAG, Work(ItemStatus.DONE, "tom", progress=40), 1)
    (now,) = store.roadmaps.steps()
    assert (now.version, now.work.status, now.work.progress) == (2, ItemStatus.DONE, 100)
    (then,) = store.roadmaps.steps(NOON)
    assert (then.work.status, then.work.due, then.work.note) == (
        ItemStatus.DOING, date(2026, 12, 1), "half of the groups",
    )  # fmt: skip
    assert [step.version for step in store.roadmaps.history(LAG)] == [1, 2]
    assert [entry.action for entry in store.read.audit()] == ["roadmap.change"] * 2


def test_who_saw_an_older_version_changes_nothing(store: Store) -> None:
    store.roadmaps.change(EVA, LAG, DOING, 0)
    for based_on in (0, 2):
        with pytest.raises(ConflictError, match=r"eva changed R2\.7 meanwhile to “in progress”"):
            store.roadmaps.change(FAY, LAG, Work(ItemStatus.DROPPED), based_on)
    assert [one.version for one in store.roadmaps.steps()] == [1]


def test_own_items_are_numbered_and_keep_what_they_are(store: Store) -> None:
    own = OwnItem(" Train the teams ", 2, "Two days each.", 2, 4, (IndicatorId("L3.4"),), (Dimension.SKILLS,))
    first = store.roadmaps.add(EVA, own, Work(owner="ann"))
    second = store.roadmaps.add(EVA, OwnItem("Another", 2), Work())
    assert (first.item, second.item) == ("own-1", "own-2")
    changed = store.roadmaps.change(EVA, first.item, Work(ItemStatus.DOING), 1)
    assert changed.own is not None
    assert (changed.own.title, changed.own.helps, changed.own.dimensions) == (
        "Train the teams", ("L3.4",), (Dimension.SKILLS,),
    )  # fmt: skip
    assert [one.item for one in store.roadmaps.steps()] == ["own-1", "own-2"]
    with pytest.raises(RoadmapError, match="There is no item own-9"):
        store.roadmaps.change(EVA, ItemId("own-9"), Work(), 0)


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        (OwnItem("", 2), "The title is empty"),
        (OwnItem("x", 2, effort=0), "The effort is 0"),
        (OwnItem("x", 2, impact=6), "The impact is 6"),
        (OwnItem("x" * 4_001, 2), "4000 fit"),
    ],
)
def test_an_own_item_that_cannot_be_is_refused_whole(store: Store, own: OwnItem, problem: str) -> None:
    with pytest.raises((RoadmapError, TextError), match=problem):
        store.roadmaps.add(EVA, own, Work())
    assert store.roadmaps.steps() == ()


def test_progress_is_a_percentage(store: Store) -> None:
    for progress in (-1, 101):
        with pytest.raises(RoadmapError, match="0 to 100"):
            store.roadmaps.change(EVA, LAG, Work(progress=progress), 0)


def test_a_figure_counts_until_it_is_withdrawn(store: Store, clock: Clock) -> None:
    key = store.figures.enter(EVA, UPTIME, date(2026, 1, 31), Decimal("99.950"), " from the monthly report ")
    clock.move(60)
    store.figures.withdraw(EVA, key)
    assert store.figures.entries() == ()
    (then,) = store.figures.entries(NOON)
    assert (then.value, str(then.value), then.note, then.by) == (
        Decimal("99.950"), "99.950", "from the monthly report", "eva",
    )  # fmt: skip
    assert store.figures.entries(NOON - MINUTE) == ()
    with pytest.raises(KpiError, match="no such figure"):
        store.figures.withdraw(EVA, key)


def test_a_figure_of_a_day_to_come_is_refused(store: Store) -> None:
    with pytest.raises(KpiError, match="has not come yet"):
        store.figures.enter(EVA, UPTIME, NOON.date() + timedelta(days=1), Decimal(1))


def test_peers_are_imported_whole_and_read_back_as_they_were(store: Store, clock: Clock) -> None:
    key = store.benchmarks.take(EVA, "Peers of 2026", PEERS)
    (found,) = store.benchmarks.every()
    assert [(one.line, one.name, one.level, one.index, dict(one.ratings)) for one in found.peers] == [
        (2, "A", 2, Decimal("2.5"), {Dimension.TECHNOLOGY: 3}),
        (3, "B", 3, None, {}),
    ]
    with pytest.raises(RefusedError, match="there already, as “Peers of 2026”"):
        store.benchmarks.take(EVA, "again", PEERS)
    clock.move(60)
    store.benchmarks.remove(EVA, key)
    assert store.benchmarks.every() == ()
    assert len(store.benchmarks.every(NOON)) == 1
    assert store.benchmarks.take(EVA, "again", PEERS) > key


@pytest.mark.parametrize(
    ("file", "problem"),
    [(b"peer,level\nA,2\nB,9\n", "line 3, level: is “9”"), (b"peer,level\nA,2\n\xff,3\n", "line 3, row: is no UTF-8")],
)
def test_of_a_file_with_one_bad_line_nothing_is_written(store: Store, file: bytes, problem: str) -> None:
    with pytest.raises(BenchmarkError, match=problem):
        store.benchmarks.take(EVA, "bad", file)
    assert store.benchmarks.every() == ()
    assert store.read.audit() == []


def test_the_register_keeps_what_people_say_and_when_they_said_it(store: Store, clock: Clock) -> None:
    entry = Entry(EntryKind.TEAM, "Payments", Stage.PRODUCTION, "ann", "settlement", "asked on Tuesday")
    assert store.registers.write(EVA, entry, 0).version == 1
    with pytest.raises(ConflictError, match="eva wrote “Payments” meanwhile"):
        store.registers.write(EVA, Entry(EntryKind.TEAM, "PAYMENTS"), 0)
    clock.move(60)
    store.registers.write(EVA, Entry(EntryKind.TEAM, "payments"), 1, removed=True)
    (now,) = store.registers.steps()
    assert (now.version, now.removed) == (2, True)
    assert store.registers.steps(NOON)[0].entry == entry
    store.registers.write(EVA, Entry(EntryKind.USE_CASE, "payments"), 0)
    assert len(store.registers.steps()) == 2


def test_a_viewer_writes_none_of_it_and_the_attempt_is_kept(store: Store) -> None:
    attempts = (
        lambda: store.roadmaps.change(VERA, LAG, Work(), 0),
        lambda: store.roadmaps.add(VERA, OwnItem("x", 1), Work()),
        lambda: store.figures.enter(VERA, UPTIME, date(2026, 1, 1), Decimal(1)),
        lambda: store.benchmarks.take(VERA, "x", PEERS),
        lambda: store.registers.write(VERA, Entry(EntryKind.TEAM, "x"), 0),
    )
    for attempt in attempts:
        with pytest.raises(ForbiddenError):
            attempt()
    assert {entry.outcome for entry in store.read.audit()} == {"refused"}
    assert (store.roadmaps.steps(), store.figures.entries(), store.benchmarks.every()) == ((), (), ())
    assert store.registers.steps() == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE roadmap_steps SET owner = 'me'",
        "DELETE FROM roadmap_steps",
        "UPDATE register_steps SET note = ''",
        "DELETE FROM register_steps",
        "UPDATE benchmark_peers SET level = 5",
        "DELETE FROM benchmark_peers",
        "DELETE FROM benchmarks",
        "DELETE FROM kpi_values",
    ],
)
def test_what_was_said_cannot_be_changed_by_hand_either(store: Store, statement: str) -> None:
    store.roadmaps.change(EVA, LAG, DOING, 0)
    store.registers.write(EVA, Entry(EntryKind.TEAM, "x"), 0)
    store.benchmarks.take(EVA, "peers", PEERS)
    store.figures.enter(EVA, UPTIME, date(2026, 1, 1), Decimal(1))
    with pytest.raises(IntegrityError), store.database.writing() as connection:
        connection.execute(text(statement))
    assert check(store) == []


def test_of_eight_who_change_one_line_at_once_one_is_heard_and_the_others_are_told(store: Store) -> None:
    def attempt(number: int) -> str:
        try:
            store.roadmaps.change(EVA, LAG, Work(owner=f"owner {number}"), 0)
            store.registers.write(EVA, Entry(EntryKind.TEAM, "Payments", owner=f"owner {number}"), 0)
        except ConflictError:
            return "told"
        return "heard"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == ["heard", *["told"] * 7]
    assert [one.version for one in store.roadmaps.steps()] == [1]
    assert store.registers.steps()[0].entry.owner == store.roadmaps.steps()[0].work.owner


def test_own_items_that_are_added_at_once_have_a_number_each(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda number: store.roadmaps.add(EVA, OwnItem(f"item {number}", 2), Work()), range(8)))
    assert {one.item for one in added} == {f"own-{number}" for number in range(1, 9)}
