"""Who may do what with a capture. Pure."""

from datetime import date

from portal import clock
from portal.accounts.models import User
from portal.accounts.rules import has_any_role
from portal.outreach.models import Capture

MAY_CAPTURE = ("outreach", "coordinator")


def is_own(user: User, capture: Capture) -> bool:
    """Whether this person wrote it down."""
    return capture.idea.captured_by_id == user.id


def may_see(user: User, capture: Capture) -> bool:
    """Whoever wrote it down, and coordinators."""
    return user.is_coordinator or (has_any_role(user, MAY_CAPTURE) and is_own(user, capture))


def may_correct(user: User, capture: Capture) -> bool:
    """Until a coordinator has looked, or the initiator went on writing."""
    idea = capture.idea
    is_untouched = idea.is_waiting and idea.state == "eingegangen"
    return is_own(user, capture) and is_untouched and idea.changed_at == capture.written_at


def may_hand_out(user: User, capture: Capture, today: date) -> bool:
    """The slip opens everything about the idea, so it is made on the day of the talk only."""
    return is_own(user, capture) and clock.day_of(capture.created_at) == today
