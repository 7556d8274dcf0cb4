"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision; there is no way back but a restored backup."""
    op.create_table(
        "actors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actors")),
        sa.UniqueConstraint("name", name=op.f("uq_actors_name")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("first_id", BIG, nullable=False),
        sa.Column("last_id", BIG, nullable=False),
        sa.CheckConstraint("first_id >= 1 AND last_id >= first_id - 1", name=op.f("ck_audit_head_forward")),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "clusters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clusters")),
        sa.UniqueConstraint("name", name=op.f("uq_clusters_name")),
    )
    op.create_table(
        "contents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_contents_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contents")),
        sa.UniqueConstraint("hash", name=op.f("uq_contents_hash")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "slis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slis")),
        sa.UniqueConstraint("hash", name=op.f("uq_slis_hash")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('done', 'refused')", name=op.f("ck_audit_entries_outcome_known")),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_audit_entries_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_table(
        "collection_runs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('ok', 'unreachable', 'timeout', 'forbidden', 'bad_answer', 'partial')",
            name=op.f("ck_collection_runs_outcome_known"),
        ),
        sa.CheckConstraint(
            "scope IN ('estate', 'configs', 'acls', 'slices')", name=op.f("ck_collection_runs_scope_known")
        ),
        sa.CheckConstraint(
            "source IN ('kafka', 'registry', 'connect', 'prometheus')", name=op.f("ck_collection_runs_source_known")
        ),
        sa.CheckConstraint("finished >= started", name=op.f("ck_collection_runs_ends_after_start")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_collection_runs_cluster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_runs")),
    )
    op.create_index(
        op.f("ix_collection_runs_cluster_id_source_scope_finished"),
        "collection_runs",
        ["cluster_id", "source", "scope", "finished"],
    )
    op.create_table(
        "facts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content_id", BIG, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("known_since", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("first_run", BIG, nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_run", BIG, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_run", BIG, nullable=True),
        sa.CheckConstraint("ended_by IN ('changed', 'removed')", name=op.f("ck_facts_ended_by_known")),
        sa.CheckConstraint(
            "kind IN ('broker', 'topic', 'topic_config', 'group', 'acl', 'subject', 'connector')",
            name=op.f("ck_facts_kind_known"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_run IS NULL)",
            name=op.f("ck_facts_end_is_whole"),
        ),
        sa.CheckConstraint("ended_at >= last_seen", name=op.f("ck_facts_ends_after_last_seen")),
        sa.CheckConstraint("last_run >= first_run AND ended_run >= last_run", name=op.f("ck_facts_runs_forward")),
        sa.CheckConstraint("last_seen >= first_seen AND known_since <= first_seen", name=op.f("ck_facts_seen_forward")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_facts_size_counts")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_facts_cluster_id")),
        sa.ForeignKeyConstraint(["content_id"], ["contents.id"], name=op.f("fk_facts_content_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
        sa.UniqueConstraint(
            "cluster_id", "kind", "key", "first_seen", name=op.f("uq_facts_cluster_id_kind_key_first_seen")
        ),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index(op.f("ix_facts_cluster_id_kind_ended_at"), "facts", ["cluster_id", "kind", "ended_at"])
    op.create_index(op.f("ix_facts_content_id"), "facts", ["content_id"])
    op.create_index(
        "uq_facts_open",
        "facts",
        ["cluster_id", "kind", "key"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "leases",
        sa.Column("cluster_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", BIG, nullable=False),
        sa.Column("acquired_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("token >= 1", name=op.f("ck_leases_token_counts")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_leases_cluster_id")),
        sa.PrimaryKeyConstraint("cluster_id", name=op.f("pk_leases")),
    )
    op.create_table(
        "role_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_name", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(scope_kind = 'everything') = (scope_name = '')", name=op.f("ck_role_grants_scope_named")),
        sa.CheckConstraint(
            "role IN ('viewer', 'voter', 'assessor', 'facilitator', 'editor', 'approver', 'admin')",
            name=op.f("ck_role_grants_role_known"),
        ),
        sa.CheckConstraint(
            "scope_kind IN ('everything', 'domain', 'product')", name=op.f("ck_role_grants_scope_kind_known")
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_role_grants_revocation_is_whole")
        ),
        sa.CheckConstraint("revoked_at >= granted_at", name=op.f("ck_role_grants_revoked_after_granted")),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_role_grants_actor_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["actors.id"], name=op.f("fk_role_grants_granted_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["actors.id"], name=op.f("fk_role_grants_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    op.create_index(
        "uq_role_grants_open",
        "role_grants",
        ["actor_id", "role", "scope_kind", "scope_name"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "series",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_series_cluster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("cluster_id", "group_name", "topic", name=op.f("uq_series_cluster_id_group_name_topic")),
    )
    op.create_table(
        "slice_days",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sli_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("states", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(counts) > 0 AND length(states) > 0", name=op.f("ck_slice_days_not_empty")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_slice_days_cluster_id")),
        sa.ForeignKeyConstraint(["sli_id"], ["slis.id"], name=op.f("fk_slice_days_sli_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slice_days")),
        sa.UniqueConstraint(
            "sli_id",
            "cluster_id",
            "day",
            "group_key",
            "component",
            name=op.f("uq_slice_days_sli_id_cluster_id_day_group_key_component"),
        ),
    )
    op.create_table(
        "source_states",
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
        sa.CheckConstraint(
            "source IN ('kafka', 'registry', 'connect', 'prometheus')", name=op.f("ck_source_states_source_known")
        ),
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
        op.f("ix_source_states_cluster_id_source_part_since"),
        "source_states",
        ["cluster_id", "source", "part", "since"],
    )
    op.create_index(
        "uq_source_states_open",
        "source_states",
        ["cluster_id", "source", "part"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "group_hours",
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("series_id", BIG, autoincrement=False, nullable=False),
        sa.Column("lag_min", sa.BigInteger(), nullable=True),
        sa.Column("lag_max", sa.BigInteger(), nullable=True),
        sa.Column("lag_last", sa.BigInteger(), nullable=True),
        sa.Column("committed_first", sa.BigInteger(), nullable=False),
        sa.Column("committed_last", sa.BigInteger(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.CheckConstraint("hour % 3600000000 = 0", name=op.f("ck_group_hours_whole_hour")),
        sa.CheckConstraint(
            "lag_min >= 0 AND lag_max >= lag_min AND lag_last >= lag_min AND lag_last <= lag_max",
            name=op.f("ck_group_hours_lag_ordered"),
        ),
        sa.CheckConstraint("samples > 0", name=op.f("ck_group_hours_sampled")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_group_hours_series_id")),
        sa.PrimaryKeyConstraint("hour", "series_id", name=op.f("pk_group_hours")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "latest_offsets",
        sa.Column("series_id", BIG, autoincrement=False, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("offsets", sa.LargeBinary(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("lag", sa.BigInteger(), nullable=True),
        sa.Column("lag_max", sa.BigInteger(), nullable=True),
        sa.Column("lag_unknown", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "lag >= 0 AND lag_max >= 0 AND lag_max <= lag AND lag_unknown >= 0",
            name=op.f("ck_latest_offsets_lag_counts"),
        ),
        sa.CheckConstraint("length(offsets) % 8 = 0", name=op.f("ck_latest_offsets_whole_int64")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_latest_offsets_series_id")),
        sa.PrimaryKeyConstraint("series_id", name=op.f("pk_latest_offsets")),
    )
    op.create_table(
        "topic_hours",
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("series_id", BIG, autoincrement=False, nullable=False),
        sa.Column("end_first", sa.BigInteger(), nullable=False),
        sa.Column("end_last", sa.BigInteger(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.CheckConstraint("hour % 3600000000 = 0", name=op.f("ck_topic_hours_whole_hour")),
        sa.CheckConstraint("samples > 0", name=op.f("ck_topic_hours_sampled")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_topic_hours_series_id")),
        sa.PrimaryKeyConstraint("hour", "series_id", name=op.f("pk_topic_hours")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO audit_head (id, first_id, last_id) VALUES (1, 1, 0)")
