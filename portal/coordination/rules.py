"""Who may work on what, and how long something may wait. Pure: no query, no request."""

from collections.abc import Collection
from datetime import timedelta

from portal.accounts.models import User

NO_REACTION_AFTER = timedelta(days=7)
# Minutes one item of a list takes, as coordinators told: the workbench adds them up.
MINUTES = {
    "suggestions": 2,
    "ideas": 10,
    "captures": 3,
    "introductions": 5,
    "calls": 5,
    "steps": 10,
    "support": 15,
    "joins": 5,
    "leaderless": 20,
    "adoptions": 10,
    "offices": 5,
    "silent_letters": 10,
    "bounced_letters": 10,
    "answered_letters": 10,
}


def may_work_on(user: User, owners: Collection[int]) -> bool:
    """Whether `user` may read and keep notes about something these accounts stand behind.

    Nobody works on their own idea or team or on what is noted about themselves (four eyes).
    """
    return user.is_authenticated and user.is_coordinator and user.id not in owners
