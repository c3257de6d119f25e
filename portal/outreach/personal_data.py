"""What this room adds to a person's copy of their data.

With an account goes only who captured: the ideas belong to others and stay.
"""

from sqlalchemy import select

from portal.accounts.exports import exports
from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.outreach.models import Capture


@exports("outreach")
def captured_by(user: User) -> object:
    """Return when and where the person wrote down ideas of others, without these."""
    found = (
        select(Capture)
        .join(Capture.idea)
        .where(Idea.captured_by_id == user.id)
        .order_by(Capture.id)
    )
    return [
        {
            "idea": row.idea_id,
            "stop": row.gathering_id,
            "language": row.language,
            "at": row.created_at,
        }
        for row in db.session.scalars(found)
    ]
