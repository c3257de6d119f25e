"""The migrations build exactly the tables the models describe, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.moderation.models import AuditEntry


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
    db.session.add(AuditEntry(action="try", subject_kind="idea", subject_id=1))
    db.session.commit()
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(delete(AuditEntry))
    db.session.rollback()
    downgrade(revision="base")
    db.session.execute(text("DROP TABLE alembic_version"))
    db.session.commit()
    db.create_all()


def test_a_database_without_tables_is_reported_by_the_health_check(app):
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["status"] == "failing"
