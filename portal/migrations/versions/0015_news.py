"""Newsletter exports, and pictures others may print"""

import sqlalchemy as sa
from alembic import op

revision = "news_1"
down_revision = "review_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "newsletter_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("addresses", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "list IN ('agreed', 'withdrawn')", name=op.f("ck_newsletter_export_known_list")
        ),
        sa.CheckConstraint(
            "addresses >= 0", name=op.f("ck_newsletter_export_counts_addresses")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user_account.id"],
            name=op.f("fk_newsletter_export_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_export")),
    )
    with op.batch_alter_table("picture") as batch_op:
        batch_op.add_column(
            sa.Column("for_press", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("picture") as batch_op:
        batch_op.alter_column("for_press", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("picture") as batch_op:
        batch_op.drop_column("for_press")
    op.drop_table("newsletter_export")
