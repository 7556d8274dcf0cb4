"""Evidence: what is asked for the probes alone, and what they found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision; there is no way back but a restored backup."""
    op.create_table(
        "evidence_readings",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("observed_at", sa.BigInteger(), nullable=True),
        sa.Column("attempted_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ok', 'unreachable', 'timeout', 'forbidden', 'bad_answer', 'partial')",
            name=op.f("ck_evidence_readings_state_known"),
        ),
        sa.CheckConstraint("(found IS NULL) = (observed_at IS NULL)", name=op.f("ck_evidence_readings_found_is_whole")),
        sa.CheckConstraint("observed_at <= attempted_at", name=op.f("ck_evidence_readings_success_is_an_attempt")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_evidence_readings_cluster_id")),
        sa.PrimaryKeyConstraint("cluster_id", "need", name=op.f("pk_evidence_readings")),
    )
    op.create_table(
        "findings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("probe", sa.Text(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.Column("effort", sa.Text(), nullable=True),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.Column("ttl", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('true', 'false', 'not_available', 'not_applicable', 'not_supported', 'error')",
            name=op.f("ck_findings_outcome_known"),
        ),
        sa.CheckConstraint(
            "source IN ('kafka', 'registry', 'connect', 'prometheus', 'alertmanager')",
            name=op.f("ck_findings_source_known"),
        ),
        sa.CheckConstraint("effort IN ('low', 'medium', 'high')", name=op.f("ck_findings_effort_known")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_findings_sha256")),
        sa.CheckConstraint("ttl > 0", name=op.f("ck_findings_ttl_is_positive")),
        sa.CheckConstraint("(effort IS NULL) = (remedy IS NULL)", name=op.f("ck_findings_remedy_is_whole")),
        sa.CheckConstraint("last_seen >= first_seen", name=op.f("ck_findings_seen_forward")),
        sa.CheckConstraint("ended_at >= last_seen", name=op.f("ck_findings_ends_after_last_seen")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_findings_cluster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_cluster_id_ended_at"), "findings", ["cluster_id", "ended_at"])
    op.create_index(
        "uq_findings_open",
        "findings",
        ["cluster_id", "probe", "aspect", "object_kind", "object"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
