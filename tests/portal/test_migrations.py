"""The migrations build exactly the tables the models describe, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import Table, delete, event, inspect, text
from sqlalchemy.exc import IntegrityError

from portal.extensions import db, never_reuse_ids
from portal.moderation.models import AuditEntry


def checks() -> dict[str, dict[str, str]]:
    """The named checks of every table, which Alembic does not compare."""
    inspector = inspect(db.engine)
    return {
        table: {
            str(check["name"]): check["sqltext"] for check in inspector.get_check_constraints(table)
        }
        for table in db.metadata.tables
    }


def test_migrations_and_models_agree(app):
    db.session.remove()
    described = checks()
    db.drop_all()
    upgrade()
    assert checks() == described
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


def test_no_row_is_lost_on_the_way_from_the_first_release(app):
    db.session.remove()
    db.drop_all()
    upgrade(revision="0001")
    rows = (
        "INSERT INTO suggestion (id, source_kind, source_id, target_kind, target_id, pair_key,"
        " score, label, reasons, facts, matcher_version, state, needs_review, created_at,"
        " changed_at, version) VALUES (1, 'idea', 1, 'team', 1, 'x', 1, 'gut', '[]', '[]', '1',"
        " 'shown', false, '2026-01-01', '2026-01-01', 1)",
        "INSERT INTO introduction (id, suggestion_id, created_at, asks_from) VALUES"
        " (1, 1, '2026-01-01', '2026-01-01')",
        "INSERT INTO introduction_side (id, introduction_id, kind, subject_id, email, token) VALUES"
        " (1, 1, 'idea', 1, 'idee@example.org', 'x')",
        "INSERT INTO suggestion_event (id, suggestion_id, decision, matcher_version, features, at)"
        " VALUES (1, 1, 'shown', '1', '{}', '2026-01-01')",
    )
    for row in rows:
        db.session.execute(text(row))
    db.session.commit()
    db.session.remove()
    upgrade()
    for table in ("suggestion", "introduction", "introduction_side", "suggestion_event"):
        assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table
    assert db.engine.dialect.name != "sqlite" or db.session.scalar(text("PRAGMA foreign_keys"))
    db.session.remove()
    db.drop_all()
    db.session.execute(text("DROP TABLE alembic_version"))
    db.session.commit()
    db.create_all()


def test_no_id_is_given_again_not_even_in_a_database_of_an_earlier_release(app):
    db.session.remove()
    described = checks()
    db.drop_all()
    event.remove(Table, "after_parent_attach", never_reuse_ids)
    upgrade(revision="captures_1")
    event.listen(Table, "after_parent_attach", never_reuse_ids)
    insert = text("INSERT INTO role (name) VALUES (:name) RETURNING id")
    assert [db.session.scalar(insert, {"name": name}) for name in ("kept", "deleted")] == [1, 2]
    db.session.add(AuditEntry(action="try", subject_kind="idea", subject_id=1))
    db.session.commit()
    db.session.remove()

    upgrade()
    db.session.execute(text("DELETE FROM role WHERE id = 2"))
    assert db.session.scalar(insert, {"name": "new"}) == 3
    assert db.session.scalars(text("SELECT name FROM role ORDER BY id")).all() == ["kept", "new"]
    db.session.commit()
    assert checks() == described
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(delete(AuditEntry))
    db.session.rollback()
    db.session.remove()
    db.drop_all()
    db.session.execute(text("DROP TABLE alembic_version"))
    db.session.commit()
    db.create_all()


def test_a_database_without_tables_is_reported_by_the_health_check(app):
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["status"] == "failing"
