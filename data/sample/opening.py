"""Opens the sample estate: unpacks the recording when it is not there yet, and lets its clock end now."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from data.sample.shift import shift
from data.store import Store, open_store
from data.store.clusters import SHIFT, write_meta
from data.store.failures import StoreError
from scoring.actors import Actor, Role
from scoring.slo.slices import MINUTE

RECORDING = "estate.sqlite.gz"
SAMPLE = Actor.system("sample")

STALE = timedelta(minutes=5)
"""A sample that ended no longer ago is shown as it is, so that a second process does not move it under the first."""


class SampleError(StoreError):
    """There is no recording to show, or the file in its place is not a sample."""


def open_sample(file: Path, now: datetime) -> Store:
    """The sample estate in its own database file, ending at most STALE before `now`.

    The store's clock stands still at the recording's end: a sample does not grow old while somebody looks at it.
    Raises SampleError when the recording is missing or `file` holds something else.
    """
    if not file.exists():
        _unpack(file)
    store = open_store(f"sqlite:///{file}")
    try:
        ends = _bring_up_to(store, file, now)
    except BaseException:
        store.close()
        raise
    store.close()
    return open_store(f"sqlite:///{file}", clock=lambda: ends)


def _unpack(file: Path) -> None:
    """Write the recording to `file`, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with as_file(files("data.sample") / RECORDING) as recording:
        if not recording.is_file():
            raise SampleError(
                f"The recorded sample estate {RECORDING} is missing from this installation; reinstall it."
            )
        handle, name = tempfile.mkstemp(prefix=".sample-", dir=file.parent)
        try:
            with gzip.open(recording) as packed, os.fdopen(handle, "wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)


def _bring_up_to(store: Store, file: Path, now: datetime) -> datetime:
    """Shift the recording so that it ends at the last whole minute before now. Returns its end."""
    meta = store.read.meta()
    if not meta.sample or meta.recorded_at is None:
        raise SampleError(f"{file} holds no sample estate; move it away, and the sample is unpacked anew.")
    ends = meta.recorded_at + timedelta(seconds=meta.shifted_by_seconds)
    by = (now - ends) // MINUTE * MINUTE
    if abs(by) <= STALE:
        return ends
    with store.writer.write(SAMPLE, Role.SYSTEM, "sample.shift", file.name) as write:
        shift(write.connection, by, timedelta(seconds=meta.shifted_by_seconds))
        seconds = int(by.total_seconds())
        write_meta(write.connection, {SHIFT: str(meta.shifted_by_seconds + seconds)})
        write.detail |= {"seconds": seconds}
    return ends + by
