"""Who may read, vote and decide. Pure: no query, no request.

`own_area` is the steering team the person sits in, or None.
"""

from portal.accounts.models import User
from portal.ideas.models import Idea
from portal.ideas.rules import is_from, may_decide
from portal.steering.models import AgendaItem

READY = frozenset({"vorbereitet", "im_steuerungsteam", "rueckfrage"})


def may_prepare(user: User) -> bool:
    """Coordinators plan meetings, write the agenda and keep the minutes, of both areas."""
    return user.is_authenticated and user.is_coordinator


def may_read(user: User, area: str, own_area: str | None) -> bool:
    """A member reads what is their own area's business; coordinators read both."""
    return may_prepare(user) or (user.has_role("steering") and area == own_area)


def may_be_put_on(user: User, idea: Idea) -> bool:
    """Only a prepared idea that everybody may read, and not by who posted it."""
    return may_decide(user, idea) and idea.is_public and idea.state in READY


def may_vote(user: User, item: AgendaItem, own_area: str | None) -> bool:
    """A member of this area, before the decision, never about their own idea."""
    is_member = user.has_role("steering") or user.is_coordinator
    return (
        is_member
        and item.meeting.area == own_area
        and item.outcome is None
        and item.is_readable
        and not is_from(user, item.idea)
    )


def may_see_votes(user: User, item: AgendaItem) -> bool:
    """Nobody reads what others think about their own idea."""
    return not is_from(user, item.idea)


def may_arrange(user: User, item: AgendaItem) -> bool:
    """A coordinator orders the agenda and takes ideas off it, never their own."""
    return may_prepare(user) and not is_from(user, item.idea)


def may_record(user: User, item: AgendaItem) -> bool:
    """A coordinator writes down what was decided, once, never about their own idea."""
    return (
        may_prepare(user)
        and item.outcome is None
        and item.is_readable
        and may_decide(user, item.idea)
    )
