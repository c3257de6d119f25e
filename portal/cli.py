"""The command `portal`: everything an operator does without a browser."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext
from flask_migrate import upgrade

from portal import create_app, operations
from portal.accounts.demo import DEMO_PASSWORD, DEMO_SIGN_INS
from portal.config import ConfigError
from portal.database import writing
from portal.extensions import db
from portal.funds.loading import load_funds
from portal.offices.loading import load_offices
from portal.places.loading import load_places


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False)
def cli() -> None:
    """Run and look after the portal of "Wir im Quartier"."""


for command in (operations.check, operations.backup, operations.restore, operations.jobs):
    cli.add_command(command)


def main() -> None:
    """Entry point of the console script; settings that forbid a start are one plain line."""
    try:
        with writing():
            cli()
    except ConfigError as error:
        sys.exit(f"portal: {error}")


@cli.command("run")
@click.option("--threads", default=8, show_default=True, help="Requests answered at once.")
def run_command(threads: int) -> None:
    """Serve the portal on 127.0.0.1 and PORT (default 8000) with gunicorn."""
    os.execv(sys.executable, _server_command(threads))


@cli.command("worker")
@with_appcontext
def worker_command() -> None:
    """Send mails, encode texts and ask introductions until stopped."""
    from portal.worker import run_worker

    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]


@cli.command("seed")
@click.option("--write-vectors", is_flag=True, help="Keep the texts' vectors for the next seed.")
@with_appcontext
def seed_command(write_vectors: bool = False) -> None:
    """Fill an empty portal with Leipzig's places and offices and a believable demo East."""
    from portal.seeds.demo import seed_demo
    from portal.seeds.vectors import write_prepared

    click.echo("Filling the portal; texts without a prepared vector take a moment each …")
    load_places()
    load_offices()
    load_funds()
    db.session.commit()
    for name, number in seed_demo().items():
        click.echo(f"{number:5d}  {name}")
    if write_vectors:
        click.echo(f"{write_prepared():5d}  texts with their vectors written")


@cli.command("demo")
def demo_command() -> None:
    """Prepare the database, fill it, start worker and server, print how to sign in."""
    app = create_app()
    with app.app_context():
        upgrade()
        seed_command.callback()  # type: ignore[misc]
    url = app.config["PUBLIC_URL"]
    click.echo(f"\nThe portal is at {url}\n\nDemo sign-ins, password {DEMO_PASSWORD}:")
    for address, role in DEMO_SIGN_INS.items():
        click.echo(f"  {address:32} {role}")
    click.echo(f"\nMails are files in {Path(app.instance_path) / 'outbox'}\n")
    worker = subprocess.Popen([sys.executable, "-m", "portal", "worker"])
    server = subprocess.Popen(_server_command(threads=8))
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
    finally:
        worker.terminate()
        worker.wait()


def _server_command(threads: int) -> list[str]:
    port = os.environ.get("PORT", "8000")
    return [
        sys.executable,
        *("-m", "gunicorn", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--threads", str(threads), "--workers", "1"),
        # A search of 500 characters in any script is longer in an address than 4,094 bytes.
        *("--limit-request-line", "8190"),
        *("--no-control-socket", "--access-logfile", "/dev/null"),
        "portal.wsgi:app",
    ]
