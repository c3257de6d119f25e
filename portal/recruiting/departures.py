"""Leaving, thanking, removing, handing over the lead. Actions change rows; the caller commits."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.recruiting import letters, rules
from portal.recruiting.models import ACCEPTED, DECLINED, EXPIRED, OPEN, WITHDRAWN, LeadOffer
from portal.recruiting.queries import Room, memberships_of
from portal.recruiting.wording import REMOVAL_REASONS
from portal.teams.actions import add_member, end_membership
from portal.teams.models import Membership, Team, Thanks


class LastLead(PortalError):
    """The last lead of a running team goes only after somebody knows."""

    message = _l(
        "Du leitest das Team als Letzte:r. Gib die Leitung weiter oder sag dem Unterstützungsteam "
        "Bescheid, bevor du gehst."
    )


class NotInTheTeam(Conflict):
    """The person is no member any more."""

    message = _l("Diese Person gehört nicht mehr zum Team.")


class CannotLead(PortalError):
    """The person leads already, or may not yet."""

    message = _l("Diese Person kann die Teamleitung gerade nicht übernehmen.")


class OfferIsOver(Conflict):
    """The offer was answered, taken back or has lapsed."""

    message = _l("Dieses Angebot ist schon beantwortet, zurückgenommen oder abgelaufen.")


def leave(team: Team, user: User, *, farewell: str = "", coordinators_know: bool = False) -> None:
    """Let `user` leave; the last lead of a running team only if coordinators shall look for one."""
    room = _locked(team)
    membership = room.membership_of(user.id)
    if membership is None:
        raise NotInTheTeam
    is_last = membership.is_lead and room.lead_ids == {user.id} and rules.needs_lead(team)
    if is_last and not coordinators_know:
        raise LastLead
    end_membership(team, user)
    _end_offers(team, user)
    key = f"membership:{membership.id}:left"
    others = [lead for lead in room.leads if lead.id != user.id]
    letters.tell_left(team, user, farewell, others, key)
    if is_last:
        letters.tell_without_lead(team, f"{key}:no-lead")


def remove(team: Team, member: User, *, by: User, reason: str, words: str = "") -> None:
    """End somebody's membership and tell them kindly why."""
    if reason not in REMOVAL_REASONS:
        raise ValueError(f"unknown reason {reason!r}")
    room = _locked(team)
    membership = room.membership_of(member.id)
    if membership is None:
        raise NotInTheTeam
    end_membership(team, member)
    _end_offers(team, member)
    key = f"membership:{membership.id}:removed"
    letters.tell_removed(team, member, reason, words, key)
    if room.lead_ids == {member.id} and rules.needs_lead(team):
        letters.tell_without_lead(team, f"{key}:no-lead")


def thank(team: Team, member: User, *, by: User, words: str) -> None:
    """Thank a member: the words go to them, the team's page counts. Twice a day says it once."""
    thanks = Thanks(team_id=team.id, user_id=member.id, by_id=by.id, day=clock.today())
    try:
        with db.session.begin_nested():
            db.session.add(thanks)
    except IntegrityError:
        return
    letters.tell_thanks(team, member, words, f"thanks:{thanks.id}")


def offer_lead(room: Room, member: User, *, by: User, together: bool) -> LeadOffer:
    """Offer a member to lead the team; asking twice gives the offer that stands."""
    if member.id not in room.member_ids:
        raise NotInTheTeam
    if not rules.may_be_offered_the_lead(member, room.lead_ids):
        raise CannotLead
    offer = LeadOffer(team=room.team, user=member, by=by, together=together)
    try:
        with db.session.begin_nested():
            db.session.add(offer)
    except IntegrityError:
        standing = LeadOffer.team_id == room.team.id, LeadOffer.user_id == member.id
        return db.session.scalars(select(LeadOffer).where(*standing, LeadOffer.state == OPEN)).one()
    letters.offer_lead(offer)
    return offer


def accept_lead(offer: LeadOffer) -> None:
    """Take the lead over; who offered it stays a member, and lead only if they wanted to."""
    room = _locked(offer.team)
    if offer.user_id not in room.member_ids:
        raise NotInTheTeam
    _end_offer(offer, ACCEPTED)
    add_member(offer.team, offer.user, is_lead=True)
    giver = room.membership_of(offer.by_id)
    if giver is not None and not offer.together:
        giver.is_lead = False
    db.session.flush()
    letters.tell_lead_answer(offer)


def decline_lead(offer: LeadOffer) -> None:
    """Say no to the lead."""
    _end_offer(offer, DECLINED)
    letters.tell_lead_answer(offer)


def withdraw_lead(offer: LeadOffer) -> None:
    """Take the offer back."""
    _end_offer(offer, WITHDRAWN)


def expire_lead(offer: LeadOffer) -> None:
    """Let an offer lapse that nobody answered, and say so to who made it."""
    _end_offer(offer, EXPIRED)
    letters.tell_lead_answer(offer)


def _locked(team: Team) -> Room:
    """Return who is in the team, with nobody else changing its leads meanwhile."""
    db.session.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    # What was read before the lock may have changed while waiting for it.
    known = select(Membership).where(Membership.team_id == team.id)
    db.session.scalars(known.execution_options(populate_existing=True)).all()
    return Room(team, memberships_of(team.id))


def _end_offer(offer: LeadOffer, state: str) -> None:
    done = db.session.execute(
        update(LeadOffer)
        .where(LeadOffer.id == offer.id, LeadOffer.state == OPEN)
        .values(state=state, ended_at=clock.now())
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise OfferIsOver
    db.session.refresh(offer, ["state", "ended_at"])


def _end_offers(team: Team, user: User) -> None:
    """Take back what somebody who goes offered or was offered."""
    concerned = (LeadOffer.user_id == user.id) | (LeadOffer.by_id == user.id)
    db.session.execute(
        update(LeadOffer)
        .where(LeadOffer.team_id == team.id, LeadOffer.state == OPEN, concerned)
        .values(state=WITHDRAWN, ended_at=clock.now())
    )
