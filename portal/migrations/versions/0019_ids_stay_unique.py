"""SQLite never gives the id of a deleted row again"""

import re

from alembic import op
from sqlalchemy import text

revision = "ids_1"
down_revision = "captures_1"
branch_labels = None
depends_on = None

# A table of an earlier release, as SQLite keeps its text.
COLUMN = re.compile(r"\bid INTEGER NOT NULL")  # and no "team_id"
KEY = re.compile(r",\s*CONSTRAINT pk_\w+ PRIMARY KEY \(id\)")


def upgrade() -> None:
    """Build every such table anew as SQLite's manual says, with its indexes and triggers."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")  # references keep their name
    tables = connection.execute(
        text(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
            " AND sql NOT LIKE '%AUTOINCREMENT%'"
        )
    ).all()
    for name, sql in tables:
        if not (COLUMN.search(sql) and KEY.search(sql)):
            continue
        others = connection.execute(
            text(
                "SELECT sql FROM sqlite_master WHERE tbl_name = :name AND type != 'table'"
                " AND sql IS NOT NULL"
            ),
            {"name": name},
        ).scalars()
        again = [str(each) for each in others]
        new = KEY.sub("", COLUMN.sub("id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", sql, count=1), count=1)
        new = re.sub(rf'^CREATE TABLE "?{name}"?', f'CREATE TABLE "{name}_new"', new)
        for statement in (
            new,
            f'INSERT INTO "{name}_new" SELECT * FROM "{name}"',
            f'DROP TABLE "{name}"',
            f'ALTER TABLE "{name}_new" RENAME TO "{name}"',
            *again,
        ):
            connection.exec_driver_sql(statement)
    connection.exec_driver_sql("PRAGMA legacy_alter_table = OFF")


def downgrade() -> None:
    """Leave it: earlier releases work with such tables as well."""
