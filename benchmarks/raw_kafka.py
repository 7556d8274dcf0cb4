"""The peer of the collection: the same admin calls, made with confluent-kafka and nothing around them.

The same batches with as many in flight as the source uses, so that the ratio is what our types, checks and errors
cost and not what better batching gains. Each answer is read, added up and dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, OffsetSpec, ResourceType

from data.sources.kafka import CONFIGS_A_CALL, GROUPS_A_CALL, OFFSETS_A_CALL
from scoring.catalog.estate import NO_OFFSET, ClusterEstate, Present

TIMEOUT = 120.0

COMMITTED_AT_ONCE = 64
"""Groups asked for their commits at once; librdkafka takes one group a call."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a collection found, in numbers that two ways of looking must agree on.

    end_sum: of the end offsets of topics that nobody writes to meanwhile. configs: settings, over all topics; 0 when
    they were not asked for.
    """

    brokers: int
    topics: int
    partitions: int
    ends: int
    end_sum: int
    groups: int
    commits: int
    commit_sum: int
    configs: int


def collect_raw(admin: AdminClient, prefix: str, *, configs: bool) -> Tally:
    """Ask everything that an estate is made of. prefix: of the topics whose end offsets are added up."""
    brokers = len(admin.describe_cluster(request_timeout=TIMEOUT).result().nodes)
    topics = admin.list_topics(timeout=TIMEOUT).topics
    places = [TopicPartition(name, index) for name, found in topics.items() for index in found.partitions]
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    ends = end_sum = 0
    asked = (dict.fromkeys(some, latest) for some in _pieces(places, OFFSETS_A_CALL))
    for place, future in _answers((admin.list_offsets(some, request_timeout=TIMEOUT) for some in asked), 4):
        offset = future.result().offset
        ends += 1
        end_sum += offset if place.topic.startswith(prefix) else 0
    names = [group.group_id for group in admin.list_consumer_groups(request_timeout=TIMEOUT).result().valid]
    described = (
        admin.describe_consumer_groups(some, request_timeout=TIMEOUT) for some in _pieces(names, GROUPS_A_CALL)
    )
    groups = sum(1 for _, future in _answers(described, 8) if future.result().group_id)
    commits = commit_sum = 0
    wanted = ([ConsumerGroupTopicPartitions(name)] for name in names)
    fetched = (admin.list_consumer_group_offsets(one, request_timeout=TIMEOUT) for one in wanted)
    for _, future in _answers(fetched, COMMITTED_AT_ONCE):
        for part in future.result().topic_partitions:
            if part.error is None and part.offset >= 0:
                commits += 1
                commit_sum += part.offset
    return Tally(
        brokers, len(topics), len(places), ends, end_sum, groups, commits, commit_sum,
        _configs(admin, topics) if configs else 0,
    )  # fmt: skip


def _configs(admin: AdminClient, topics: Iterable[str]) -> int:
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in topics]
    asking = (admin.describe_configs(some, request_timeout=TIMEOUT) for some in _pieces(resources, CONFIGS_A_CALL))
    return sum(len(future.result()) for _, future in _answers(asking, 2))


def tally_of(estate: ClusterEstate, prefix: str) -> Tally:
    """The same numbers of a collected estate. Raises AssertionError when a part is absent or incomplete."""
    brokers, topics = _value(estate.brokers), _value(estate.topics)
    ends, groups, committed = _value(estate.end_offsets), _value(estate.groups), _value(estate.committed)
    known = {name: offsets[offsets != NO_OFFSET] for name, offsets in ends.items()}
    commits = [offsets[offsets != NO_OFFSET] for topics in committed.values() for offsets in topics.values()]
    configs = 0 if estate.topic_configs is None else sum(map(len, _value(estate.topic_configs).values()))
    return Tally(
        brokers=len(brokers),
        topics=len(topics),
        partitions=sum(len(topic.partitions) for topic in topics),
        ends=sum(map(len, known.values())),
        end_sum=sum(int(offsets.sum()) for name, offsets in known.items() if name.startswith(prefix)),
        groups=len(groups),
        commits=sum(map(len, commits)),
        commit_sum=sum(int(offsets.sum()) for offsets in commits),
        configs=configs,
    )


def _value(part: Any) -> Any:
    assert isinstance(part, Present), part
    assert not part.missing, part.missing[:3]
    return part.value


def _pieces(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _answers(asking: Iterator[Mapping[Any, Future[Any]]], at_once: int) -> Iterator[tuple[Any, Future[Any]]]:
    """Each item with its future; `at_once` calls are in flight, and taking the next one from `asking` starts it."""
    flying = deque(islice(asking, at_once))
    while flying:
        yield from flying.popleft().items()
        flying.extend(islice(asking, 1))
