"""A canary's record as bytes: who wrote it, where, its number, and a checksum over all of it.

Layout, big-endian: magic `SGC1`, run (16 bytes), partition (4), sequence number (8), CRC-32 of what precedes (4).
The time is not in it: latency is taken with the monotonic clock of the process that both writes and reads.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import NewType

RunId = NewType("RunId", bytes)
"""16 random bytes, new at each start: what an earlier run or another canary wrote is never mistaken for one's own."""

MAGIC = b"SGC1"
_BODY = struct.Struct(">4s16sIQ")
_CHECKSUM = struct.Struct(">I")
LENGTH = _BODY.size + _CHECKSUM.size


@dataclass(frozen=True, slots=True)
class CanaryRecord:
    """One record. sequence: counts from 0 within the run and the partition."""

    run: RunId
    partition: int
    sequence: int


def encode(record: CanaryRecord) -> bytes:
    """The record's value, 36 bytes."""
    body = _BODY.pack(MAGIC, record.run, record.partition, record.sequence)
    return body + _CHECKSUM.pack(zlib.crc32(body))


def decode(value: bytes | None) -> CanaryRecord | None:
    """The record in these bytes; None when they are not what a canary wrote, or no longer."""
    if value is None or len(value) != LENGTH:
        return None
    body = value[: _BODY.size]
    magic, run, partition, sequence = _BODY.unpack(body)
    if magic != MAGIC or _CHECKSUM.unpack(value[_BODY.size :]) != (zlib.crc32(body),):
        return None
    return CanaryRecord(RunId(run), partition, sequence)
