"""Where a canary's partitions should lie: one for each broker that prefers it as its leader. No I/O.

Only partitions are added, none is moved and no leader elected. Both take Alter on the cluster, and whoever has that may
grant himself everything; one partition more takes Alter on the canary's own topic. After a failover Kafka brings the
leader home by itself (auto.leader.rebalance.enable, every five minutes).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One partition as the cluster describes it. leader: None while there is none. in_sync: broker ids."""

    replicas: tuple[int, ...]
    leader: int | None
    in_sync: tuple[int, ...]

    @property
    def home(self) -> int:
        """The broker that the partition is for: its preferred leader."""
        return self.replicas[0]


def ring(broker: int, brokers: Sequence[int], copies: int) -> list[int]:
    """Replicas of a partition that `broker` is to lead: it, and the next brokers by id, `copies` at most."""
    ordered = sorted(brokers)
    at = ordered.index(broker)
    return [ordered[(at + step) % len(ordered)] for step in range(min(copies, len(ordered)))]


def lacking(brokers: Collection[int], places: Mapping[int, Place], copies: int) -> list[list[int]]:
    """The replicas of each partition that must be added, so that every live broker is the home of one."""
    homes = {place.home for place in places.values()}
    return [ring(broker, sorted(brokers), copies) for broker in sorted(set(brokers) - homes)]
