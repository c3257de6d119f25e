"""`portal user …`: accounts without a browser."""

import secrets

import click
from flask.cli import with_appcontext

from portal import clock
from portal.accounts import actions, erasure, queries
from portal.accounts.models import ROLES
from portal.extensions import db

SHORTEST_PASSWORD = 10


@click.command("create")
@click.argument("email")
@click.option("--name", prompt=True, help="First name, as others see it.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="May be repeated.")
@click.option(
    "--password",
    envvar="PORTAL_NEW_PASSWORD",
    help="At least 10 characters; without it one is made up and printed.",
)
@with_appcontext
def create_command(email: str, name: str, roles: tuple[str, ...], password: str | None) -> None:
    """Create a confirmed account for EMAIL, for example the first administrator."""
    if "@" not in email or len(email) > 254:
        raise click.BadParameter("not a mail address", param_hint="EMAIL")
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise click.BadParameter(
            f"at least {SHORTEST_PASSWORD} characters", param_hint="--password"
        )
    if queries.user_by_email(email):
        raise click.ClickException("There is an account with this address already.")
    made_up = None if password else secrets.token_urlsafe(15)
    user = actions.create_user(
        email=email, name=name, password=password or made_up, roles=roles or ("resident",)
    )
    user.confirmed_at = clock.now()
    db.session.commit()
    click.echo(f"Created {name} ({', '.join(role.name for role in user.roles)}).")
    if made_up:
        click.echo(f"Password: {made_up}")


@click.command("delete")
@click.argument("email")
@click.confirmation_option(prompt="This cannot be undone. Delete the account?")
@with_appcontext
def delete_command(email: str) -> None:
    """Delete the account of EMAIL with profile, consents, memberships and messages."""
    user = queries.user_by_email(email)
    if user is None:
        raise click.ClickException("There is no account with this address.")
    erasure.delete_user(user)
    db.session.commit()
    click.echo("Deleted.")
