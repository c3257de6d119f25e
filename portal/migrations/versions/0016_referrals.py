"""referrals"""

import sqlalchemy as sa
from alembic import op

revision = "steering_3"
down_revision = "news_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referrer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("wants_mail", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("renewed_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('beirat', 'quartiersmanagement', 'amt', 'sonstige')",
            name=op.f("ck_referrer_known_kind"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_referrer_has_a_name")),
        sa.CheckConstraint(
            "NOT wants_mail OR email IS NOT NULL", name=op.f("ck_referrer_mail_needs_an_address")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrer")),
        sa.UniqueConstraint("token", name=op.f("uq_referrer_token")),
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("to_name", sa.String(), nullable=False),
        sa.Column("referrer_id", sa.Integer(), nullable=True),
        sa.Column("passed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("contact_agreed_at", sa.DateTime(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('in_arbeit', 'angenommen', 'abgelehnt')",
            name=op.f("ck_handover_known_answer"),
        ),
        sa.CheckConstraint("to_name <> ''", name=op.f("ck_handover_goes_somewhere")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_handover_an_answer_has_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_handover_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_handover_idea_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["referrer.id"],
            name=op.f("fk_handover_referrer_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_referrer_id"), ["referrer_id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referrer_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("told_entry_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_referral_idea_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["referrer.id"],
            name=op.f("fk_referral_referrer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_referral_idea_id")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_referrer_id"), ["referrer_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_referrer_id"))

    op.drop_table("referral")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_referrer_id"))
        batch_op.drop_index(batch_op.f("ix_handover_idea_id"))

    op.drop_table("handover")
    op.drop_table("referrer")
