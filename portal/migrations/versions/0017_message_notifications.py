"""Conversations are a category of notifications"""

from alembic import op

revision = "message_notifications_1"
down_revision = "steering_3"
branch_labels = None
depends_on = None

OLD = ("introductions", "teams", "openings", "gatherings", "ideas", "coordination", "news")


def _know_categories(*categories: str) -> None:
    known = "category IN ({})".format(", ".join(f"'{name}'" for name in categories))
    for table in ("notification", "notification_preference"):
        name = op.f(f"ck_{table}_known_category")
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(name, type_="check")
            batch_op.create_check_constraint(name, known)


def upgrade() -> None:
    _know_categories("messages", *OLD)


def downgrade() -> None:
    for table in ("notification", "notification_preference"):
        op.execute(f"DELETE FROM {table} WHERE category = 'messages'")
    _know_categories(*OLD)
