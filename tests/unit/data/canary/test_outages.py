"""How long a partition acknowledged nothing."""

from __future__ import annotations

from data.canary.outages import Outage, Outages
from data.canary.tally import Reason


def test_an_outage_lasts_from_the_last_acknowledgement_to_the_next() -> None:
    outages = Outages(begun=0.0)
    assert outages.acknowledged(10.0) is None
    assert outages.failed(Reason.NOT_LEADER)
    assert not outages.failed(Reason.TIMEOUT)
    assert not outages.failed(Reason.TIMEOUT)
    assert outages.seconds(14.0) == 4.0
    ended = outages.acknowledged(17.5)
    assert ended == Outage(7.5, {Reason.NOT_LEADER: 1, Reason.TIMEOUT: 2})
    assert ended.words == "2 timeout, 1 not_leader"
    assert outages.acknowledged(18.5) is None
    assert outages.seconds(99.0) == 7.5


def test_a_slow_answer_without_a_failure_is_no_outage() -> None:
    outages = Outages(begun=0.0)
    outages.acknowledged(1.0)
    assert outages.acknowledged(3.9) is None
    assert outages.seconds(4.0) == 0.0


def test_outages_add_up_and_never_shrink() -> None:
    outages = Outages(begun=5.0)
    seen = []
    for moment in range(6, 20):
        if moment % 5 == 0:
            outages.acknowledged(moment)
        else:
            outages.failed(Reason.UNREACHABLE)
        seen.append(outages.seconds(moment))
    assert seen == sorted(seen)
    assert outages.seconds(19.0) == 14.0
