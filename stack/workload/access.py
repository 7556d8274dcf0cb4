"""Who may do what: the least that every application needs, and the grants that somebody gave on top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stack.workload.company import Company, Operation, Pattern, Reader, ResourceKind


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One allowed operation of one user on one resource, as Kafka keeps it: one ACL."""

    user: str
    resource: ResourceKind
    name: str
    pattern: Pattern
    operation: Operation


def grants(company: Company) -> frozenset[Grant]:
    """Every ACL of the company. What an extra grant covers needs none of its own, or the extra would not show."""
    return frozenset([*_of_writers(company), *_of_readers(company), *_extra(company)])


def _literal(user: str, resource: ResourceKind, name: str, *operations: Operation) -> Iterator[Grant]:
    for operation in operations:
        yield Grant(user, resource, name, Pattern.LITERAL, operation)


def _of_writers(company: Company) -> Iterator[Grant]:
    covered = _covered(company)
    for stream in company.producers:
        if stream.name not in covered:
            user = company.user(stream.team)
            yield from _literal(user, ResourceKind.TOPIC, stream.topic, Operation.WRITE, Operation.DESCRIBE)


def _of_readers(company: Company) -> Iterator[Grant]:
    covered = _covered(company)
    for reader in company.consumers:
        user = company.user(reader.team)
        yield from _literal(user, ResourceKind.GROUP, reader.group, Operation.READ, Operation.DESCRIBE)
        for topic in () if reader.group in covered else reader.topics:
            yield from _literal(user, ResourceKind.TOPIC, topic, Operation.READ, Operation.DESCRIBE)
        for written in _written(reader):
            yield from _literal(user, ResourceKind.TOPIC, written, Operation.WRITE, Operation.DESCRIBE)
        for internal in (reader.repartition, reader.changelog):
            if internal is not None:
                yield from _literal(user, ResourceKind.TOPIC, internal, Operation.READ)


def _written(reader: Reader) -> Iterator[str]:
    for topic in (reader.dead_letters, reader.repartition, reader.changelog, reader.output):
        if topic is not None:
            yield topic


def _extra(company: Company) -> Iterator[Grant]:
    for extra in company.grants:
        user = company.user(extra.team)
        for operation in extra.operations:
            yield Grant(user, extra.resource, extra.name, extra.pattern, operation)


def _covered(company: Company) -> frozenset[str]:
    return frozenset(name for extra in company.grants for name in extra.covers)
