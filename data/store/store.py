"""The store as one object: what it answers, and the services that write."""

from __future__ import annotations

from data.clock import Clock, utc_now
from data.store.access import Access
from data.store.clusters import Registry
from data.store.engine import Database
from data.store.failures import ReadOnly, Writable
from data.store.findings import EvidenceWriter, Findings
from data.store.leases import Lease, Leases
from data.store.meetings.holding import Meetings
from data.store.meetings.imports import Imports
from data.store.migrate import migrate
from data.store.observations import Observations
from data.store.policy.acknowledgements import Acknowledgements
from data.store.policy.annotations import Annotations
from data.store.policy.exemptions import Exemptions
from data.store.policy.overrides import Overrides
from data.store.progress.benchmarks import Benchmarks
from data.store.progress.figures import Figures
from data.store.progress.registers import Registers
from data.store.progress.roadmaps import Roadmaps
from data.store.read import ReadModel
from data.store.reading.reader import Reader
from data.store.slices import Slices
from data.store.voting.voting import Voting
from data.store.writing import RESERVE_BYTES, Writer
from scoring.actors import Actor

COLLECTOR = Actor.system("collector")


class Store:
    """An open store; use it from any thread, close it once.

    read: the questions. access: roles. registry: clusters and what this database is. leases: who may collect.
    slices: merging of SLI slices outside a collector. meetings: reviews and assessments, with decisions and records.
    imports: records from elsewhere.
    voting: the votes of assessments. findings: what probes said.
    roadmaps, figures, benchmarks, registers: what follows an assessment.
    exemptions, overrides, acknowledgements, annotations: what people say about budgets. writer: for further services,
    which all write through it.
    """

    def __init__(self, database: Database, clock: Clock, reserve_bytes: int) -> None:
        self.database = database
        self.clock = clock
        self.writer = Writer(database, clock, reserve_bytes)
        self.read: ReadModel = Reader(database, clock)
        self.access = Access(database, self.writer)
        self.registry = Registry(database, self.writer)
        self.leases = Leases(database, self.writer, COLLECTOR)
        self.slices = Slices(database, self.writer, COLLECTOR)
        self.meetings = Meetings(database, self.writer)
        self.imports = Imports(database, self.writer)
        self.findings = Findings(database)
        self.voting = Voting(database, self.writer)
        self.exemptions = Exemptions(database, self.writer)
        self.overrides = Overrides(database, self.writer)
        self.acknowledgements = Acknowledgements(database, self.writer)
        self.annotations = Annotations(database, self.writer)
        self.roadmaps = Roadmaps(database, self.writer)
        self.figures = Figures(database, self.writer)
        self.benchmarks = Benchmarks(database, self.writer)
        self.registers = Registers(database, self.writer)

    @property
    def writable(self) -> Writable | ReadOnly:
        """Whether writes go through; pages announce it when they do not."""
        return self.writer.state

    def collecting(self, lease: Lease) -> CollectorStore:
        """The store as the holder of a lease sees it: everything it writes is refused once the lease is lost."""
        return CollectorStore(self, lease)

    def close(self) -> None:
        """Write the votes that are on their way, and give all connections back."""
        self.voting.close()
        self.database.close()


class CollectorStore:
    """What a collector reads and writes, for one cluster, under its lease."""

    def __init__(self, store: Store, lease: Lease) -> None:
        self.lease = lease
        self.read: ReadModel = store.read
        self.observations = Observations(store.database, store.writer, COLLECTOR, lease)
        self.slices = Slices(store.database, store.writer, COLLECTOR, lease)
        self.evidence = EvidenceWriter(store.database, store.writer, COLLECTOR, lease)


def open_store(url: str, clock: Clock = utc_now, reserve_bytes: int = RESERVE_BYTES) -> Store:
    """Open a database and bring its tables up to date; several processes may do so at once.

    url: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE. reserve_bytes: free disk space below which
    SQLite is treated as full. Raises StoreUnreachableError, StoreTooNewError, or StoreError for another URL.
    """
    database = Database(url)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return Store(database, clock, reserve_bytes)
