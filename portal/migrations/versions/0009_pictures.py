"""Pictures"""

import sqlalchemy as sa
from alembic import op

revision = "pictures_1"
down_revision = "gatherings_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_kind", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("rights_wording", sa.Text(), nullable=False),
        sa.Column("rights_at", sa.DateTime(), nullable=False),
        sa.Column("rights_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("alt <> ''", name=op.f("ck_picture_has_words")),
        sa.CheckConstraint("credit <> ''", name=op.f("ck_picture_has_a_credit")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_picture_has_a_size")),
        sa.ForeignKeyConstraint(
            ["rights_by_id"],
            ["user_account.id"],
            name=op.f("fk_picture_rights_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
    )
    op.create_index(op.f("ix_picture_digest"), "picture", ["digest"])
    op.create_index(op.f("ix_picture_rights_by_id"), "picture", ["rights_by_id"])
    op.create_index(
        "ix_picture_owner", "picture", ["owner_kind", "owner_id", "position", "id"]
    )


def downgrade() -> None:
    op.drop_table("picture")
