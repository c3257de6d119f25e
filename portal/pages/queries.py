"""What the start page shows of the other rooms: public rows only."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.extensions import db
from portal.gatherings.models import Gathering
from portal.ideas.models import Idea
from portal.offices.models import Office
from portal.teams.models import Opening, Team


class PublicCounts(NamedTuple):
    """How much of each kind everybody can see."""

    ideas: int
    teams: int
    offices: int


def newest_ideas(limit: int = 6) -> Sequence[Idea]:
    """Return the latest public ideas with their districts, newest first."""
    ideas = (
        select(Idea)
        .where(Idea.published_at.is_not(None), Idea.hidden_at.is_(None))
        .options(joinedload(Idea.district))
        .order_by(Idea.published_at.desc(), Idea.id.desc())
        .limit(limit)
    )
    return db.session.scalars(ideas).all()


def newest_openings(limit: int = 6) -> Sequence[Opening]:
    """Return the latest openings of teams that take people and can answer, newest first.

    Teams retold as examples are not registered here: nobody would read a reply.
    """
    openings = (
        select(Opening)
        .join(Opening.team)
        .where(Opening.is_open, Team.state != "abgeschlossen", Team.is_example.is_(False))
        .options(joinedload(Opening.team))
        .order_by(Opening.created_at.desc(), Opening.id.desc())
        .limit(limit)
    )
    return db.session.scalars(openings).all()


def next_gatherings(limit: int = 3) -> Sequence[Gathering]:
    """Return the next gatherings that take place, with their districts."""
    gatherings = (
        select(Gathering)
        .where(Gathering.cancelled_at.is_(None), Gathering.starts_at > clock.now())
        .options(joinedload(Gathering.district))
        .order_by(Gathering.starts_at, Gathering.id)
        .limit(limit)
    )
    return db.session.scalars(gatherings).all()


def public_counts() -> PublicCounts:
    """Count public ideas, teams and offices in one statement."""
    ideas = (
        select(func.count(Idea.id))
        .where(Idea.published_at.is_not(None), Idea.hidden_at.is_(None))
        .scalar_subquery()
    )
    teams = select(func.count(Team.id)).scalar_subquery()
    offices = select(func.count(Office.id)).scalar_subquery()
    return PublicCounts(*db.session.execute(select(ideas, teams, offices)).one())
