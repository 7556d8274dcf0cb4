"""How the brokers do: the latest answer to each question."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision; there is no way back but a restored backup."""
    op.create_table(
        "health",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.Text(), nullable=True),
        sa.CheckConstraint("(found IS NULL) = (dialect = '')", name=op.f("ck_health_found_by_somebody")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_health_cluster_id")),
        sa.PrimaryKeyConstraint("cluster_id", "key", name=op.f("pk_health")),
    )
