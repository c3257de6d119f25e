"""How migrations reach the database: the app's engine, one transaction, batch mode for SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from portal.extensions import db


def run_migrations() -> None:
    """Bring the app's database to the wanted revision."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection, without_cascades(connection):
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def without_cascades(connection: Connection) -> Iterator[None]:
    """Keep SQLite from deleting rows that point to a table which batch mode copies and drops.

    The pragma counts outside of a transaction only, so it goes past SQLAlchemy, which opens one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        lost = cursor.execute("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise RuntimeError(f"rows point to nothing after the migration: {lost[:5]}")
    finally:
        cursor.execute("PRAGMA foreign_keys = ON")


run_migrations()
