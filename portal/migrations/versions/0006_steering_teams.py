"""steering teams"""

import sqlalchemy as sa
from alembic import op

revision = "steering_1"
down_revision = "letters_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "steering_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("minutes_at", sa.DateTime(), nullable=True),
        sa.Column("invited_at", sa.DateTime(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("area IN ('ost', 'west')", name=op.f("ck_steering_meeting_known_area")),
        sa.CheckConstraint(
            "published_at IS NULL OR minutes <> ''",
            name=op.f("ck_steering_meeting_published_says_something"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steering_meeting")),
        sa.UniqueConstraint("area", "held_on", name=op.f("uq_steering_meeting_area")),
    )
    with op.batch_alter_table("steering_meeting", schema=None) as batch_op:
        batch_op.create_index("ix_steering_meeting_page", ["held_on", "id"], unique=False)

    op.create_table(
        "steering_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.CheckConstraint("area IN ('ost', 'west')", name=op.f("ck_steering_member_known_area")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_steering_member_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steering_member")),
        sa.UniqueConstraint("user_id", name=op.f("uq_steering_member_user_id")),
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("open_questions", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('angenommen', 'rueckfrage', 'nicht_bei_wiq')",
            name=op.f("ck_agenda_item_known_outcome"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome <> 'nicht_bei_wiq' OR instead <> ''",
            name=op.f("ck_agenda_item_a_no_says_what_instead"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome = 'angenommen' OR reason <> ''",
            name=op.f("ck_agenda_item_a_no_has_a_reason"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_agenda_item_outcome_has_a_day"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_agenda_item_decided_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_agenda_item_idea_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["steering_meeting.id"],
            name=op.f("fk_agenda_item_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "idea_id", name=op.f("uq_agenda_item_meeting_id")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_idea_id"), ["idea_id"], unique=False)

    op.create_table(
        "steering_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("vote", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "vote IN ('angenommen', 'rueckfrage', 'nicht_bei_wiq', 'befangen')",
            name=op.f("ck_steering_vote_known_vote"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["agenda_item.id"],
            name=op.f("fk_steering_vote_item_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_steering_vote_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steering_vote")),
        sa.UniqueConstraint("item_id", "user_id", name=op.f("uq_steering_vote_item_id")),
    )
    with op.batch_alter_table("steering_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_steering_vote_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("steering_vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_steering_vote_user_id"))

    op.drop_table("steering_vote")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_idea_id"))

    op.drop_table("agenda_item")
    op.drop_table("steering_member")
    with op.batch_alter_table("steering_meeting", schema=None) as batch_op:
        batch_op.drop_index("ix_steering_meeting_page")

    op.drop_table("steering_meeting")
