"""Organisations that take part in a team. Leads choose, both pages say it; whoever speaks for an
organisation is told and may take its name away. The caller commits."""

from collections.abc import Collection, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.messages.notifications import in_language_of, notify
from portal.organisations.models import Organisation, OrganisationMember
from portal.teams.models import Team, TeamPartner


def possible_partners() -> Sequence[Organisation]:
    """Return all public organisations by name."""
    public = select(Organisation).where(Organisation.published_at.is_not(None))
    return db.session.scalars(public.order_by(Organisation.name, Organisation.id)).all()


def teams_with(organisation_id: int) -> Sequence[Team]:
    """Return the teams an organisation takes part in, by name."""
    found = select(Team).join(TeamPartner, TeamPartner.team_id == Team.id)
    found = found.where(TeamPartner.organisation_id == organisation_id)
    found = found.options(joinedload(Team.district))
    return db.session.scalars(found.order_by(Team.name, Team.id)).all()


def choose_partners(team: Team, organisation_ids: Collection[int]) -> None:
    """Replace which organisations take part; whoever speaks for a new one hears of it."""
    # Of two who save at once the second one waits and sees what the first one chose.
    db.session.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    own = TeamPartner.team_id == team.id
    before = set(db.session.scalars(select(TeamPartner.organisation_id).where(own)))
    gone, new = before - set(organisation_ids), set(organisation_ids) - before
    # One that is not public now was not on the form: it stays for when it is public again.
    public = select(Organisation.id).where(Organisation.published_at.is_not(None))
    db.session.execute(
        delete(TeamPartner).where(
            own, TeamPartner.organisation_id.in_(gone), TeamPartner.organisation_id.in_(public)
        )
    )
    for organisation_id in sorted(new):
        db.session.add(TeamPartner(team_id=team.id, organisation_id=organisation_id))
        _tell(team, db.session.get_one(Organisation, organisation_id))
    db.session.flush()


def end_partnership(team_id: int, organisation_id: int) -> None:
    """Take an organisation's name from a team's page."""
    db.session.execute(
        delete(TeamPartner).where(
            TeamPartner.team_id == team_id, TeamPartner.organisation_id == organisation_id
        )
    )


def _tell(team: Team, organisation: Organisation) -> None:
    speakers = (
        select(User)
        .join(OrganisationMember, OrganisationMember.user_id == User.id)
        .where(OrganisationMember.organisation_id == organisation.id)
        .order_by(User.id)
    )
    for user in db.session.scalars(speakers).unique():
        with in_language_of(user):
            notify(
                user,
                category="teams",
                key=f"team-partner:{team.id}:{organisation.id}:{clock.today()}",
                subject=_("„%(team)s“ nennt euch als Partner", team=team.name),
                body=_(
                    "Das Team „%(team)s“ schreibt, dass „%(organisation)s“ mitmacht. Das steht "
                    "jetzt auf beiden Seiten. Stimmt es nicht? Auf eurer Seite nimmst du es mit "
                    "einem Klick weg.",
                    team=team.name,
                    organisation=organisation.name,
                ),
                path=f"/akteure/{organisation.id}/teams",
            )
