"""Candidates added by hand: who put a pair together, and why

Revision ID: 0002_review
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_review"
down_revision = "0001"
branch_labels = None
depends_on = None
_USER = "fk_suggestion_added_by_id"


def upgrade() -> None:
    with op.batch_alter_table("suggestion") as batch_op:
        batch_op.add_column(sa.Column("added_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
        batch_op.create_foreign_key(
            _USER, "user_account", ["added_by_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("suggestion") as batch_op:
        batch_op.drop_constraint(_USER, type_="foreignkey")
        batch_op.drop_column("note")
        batch_op.drop_column("added_by_id")
