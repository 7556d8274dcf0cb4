"""Peers from a file: bad rows with line and field, none taken by half; and where ours stands, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.maturity.benchmark import BenchmarkError, Peer, positions, read_peers
from scoring.maturity.rubric import Dimension


def problems(text: str) -> list[str]:
    with pytest.raises(BenchmarkError) as caught:
        read_peers(text)
    return [str(one) for one in caught.value.problems]


def test_peers_are_read_whatever_the_order_and_case_of_the_columns() -> None:
    found = read_peers('\ufeffLevel,PEER,business value,index\r\n2,"Bank, north",3,2.5\r\n\r\n0,B,,\r\n')
    assert found == (
        Peer(2, "Bank, north", 2, Decimal("2.5"), {Dimension.BUSINESS_VALUE: 3}),
        Peer(4, "B", 0, None, {}),
    )


def test_every_bad_field_is_named_with_its_line() -> None:
    text = "peer,level,index,Technology\nA,2,2.5,3\n,3,,\nC,six,,6\nD,2,3.5,\nA,1,,\nF,1\nG,,,\n"
    assert problems(text) == [
        "line 3, peer: is empty; give it a name, which need not be the real one",
        "line 4, level: is “six”; write a whole number from 0 to 5",
        "line 4, Technology: is “6”; write a whole number from 1 to 5",
        "line 5, index: is 3.5, which is not at level 2",
        "line 6, peer: “A” is in line 2 already",
        "line 7, row: has 2 fields, the header has 4",
        "line 8, level: is empty; write 0 to 5",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1, peer: is missing"),
        ("peer\nA\n", "line 1, level: is missing"),
        ("peer,level,mood\nA,1,x\n", "line 1, mood: is no column"),
        ("peer,level,level\nA,1,2\n", "line 1, level: is there twice"),
        ("peer,level\n", "line 1, row: there is no peer in this file"),
        ('peer,level\n"A,1\n', "row: is no CSV"),
        ("peer,level,index\nA,2,NaN\n", "line 2, index: is “NaN”"),
        ("peer,level,index\nA,2,2.9e999999999\n", "line 2, index: is “2.9e999999999”"),
        ("peer,level\nA,²\n", "line 2, level: is “²”"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_place(text: str, problem: str) -> None:
    assert any(problem in one for one in problems(text)), problems(text)


def test_a_line_break_within_quotes_counts_as_a_line_as_an_editor_does() -> None:
    assert problems('peer,level\n"A\nB",1\nC,9\n') == ["line 4, level: is “9”; write a whole number from 0 to 5"]


def test_the_message_says_the_first_five_and_how_many_more() -> None:
    with pytest.raises(BenchmarkError, match=r"Nothing was imported.*line 6, level.*and 2 more"):
        read_peers("peer,level\n" + "".join(f"p{number},9\n" for number in range(7)))


def test_ours_among_four_peers_by_hand() -> None:
    peers = [
        Peer(2, "A", 1, Decimal("1.5"), {Dimension.SKILLS: 2}),
        Peer(3, "B", 2, Decimal("2.0")),
        Peer(4, "C", 2, None, {Dimension.SKILLS: 4}),
        Peer(5, "D", 4, Decimal("4.25"), {Dimension.SKILLS: 3}),
    ]
    level, index, skills = positions(peers, 2, Decimal("2.67"), {Dimension.SKILLS: 3, Dimension.TECHNOLOGY: 5})
    assert (level.measure, level.n, level.lowest, level.median, level.highest, level.below, level.equal) == (
        "level", 4, Decimal(1), Decimal(2), Decimal(4), 1, 2,
    )  # fmt: skip
    assert (index.n, index.median, index.below, index.equal) == (3, Decimal("2.0"), 2, 0)
    assert (skills.measure, skills.median, skills.below, skills.equal) == ("Skills", Decimal(3), 1, 1)


def test_without_our_own_value_nothing_is_below_it() -> None:
    (level,) = positions([Peer(2, "A", 1)], None, None, {})
    assert (level.ours, level.below, level.equal) == (None, None, None)
