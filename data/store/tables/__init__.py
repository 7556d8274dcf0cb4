"""The tables, and their metadata in one place.

Statements are written with SQLAlchemy Core over these tables: reads of thousands of rows and bulk writes pay
nothing for an identity map that nobody uses.
"""

from __future__ import annotations

from sqlalchemy import MetaData, Table

from data.store.tables import acting, evidence, measured, meeting, observed, policy, progress, voting
from data.store.tables.base import StoreTable

METADATA: MetaData = StoreTable.metadata


def _table(model: type[StoreTable]) -> Table:
    return METADATA.tables[str(model.__tablename__)]


CLUSTERS = _table(observed.ClusterTable)
RUNS = _table(observed.RunTable)
SOURCE_STATES = _table(observed.SourceStateTable)
CONTENTS = _table(observed.ContentTable)
FACTS = _table(observed.FactTable)
SERIES = _table(measured.SeriesTable)
LATEST_OFFSETS = _table(measured.LatestOffsetsTable)
TOPIC_HOURS = _table(measured.TopicHourTable)
GROUP_HOURS = _table(measured.GroupHourTable)
HEALTH = _table(measured.HealthTable)
EVIDENCE_READINGS = _table(evidence.EvidenceReadingTable)
FINDINGS = _table(evidence.FindingTable)
SLIS = _table(measured.SliTable)
SLICE_DAYS = _table(measured.SliceDayTable)
ACTORS = _table(acting.ActorTable)
ROLE_GRANTS = _table(acting.RoleGrantTable)
AUDIT = _table(acting.AuditTable)
AUDIT_HEAD = _table(acting.AuditHeadTable)
LEASES = _table(acting.LeaseTable)
META = _table(acting.MetaTable)
SESSIONS = _table(meeting.SessionTable)
SNAPSHOTS = _table(meeting.SnapshotTable)
DECISIONS = _table(meeting.DecisionTable)
ACTIONS = _table(meeting.ActionTable)
RECORDS = _table(meeting.RecordTable)
IMPORTED_RECORDS = _table(meeting.ImportedRecordTable)
EXEMPTIONS = _table(policy.ExemptionTable)
OVERRIDES = _table(policy.OverrideTable)
ACKNOWLEDGEMENTS = _table(policy.AcknowledgementTable)
ANNOTATIONS = _table(policy.AnnotationTable)
LOBBIES = _table(voting.LobbyTable)
RESPONDENTS = _table(voting.RespondentTable)
VOTING_ROUNDS = _table(voting.RoundTable)
VOTES = _table(voting.VoteTable)
JOIN_FAILURES = _table(voting.JoinFailureTable)
ROADMAP_STEPS = _table(progress.RoadmapStepTable)
KPI_VALUES = _table(progress.KpiValueTable)
BENCHMARKS = _table(progress.BenchmarkTable)
BENCHMARK_PEERS = _table(progress.BenchmarkPeerTable)
REGISTER_STEPS = _table(progress.RegisterStepTable)
