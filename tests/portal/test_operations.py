"""Operators check, back up and restore by one command each."""

import shutil
import tarfile

import pytest
from click.testing import Result
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.cli import cli
from portal.database import writing
from portal.extensions import db
from portal.pictures import archive, store
from portal.teams.actions import create_team
from tests.portal.photos import hang_picture


@pytest.fixture
def run(app):
    """Run a `portal …` command on the test's app and return its result."""

    def call(*words: str) -> Result:
        runner = app.test_cli_runner()
        with writing():
            return runner.invoke(cli.commands[words[0]], words[1:])

    return call


def empty_the_database() -> None:
    for name in ("picture", "team", "user_role", "user_account"):
        db.session.execute(db.metadata.tables[name].delete())
    db.session.commit()
    db.session.remove()


def test_a_backup_restores_into_an_empty_database(run, ada, ben, tmp_path):
    file = tmp_path / "portal.backup"
    db.session.remove()
    assert run("backup", str(file)).exit_code == 0
    assert "holds accounts" in run("restore", str(file)).output
    empty_the_database()
    result = run("restore", str(file))
    assert result.exit_code == 0, result.output
    assert db.session.scalar(select(func.count(User.id))) == 2


def test_pictures_travel_beside_the_database(run, ada, tmp_path):
    shutil.rmtree(store.folder(), ignore_errors=True)  # of tests before
    team = create_team(by=ada, name="Hofgarten", challenge="Beete im Hof anlegen.")
    digest = hang_picture(team, ada).digest
    file = tmp_path / "portal.backup"
    assert "3 files of pictures" in run("backup", str(file)).output
    assert run("backup", str(tmp_path / "portal.backup")).exit_code == 1
    shutil.rmtree(store.folder())
    empty_the_database()
    assert "restored 3 files of pictures" in run("restore", str(file)).output
    assert store.is_whole(digest)
    shutil.rmtree(store.folder())
    empty_the_database()
    file.with_name("portal.backup.pictures.tar").unlink()
    assert "1 pictures have no files" in run("restore", str(file)).output


def test_a_tar_file_from_elsewhere_writes_nothing_else(app, tmp_path):
    shutil.rmtree(store.folder(), ignore_errors=True)
    (tmp_path / "note").write_text("hello")
    with tarfile.open(tmp_path / "evil.tar", "w") as evil:
        for name in ("../../note", "/tmp/note", "secret_key", f"../{'a' * 64}-klein.webp"):
            evil.add(tmp_path / "note", name)
    assert archive.unpack(tmp_path / "evil.tar") == 0
    assert not store.folder().exists()


def test_a_backup_never_overwrites(run, tmp_path):
    file = tmp_path / "old"
    file.write_text("precious")
    result = run("backup", str(file))
    assert result.exit_code == 1
    assert file.read_text() == "precious"


def test_the_deploy_check_names_what_is_missing(run):
    result = run("check", "--deploy")
    assert result.exit_code == 1
    assert "PORTAL_HOSTS" in result.output
    assert "PORTAL_SMTP_URL" in result.output


def test_jobs_say_what_waits_before_doing_it(run, ada):
    result = run("jobs", "run", "--dry-run")
    assert result.exit_code == 0
    assert "0 mails and 0 texts wait" in result.output
