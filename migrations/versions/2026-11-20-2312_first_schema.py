"""first schema"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261120_2312"
down_revision = None
branch_labels = None
depends_on = None


# Of these PostgreSQL takes no samples: its statistics would keep them after the rows are removed.
UNSAMPLED = {
    "intake": ("id", "ct"),
    "ledger": ("tag", "kind", "most", "used"),
    "fieldwork_tally": ("list", "entry", "n"),
    "opened_part": ("id", "content"),
    "link_tags": ("ct",),
    "response": ("id", "mode", "recruitment", "area", "language", "quality", "answers"),
    "free_text": ("id", "question", "text"),
    "pair": ("id", "pair_id"),
    "text_review": ("text_id",),
    "quote": ("words", "text_id"),
}


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("joins_by_email", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_agency")),
    )
    op.create_table(
        "intake",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("ct", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "id", name=op.f("pk_intake")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "job",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=40), nullable=True),
        sa.Column("progress", sa.String(length=200), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_job_state")
        ),
        sa.PrimaryKeyConstraint("agency_id", "kind", "subject", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_state_run_after", ["state", "run_after"], unique=False)

    op.create_table(
        "response",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("recruitment", sa.String(length=20), nullable=False),
        sa.Column("area", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "id", name=op.f("pk_response")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "text_review",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("text_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("reviewed_by", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "text_id", name=op.f("pk_text_review")),
    )
    op.create_table(
        "free_text",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "id", name=op.f("pk_free_text")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fieldwork_tally",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("list", sa.String(length=10), nullable=False),
        sa.Column("entry", sa.String(length=10), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("list IN ('way_in', 'calendar')", name=op.f("ck_fieldwork_tally_list")),
        sa.PrimaryKeyConstraint(
            "agency_id", "wave_id", "list", "entry", name=op.f("pk_fieldwork_tally")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("tag", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('single', 'group', 'test')", name=op.f("ck_ledger_kind")),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "tag", name=op.f("pk_ledger")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "initiative",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("police_name", sa.JSON(), nullable=False),
        sa.Column("notice", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("expected", sa.JSON(), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.agency_id"], name=op.f("fk_initiative_agency")
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_initiative")),
    )
    op.create_table(
        "instrument_version",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("instrument_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("frozen_on", sa.Date(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.agency_id"], name=op.f("fk_instrument_version_agency")
        ),
        sa.PrimaryKeyConstraint("agency_id", "content_hash", name=op.f("pk_instrument_version")),
    )
    op.create_table(
        "remembered_mapping",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("headings_hash", sa.String(length=64), nullable=False),
        sa.Column("instrument_id", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.agency_id"], name=op.f("fk_remembered_mapping_agency")
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "headings_hash", "instrument_id", name=op.f("pk_remembered_mapping")
        ),
    )
    op.create_table(
        "area",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("initiative_id", sa.String(length=10), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.CheckConstraint("role IN ('initiative', 'comparison')", name=op.f("ck_area_role")),
        sa.ForeignKeyConstraint(
            ["agency_id", "initiative_id"],
            ["initiative.agency_id", "initiative.id"],
            name=op.f("fk_area_initiative"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_area")),
        sa.UniqueConstraint(
            "agency_id", "initiative_id", "code", name=op.f("uq_area_agency_id_initiative_id_code")
        ),
    )
    op.create_table(
        "plan_version",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("initiative_id", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "initiative_id"],
            ["initiative.agency_id", "initiative.id"],
            name=op.f("fk_plan_version_initiative"),
        ),
        sa.PrimaryKeyConstraint(
            "agency_id", "initiative_id", "version", name=op.f("pk_plan_version")
        ),
    )
    op.create_table(
        "plan_draft",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("initiative_id", sa.String(length=10), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.String(length=10), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "initiative_id"],
            ["initiative.agency_id", "initiative.id"],
            name=op.f("fk_plan_draft_initiative"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "initiative_id", name=op.f("pk_plan_draft")),
    )
    op.create_table(
        "initiative_logo",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("initiative_id", sa.String(length=10), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "initiative_id"],
            ["initiative.agency_id", "initiative.id"],
            name=op.f("fk_initiative_logo_initiative"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "initiative_id", name=op.f("pk_initiative_logo")),
    )
    op.create_table(
        "erasure",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("initiative_id", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=10), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(length=10), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("backups_until", sa.Date(), nullable=True),
        sa.Column("backups_gone_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'erased')", name=op.f("ck_erasure_state")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "initiative_id"],
            ["initiative.agency_id", "initiative.id"],
            name=op.f("fk_erasure_initiative"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "initiative_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "wave",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("initiative_id", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("instrument_hash", sa.String(length=64), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("accepted_drafts", sa.JSON(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grace_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("key_state", sa.String(length=10), nullable=False),
        sa.Column("count_manifest", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "key_state IN ('none', 'kept', 'partner', 'destroyed')", name=op.f("ck_wave_key_state")
        ),
        sa.CheckConstraint("kind IN ('baseline', 'follow_up')", name=op.f("ck_wave_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closing', 'closed', 'counting', 'counted', 'imported', "
            "'erased')",
            name=op.f("ck_wave_state"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "initiative_id"],
            ["initiative.agency_id", "initiative.id"],
            name=op.f("fk_wave_initiative"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "instrument_hash"],
            ["instrument_version.agency_id", "instrument_version.content_hash"],
            name=op.f("fk_wave_instrument_version"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_wave")),
        sa.UniqueConstraint(
            "agency_id",
            "initiative_id",
            "position",
            name=op.f("uq_wave_agency_id_initiative_id_position"),
        ),
    )
    op.create_table(
        "quote",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("text_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("proposed_by", sa.String(length=10), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(length=10), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'approved')", name=op.f("ck_quote_state")),
        sa.ForeignKeyConstraint(
            ["agency_id", "wave_id"], ["wave.agency_id", "wave.id"], name=op.f("fk_quote_wave")
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_quote")),
    )
    op.create_table(
        "custody",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("statement_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("confirmed", sa.JSON(), nullable=False),
        sa.Column("certificate", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "wave_id"], ["wave.agency_id", "wave.id"], name=op.f("fk_custody_wave")
        ),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", name=op.f("pk_custody")),
    )
    op.create_table(
        "linking",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("initiative_id", sa.String(length=10), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("state IN ('kept', 'ended')", name=op.f("ck_linking_state")),
        sa.ForeignKeyConstraint(
            ["agency_id", "initiative_id"],
            ["initiative.agency_id", "initiative.id"],
            name=op.f("fk_linking_initiative"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "initiative_id", name=op.f("pk_linking")),
    )
    op.create_table(
        "link_tags",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("ct", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", name=op.f("pk_link_tags")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pair",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("pair_id", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "id", name=op.f("pk_pair")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opened_part",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "id", name=op.f("pk_opened_part")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "collector",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("recruitment", sa.String(length=20), nullable=False),
        sa.Column("area_code", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "mode IN ('phone_web', 'kiosk', 'paper')", name=op.f("ck_collector_mode")
        ),
        sa.CheckConstraint(
            "recruitment IN ('open', 'staff_entered', 'group_code', 'single_use_code')",
            name=op.f("ck_collector_recruitment"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "wave_id"], ["wave.agency_id", "wave.id"], name=op.f("fk_collector_wave")
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_collector")),
    )
    op.create_table(
        "report",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("before_wave_id", sa.String(length=10), nullable=False),
        sa.Column("after_wave_id", sa.String(length=10), nullable=False),
        sa.Column("computed", sa.Text(), nullable=True),
        sa.Column("released", sa.Text(), nullable=False),
        sa.Column("audited_with", sa.JSON(), nullable=False),
        sa.Column("breakdown", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "after_wave_id"],
            ["wave.agency_id", "wave.id"],
            name="fk_report_after_wave",
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "before_wave_id"],
            ["wave.agency_id", "wave.id"],
            name="fk_report_before_wave",
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_report")),
    )
    op.create_table(
        "staff",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("partner", sa.String(length=200), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("identity", sa.LargeBinary(length=32), nullable=True),
        sa.Column("second_factor", sa.LargeBinary(length=60), nullable=True),
        sa.Column("second_factor_step", sa.Integer(), nullable=True),
        sa.Column("recovery_codes", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.agency_id"], name=op.f("fk_staff_agency")),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_staff")),
        sa.UniqueConstraint("agency_id", "email", name=op.f("uq_staff_agency_id_email")),
        sa.UniqueConstraint("agency_id", "identity", name=op.f("uq_staff_agency_id_identity")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_identity"), ["identity"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_api_token_staff"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("agency_id", "digest", name=op.f("uq_api_token_agency_id_digest")),
    )
    op.create_table(
        "kept_reply",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("token_id", sa.String(length=10), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("call_hash", sa.String(length=64), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "token_id"],
            ["api_token.agency_id", "api_token.id"],
            name=op.f("fk_kept_reply_api_token"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agency_id", "token_id", "key_hash", name=op.f("pk_kept_reply")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.String(length=10), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.agency_id"], name=op.f("fk_audit_entry_agency")
        ),
        sa.PrimaryKeyConstraint("agency_id", "position", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "unknown_address",
        sa.Column("tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_unknown_address")),
    )
    op.create_index(
        op.f("ix_unknown_address_failed_at"), "unknown_address", ["failed_at"], unique=False
    )
    op.create_table(
        "sign_in",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=10), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("has_second_factor", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_sign_in_staff"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "digest", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=10), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_one_time_link_staff"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "digest", name=op.f("pk_one_time_link")),
    )
    op.create_table(
        "publication",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("report_id", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.String(length=10), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.String(length=10), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'approved', 'published', 'withdrawn')",
            name=op.f("ck_publication_state"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "report_id"],
            ["report.agency_id", "report.id"],
            name="fk_publication_report",
        ),
        sa.PrimaryKeyConstraint("agency_id", "report_id", name=op.f("pk_publication")),
    )
    op.create_table(
        "published_base",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("wave_id", sa.String(length=10), nullable=False),
        sa.Column("report_id", sa.String(length=10), nullable=False),
        sa.Column("breakdown", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("people", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "report_id"],
            ["report.agency_id", "report.id"],
            name="fk_published_base_report",
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "wave_id"],
            ["wave.agency_id", "wave.id"],
            name="fk_published_base_wave",
        ),
        sa.PrimaryKeyConstraint(
            "agency_id",
            "wave_id",
            "report_id",
            "breakdown",
            "category",
            "question",
            name=op.f("pk_published_base"),
        ),
    )
    op.create_table(
        "export_file",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("initiative_id", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=10), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("chunks", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_export_file")),
    )
    op.create_table(
        "export_chunk",
        sa.Column("agency_id", sa.String(length=6), nullable=False),
        sa.Column("export_id", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ct", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "export_id", "position", name=op.f("pk_export_chunk")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in UNSAMPLED.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")

    _build_wall()


def _build_wall() -> None:
    """PostgreSQL: each role sees what it needs, and staff the rows of the agency they are in.

    FORCE holds the owner of the tables to the policies as well. The roles are made before.
    """
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    inspector = sa.inspect(bind)
    for table in inspector.get_table_names():
        op.execute(f"GRANT SELECT ON {table} TO rapport_operator")
        if "agency_id" not in {column["name"] for column in inspector.get_columns(table)}:
            continue
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO rapport_operator")
        op.execute(
            f"CREATE POLICY operator ON {table} TO rapport_operator USING (true) WITH CHECK (true)"
        )
        rights = "SELECT, INSERT" if table == "audit_entry" else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {rights} ON {table} TO rapport_staff")
        own = "agency_id = (SELECT current_setting('rapport.agency', true))"
        op.execute(
            f"CREATE POLICY own ON {table} TO rapport_staff USING ({own}) WITH CHECK ({own})"
        )
    for statement in _NARROW_ROLES:
        op.execute(statement)


# `USING (true) WITH CHECK (false)` lets a row be locked and not be changed.
_NARROW_ROLES = (
    "GRANT INSERT, SELECT (agency_id, wave_id, id) ON intake TO rapport_intake",
    "CREATE POLICY added ON intake FOR INSERT TO rapport_intake WITH CHECK (true)",
    "CREATE POLICY named ON intake FOR SELECT TO rapport_intake USING (true)",
    "GRANT SELECT (agency_id, id, state), UPDATE (state) ON wave TO rapport_intake",
    "CREATE POLICY stands ON wave FOR SELECT TO rapport_intake, rapport_sweep USING (true)",
    "CREATE POLICY held ON wave FOR UPDATE TO rapport_intake USING (true) WITH CHECK (false)",
    "GRANT SELECT, UPDATE (used) ON ledger TO rapport_intake",
    "CREATE POLICY known ON ledger FOR SELECT TO rapport_intake USING (true)",
    "CREATE POLICY used ON ledger FOR UPDATE TO rapport_intake USING (true) WITH CHECK (true)",
    "GRANT SELECT, UPDATE ON job TO rapport_claim",
    "CREATE POLICY queue ON job TO rapport_claim USING (true) WITH CHECK (true)",
    "GRANT SELECT (agency_id, id, email, identity) ON staff TO rapport_sign_in",
    "CREATE POLICY known ON staff FOR SELECT TO rapport_sign_in USING (true)",
    "ALTER TABLE unknown_address ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE unknown_address FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE ON unknown_address TO rapport_sign_in",
    "CREATE POLICY tried ON unknown_address TO rapport_sign_in USING (true) WITH CHECK (true)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON unknown_address TO rapport_operator",
    "CREATE POLICY operator ON unknown_address TO rapport_operator USING (true) WITH CHECK (true)",
    "GRANT SELECT (agency_id, id, state) ON wave TO rapport_sweep",
    "GRANT SELECT (agency_id, id) ON export_file TO rapport_sweep",
    "GRANT SELECT (initiative_id, state) ON linking TO rapport_sweep",
    "GRANT SELECT (kind, subject) ON job TO rapport_sweep",
    "CREATE POLICY gone ON job FOR SELECT TO rapport_sweep USING (kind = 'forget_keys')",
    "CREATE POLICY stands ON linking FOR SELECT TO rapport_sweep USING (true)",
    "CREATE POLICY stands ON export_file FOR SELECT TO rapport_sweep USING (true)",
)


def downgrade() -> None:
    op.drop_table("export_chunk")
    op.drop_table("export_file")
    op.drop_table("one_time_link")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_unknown_address_failed_at"), table_name="unknown_address")
    op.drop_table("unknown_address")
    op.drop_table("kept_reply")
    op.drop_table("api_token")
    op.drop_table("audit_entry")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_identity"))
        batch_op.drop_index(batch_op.f("ix_staff_email"))

    op.drop_table("staff")
    op.drop_table("published_base")
    op.drop_table("publication")
    op.drop_table("report")
    op.drop_table("collector")
    op.drop_table("opened_part")
    op.drop_table("pair")
    op.drop_table("link_tags")
    op.drop_table("linking")
    op.drop_table("custody")
    op.drop_table("quote")
    op.drop_table("wave")
    op.drop_table("erasure")
    op.drop_table("initiative_logo")
    op.drop_table("plan_draft")
    op.drop_table("plan_version")
    op.drop_table("area")
    op.drop_table("remembered_mapping")
    op.drop_table("instrument_version")
    op.drop_table("initiative")
    op.drop_table("free_text")
    op.drop_table("text_review")
    op.drop_table("ledger")
    op.drop_table("fieldwork_tally")
    op.drop_table("response")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_state_run_after")

    op.drop_table("job")
    op.drop_table("intake")
    op.drop_table("agency")
