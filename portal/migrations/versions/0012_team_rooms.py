"""Rooms of teams: letters, adoption, invitations, lessons, offices, who is named"""

import sqlalchemy as sa
from alembic import op

revision = "team_rooms_1"
down_revision = "recruiting_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('adoption',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('brings', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('answer', sa.Boolean(), nullable=True),
    sa.Column('reply', sa.Text(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("message <> ''", name=op.f('ck_adoption_says_something')),
    sa.CheckConstraint('answer IS NULL OR closed_at IS NOT NULL', name=op.f('ck_adoption_an_answer_closes')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user_account.id'], name=op.f('fk_adoption_answered_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_adoption_team_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_adoption_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_adoption'))
    )
    with op.batch_alter_table('adoption', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_adoption_closed_at'), ['closed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_adoption_team_id'), ['team_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_adoption_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_adoption_open', ['team_id', 'user_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('enquiry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_enquiry_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enquiry'))
    )
    with op.batch_alter_table('enquiry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enquiry_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_enquiry_team_id'), ['team_id'], unique=False)

    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('is_lead', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answer', sa.Boolean(), nullable=True),
    sa.Column('noted_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(answer IS NULL) = (answered_at IS NULL)', name=op.f('ck_invitation_an_answer_is_dated')),
    sa.ForeignKeyConstraint(['noted_by_id'], ['user_account.id'], name=op.f('fk_invitation_noted_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_invitation_team_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_invitation_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_team_id'), ['team_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_invitation_once', ['team_id', 'user_id'], unique=True)

    op.create_table('lessons',
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('worked', sa.Text(), nullable=False),
    sa.Column('otherwise', sa.Text(), nullable=False),
    sa.Column('costs', sa.Text(), nullable=False),
    sa.Column('duration', sa.Text(), nullable=False),
    sa.Column('permits', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_lessons_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('team_id', name=op.f('pk_lessons'))
    )
    op.create_table('team_office',
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_team_office_office_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_office_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('team_id', 'office_id', name=op.f('pk_team_office'))
    )
    with op.batch_alter_table('team_office', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_office_office_id'), ['office_id'], unique=False)

    with op.batch_alter_table("idea") as batch:
        batch.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch.create_index(op.f("ix_idea_team_id"), ["team_id"], unique=False)
        batch.create_foreign_key(
            op.f("fk_idea_team_id"), "team", ["team_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_check_constraint(
            op.f("ck_idea_a_team_ends_the_search"), "team_id IS NULL OR state = 'team_gegruendet'"
        )
    # Of several teams that were founded from one idea, the first keeps it.
    op.execute(
        "UPDATE idea SET team_id = (SELECT min(team.id) FROM team WHERE team.idea_id = idea.id)"
        " WHERE state = 'team_gegruendet'"
    )
    with op.batch_alter_table("membership") as batch:
        batch.add_column(
            sa.Column("is_named", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("role", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("membership") as batch:
        batch.alter_column("is_named", server_default=None)
        batch.alter_column("role", server_default=None)
    with op.batch_alter_table("team") as batch:
        batch.add_column(sa.Column("partners", sa.JSON(), nullable=False, server_default="[]"))
        batch.drop_constraint(op.f("fk_team_idea_id"), type_="foreignkey")
        batch.drop_column("idea_id")
    with op.batch_alter_table("team") as batch:
        batch.alter_column("partners", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("team") as batch:
        batch.add_column(sa.Column("idea_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_team_idea_id"), "idea", ["idea_id"], ["id"], ondelete="SET NULL"
        )
        batch.drop_column("partners")
    op.execute("UPDATE team SET idea_id = (SELECT min(id) FROM idea WHERE idea.team_id = team.id)")
    with op.batch_alter_table("membership") as batch:
        batch.drop_column("role")
        batch.drop_column("is_named")
    with op.batch_alter_table("idea") as batch:
        batch.drop_constraint(op.f("ck_idea_a_team_ends_the_search"), type_="check")
        batch.drop_constraint(op.f("fk_idea_team_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_idea_team_id"))
        batch.drop_column("team_id")
    with op.batch_alter_table('team_office', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_team_office_office_id'))

    op.drop_table('team_office')
    op.drop_table('lessons')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index('uq_invitation_once')
        batch_op.drop_index(batch_op.f('ix_invitation_user_id'))
        batch_op.drop_index(batch_op.f('ix_invitation_team_id'))

    op.drop_table('invitation')
    with op.batch_alter_table('enquiry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enquiry_team_id'))
        batch_op.drop_index(batch_op.f('ix_enquiry_created_at'))

    op.drop_table('enquiry')
    with op.batch_alter_table('adoption', schema=None) as batch_op:
        batch_op.drop_index('uq_adoption_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_adoption_user_id'))
        batch_op.drop_index(batch_op.f('ix_adoption_team_id'))
        batch_op.drop_index(batch_op.f('ix_adoption_closed_at'))

    op.drop_table('adoption')
