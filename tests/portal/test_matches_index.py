"""Every process finds a text once it is committed, and forgets it once it is removed."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event, select

from portal.database import writing
from portal.extensions import db
from portal.ideas.actions import hide_idea, submit_idea
from portal.matches import index, jobs, snapshot
from portal.matches.index import replica
from portal.matches.models import IndexEntry

OTHER_PROCESS = """
import sys
from portal import create_app
from portal.matches.index import replica
app = create_app({"SQLALCHEMY_DATABASE_URI": sys.argv[1], "ENCODERS": "none"})
with app.app_context():
    for line in sys.stdin:
        from portal.extensions import db
        found = replica().search(line.strip(), ("idea",), 5, lambda known: True)
        print([known.title for known, _match in found], flush=True)
        db.session.remove()
"""


@pytest.fixture
def other_process(app, tmp_path):
    """A second process on the same database that searches for what it reads."""
    url = db.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin", "PORTAL_INSTANCE": str(tmp_path)},
        cwd=Path(__file__).parent.parent.parent,
    )

    def search(text: str) -> str:
        process.stdin.write(f"{text}\n")
        process.stdin.flush()
        return process.stdout.readline()

    yield search
    process.communicate()


def add(problem: str):
    idea = submit_idea(problem=problem, wish="", publish=True).idea
    db.session.commit()
    return idea


def test_another_process_finds_a_new_text_at_its_next_search(other_process):
    assert other_process("Trinkbrunnen") == "[]\n"
    add("Ein Trinkbrunnen fehlt am Spielplatz.")
    assert "Trinkbrunnen" in other_process("Trinkbrunnen")


def test_another_process_forgets_a_hidden_text_at_its_next_search(other_process, cem):
    idea = add("Ein Trinkbrunnen fehlt am Spielplatz.")
    assert "Trinkbrunnen" in other_process("Trinkbrunnen")
    hide_idea(idea, cem, "Werbung")
    db.session.commit()
    assert other_process("Trinkbrunnen") == "[]\n"


def found(text: str) -> list[str]:
    return [known.title for known, _m in replica().search(text, ("idea",), 5, lambda known: True)]


@pytest.fixture
def kept(app, monkeypatch):
    """Keep a snapshot even of a few texts, and start as a new process would."""
    monkeypatch.setattr(snapshot, "WORTH_KEEPING", 1)

    def restart() -> None:
        index._replicas.clear()

    restart()
    yield restart
    snapshot.throw_away()


def test_a_later_process_starts_from_the_kept_index_and_catches_up(app, kept):
    add("Ein Trinkbrunnen fehlt am Spielplatz.")
    assert found("Trinkbrunnen")
    epoch = replica().epoch
    assert snapshot.load(epoch, "none")
    add("Die Straßenlampe flackert seit Wochen.")
    kept()
    assert found("Trinkbrunnen")
    assert found("Straßenlampe")


def test_a_removed_text_takes_the_kept_index_with_it(app, kept, cem):
    idea = add("Ein Trinkbrunnen fehlt am Spielplatz.")
    assert found("Trinkbrunnen")
    hide_idea(idea, cem, "Werbung")
    db.session.commit()
    assert not found("Trinkbrunnen")
    folder = Path(app.instance_path) / "index"
    assert not folder.exists()
    assert not any(entry.text for entry in db.session.scalars(select(IndexEntry)))


def test_a_broken_kept_index_is_left_aside(app, kept):
    add("Ein Trinkbrunnen fehlt am Spielplatz.")
    assert found("Trinkbrunnen")
    (Path(app.instance_path) / "index" / "arrays" / "index.json").write_text("{")
    kept()
    assert found("Trinkbrunnen")


def test_building_the_first_replica_holds_no_write_lock(app):
    index._replicas.clear()
    begun: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with writing():
            db.session.rollback()
            jobs.refresh_pending()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    if db.engine.dialect.name == "sqlite":  # elsewhere readers and writers never wait
        assert begun == ["BEGIN", "BEGIN IMMEDIATE"]
