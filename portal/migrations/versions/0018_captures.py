"""captures"""

import sqlalchemy as sa
from alembic import op

revision = "captures_1"
down_revision = "message_notifications_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("idea") as batch:
        batch.add_column(sa.Column("captured_by_id", sa.Integer(), nullable=True))
        batch.create_index(op.f("ix_idea_captured_by_id"), ["captured_by_id"], unique=False)
        batch.create_foreign_key(
            op.f("fk_idea_captured_by_id"),
            "user_account",
            ["captured_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("slip_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gathering.id"],
            name=op.f("fk_capture_gathering_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_capture_idea_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_capture_idea_id")),
    )
    with op.batch_alter_table("capture") as batch:
        batch.create_index(op.f("ix_capture_gathering_id"), ["gathering_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("capture") as batch:
        batch.drop_index(op.f("ix_capture_gathering_id"))
    op.drop_table("capture")
    with op.batch_alter_table("idea") as batch:
        batch.drop_constraint(op.f("fk_idea_captured_by_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_idea_captured_by_id"))
        batch.drop_column("captured_by_id")
