"""Introductions: telephone, reminders, opening line, outcomes

Revision ID: review_2
Revises: steering_2
"""

import sqlalchemy as sa
from alembic import op

revision = "review_2"
down_revision = "steering_2"
branch_labels = None
depends_on = None
_REACHABLE = op.f("ck_introduction_side_account_or_address")
_CHANNEL = op.f("ck_introduction_side_known_channel")


def upgrade() -> None:
    op.add_column("user_account", sa.Column("phone", sa.String(), nullable=True))
    op.add_column("idea", sa.Column("contact_phone", sa.String(), nullable=True))
    with op.batch_alter_table("introduction") as batch_op:
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("opening_line", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("meeting_place", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("meeting_at", sa.DateTime(), nullable=True))
        batch_op.create_index(
            "ix_introduction_running", ["closed_at", "introduced_at", "asked_at"]
        )
        batch_op.create_index("ix_introduction_introduced", ["introduced_at", "id"])
    with op.batch_alter_table("introduction_side") as batch_op:
        batch_op.add_column(sa.Column("channel", sa.String(), nullable=True))
        batch_op.drop_constraint(_REACHABLE, type_="check")
        batch_op.create_check_constraint(_REACHABLE, "user_id IS NULL OR email IS NULL")
        batch_op.create_check_constraint(_CHANNEL, "channel IN ('mail', 'portal', 'telefon')")
    # Everybody who was asked before was asked by mail.
    op.execute(
        "UPDATE introduction_side SET channel = 'mail' WHERE introduction_id IN"
        " (SELECT id FROM introduction WHERE asked_at IS NOT NULL)"
    )
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("side_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('ask', 'introduced', 'ended', 'outcome_14', 'outcome_60')",
            name=op.f("ck_call_known_purpose"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_call_attempts_count_up")),
        sa.ForeignKeyConstraint(
            ["side_id"],
            ["introduction_side.id"],
            name=op.f("fk_call_side_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("side_id", "purpose", name=op.f("uq_call_side_id")),
    )
    op.create_index("ix_call_due", "call", ["done_at", "due_at", "id"])
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("side_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("days IN (14, 60)", name=op.f("ck_outcome_known_days")),
        sa.CheckConstraint(
            "answer IN ('zusammen', 'getroffen', 'verabredet', 'keine_zeit', 'keine_antwort',"
            " 'passt_nicht')",
            name=op.f("ck_outcome_known_answer"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_outcome_answer_is_dated")
        ),
        sa.ForeignKeyConstraint(
            ["side_id"],
            ["introduction_side.id"],
            name=op.f("fk_outcome_side_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("side_id", "days", name=op.f("uq_outcome_side_id")),
    )
    op.create_index(op.f("ix_outcome_asked_at"), "outcome", ["asked_at"])


def downgrade() -> None:
    op.drop_table("outcome")
    op.drop_table("call")
    op.execute("DELETE FROM introduction_side WHERE user_id IS NULL AND email IS NULL")
    with op.batch_alter_table("introduction_side") as batch_op:
        batch_op.drop_constraint(_CHANNEL, type_="check")
        batch_op.drop_constraint(_REACHABLE, type_="check")
        batch_op.create_check_constraint(_REACHABLE, "(user_id IS NULL) != (email IS NULL)")
        batch_op.drop_column("channel")
    with op.batch_alter_table("introduction") as batch_op:
        batch_op.drop_index("ix_introduction_introduced")
        batch_op.drop_index("ix_introduction_running")
        for name in ("meeting_at", "meeting_place", "opening_line", "reminded_at"):
            batch_op.drop_column(name)
    with op.batch_alter_table("idea") as batch_op:
        batch_op.drop_column("contact_phone")
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.drop_column("phone")
