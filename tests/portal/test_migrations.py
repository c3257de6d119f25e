"""The migrations build exactly the tables the models describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from portal.extensions import db


def test_migrations_and_models_agree(app):
    db.session.remove()
    db.drop_all()
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, db.metadata) == []
        assert app.test_client().get("/healthz").json["status"] == "ok"
    downgrade(revision="base")
    db.session.execute(text("DROP TABLE alembic_version"))
    db.session.commit()
    db.create_all()


def test_a_database_without_tables_is_reported_by_the_health_check(app):
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["status"] == "failing"
