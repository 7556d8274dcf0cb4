"""What became of one object, told from the forms it was seen in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.wording import plural
from data.store.read import EndedBy, FactKind, Interval

LONGEST_VALUE = 60
"""Characters of a changed value that are shown; whole schemas and configs stand beside the history anyway."""

_LISTED = 4
"""Changed fields that are named one by one; more are counted."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One form of the object: from when to when it was seen, and what was new about it.

    gone: the object was found missing at that moment; None when another form followed or this is the present one.
    """

    since: datetime
    last_seen: datetime
    gone: datetime | None
    words: str


def chapters(kind: FactKind, intervals: Sequence[Interval]) -> list[Chapter]:
    """The object's forms, newest first, each told as its difference from the one before."""
    told: list[Chapter] = []
    before: Interval | None = None
    for interval in intervals:
        if before is None:
            words = "first seen"
        elif before.ended_by is EndedBy.REMOVED:
            words = "seen again"
        else:
            words = "; ".join(differences(kind, before.content, interval.content)) or "seen anew"
        gone = interval.ended_at if interval.ended_by is EndedBy.REMOVED else None
        told.append(Chapter(interval.first_seen, interval.last_seen, gone, words))
        before = interval
    return told[::-1]


def differences(kind: FactKind, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What changed from one form to the next, in words; empty when nothing did."""
    if kind is FactKind.TOPIC:
        return _topic_differences(old, new)
    if kind is FactKind.GROUP:
        return _group_differences(old, new)
    return _field_differences(old, new)


def _topic_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Partitions are [leader, replicas, isr]."""
    was, now = old["partitions"], new["partitions"]
    pairs = list(zip(was, now, strict=False))
    moved = sum(before[0] != after[0] for before, after in pairs)
    reassigned = sum(before[1] != after[1] for before, after in pairs)
    lagging_before, lagging = (sum(len(part[2]) < len(part[1]) for part in parts) for parts in (was, now))
    words = []
    if len(was) != len(now):
        words.append(f"partitions {len(was)} → {len(now)}")
    if moved:
        words.append(f"leader moved on {plural(moved, 'partition')}")
    if reassigned:
        words.append(f"replicas reassigned on {plural(reassigned, 'partition')}")
    if lagging_before != lagging:
        words.append(f"under-replicated partitions {lagging_before} → {lagging}")
    return words


def _group_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Members are [id, client id, host, partitions]."""
    words = []
    if old["state"] != new["state"]:
        words.append(f"state {old['state']} → {new['state']}")
    was, now = ({member[0] for member in form["members"]} for form in (old, new))
    if now - was:
        words.append(f"{plural(len(now - was), 'member')} joined")
    if was - now:
        words.append(f"{plural(len(was - now), 'member')} left")
    if not words and old["members"] != new["members"]:
        words.append("partitions assigned anew")
    if old["coordinator"] != new["coordinator"]:
        words.append(f"coordinator {old['coordinator']} → {new['coordinator']}")
    return words


def _field_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Fields that differ, by name."""
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    words = [f"{name} {_short(old.get(name))} → {_short(new.get(name))}" for name in changed[:_LISTED]]
    return words + ([f"and {len(changed) - _LISTED} more"] if len(changed) > _LISTED else [])


def _short(value: Any) -> str:
    """A value in a few characters; config entries are [value, source], and only the value is told."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
        value = value[0]
    text = "none" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
