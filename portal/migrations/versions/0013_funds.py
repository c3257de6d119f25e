"""funds"""

import sqlalchemy as sa
from alembic import op

revision = "steering_2"
down_revision = "team_rooms_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("area", sa.JSON(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("who_codes", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=False),
        sa.Column("opens", sa.String(), nullable=True),
        sa.Column("closes", sa.JSON(), nullable=False),
        sa.Column("office_slug", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_fund_has_a_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("name", name=op.f("uq_fund_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_fund_slug")),
    )
    op.create_table(
        "fund_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["fund.id"], name=op.f("fk_fund_mark_fund_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_fund_mark_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_mark")),
        sa.UniqueConstraint("fund_id", "user_id", name=op.f("uq_fund_mark_fund_id")),
    )
    with op.batch_alter_table("fund_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fund_mark_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("fund_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fund_mark_user_id"))

    op.drop_table("fund_mark")
    op.drop_table("fund")
