"""News of ideas that are told by telephone"""

import sqlalchemy as sa
from alembic import op

revision = "idea_calls_1"
down_revision = "handover_owner_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idea_call",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_idea_call_idea_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_idea_call")),
    )


def downgrade() -> None:
    op.drop_table("idea_call")
