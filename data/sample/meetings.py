"""What the sample's two assessments said. All of it is made up; what machines saw beside it is not in this file.

The company is that of the recorded platform: Halden Market, which runs web shops for two supermarket chains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from scoring.maturity.inventory import Entry, EntryKind, Stage
from scoring.maturity.roadmap import ItemId, ItemStatus, Work
from scoring.maturity.rubric import KpiId
from scoring.meetings.subjects import Subject
from scoring.voting.lobbies import GROUPS

UNITS = ("Shops", "Supply chain")
_PLATFORM, _CONSUMERS, _SPONSORS = GROUPS
_SHOPS, _SUPPLY = UNITS
PEOPLE = (
    (_PLATFORM, _SHOPS),
    (_PLATFORM, _SUPPLY),
    (_PLATFORM, _SHOPS),
    (_CONSUMERS, _SHOPS),
    (_CONSUMERS, _SUPPLY),
    (_CONSUMERS, _SUPPLY),
    (_SPONSORS, _SHOPS),
    (_SPONSORS, _SUPPLY),
    (_SPONSORS, _SHOPS),
)
"""Who votes: group and unit, in the order of the votes below."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One question. votes, again: of PEOPLE in the first round and the re-vote; y, p, n, ?, - or a rating.

    choice: what was decided, written like a vote, or "parked". due_in: days after the meeting.
    """

    question: str
    votes: str
    choice: str
    note: str = ""
    again: str = ""
    owner: str = ""
    due_in: int | None = None
    dissent: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One assessment. before: how long before the recording's end it is closed.

    done: of its actions those that were done before the next meeting, after how many days, and what was said then.
    """

    title: str
    before: timedelta
    talks: tuple[Talk, ...]
    done: Mapping[Subject, tuple[int, str]] = field(default_factory=dict)


_LEAD, _CARE, _SPONSOR = "Platform lead", "Consumer care lead", "Head of supply chain"

EARLIER = Meeting(
    title="Halden Market, first assessment (sample, votes made up)",
    before=timedelta(days=91, hours=3),
    talks=(
        Talk("L1.1", "yyyyyyyyy", "y"),
        Talk("L1.2", "pppyppp?p", "p", "Some topics have a schema, most of the shops' do not."),
        Talk("L1.3", "yypyyyy??", "y", "Topics are created by whoever is logged in."),
        Talk("L1.4", "ppnppp???", "p", "Metrics are there, nobody is told."),
        Talk("L2.1", "yyypyyypy", "y", "Payments, orders and inventory release on their own."),
        Talk("L2.2", "ypyppyyyy", "p", "The warehouses still run their own message queue.", again="ypppppypp"),
        Talk("L2.3", "yypnpyp?p", "p", "Half of the consumers stop at a bad record.", again="ypppppp?p"),
        Talk("L2.4", "yyyyypyyy", "y"),
        Talk("L3.1", "pppnpppyp", "p", "Move the warehouses to the shared cluster.", owner=_LEAD, due_in=60),
        Talk("L3.2", "pppnnpp?p", "p", "Put the shared topics under contract.", owner=_LEAD, due_in=75),
        Talk("L3.3", "nnnnnnn?n", "n"),
        Talk("L3.4", "ppnnnn???", "n", "Measure the lag of every group.", owner=_LEAD, due_in=45),
        Talk("L3.5", "ppnnnp?n?", "n", "Give every consumer of the shops such a queue.", owner=_CARE, due_in=80),
        Talk("L3.6", "nnnnnn?nn", "n"),
        Talk("L4.1", "pnnn?????", "n"),
        Talk("L4.2", "nnnnnnnpn", "n"),
        Talk("L4.3", "nnnnnn?nn", "n"),
        Talk("L4.4", "nnnnnn?nn", "n"),
        Talk("L4.5", "nnnnnnnn-", "n"),
        Talk("L4.6", "nnn?nnn?n", "n"),
        Talk("L5.1", "nnnpnnpnp", "n"),
        Talk("L5.2", "nnnnnnnnn", "n"),
        Talk("L5.3", "nnnnnnnn?", "n"),
        Talk("L5.4", "nnnnnn?nn", "n"),
        Talk("L5.5", "nnnnnnnpn", "n"),
        Talk("L5.6", "nnnnnpypy", "n"),
        Talk("Technology", "333223343", "3"),
        Talk("Governance", "222122232", "2"),
        Talk("Skills", "332222223", "2"),
        Talk("Operations", "222223322", "2"),
        Talk("Business Value", "222122322", "2"),
    ),
    done={
        Subject("L3.1"): (58, "The warehouses moved in week 7."),
        Subject("L3.2"): (70, "The shared topics are; what else is wanted is for the next assessment."),
        Subject("L3.4"): (41, "An exporter measures every group."),
    },
)

