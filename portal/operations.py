"""What an operator does from a terminal: check the settings, back up, restore, run jobs once."""

import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import ColumnElement, func, inspect, select
from sqlalchemy.engine import URL

from portal.accounts.models import User
from portal.config import PRODUCTION
from portal.extensions import db
from portal.matches.models import IndexEntry
from portal.messages.models import OutboxMail
from portal.pictures import archive, store
from portal.pictures.queries import digests
from portal.worker import MINUTELY, TASKS

jobs = AppGroup("jobs", help="Look at and run what the worker does.")


@click.command("check")
@click.option("--deploy", is_flag=True, help="Also what only matters in production.")
@with_appcontext
def check(deploy: bool) -> None:
    """Say what is set up and what is missing; exit 1 if something is."""
    failed = 0
    for name, is_fine, advice in _checks(current_app, deploy):
        click.echo(f"{'ok  ' if is_fine else 'FAIL'}  {name}{'' if is_fine else ': ' + advice}")
        failed += not is_fine
    raise SystemExit(1 if failed else 0)


def _checks(app: Flask, deploy: bool) -> Iterator[tuple[str, bool, str]]:
    config = app.config
    tables = set(inspect(db.engine).get_table_names())
    yield "database is migrated", "alembic_version" in tables, "run portal db upgrade"
    instance = Path(app.instance_path)
    yield "instance folder is private", not instance.stat().st_mode & 0o002, f"chmod o-w {instance}"
    if not deploy:
        return
    yield "environment is production", config["ENVIRONMENT"] == PRODUCTION, "set PORTAL_ENV"
    yield "host names are set", bool(config["TRUSTED_HOSTS"]), "set PORTAL_HOSTS"
    public = str(config["PUBLIC_URL"])
    yield "public address uses TLS", public.startswith("https://"), "set PORTAL_PUBLIC_URL"
    yield "mails leave by SMTP", bool(config["SMTP_URL"]), "set PORTAL_SMTP_URL"
    sender = str(config["MAIL_FROM"])
    yield "mails have a sender of yours", "demo.example" not in sender, "set PORTAL_MAIL_FROM"
    if "user_account" in tables:
        demo = select(func.count(User.id)).where(User.email.endswith("@demo.example"))
        yield "no demo accounts", not db.session.scalar(demo), "start with an empty database"


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole database into FILE while the portal goes on; never over an old file.

    Pictures, if there are any, go into FILE.pictures.tar; keep both together.
    """
    for each in (file, _pictures_beside(file)):
        if each.exists():
            raise click.ClickException(f"{each} exists; nothing was written")
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        with sqlite3.connect(str(url.database)) as source, sqlite3.connect(file) as target:
            source.backup(target)
    else:
        _postgres("pg_dump", url, "--format=custom", f"--file={file}")
    file.chmod(0o600)
    click.echo(f"{file}: {file.stat().st_size} bytes")
    # After the database: files of pictures outlive their rows by an hour.
    if number := archive.pack(beside := _pictures_beside(file)):
        click.echo(f"{beside}: {beside.stat().st_size} bytes, {number} files of pictures")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def restore(file: Path) -> None:
    """Fill an empty database from FILE; one that holds accounts is left alone.

    Pictures are read from FILE.pictures.tar.
    """
    if inspect(db.engine).has_table("user_account") and db.session.scalar(select(User.id).limit(1)):
        raise click.ClickException("the database holds accounts; restore into an empty one")
    db.session.remove()
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        db.engine.dispose()
        with sqlite3.connect(file) as source, sqlite3.connect(str(url.database)) as target:
            source.backup(target)
    else:
        _postgres("pg_restore", url, "--clean", "--if-exists", "--no-owner", str(file))
    click.echo(f"restored from {file}")
    if (beside := _pictures_beside(file)).exists():
        click.echo(f"restored {archive.unpack(beside)} files of pictures from {beside}")
    elif missing := [digest for digest in digests() if not store.is_whole(digest)]:
        click.echo(f"{len(missing)} pictures have no files; copy {beside.name} beside it", err=True)


@jobs.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@with_appcontext
def run_jobs(dry_run: bool) -> None:
    """Do once what the worker does every minute."""
    mails = db.session.scalar(select(func.count(OutboxMail.id)).where(_is_waiting()))
    texts = db.session.scalar(select(func.count(IndexEntry.id)).where(IndexEntry.is_pending))
    click.echo(f"{mails} mails and {texts} texts wait")
    if not dry_run:
        db.session.rollback()
        for work in (TASKS | MINUTELY).values():
            work()


def _pictures_beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.pictures.tar")


def _is_waiting() -> ColumnElement[bool]:
    return OutboxMail.sent_at.is_(None) & OutboxMail.failed_at.is_(None)


def _postgres(program: str, url: URL, *options: str) -> None:
    """Run a program of PostgreSQL's client package on the portal's database."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        subprocess.run([program, *options, f"--dbname={address}"], check=True)
    except FileNotFoundError as error:
        raise click.ClickException(
            f"{program} is missing; install it with: apt-get install -y postgresql-client"
        ) from error
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"{program} failed") from error
