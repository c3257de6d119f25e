"""Candidates added by hand: who put a pair together, and why; new events of suggestions

Revision ID: review_1
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "review_1"
down_revision = "0003"
branch_labels = None
depends_on = None
_DECISIONS = (
    "shown", "approved", "declined", "snoozed", "undone", "wished", "not_for_me", "accepted",
    "refused",
)
_NEW = ("added", "worked", "failed")
_USER = op.f("fk_suggestion_added_by_id")
_KNOWN = op.f("ck_suggestion_event_known_decision")


def upgrade() -> None:
    with op.batch_alter_table("suggestion") as batch_op:
        batch_op.add_column(sa.Column("added_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
        batch_op.create_foreign_key(
            _USER, "user_account", ["added_by_id"], ["id"], ondelete="SET NULL"
        )
    _allow(*_DECISIONS, *_NEW)


def downgrade() -> None:
    op.execute("DELETE FROM suggestion_event WHERE decision IN ('added', 'worked', 'failed')")
    _allow(*_DECISIONS)
    with op.batch_alter_table("suggestion") as batch_op:
        batch_op.drop_constraint(_USER, type_="foreignkey")
        batch_op.drop_column("note")
        batch_op.drop_column("added_by_id")


def _allow(*decisions: str) -> None:
    names = ", ".join(f"'{name}'" for name in decisions)
    with op.batch_alter_table("suggestion_event") as batch_op:
        batch_op.drop_constraint(_KNOWN, type_="check")
        batch_op.create_check_constraint(_KNOWN, f"decision IN ({names})")
