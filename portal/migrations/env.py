"""How migrations reach the database: the app's engine, one transaction, batch mode for SQLite."""

from alembic import context
from flask import current_app

from portal.extensions import db


def run_migrations() -> None:
    """Bring the app's database to the wanted revision."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
