"""Records of meetings that were held elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TABLE = "imported_records"
FROZEN = "kind, title, origin, closed_at, sha256, previous, compared, body, imported_at, imported_by"
NEVER_CHANGES = "An imported record never changes; put it away and import another"
NEVER_GOES = "An imported record is never deleted; put it away"


def upgrade() -> None:
    """Bring the tables to this revision; there is no way back but a restored backup."""
    op.create_table(
        TABLE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=True),
        sa.Column("compared", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('slo_review', 'assessment', 'coe_meeting')", name=op.f("ck_imported_records_kind_known")
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_imported_records_sha256")),
        sa.CheckConstraint(
            "length(previous) = 64 AND previous <> sha256", name=op.f("ck_imported_records_previous_sha256")
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_imported_records_titled")),
        sa.CheckConstraint("origin <> ''", name=op.f("ck_imported_records_told_whose")),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_imported_records_removal_is_whole")
        ),
        sa.CheckConstraint("removed_at >= imported_at", name=op.f("ck_imported_records_removed_after")),
        sa.ForeignKeyConstraint(["imported_by"], ["actors.id"], name=op.f("fk_imported_records_imported_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["actors.id"], name=op.f("fk_imported_records_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_records")),
    )
    op.create_index(op.f("ix_imported_records_kind_closed_at"), TABLE, ["kind", "closed_at"])
    op.create_index(
        "uq_imported_records_present",
        TABLE,
        ["sha256"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    events = {
        "never_change": (f"UPDATE OF {FROZEN}", NEVER_CHANGES, "FOR EACH ROW"),
        "never_go": ("DELETE", NEVER_GOES, "FOR EACH ROW"),
    }
    if not sqlite:
        events["never_all_go"] = ("TRUNCATE", NEVER_GOES, "")
    for name, (event, why, when) in events.items():
        action = (
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END" if sqlite else f"{when} EXECUTE FUNCTION refuse_change('{why}')"
        )
        op.execute(f"CREATE TRIGGER {TABLE}_{name} BEFORE {event} ON {TABLE} {action}")
