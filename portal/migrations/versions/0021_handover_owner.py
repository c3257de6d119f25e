"""Ideas that were passed on are minded by somebody who can hand that over"""

import sqlalchemy as sa
from alembic import op

revision = "handover_owner_1"
down_revision = "notifications_end_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("handover") as batch:
        batch.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_handover_owner_id"), "user_account", ["owner_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index(op.f("ix_handover_owner_id"), ["owner_id"], unique=False)
    op.execute("UPDATE handover SET owner_id = by_id")


def downgrade() -> None:
    with op.batch_alter_table("handover") as batch:
        batch.drop_constraint(op.f("fk_handover_owner_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_handover_owner_id"))
        batch.drop_column("owner_id")
