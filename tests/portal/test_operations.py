"""Operators check, back up and restore by one command each."""

import pytest
from click.testing import Result
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.cli import cli
from portal.database import writing
from portal.extensions import db


@pytest.fixture
def run(app):
    """Run a `portal …` command on the test's app and return its result."""

    def call(*words: str) -> Result:
        runner = app.test_cli_runner()
        with writing():
            return runner.invoke(cli.commands[words[0]], words[1:])

    return call


def test_a_backup_restores_into_an_empty_database(run, ada, ben, tmp_path):
    file = tmp_path / "portal.backup"
    db.session.remove()
    assert run("backup", str(file)).exit_code == 0
    assert "holds accounts" in run("restore", str(file)).output
    for name in ("user_role", "user_account"):
        db.session.execute(db.metadata.tables[name].delete())
    db.session.commit()
    db.session.remove()
    result = run("restore", str(file))
    assert result.exit_code == 0, result.output
    assert db.session.scalar(select(func.count(User.id))) == 2


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
