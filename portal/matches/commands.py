"""`portal match …`: look into the matcher from a terminal."""

import click

from matching.feedback import LEAST_EXAMPLES
from matching.routing import LEAST_ROUTINGS
from portal.extensions import db
from portal.matches import learning, queries, refitting
from portal.matches.blueprint import bp
from portal.matches.index import replica
from portal.matches.jobs import refresh, refresh_pending
from portal.matches.models import KINDS
from portal.matches.suggest import Learned, find_for

_MEASURED = {
    "decisions": "pairs in the right order",
    "frozen": "MRR, kept back",
    "floors": "labels, closeness to decisions",
    "routings": "MRR, offices of later routings",
    "directory": "MRR, offices by their own texts",
}


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
    learned = Learned.of(learning.active(), index, [known.subject])
    for found in find_for(index, known.subject, learned):
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


@bp.cli.command("refit")
def refit_command() -> None:
    """Learn from decisions and from where ideas went; swap only what is not worse."""
    try:
        refit = refitting.refit()
    except refitting.TooFewDecisions as too_few:
        raise click.ClickException(
            f"at least {LEAST_EXAMPLES} decisions of both kinds or {LEAST_ROUTINGS} ideas sent to"
            " offices are needed"
        ) from too_few
    except refitting.NothingNew:
        click.echo("nothing was decided or sent since the last refit")
        return
    db.session.commit()
    click.echo(f"{'':34}{'n':>6}{'before':>9}{'after':>9}")
    for name, title in _MEASURED.items():
        if found := refit.metrics.get(name):
            before, after = (_number(found[at]) for at in ("before", "after"))
            click.echo(f"{title:34}{found['n']:>6}{before:>9}{after:>9}")
    learned = learning.parameters_of(refit.row)
    click.echo(f"\n{'score':34}{learned.slope:>+9.3f}")
    for name, weight in learned.weights.items():
        click.echo(f"{name:34}{weight:>+9.3f}")
    if refit.worse:
        click.echo(f"\nworse, so not taken: {', '.join(refit.worse)}")
    click.echo(
        f"\nversion p{refit.row.id} is {'in use now' if refit.is_used else 'kept, but not used'}"
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
