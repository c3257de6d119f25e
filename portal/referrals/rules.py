"""Who may pass ideas on and keep the bodies' links. Pure: no query, no request."""

from portal.accounts.models import User
from portal.ideas.models import Idea
from portal.ideas.rules import is_from, may_move, next_states
from portal.referrals.models import Handover

PASSED_ON = "weitergegeben"


def may_manage(user: User) -> bool:
    """Coordinators make and revoke links and read what came in."""
    return user.is_authenticated and user.is_coordinator


def may_pass_on(user: User, idea: Idea) -> bool:
    """A coordinator passes on what is not hidden, once more as well, never their own idea."""
    may_go = idea.state == PASSED_ON or PASSED_ON in next_states(idea.state)
    return may_move(user, idea) and may_go


def may_work_on(user: User, handover: Handover) -> bool:
    """A coordinator prints the pack and notes the answer, never about their own idea."""
    return may_manage(user) and not is_from(user, handover.idea)
