"""What follows an assessment: the roadmap, figures, peers, and the register of what streams."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

NEVER = {
    "roadmap_steps": "What was said about the roadmap stays; say something new",
    "register_steps": "What was said about the register stays; say something new",
    "benchmark_peers": "An imported file stays as it was; remove it and import another",
}
NEVER_GO = {
    "kpi_values": "A figure is never deleted; withdraw it",
    "benchmarks": "An imported file is never deleted; remove it from the page",
}


def upgrade() -> None:
    """Bring the tables to this revision; there is no way back but a restored backup."""
    op.create_table(
        "benchmarks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("title <> ''", name=op.f("ck_benchmarks_titled")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_benchmarks_sha256")),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_benchmarks_removal_is_whole")),
        sa.CheckConstraint("removed_at >= imported_at", name=op.f("ck_benchmarks_removed_after")),
        sa.ForeignKeyConstraint(["imported_by"], ["actors.id"], name=op.f("fk_benchmarks_imported_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["actors.id"], name=op.f("fk_benchmarks_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmarks")),
    )
    op.create_table(
        "benchmark_peers",
        sa.Column("benchmark_id", BIG, autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("peer_index", sa.Text(), nullable=True),
        sa.Column("ratings", sa.Text(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_benchmark_peers_named")),
        sa.CheckConstraint("level BETWEEN 0 AND 5", name=op.f("ck_benchmark_peers_level_known")),
        sa.ForeignKeyConstraint(["benchmark_id"], ["benchmarks.id"], name=op.f("fk_benchmark_peers_benchmark_id")),
        sa.PrimaryKeyConstraint("benchmark_id", "line", name=op.f("pk_benchmark_peers")),
    )
    op.create_table(
        "kpi_values",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kpi", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kpi <> ''", name=op.f("ck_kpi_values_about_something")),
        sa.CheckConstraint("value <> ''", name=op.f("ck_kpi_values_valued")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_kpi_values_withdrawal_is_whole")
        ),
        sa.CheckConstraint("withdrawn_at >= entered_at", name=op.f("ck_kpi_values_withdrawn_after")),
        sa.ForeignKeyConstraint(["entered_by"], ["actors.id"], name=op.f("fk_kpi_values_entered_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["actors.id"], name=op.f("fk_kpi_values_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_values")),
    )
    op.create_index(op.f("ix_kpi_values_kpi_on_day"), "kpi_values", ["kpi", "on_day"])
    op.create_table(
        "register_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("uses", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('use case', 'technology', 'team')", name=op.f("ck_register_steps_kind_known")),
        sa.CheckConstraint(
            "stage IN ('', 'idea', 'trial', 'production', 'retired')", name=op.f("ck_register_steps_stage_known")
        ),
        sa.CheckConstraint("name <> '' AND name_key <> ''", name=op.f("ck_register_steps_named")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_register_steps_versioned")),
        sa.ForeignKeyConstraint(["said_by"], ["actors.id"], name=op.f("fk_register_steps_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_steps")),
        sa.UniqueConstraint("kind", "name_key", "version", name=op.f("uq_register_steps_kind_name_key_version")),
    )
    op.create_table(
        "roadmap_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("from_level", sa.Integer(), nullable=True),
        sa.Column("effort", sa.Integer(), nullable=True),
        sa.Column("impact", sa.Integer(), nullable=True),
        sa.Column("helps", sa.Text(), nullable=False),
        sa.Column("dimensions", sa.Text(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('planned', 'in progress', 'done', 'dropped')", name=op.f("ck_roadmap_steps_status_known")
        ),
        sa.CheckConstraint("item <> ''", name=op.f("ck_roadmap_steps_named")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_roadmap_steps_versioned")),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_roadmap_steps_percent")),
        sa.CheckConstraint(
            "(title = '') = (effort IS NULL) AND (effort IS NULL) = (impact IS NULL)",
            name=op.f("ck_roadmap_steps_own_is_whole"),
        ),
        sa.CheckConstraint("(effort IS NULL) = (from_level IS NULL)", name=op.f("ck_roadmap_steps_own_is_placed")),
        sa.CheckConstraint(
            "effort BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5 AND from_level BETWEEN 0 AND 5",
            name=op.f("ck_roadmap_steps_one_to_five"),
        ),
        sa.ForeignKeyConstraint(["said_by"], ["actors.id"], name=op.f("fk_roadmap_steps_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmap_steps")),
        sa.UniqueConstraint("item", "version", name=op.f("uq_roadmap_steps_item_version")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _freeze_on_sqlite()
    else:
        _freeze_on_postgresql()


def _freeze_on_sqlite() -> None:
    def refuse(name: str, event: str, table: str, why: str) -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END")

    for table, why in NEVER.items():
        refuse(f"{table}_never_change", "UPDATE", table, why)
    for table, why in {**NEVER, **NEVER_GO}.items():
        refuse(f"{table}_never_go", "DELETE", table, why)


def _freeze_on_postgresql() -> None:
    def refuse(name: str, event: str, table: str, why: str, when: str = "FOR EACH ROW") -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} EXECUTE FUNCTION refuse_change('{why}')")

    for table, why in NEVER.items():
        refuse(f"{table}_never_change", "UPDATE", table, why)
    for table, why in {**NEVER, **NEVER_GO}.items():
        refuse(f"{table}_never_go", "DELETE", table, why)
        refuse(f"{table}_never_all_go", "TRUNCATE", table, why, "")
