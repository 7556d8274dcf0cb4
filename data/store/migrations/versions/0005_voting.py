"""Votes: lobbies, those who have joined, rounds, and what was voted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

CLOSED = "The session is closed and does not change any more"
ENDED = "A round that is revealed or put aside does not change any more"
NEVER_GO = {
    "votes": "A vote is never deleted",
    "voting_rounds": "A round is never deleted",
    "respondents": "A respondent is never deleted; take them out",
}
INTO_CLOSED = ("voting_rounds", "respondents")
"""Tables into which nothing more is written for a session that is closed."""


def upgrade() -> None:
    """Bring the tables to this revision; there is no way back but a restored backup."""
    op.create_table(
        "join_failures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_failures")),
    )
    op.create_index(op.f("ix_join_failures_at"), "join_failures", ["at"])
    op.create_table(
        "lobbies",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.Column("join_key", sa.Text(), nullable=False),
        sa.Column("group_names", sa.Text(), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("auto_reveal", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("presenter_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("round_id", BIG, nullable=True),
        sa.Column("timer_ends_at", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'survey')", name=op.f("ck_lobbies_mode_known")),
        sa.CheckConstraint("length(pin) = 6", name=op.f("ck_lobbies_six_digits")),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_lobbies_closing_is_whole")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_lobbies_versioned")),
        sa.CheckConstraint("subject <> ''", name=op.f("ck_lobbies_about_something")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_lobbies_session_id")),
        sa.ForeignKeyConstraint(["presenter_id"], ["actors.id"], name=op.f("fk_lobbies_presenter_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["actors.id"], name=op.f("fk_lobbies_opened_by")),
        sa.ForeignKeyConstraint(["closed_by"], ["actors.id"], name=op.f("fk_lobbies_closed_by")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_lobbies")),
    )
    still = sa.text("closed_at IS NULL")
    op.create_index("uq_lobbies_open_pin", "lobbies", ["pin"], unique=True, sqlite_where=still, postgresql_where=still)
    op.create_table(
        "respondents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("observer", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_respondents_hashed")),
        sa.CheckConstraint("left_at >= joined_at", name=op.f("ck_respondents_left_after_joining")),
        sa.ForeignKeyConstraint(["session_id"], ["lobbies.session_id"], name=op.f("fk_respondents_session_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_respondents_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondents")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_respondents_token_hash")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_respondents_actor_id")),
    )
    op.create_index(op.f("ix_respondents_session_id"), "respondents", ["session_id"])
    op.create_table(
        "voting_rounds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("revealed_at", sa.BigInteger(), nullable=True),
        sa.Column("revealed_by", sa.Integer(), nullable=True),
        sa.Column("dropped_at", sa.BigInteger(), nullable=True),
        sa.Column("dropped_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("number IN (1, 2)", name=op.f("ck_voting_rounds_first_or_second")),
        sa.CheckConstraint("subject <> ''", name=op.f("ck_voting_rounds_about_something")),
        sa.CheckConstraint(
            "(revealed_at IS NULL) = (revealed_by IS NULL)", name=op.f("ck_voting_rounds_revealing_is_whole")
        ),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (dropped_by IS NULL)", name=op.f("ck_voting_rounds_dropping_is_whole")
        ),
        sa.CheckConstraint(
            "revealed_at IS NULL OR dropped_at IS NULL", name=op.f("ck_voting_rounds_revealed_or_dropped")
        ),
        sa.CheckConstraint(
            "revealed_at >= opened_at AND dropped_at >= opened_at", name=op.f("ck_voting_rounds_ended_after_opened")
        ),
        sa.CheckConstraint("scale IN ('indicator', 'rating')", name=op.f("ck_voting_rounds_scale_known")),
        sa.ForeignKeyConstraint(["session_id"], ["lobbies.session_id"], name=op.f("fk_voting_rounds_session_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["actors.id"], name=op.f("fk_voting_rounds_opened_by")),
        sa.ForeignKeyConstraint(["revealed_by"], ["actors.id"], name=op.f("fk_voting_rounds_revealed_by")),
        sa.ForeignKeyConstraint(["dropped_by"], ["actors.id"], name=op.f("fk_voting_rounds_dropped_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_rounds")),
    )
    held = sa.text("dropped_at IS NULL")
    op.create_index(
        "uq_voting_rounds_held",
        "voting_rounds",
        ["session_id", "subject", "number"],
        unique=True,
        sqlite_where=held,
        postgresql_where=held,
    )
    op.create_table(
        "votes",
        sa.Column("round_id", BIG, autoincrement=False, nullable=False),
        sa.Column("respondent_id", BIG, autoincrement=False, nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("voted_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "choice IN ('no', 'partial', 'yes', 'unknown', 'n/a', '1', '2', '3', '4', '5')",
            name=op.f("ck_votes_choice_known"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["voting_rounds.id"], name=op.f("fk_votes_round_id")),
        sa.ForeignKeyConstraint(["respondent_id"], ["respondents.id"], name=op.f("fk_votes_respondent_id")),
        sa.PrimaryKeyConstraint("round_id", "respondent_id", name=op.f("pk_votes")),
    )
    op.create_index(op.f("ix_votes_respondent_id"), "votes", ["respondent_id"])
    if op.get_bind().dialect.name == "sqlite":
        _freeze_on_sqlite()
    else:
        _freeze_on_postgresql()


def _freeze_on_sqlite() -> None:
    def refuse(name: str, event: str, table: str, when: str, why: str) -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{why}'); END")

    for table, why in NEVER_GO.items():
        refuse(f"{table}_never_go", "DELETE", table, "", why)
    ended = "WHEN OLD.revealed_at IS NOT NULL OR OLD.dropped_at IS NOT NULL"
    refuse("voting_rounds_stay_ended", "UPDATE", "voting_rounds", ended, ENDED)
    for table in INTO_CLOSED:
        closed = "WHEN (SELECT closed_at FROM sessions WHERE id = NEW.session_id) IS NOT NULL"
        refuse(f"{table}_of_open_sessions", "INSERT", table, closed, CLOSED)
    for event in ("INSERT", "UPDATE"):
        refuse(
            f"votes_{event.lower()}_into_open_rounds",
            event,
            "votes",
            "WHEN NOT EXISTS (SELECT 1 FROM voting_rounds r JOIN sessions s ON s.id = r.session_id "
            "WHERE r.id = NEW.round_id AND r.revealed_at IS NULL AND r.dropped_at IS NULL AND s.closed_at IS NULL)",
            ENDED,
        )


def _freeze_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_into_ended_round() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NOT EXISTS (SELECT 1 FROM voting_rounds r JOIN sessions s ON s.id = r.session_id "
        "WHERE r.id = NEW.round_id AND r.revealed_at IS NULL AND r.dropped_at IS NULL AND s.closed_at IS NULL) THEN "
        "RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$"
    )

    def refuse(name: str, event: str, table: str, why: str, when: str = "FOR EACH ROW") -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} EXECUTE FUNCTION refuse_change('{why}')")

    for table, why in NEVER_GO.items():
        refuse(f"{table}_never_go", "DELETE", table, why)
        refuse(f"{table}_never_all_go", "TRUNCATE", table, why, "")
    ended = "FOR EACH ROW WHEN (OLD.revealed_at IS NOT NULL OR OLD.dropped_at IS NOT NULL)"
    refuse("voting_rounds_stay_ended", "UPDATE", "voting_rounds", ENDED, ended)
    for table in INTO_CLOSED:
        op.execute(
            f"CREATE TRIGGER {table}_of_open_sessions BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_into_closed('{CLOSED}')"
        )
    op.execute(
        "CREATE TRIGGER votes_into_open_rounds BEFORE INSERT OR UPDATE ON votes "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_into_ended_round('{ENDED}')"
    )
