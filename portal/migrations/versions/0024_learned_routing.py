"""Learned routings to offices and learned floors of labels are kept with the parameters"""

import sqlalchemy as sa
from alembic import op

revision = "learned_routing_1"
down_revision = "team_partners_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("matcher_parameters") as batch:
        batch.add_column(sa.Column("floors", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("router", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("routed", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("matcher_parameters") as batch:
        batch.drop_column("routed")
        batch.drop_column("router")
        batch.drop_column("floors")
