"""Notifications know whom they name, and old ones are found quickly"""

import sqlalchemy as sa
from alembic import op

revision = "notifications_end_1"
down_revision = "ids_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notification") as batch:
        batch.add_column(sa.Column("about_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_notification_about_id"),
            "user_account",
            ["about_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_index(op.f("ix_notification_about_id"), ["about_id"], unique=False)
        batch.create_index(
            "ix_notification_kept",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("subject != ''"),
            postgresql_where=sa.text("subject != ''"),
        )


def downgrade() -> None:
    with op.batch_alter_table("notification") as batch:
        batch.drop_index("ix_notification_kept")
        batch.drop_constraint(op.f("fk_notification_about_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_notification_about_id"))
        batch.drop_column("about_id")
