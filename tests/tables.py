"""Tables emptied between tests, and rows that take long to make kept to be put back."""

import secrets
from collections.abc import Callable, Mapping

from sqlalchemy import Table, insert, select, text

from portal.extensions import db
from portal.matches.models import IndexCounter

Rows = Mapping[Table, list[dict[str, object]]]


def fill(model: type, rows: list[dict[str, object]]) -> None:
    """Insert rows without the session: quick, and nothing listens."""
    db.session.execute(insert(model.__table__), rows)


def empty_tables() -> None:
    """Empty what is filled and start counting anew; asking first is faster than emptying all."""
    tables = [table.name for table in reversed(db.metadata.sorted_tables)]
    is_postgres = db.engine.dialect.name == "postgresql"
    if is_postgres:
        # The audit log refuses this; for once its triggers look away, and so do foreign keys.
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    any_row = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables
    )
    for name in db.session.scalars(text(any_row)).all():
        if name == "audit_entry" and not is_postgres:  # never emptied: made anew
            connection, log = db.session.connection(), db.metadata.tables[name]
            log.drop(connection)
            log.create(connection)
        else:
            db.session.execute(text(f"DELETE FROM {name}"))
    if is_postgres:
        counted = text("SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL")
        for name in db.session.scalars(counted).all():
            db.session.execute(text(f"ALTER SEQUENCE {name} RESTART"))
    else:
        db.session.execute(text("DELETE FROM sqlite_sequence"))
    db.session.commit()


def kept_rows(fill: Callable[[], object]) -> Rows:
    """Return the rows `fill` adds to empty tables."""
    empty_tables()
    fill()
    db.session.commit()
    found = {
        table: [dict(row) for row in db.session.execute(select(table)).mappings()]
        for table in db.metadata.sorted_tables
    }
    return {table: rows for table, rows in found.items() if rows}


def put_back(rows: Rows) -> None:
    """Insert kept rows with their ids, and count on after them."""
    for table, kept in rows.items():
        db.session.execute(insert(table), kept)
        if db.engine.dialect.name == "postgresql" and "id" in table.columns:
            last = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
            db.session.execute(last, {"name": table.name, "last": max(row["id"] for row in kept)})
    if IndexCounter.__table__ in rows:  # the index is another one in every test
        db.session.execute(db.update(IndexCounter).values(epoch=secrets.token_hex(8)))
    db.session.commit()
