"""Teams name organisations as partners"""

import sqlalchemy as sa
from alembic import op

revision = "team_partners_1"
down_revision = "idea_calls_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_partner",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_partner_team_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_team_partner_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "organisation_id", name=op.f("pk_team_partner")),
    )
    with op.batch_alter_table("team_partner") as batch:
        batch.create_index(
            op.f("ix_team_partner_organisation_id"), ["organisation_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("team_partner")
