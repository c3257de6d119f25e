"""Who may ask, answer, leave, thank, lead. Pure functions: no queries, no request."""

from collections.abc import Collection
from datetime import date, datetime

from portal import clock
from portal.accounts.models import User
from portal.recruiting.models import DECLINED, JoinRequest, LeadOffer
from portal.teams.models import Team

ASK_AGAIN_AFTER = 28  # days after a no
LEAD_OFFER_STANDS = 14  # days


def obstacle(user: User, team: Team, member_ids: Collection[int]) -> str:
    """Return why `user` cannot ask this team: finished, paused, example, member; "" if they can."""
    if not team.takes_people:
        return "finished"
    if user.id in member_ids:
        return "member"
    if team.state == "pausiert":
        return "paused"
    return "example" if team.is_example else ""


def asks_again_from(last: JoinRequest | None) -> datetime | None:
    """Return from when somebody may ask again whose `last` request got a no."""
    if last is None or last.state != DECLINED or last.ended_at is None:
        return None
    moment = clock.shifted(last.ended_at, days=ASK_AGAIN_AFTER)
    return moment if moment > clock.now() else None


def may_read(user: User, request: JoinRequest, lead_ids: Collection[int]) -> bool:
    """Whether `user` may read a request: who asked, coordinators, leads once it is cleared."""
    if user.id == request.user_id or user.is_coordinator:
        return True
    return request.cleared_at is not None and user.id in lead_ids


def may_answer(user: User, request: JoinRequest, lead_ids: Collection[int]) -> bool:
    """Whether `user` may answer: never their own; leads and, for them, coordinators."""
    return user.id != request.user_id and request.is_open and may_read(user, request, lead_ids)


def may_help(user: User, request: JoinRequest) -> bool:
    """Whether `user` may clear a request or remind the leads of it: coordinators."""
    return user.is_coordinator and user.id != request.user_id and request.is_open


def may_see_members(user: User, member_ids: Collection[int]) -> bool:
    """Whether `user` sees who is in the team: its members and coordinators."""
    return user.is_authenticated and (user.is_coordinator or user.id in member_ids)


def may_lead(user: User, lead_ids: Collection[int]) -> bool:
    """Whether `user` answers, thanks and offers the lead for a team."""
    return user.is_authenticated and (user.is_coordinator or user.id in lead_ids)


def may_remove(user: User, member: User, lead_ids: Collection[int]) -> bool:
    """Whether `user` may end a membership: a lead's only coordinators, their own nobody."""
    if user.id == member.id:
        return False
    return user.is_coordinator or (user.id in lead_ids and member.id not in lead_ids)


def may_thank(user: User, member: User, lead_ids: Collection[int]) -> bool:
    """Whether `user` may thank `member` in the team's name."""
    return user.id != member.id and may_lead(user, lead_ids)


def may_be_offered_the_lead(member: User, lead_ids: Collection[int]) -> bool:
    """Whether `member` could lead: not yet a lead, and not under 16."""
    return member.id not in lead_ids and not member.under_16


def needs_lead(team: Team) -> bool:
    """Whether the team must not be without a lead: it works or runs something."""
    return team.state in ("laeuft", "im_betrieb") and not team.is_example


def offer_ends_on(offer: LeadOffer) -> datetime:
    """Return when an offer to lead lapses."""
    return clock.shifted(offer.created_at, days=LEAD_OFFER_STANDS)


def is_overdue(request: JoinRequest, today: date) -> bool:
    """Whether the day the person named is over."""
    return request.is_open and request.answer_by < today
