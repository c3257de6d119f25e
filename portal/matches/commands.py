"""`portal match …`: look into the matcher from a terminal."""

import click

from portal.extensions import db
from portal.matches import queries
from portal.matches.blueprint import bp
from portal.matches.index import replica
from portal.matches.jobs import refresh, refresh_pending
from portal.matches.models import KINDS
from portal.matches.suggest import find_for


@bp.cli.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Print what fits KIND/ID (idea/12, person/3, team/7, opening/4) with score and reasons."""
    kind, _slash, number = name.partition("/")
    if kind not in KINDS or not number.isdigit():
        raise click.BadParameter(f"{name} is not KIND/ID with one of {', '.join(KINDS)}")
    index = replica()
    known = index.known.get((kind, int(number)))
    if known is None:
        raise click.ClickException(f"{name} is not in the index")
    click.echo(f"{known.title}\n{known.text}\n")
    for found in find_for(index, known.subject):
        other = index.known[found.target]
        terms = [term for reason in found.match.reasons for term in reason.document_terms]
        name = "/".join(map(str, found.target))
        click.echo(
            f"{found.match.score:.3f}  {found.match.label:10}  {name:12}"
            f"  {other.title}  [{', '.join(terms)}] {' '.join(found.facts)}"
        )


@bp.cli.command("refresh")
@click.option("--all", "everything", is_flag=True, help="Not only what is waiting.")
def refresh_command(everything: bool) -> None:
    """Encode and match everything that waits for it."""
    if everything:
        subjects = list(replica().known)
        for start in range(0, len(subjects), 50):
            refresh(subjects[start : start + 50])
        click.echo(f"{len(subjects)} texts matched again")
        return
    total = 0
    while done := refresh_pending():
        total += done
        click.echo(f"{total} texts done", err=True)
    db.session.commit()
    click.echo(f"{total} texts matched, {queries.count_waiting()} suggestions to review")
