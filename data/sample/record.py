"""Makes the recording that the sample estate is: `python -m data.sample.record DATABASE`, for maintainers.

DATABASE is a SQLite file that a collector filled from the local platform; it is only read. Assessments are held on a
copy of it. The audit log, which names the recording's collector, stays in it; secrets were never stored.
docs/sample.md says how such a database comes about.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from data.sample.holding import hold_assessments
from data.sample.opening import RECORDING, SAMPLE
from data.store import open_store
from data.store.maintenance import backup

LARGEST = 2 * 1024 * 1024
"""Bytes; the recording travels with every clone."""


def record(database: Path, target: Path) -> int:
    """Write a packed copy of `database` to `target`, marked as a sample that ends where the collector looked last.

    Returns its size in bytes. Raises ValueError when it would be larger than LARGEST, or nothing was ever collected.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "estate.sqlite"
        ends = copied(database, copy)
        marked = open_store(f"sqlite:///{copy}")
        try:
            marked.registry.describe(SAMPLE, replace(marked.read.meta(), sample=True, recorded_at=ends))
        finally:
            marked.close()
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("VACUUM")
        packed = Path(folder) / RECORDING
        with copy.open("rb") as plain, gzip.GzipFile(packed, "wb", compresslevel=9, mtime=0) as out:
            shutil.copyfileobj(plain, out)
        size = packed.stat().st_size
        if size > LARGEST:
            raise ValueError(f"the recording would have {size} bytes, more than {LARGEST}; record fewer days")
        shutil.copyfile(packed, target)
    return size


def copied(database: Path, copy: Path) -> datetime:
    """Write a copy of a store's file. Returns when a source last answered: later than that nothing is known.

    Raises ValueError when none ever did.
    """
    store = open_store(f"sqlite:///{database}")
    try:
        answered = [state.last_success for state in store.read.source_states() if state.last_success is not None]
        if not answered:
            raise ValueError("nothing was collected into this database; let a collector fill it first")
        backup(store, copy)
        return max(answered)
    finally:
        store.close()


def main() -> None:
    """Record the database named on the command line into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    target = Path(__file__).with_name(RECORDING)
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "held.sqlite"
        ends = copied(parser.parse_args().database, held)
        hold_assessments(f"sqlite:///{held}", ends)
        size = record(held, target)
    sys.stdout.write(f"{target.name}: {size} bytes\n")


if __name__ == "__main__":
    main()