LATEST = Meeting(
    title="Halden Market, second assessment (sample, votes made up)",
    before=timedelta(0),
    talks=(
        Talk("L1.1", "yyyyyyyyy", "y"),
        Talk("L1.2", "nnnppn?nn", "n"),
        Talk("L1.3", "ppnpyp?p?", "p", "Topics come from reviewed files; broker settings are changed by hand."),
        Talk("L1.4", "nnnnpn??n", "n"),
        Talk("L2.1", "yyyyyyyyp", "y"),
        Talk("L2.2", "nnnnpn?nn", "n", "The warehouses' own queue was switched off in between."),
        Talk(
            "L2.3",
            "yyypnpyyn",
            "y",
            "Those that stopped at a bad record were tests.",
            again="yyyypyyyy",
            dissent="One consumer: the nightly export still stops.",
        ),
        Talk(
            "L2.4",
            "pppyyyp?p",
            "p",
            "Move the readers of three topics that are older than the naming rule.",
            owner=_CARE,
            due_in=90,
        ),
        Talk("L3.1", "yyyyyyyyy", "y", "All departments are on it by now."),
        Talk(
            "L3.2",
            "yyypnnyyn",
            "y",
            "The shared topics are under contract. Put the others under one, or retire them.",
            again="yyyppnyyy",
            owner=_LEAD,
            due_in=42,
            dissent="Consumers: we read several of the others every day.",
        ),
        Talk(
            "L3.3",
            "yynnpn?yy",
            "?",
            "Count how many requests wait for a person before this is answered.",
            again="yppppp?yp",
            owner=_LEAD,
            due_in=21,
        ),
        Talk(
            "L3.4",
            "yyyyppy??",
            "y",
            "Lag is measured, and an alert watches it. Route it to whoever is on duty.",
            owner=_LEAD,
            due_in=14,
        ),
        Talk(
            "L3.5",
            "yppypp??y",
            "p",
            "Give the sink connector a queue; three consumers have one.",
            owner=_CARE,
            due_in=30,
        ),
        Talk(
            "L3.6",
            "nnnnnn?nn",
            "n",
            "Three machines, set up by hand. Try an operator outside production first.",
            owner=_LEAD,
            due_in=180,
        ),
        Talk("L4.1", "ypp??????", "p", "One job follows orders; it is not in production."),
        Talk("L4.2", "nnnnnnppn", "n"),
        Talk("L4.3", "pppnnp??n", "p", "Records are sampled against their schema; nothing else is tested."),
        Talk("L4.4", "nnnnnn?nn", "n"),
        Talk(
            "L4.5",
            "---nn----",
            "-",
            "Both chains sell in one country, and the sponsors want no second region.",
            approved_by=_SPONSOR,
        ),
        Talk("L4.6", "pnn?nnn?n", "n"),
        Talk(
            "L5.1",
            "pppnnpyyn",
            "parked",
            "Settle with the domain owners what a data product is.",
            owner=_SPONSOR,
            due_in=28,
        ),
        Talk("L5.2", "nnnnnnpnn", "n"),
        Talk("L5.3", "ppnnnnnn?", "n"),
        Talk("L5.4", "nnnnnn?nn", "n"),
        Talk("L5.5", "nnnpnnnpn", "n"),
        Talk("L5.6", "ynpnnpyyy", "p", "The sponsors think of two products, the others of all.", again="ppppnppyp"),
        Talk("Technology", "443343443", "4"),
        Talk("Governance", "333232343", "3"),
        Talk("Skills", "343323233", "3"),
        Talk("Operations", "443233433", "3"),
        Talk("Business Value", "333233423", "3"),
    ),
)

REGISTER = (
    Entry(
        EntryKind.USE_CASE,
        "Fraud scoring",
        Stage.PRODUCTION,
        "Ingrid Solheim",
        "payments.events.transaction.v1, customers.events.login.v1; fraud-watch",
        "made up for the sample",
    ),
    Entry(
        EntryKind.USE_CASE,
        "Replenishment from tills",
        Stage.PRODUCTION,
        "Leila Haddad",
        "inventory.events.stock-movement.v1 and both chains' pos-receipt; stock-control",
        "made up for the sample",
    ),
    Entry(
        EntryKind.USE_CASE,
        "Order tracking",
        Stage.TRIAL,
        "Tomasz Wrona",
        "orders.events.order.v1, logistics.events.parcel-scan.v1; fulfilment",
        "made up for the sample",
    ),
)

FIGURES = (
    (KpiId("time-to-onboard"), 91, Decimal(15), "median of 6 requests, made up for the sample"),
    (KpiId("time-to-onboard"), 30, Decimal(8), "median of 9 requests, made up for the sample"),
    (KpiId("time-to-onboard"), 1, Decimal(6), "median of 7 requests, made up for the sample"),
)
"""Figure, days before the recording's end, value, note."""

ROADMAP = {
    ItemId("R2.4"): Work(ItemStatus.DOING, _LEAD, progress=30, note="roles are agreed, rules are not"),
    ItemId("R2.5"): Work(ItemStatus.DOING, _CARE, progress=60, note="the sink connector is next"),
    ItemId("R2.6"): Work(ItemStatus.PLANNED, _LEAD),
}
"""What was said about actions of the rubric. Steps of the roadmap are frozen, so none of these is due at a date."""
