"""The company file: what it promises, and what the check refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stack.workload.company import Behaviour, Company, CompanyError, Convention, Format
from stack.workload.company_file import COMPANY_FILE, load_company

DOMAIN_NAME = re.compile(r"[a-z]+\.[a-z]+\.[a-z-]+\.v\d+")
CUSTOMER_NAME = re.compile(r"[a-z]+\.[a-z]+\.[a-z]+\.[a-z-]+(\.v\d+)?\.[a-z]+")


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company()


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The company file with one text replaced."""
    text = COMPANY_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "company.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_company_is_as_large_and_as_varied_as_it_has_to_be(company: Company) -> None:
    assert len(company.domains) >= 5
    assert len(company.teams) >= 8
    assert len(company.topics) >= 40
    assert {topic.format for topic in company.topics} == set(Format)
    assert {topic.cleanup for topic in company.topics} == {"delete", "compact"}
    assert {topic.min_insync for topic in company.topics} == {1, 2, 3}
    assert any(topic.envelope == "cloudevents" and topic.format is Format.AVRO for topic in company.topics)
    assert any(topic.envelope == "cloudevents" and topic.format is Format.JSON for topic in company.topics)
    assert {reader.behaviour for reader in company.consumers} == set(Behaviour)
    assert any(not reader.declared for reader in company.consumers)
    assert 50 <= sum(stream.per_second for stream in company.producers) <= 100


def test_a_topic_keeps_its_naming_convention_unless_it_is_marked_as_breaking_it(company: Company) -> None:
    patterns = {Convention.DOMAIN: DOMAIN_NAME, Convention.CUSTOMER: CUSTOMER_NAME}
    named = [topic for topic in company.topics if topic.convention in patterns]
    kept = {topic.name: bool(patterns[topic.convention].fullmatch(topic.name)) for topic in named}
    assert kept == {topic.name: topic.breaks is None for topic in named}
    broken = {topic.convention for topic in named if topic.breaks}
    assert broken == set(patterns)


def test_one_topic_is_used_by_nobody(company: Company) -> None:
    used = {stream.topic for stream in company.producers} | {
        name for reader in company.consumers for name in reader.all_topics
    }
    unused = {topic.name for topic in company.topics} - used
    assert "logistics.events.customs.v1" in unused


def test_poison_goes_only_where_nothing_is_promised_and_somebody_buries_it(company: Company) -> None:
    poisoned = {stream.topic for stream in company.producers if stream.poison}
    assert poisoned
    for name in poisoned:
        assert not company.topic(name).under_contract
        assert any(reader.dead_letters and name in reader.topics for reader in company.consumers)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "owner: payments-core",
            "owner: payments",
            r"topic payments\.events\.transaction\.v1: no team is called payments",
        ),
        ("cleanup: compact", "cleanup: shrink", r"topics\.\d+\.cleanup: .*got 'shrink'"),
        ("partitions: 12", "partitons: 12", r"topics\.0\.partitons: Unexpected keyword"),
        ("[refund.avsc]", "[refunds.avsc]", r"shape refunds\.avsc is not a \.avsc file"),
        (
            "per_second: 0.5}",
            "per_second: 0.5, poison: 0.1}",
            r"poison belongs into a topic that is not under contract",
        ),
        ("min_insync: 3\n", "min_insync: 4\n", r"min_insync 4 is more than its 3 replicas"),
        ("behaviour: lags, max_per_second: 1}", "behaviour: lags}", r"behaviour lags needs max_per_second"),
        (
            "topics: [payments.commands.capture.v1]",
            "topics: [nowhere]",
            r"consumer capture-worker: no topic is called nowhere",
        ),
        ("user: insights", "user: [", r"cannot be read"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(CompanyError, match=complaint) as refusal:
        load_company(path)
    assert str(path) in str(refusal.value)
