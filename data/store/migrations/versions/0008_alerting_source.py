"""Alertmanager is a source as well: whether it answers and since when is kept like that of the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TABLE, BEFORE = "source_states", "source_states_before"
KNOWN = "source IN ('kafka', 'registry', 'connect', 'prometheus', 'alertmanager')"
COLUMNS = "id, cluster_id, source, part, state, since, ended_at, last_attempt, last_success, error, next_step"


def upgrade() -> None:
    """Bring the tables to this revision; there is no way back but a restored backup."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_source_states_source_known"), TABLE, type_="check")
        op.create_check_constraint(op.f("ck_source_states_source_known"), TABLE, KNOWN)
        return
    # SQLite changes no constraint, so the table is made anew; nothing refers to it.
    op.drop_index(op.f("ix_source_states_cluster_id_source_part_since"), TABLE)
    op.drop_index("uq_source_states_open", TABLE)
    op.rename_table(TABLE, BEFORE)
    _create()
    op.execute(f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM {BEFORE}")  # noqa: S608 - constants of ours
    op.drop_table(BEFORE)


def _create() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("last_attempt", sa.BigInteger(), nullable=True),
        sa.Column("last_success", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'never') = (last_attempt IS NULL)", name=op.f("ck_source_states_never_means_no_attempt")
        ),
        sa.CheckConstraint(KNOWN, name=op.f("ck_source_states_source_known")),
        sa.CheckConstraint(
            "state IN ('ok', 'unreachable', 'timeout', 'forbidden', 'bad_answer', 'partial', 'never')",
            name=op.f("ck_source_states_state_known"),
        ),
        sa.CheckConstraint("ended_at >= since", name=op.f("ck_source_states_ends_after_start")),
        sa.CheckConstraint("last_success <= last_attempt", name=op.f("ck_source_states_success_is_an_attempt")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_source_states_cluster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_states")),
    )
    op.create_index(
        op.f("ix_source_states_cluster_id_source_part_since"), TABLE, ["cluster_id", "source", "part", "since"]
    )
    op.create_index(
        "uq_source_states_open",
        TABLE,
        ["cluster_id", "source", "part"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
    )
