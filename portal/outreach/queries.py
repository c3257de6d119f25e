"""Selects of this room."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.gatherings.models import Gathering
from portal.ideas.models import Idea
from portal.outreach.models import Capture

MOST_STOPS, MOST_OF_A_DAY = 10, 100


def stops_today() -> Sequence[Gathering]:
    """Return where the Ideenmobil stands today, first stop first."""
    today = clock.today()
    stops = select(Gathering).where(
        Gathering.kind == "ideenmobil",
        Gathering.cancelled_at.is_(None),
        Gathering.starts_at < clock.start_of(today + timedelta(days=1)),
        Gathering.ends_at > clock.start_of(today),
    )
    stops = stops.options(joinedload(Gathering.district))
    return db.session.scalars(
        stops.order_by(Gathering.starts_at, Gathering.id).limit(MOST_STOPS)
    ).all()


def captures_today(user: User) -> Sequence[Capture]:
    """Return what the person wrote down today, latest first."""
    found = (
        select(Capture)
        .join(Capture.idea)
        .where(
            Idea.captured_by_id == user.id,
            Capture.created_at >= clock.start_of(clock.today()),
        )
        .options(contains_eager(Capture.idea).joinedload(Idea.district))
        .order_by(Capture.created_at.desc(), Capture.id.desc())
    )
    return db.session.scalars(found.limit(MOST_OF_A_DAY)).all()


def capture_of(idea_id: int, *, held: bool = False) -> Capture | None:
    """Return how an idea was captured; `held` keeps others from deciding about it meanwhile."""
    found = (
        select(Capture)
        .join(Capture.idea)
        .where(Capture.idea_id == idea_id)
        .options(
            contains_eager(Capture.idea).joinedload(Idea.district), joinedload(Capture.gathering)
        )
    )
    return db.session.scalar(found.with_for_update(of=Idea) if held else found)
