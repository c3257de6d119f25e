"""What is due about requests, lead offers and openings. May run twice or be cut off anywhere.

Each item is one transaction that reads the row under a lock, looks again whether it is due, and
writes the change together with what people are told. So nothing is lost or said twice.
"""

from collections.abc import Callable

from sqlalchemy import Select, and_, delete, or_, select

from portal import clock
from portal.extensions import db
from portal.recruiting import actions, departures, letters
from portal.recruiting.models import OPEN, JoinRequest, LeadOffer
from portal.recruiting.queries import lead_offer_page, memberships_of, request_page, room_of
from portal.recruiting.rules import LEAD_OFFER_STANDS
from portal.teams.actions import ASKED_BEFORE, close_opening
from portal.teams.models import Membership, Opening, Team
from portal.teams.queries import opening_page

KEPT_DAYS = 365
REMINDED_AFTER = (2, 7)  # days without an answer; after the last one coordinators see it, too


def remind_due() -> int:
    """Do what is due; commits each item, returns how many."""
    forget_old()
    return (
        _each(_due_requests(), _remind_of_request)
        + _each(_ended_offers(), _expire_offer)
        + _each(_ending_openings(), _ask_about_opening)
    )


def forget_old() -> None:
    """Delete requests that ended a year ago, with what people wrote; commits."""
    ended = clock.shifted(clock.now(), days=-KEPT_DAYS)
    db.session.execute(delete(JoinRequest).where(JoinRequest.ended_at < ended))
    db.session.commit()


def _each(due: Select[int], act: Callable[[int], bool]) -> int:
    """Let `act` handle one id after the other, each in a transaction of its own."""
    ids = db.session.scalars(due).all()
    db.session.commit()
    done = 0
    for row_id in ids:
        done += act(row_id)
        db.session.commit()
    return done


def _due_requests() -> Select[int]:
    """Return what waits too long, ended with its team, is over the day named, or has no lead."""
    now = clock.now()
    late = (
        and_(
            JoinRequest.reminders == done,
            JoinRequest.waiting_since <= clock.shifted(now, days=-days),
        )
        for done, days in enumerate(REMINDED_AFTER)
    )
    has_lead = select(Membership.id).where(
        Membership.team_id == JoinRequest.team_id,
        Membership.is_lead.is_(True),
        Membership.left_at.is_(None),
    )
    unseen = and_(
        JoinRequest.escalated_at.is_(None),
        or_(JoinRequest.answer_by < clock.today(), ~has_lead.exists()),
    )
    return (
        select(JoinRequest.id)
        .join(JoinRequest.team)
        .where(
            JoinRequest.state == OPEN,
            or_(
                Team.state == "abgeschlossen",
                and_(JoinRequest.cleared_at.is_not(None), or_(unseen, *late)),
            ),
        )
        .order_by(JoinRequest.id)
    )


def _remind_of_request(request_id: int) -> bool:
    locked = _due_requests().where(JoinRequest.id == request_id)
    if db.session.scalar(locked.with_for_update(of=JoinRequest)) is None:
        return False
    request, now = request_page(request_id), clock.now()
    assert request is not None
    room = room_of(request.team_id)
    assert room is not None
    if request.user_id in room.member_ids:
        actions.note_membership(request)
        return True
    if not room.team.takes_people:
        actions.decline_of_finished_team(request)
        return True
    waited = [
        days for days in REMINDED_AFTER if request.waiting_since <= clock.shifted(now, days=-days)
    ]
    is_late = len(waited) == len(REMINDED_AFTER) or request.answer_by < clock.today()
    if request.escalated_at is None and (is_late or not room.leads):
        actions.escalate(request)
    if len(waited) > request.reminders:
        request.reminders = len(waited)
        moment = f"{request.waiting_since:%Y%m%d%H%M%S}"
        letters.remind_leads(request, room.leads, f"waits:{moment}:{len(waited)}")
    db.session.flush()
    return True


def _ended_offers() -> Select[int]:
    ended = clock.shifted(clock.now(), days=-LEAD_OFFER_STANDS)
    return (
        select(LeadOffer.id)
        .where(LeadOffer.state == OPEN, LeadOffer.created_at <= ended)
        .order_by(LeadOffer.id)
    )


def _expire_offer(offer_id: int) -> bool:
    offer = lead_offer_page(offer_id)
    if offer is None or not offer.is_open:
        return False
    departures.expire_lead(offer)
    return True


def _ending_openings() -> Select[int]:
    """Return openings whose last day is near and nobody asked yet, or over and still listed."""
    today = clock.today()
    asked = and_(Opening.reminded_of.is_not(None), Opening.reminded_of == Opening.wanted_until)
    return (
        select(Opening.id)
        .where(
            Opening.closed_at.is_(None),
            or_(
                Opening.wanted_until < today,
                and_(Opening.wanted_until <= today + ASKED_BEFORE, ~asked),
            ),
        )
        .order_by(Opening.id)
    )


def _ask_about_opening(opening_id: int) -> bool:
    locked = _ending_openings().where(Opening.id == opening_id)
    if db.session.scalar(locked.with_for_update()) is None:
        return False
    opening = opening_page(opening_id)
    assert opening is not None
    is_over = not opening.is_open
    if is_over:
        close_opening(opening, by=None)
    opening.reminded_of = opening.wanted_until
    leads = [each.user for each in memberships_of(opening.team_id) if each.is_lead]
    if opening.team.takes_people:
        letters.ask_about_opening(opening, leads, is_over=is_over)
    db.session.flush()
    return True
