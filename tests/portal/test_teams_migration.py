"""The migration to team rooms on a portal that is in use: nothing is lost, on both databases."""

from datetime import date, datetime

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from portal.extensions import db

FIRST, AFTER = "0001", "team_rooms_1"
NOW, TODAY = datetime(2026, 11, 1, 12), date(2026, 11, 1)
IDEA = {
    "problem": "Der Hof ist kahl.", "wish": "", "contribution": "", "title": "Hof",
    "under_16": False, "created_at": NOW, "changed_at": NOW,
}  # fmt: skip
TEAM = {
    "focus": [], "challenge": "Beete", "state": "laeuft", "self_supporting": False,
    "state_since": TODAY, "languages": [], "sectors": {}, "is_example": False,
    "created_at": NOW, "changed_at": NOW,
}  # fmt: skip
ROWS = {
    "user_account": [
        {
            "id": 1, "email": "a@example.org", "name": "Ada", "active": True, "link_serial": 0,
            "fs_uniquifier": "u", "created_at": NOW, "under_16": False,
        }
    ],
    "idea": [
        IDEA | {"id": 1, "progress_token": "a", "claim_code_hash": "a", "state": "team_gegruendet"},
        IDEA | {"id": 2, "progress_token": "b", "claim_code_hash": "b", "state": "im_gespraech"},
    ],
    "progress_entry": [
        {"id": 1, "idea_id": 1, "state": "team_gegruendet", "note": "", "created_at": NOW}
    ],
    "team": [
        TEAM | {"id": 1, "name": "Eins", "idea_id": 1},
        TEAM | {"id": 2, "name": "Zwei", "idea_id": 1},
        TEAM | {"id": 3, "name": "Drei", "idea_id": 2},
    ],
    "membership": [{"id": 1, "team_id": 1, "user_id": 1, "is_lead": True, "joined_at": NOW}],
    "status_entry": [{"id": 1, "team_id": 1, "day": TODAY, "text": "Neu", "created_at": NOW}],
    "opening": [
        {
            "id": 1, "team_id": 1, "kind": "skill", "title": "Gießen", "text": "", "times": [],
            "languages": [], "created_at": NOW, "changed_at": NOW,
        }
    ],
}  # fmt: skip


@pytest.fixture
def old_portal(app):
    """A filled database as it was before."""
    db.session.remove()
    db.drop_all()
    upgrade(revision=FIRST)
    tables = tables_now()
    for name, rows in ROWS.items():
        db.session.execute(insert(tables[name]), rows)
    db.session.commit()
    yield
    db.session.remove()
    downgrade(revision="base")
    db.session.execute(text("DROP TABLE alembic_version"))
    db.session.commit()
    db.create_all()


def tables_now():
    found = MetaData()
    found.reflect(db.engine)
    return found.tables


def rows_of(table, *columns):
    listed = tables_now()[table]
    wanted = select(*(listed.c[name] for name in columns)).order_by(*listed.primary_key)
    rows = [tuple(row) for row in db.session.execute(wanted)]
    db.session.rollback()
    return rows


def test_rows_stay_and_an_idea_knows_its_first_team(old_portal):
    upgrade(revision=AFTER)
    assert rows_of("idea", "id", "team_id") == [(1, 1), (2, None)]
    assert rows_of("membership", "user_id", "is_named", "role") == [(1, False, "")]
    assert rows_of("team", "id", "partners") == [(1, []), (2, []), (3, [])]
    for table in ("progress_entry", "status_entry", "opening"):
        count = select(func.count()).select_from(tables_now()[table])
        assert db.session.scalar(count) == 1, table
    db.session.rollback()
    downgrade()
    assert rows_of("team", "id", "idea_id") == [(1, 1), (2, None), (3, None)]
    assert rows_of("membership", "id") == [(1,)]


def test_somebody_still_is_in_a_team_only_once(old_portal):
    upgrade(revision=AFTER)
    membership = tables_now()["membership"]
    again = {"team_id": 1, "user_id": 1, "is_lead": False, "is_named": False, "role": ""}
    past = {"joined_at": NOW, "left_at": NOW}
    db.session.execute(insert(membership), [again | past | {"id": n} for n in (7, 8)])
    with pytest.raises(IntegrityError):
        db.session.execute(insert(membership), [again | {"id": 9, "joined_at": NOW}])
    db.session.rollback()


def test_only_a_founded_idea_has_a_team(old_portal):
    upgrade(revision=AFTER)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE idea SET team_id = 3 WHERE id = 2"))
    db.session.rollback()
