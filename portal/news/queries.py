"""Selects of the news room; the news themselves are in sources.py."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload, raiseload

from portal.accounts.models import Consent, User
from portal.extensions import db
from portal.news.models import NewsletterExport
from portal.places.models import District
from portal.teams.models import StatusEntry, Team


def team_named(team_id: int) -> Team | None:
    """Return a team with its district."""
    return db.session.scalar(
        select(Team).where(Team.id == team_id).options(joinedload(Team.district))
    )


def district_named(district_id: int) -> District | None:
    """Return a district."""
    return db.session.get(District, district_id)


def current_status_of(team: Team) -> StatusEntry | None:
    """Return the Aktueller Stand of `team`: its newest entry with a text."""
    return db.session.scalar(
        select(StatusEntry)
        .where(StatusEntry.team_id == team.id, StatusEntry.text != "")
        .order_by(StatusEntry.day.desc(), StatusEntry.id.desc())
        .limit(1)
    )


def readers() -> Sequence[tuple[User, Consent]]:
    """Return who gets the newsletter: confirmed address, standing consent, old enough for one."""
    return _consents(Consent.withdrawn_at.is_(None))


def former_readers() -> Sequence[tuple[User, Consent]]:
    """Return who took the consent back and did not give it again: the last time they did."""
    again = Consent.__table__.alias("again")
    newer = exists().where(
        again.c.user_id == Consent.user_id,
        again.c.purpose == "newsletter",
        again.c.id > Consent.id,
    )
    return _consents(Consent.withdrawn_at.is_not(None), ~newer)


def exports(limit: int) -> Sequence[NewsletterExport]:
    """Return who took addresses along last."""
    return db.session.scalars(
        select(NewsletterExport)
        .options(joinedload(NewsletterExport.by).load_only(User.name).raiseload(User.roles))
        .order_by(NewsletterExport.id.desc())
        .limit(limit)
    ).all()


def _consents(*conditions: ColumnElement[bool]) -> Sequence[tuple[User, Consent]]:
    rows = db.session.execute(
        select(User, Consent)
        .join(Consent, Consent.user_id == User.id)
        .where(
            Consent.purpose == "newsletter",
            User.active,
            User.confirmed_at.is_not(None),
            ~User.under_16,
            *conditions,
        )
        .options(raiseload(User.roles))
        .order_by(Consent.given_at, Consent.id)
    )
    return [(user, consent) for user, consent in rows]
