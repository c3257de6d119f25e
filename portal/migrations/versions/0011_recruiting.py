"""Openings end, join requests, lead offers, thanks"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from portal import clock

revision = "recruiting_1"
down_revision = "understood_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _let_openings_end()
    op.create_table(
        "thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        _to("thanks", "team_id", "team.id", "CASCADE"),
        _to("thanks", "user_id", "user_account.id", "SET NULL"),
        _to("thanks", "by_id", "user_account.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks")),
    )
    op.create_index(op.f("ix_thanks_team_id"), "thanks", ["team_id"])
    op.create_index("uq_thanks_a_day", "thanks", ["team_id", "user_id", "by_id", "day"], unique=True)
    op.create_table(
        "lead_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn', 'expired')",
            name=op.f("ck_lead_offer_known_state"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_lead_offer_ends_once")
        ),
        _to("lead_offer", "team_id", "team.id", "CASCADE"),
        _to("lead_offer", "user_id", "user_account.id", "CASCADE"),
        _to("lead_offer", "by_id", "user_account.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_offer")),
    )
    op.create_index(op.f("ix_lead_offer_team_id"), "lead_offer", ["team_id"])
    op.create_index(op.f("ix_lead_offer_user_id"), "lead_offer", ["user_id"])
    _one_open("uq_lead_offer_open", "lead_offer")
    _create_join_requests()


def _let_openings_end() -> None:
    """Give every opening a last day; what is open today goes on for six weeks."""
    with op.batch_alter_table("opening") as batch_op:
        batch_op.add_column(sa.Column("hours_a_week", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("wanted_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("reminded_of", sa.Date(), nullable=True))
    opening = sa.table("opening", sa.column("wanted_until", sa.Date()))
    op.execute(opening.update().values(wanted_until=clock.today() + timedelta(weeks=6)))
    with op.batch_alter_table("opening") as batch_op:
        batch_op.alter_column("wanted_until", existing_type=sa.Date(), nullable=False)
        batch_op.create_check_constraint("believable_hours", "hours_a_week BETWEEN 1 AND 40")
        batch_op.create_index(op.f("ix_opening_wanted_until"), ["wanted_until"])


def _create_join_requests() -> None:
    name = "join_request"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("hours_a_week", sa.Integer(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(), nullable=True),
        sa.Column("cleared_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_back_at", sa.DateTime(), nullable=True),
        sa.Column("nudged_at", sa.DateTime(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_join_request_known_state"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_join_request_ends_once")
        ),
        sa.CheckConstraint(
            "hours_a_week BETWEEN 1 AND 40", name=op.f("ck_join_request_believable_hours")
        ),
        sa.CheckConstraint("message <> ''", name=op.f("ck_join_request_says_something")),
        _to(name, "team_id", "team.id", "CASCADE"),
        _to(name, "user_id", "user_account.id", "CASCADE"),
        _to(name, "opening_id", "opening.id", "SET NULL"),
        _to(name, "cleared_by_id", "user_account.id", "SET NULL"),
        _to(name, "answered_by_id", "user_account.id", "SET NULL"),
        _to(name, "thread_id", "thread.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
    )
    for column in ("team_id", "user_id", "escalated_at"):
        op.create_index(op.f(f"ix_join_request_{column}"), name, [column])
    op.create_index("ix_join_request_due", name, ["state", "waiting_since"])
    _one_open("uq_join_request_open", name)


def _to(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )


def _one_open(index: str, table: str) -> None:
    is_open = sa.text("state = 'open'")
    op.create_index(
        index,
        table,
        ["team_id", "user_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    for table in ("join_request", "lead_offer", "thanks"):
        op.drop_table(table)
    with op.batch_alter_table("opening") as batch_op:
        batch_op.drop_index(op.f("ix_opening_wanted_until"))
        batch_op.drop_constraint(op.f("ck_opening_believable_hours"), type_="check")
        batch_op.drop_column("reminded_of")
        batch_op.drop_column("wanted_until")
        batch_op.drop_column("hours_a_week")
