"""What the worker does for ideas: forget contacts nobody needs any more."""

from sqlalchemy import and_, func, or_, select

from portal import clock
from portal.extensions import db
from portal.ideas import calls
from portal.ideas.models import Idea, ProgressEntry
from portal.ideas.rules import ENDED, UNDO_TIME

KEPT_DAYS = 365  # after the last news of an idea that came to its end
A_BATCH = 200


def remind_due() -> int:
    """Forget addresses and numbers left with ideas that ended or were taken back; commits.

    Row by row, so that whoever watches ideas hears of it. Return how many.
    """
    last_news = (
        select(func.max(ProgressEntry.created_at))
        .where(ProgressEntry.idea_id == Idea.id)
        .scalar_subquery()
    )
    ended = clock.shifted(clock.now(), days=-KEPT_DAYS)
    ideas = db.session.scalars(
        select(Idea)
        .where(
            or_(Idea.contact_email.is_not(None), Idea.contact_phone.is_not(None)),
            or_(
                Idea.withdrawn_at < clock.now() - UNDO_TIME,
                and_(Idea.state.in_(ENDED), func.coalesce(last_news, Idea.created_at) < ended),
            ),
        )
        .order_by(Idea.id)
        .limit(A_BATCH)
    ).all()
    for idea in ideas:
        idea.contact_email = idea.contact_phone = None
    db.session.flush()
    calls.forget_needless()
    db.session.commit()
    return len(ideas)
