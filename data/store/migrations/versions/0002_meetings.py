"""Meetings, and what people say about budgets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

NEVER = {
    "records": "The record of a closed session never changes",
    "session_snapshots": "A snapshot never changes",
    "decisions": "The history of a decision never changes",
}
CLOSED = "The session is closed and does not change any more"
INTO_CLOSED = ("session_snapshots", "decisions", "actions", "records")
"""Tables into which nothing more is written for a session that is closed."""


def upgrade() -> None:
    """Bring the tables to this revision; there is no way back but a restored backup."""
    op.create_table(
        "acknowledgements",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slo", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("postmortem", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("cause <> ''", name=op.f("ck_acknowledgements_caused")),
        sa.CheckConstraint("postmortem <> ''", name=op.f("ck_acknowledgements_written_up")),
        sa.CheckConstraint("slo <> ''", name=op.f("ck_acknowledgements_about_something")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_acknowledgements_withdrawal_is_whole")
        ),
        sa.CheckConstraint("through <= acknowledged_at", name=op.f("ck_acknowledgements_not_ahead")),
        sa.CheckConstraint("found >= 1", name=op.f("ck_acknowledgements_found_some")),
        sa.CheckConstraint("withdrawn_at >= acknowledged_at", name=op.f("ck_acknowledgements_withdrawn_after")),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["actors.id"], name=op.f("fk_acknowledgements_acknowledged_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["actors.id"], name=op.f("fk_acknowledgements_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
    )
    op.create_index(op.f("ix_acknowledgements_slo_through"), "acknowledgements", ["slo", "through"])
    op.create_table(
        "annotations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('incident', 'deploy', 'drill', 'exemption')", name=op.f("ck_annotations_kind_known")
        ),
        sa.CheckConstraint("subject <> ''", name=op.f("ck_annotations_about_something")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_annotations_worded")),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_annotations_removal_is_whole")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_annotations_ends_after_start")),
        sa.CheckConstraint("removed_at >= added_at", name=op.f("ck_annotations_removed_after_added")),
        sa.ForeignKeyConstraint(["added_by"], ["actors.id"], name=op.f("fk_annotations_added_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["actors.id"], name=op.f("fk_annotations_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
    )
    op.create_index(op.f("ix_annotations_starts_at"), "annotations", ["starts_at"])
    op.create_table(
        "exemptions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slos", sa.Text(), nullable=False),
        sa.Column("matchers", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_exemptions_reasoned")),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by IS NULL)", name=op.f("ck_exemptions_approval_is_whole")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_exemptions_withdrawal_is_whole")
        ),
        sa.CheckConstraint(
            "approved_at >= requested_at AND withdrawn_at >= requested_at", name=op.f("ck_exemptions_in_order")
        ),
        sa.CheckConstraint("approved_by <> requested_by", name=op.f("ck_exemptions_approved_by_another")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_exemptions_ends_after_start")),
        sa.CheckConstraint(
            "starts_at % 60000000 = 0 AND ends_at % 60000000 = 0", name=op.f("ck_exemptions_whole_minutes")
        ),
        sa.CheckConstraint("starts_at >= requested_at - 2592000000000", name=op.f("ck_exemptions_not_long_past")),
        sa.ForeignKeyConstraint(["approved_by"], ["actors.id"], name=op.f("fk_exemptions_approved_by")),
        sa.ForeignKeyConstraint(["requested_by"], ["actors.id"], name=op.f("fk_exemptions_requested_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["actors.id"], name=op.f("fk_exemptions_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemptions")),
    )
    op.create_index(op.f("ix_exemptions_starts_at_ends_at"), "exemptions", ["starts_at", "ends_at"])
    op.create_table(
        "overrides",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slos", sa.Text(), nullable=False),
        sa.Column("release_class", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_overrides_reasoned")),
        sa.CheckConstraint(
            "release_class IN ('critical', 'non-critical')", name=op.f("ck_overrides_release_class_known")
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_overrides_revocation_is_whole")
        ),
        sa.CheckConstraint("revoked_at >= granted_at", name=op.f("ck_overrides_revoked_after_granted")),
        sa.CheckConstraint("until > granted_at", name=op.f("ck_overrides_ends_later")),
        sa.ForeignKeyConstraint(["granted_by"], ["actors.id"], name=op.f("fk_overrides_granted_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["actors.id"], name=op.f("fk_overrides_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_until"), "overrides", ["until"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(scope_kind = 'everything') = (scope_name = '')", name=op.f("ck_sessions_scope_named")),
        sa.CheckConstraint("kind IN ('slo_review', 'assessment', 'coe_meeting')", name=op.f("ck_sessions_kind_known")),
        sa.CheckConstraint(
            "scope_kind IN ('everything', 'domain', 'product')", name=op.f("ck_sessions_scope_kind_known")
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_sessions_titled")),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_sessions_closing_is_whole")),
        sa.CheckConstraint("closed_at >= opened_at", name=op.f("ck_sessions_closed_after_opened")),
        sa.ForeignKeyConstraint(["closed_by"], ["actors.id"], name=op.f("fk_sessions_closed_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["actors.id"], name=op.f("fk_sessions_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(
        op.f("ix_sessions_kind_scope_kind_scope_name_closed_at"),
        "sessions",
        ["kind", "scope_kind", "scope_name", "closed_at"],
    )
    op.create_index(
        "uq_sessions_open_review",
        "sessions",
        ["kind", "scope_kind", "scope_name"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND kind = 'slo_review'"),
        postgresql_where=sa.text("closed_at IS NULL AND kind = 'slo_review'"),
    )
    op.create_table(
        "actions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'done', 'dropped')", name=op.f("ck_actions_status_known")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_actions_worded")),
        sa.CheckConstraint("changed_at >= created_at", name=op.f("ck_actions_changed_after_created")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_actions_versioned")),
        sa.ForeignKeyConstraint(["changed_by"], ["actors.id"], name=op.f("fk_actions_changed_by")),
        sa.ForeignKeyConstraint(["created_by"], ["actors.id"], name=op.f("fk_actions_created_by")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_actions_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    op.create_index(op.f("ix_actions_session_id"), "actions", ["session_id"])
    op.create_index(op.f("ix_actions_status_due"), "actions", ["status", "due"])
    op.create_table(
        "decisions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("dissent", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("choice <> ''", name=op.f("ck_decisions_chosen")),
        sa.CheckConstraint(
            "choice IS NOT NULL OR (note = '' AND owner = '' AND due IS NULL)",
            name=op.f("ck_decisions_nothing_taken_back_says_more"),
        ),
        sa.CheckConstraint("subject <> ''", name=op.f("ck_decisions_about_something")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_decisions_versioned")),
        sa.ForeignKeyConstraint(["decided_by"], ["actors.id"], name=op.f("fk_decisions_decided_by")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_decisions_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("session_id", "subject", "version", name=op.f("uq_decisions_session_id_subject_version")),
    )
    op.create_table(
        "records",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("length(previous) = 64 AND previous <> sha256", name=op.f("ck_records_previous_sha256")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_records_sha256")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_records_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_records")),
        sa.UniqueConstraint("previous", name=op.f("uq_records_previous")),
        sa.UniqueConstraint("sha256", name=op.f("uq_records_sha256")),
    )
    op.create_table(
        "session_snapshots",
        sa.Column("id", BIG, nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("length(snapshot_id) = 12", name=op.f("ck_session_snapshots_named")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_session_snapshots_numbered")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_session_snapshots_session_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["actors.id"], name=op.f("fk_session_snapshots_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_snapshots")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_session_snapshots_session_id_number")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _freeze_on_sqlite()
    else:
        _freeze_on_postgresql()


def _freeze_on_sqlite() -> None:
    def refuse(name: str, event: str, table: str, when: str, why: str) -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{why}'); END")

    for table, why in NEVER.items():
        refuse(f"{table}_never_change", "UPDATE", table, "", why)
        refuse(f"{table}_never_go", "DELETE", table, "", why)
    refuse("sessions_stay_closed", "UPDATE", "sessions", "WHEN OLD.closed_at IS NOT NULL", CLOSED)
    refuse("sessions_never_go", "DELETE", "sessions", "", "A session is never deleted")
    refuse("actions_never_go", "DELETE", "actions", "", "An action is never deleted; drop it")
    for table in INTO_CLOSED:
        closed = "WHEN (SELECT closed_at FROM sessions WHERE id = NEW.session_id) IS NOT NULL"
        refuse(f"{table}_of_open_sessions", "INSERT", table, closed, CLOSED)


def _freeze_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_into_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM sessions WHERE id = NEW.session_id AND closed_at IS NOT NULL) THEN "
        "RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$"
    )

    def refuse(name: str, event: str, table: str, why: str, when: str = "FOR EACH ROW") -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} EXECUTE FUNCTION refuse_change('{why}')")

    for table, why in NEVER.items():
        refuse(f"{table}_never_change", "UPDATE OR DELETE", table, why)
        refuse(f"{table}_never_go", "TRUNCATE", table, why, "")
    refuse("sessions_stay_closed", "UPDATE", "sessions", CLOSED, "FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL)")
    refuse("sessions_never_go", "DELETE", "sessions", "A session is never deleted")
    refuse("actions_never_go", "DELETE", "actions", "An action is never deleted; drop it")
    for table in INTO_CLOSED:
        op.execute(
            f"CREATE TRIGGER {table}_of_open_sessions BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_into_closed('{CLOSED}')"
        )
