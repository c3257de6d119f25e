"""What the matches room adds to a person's copy of their data: what they told of introductions."""

from portal.accounts.exports import exports
from portal.accounts.models import User
from portal.matches import queries


@exports("outcomes")
def outcomes_of(user: User) -> object:
    """Return what the person was asked about introductions and told; not what others told."""
    return [
        {"days": row.days, "asked_at": row.asked_at, "answer": row.answer}
        for row in queries.outcomes_told_by(user.id)
    ]
