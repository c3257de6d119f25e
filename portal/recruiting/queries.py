"""Selects of the recruiting room."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.extensions import db
from portal.messages.models import MailKey, Participant
from portal.profiles.models import Profile
from portal.recruiting.models import OPEN, JoinRequest, LeadOffer
from portal.teams.models import Membership, Opening, Team

ANSWERED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Room:
    """A team with who belongs to it now, leads first."""

    team: Team
    memberships: Sequence[Membership]

    @property
    def leads(self) -> list[User]:
        """The accounts that lead the team."""
        return [each.user for each in self.memberships if each.is_lead]

    @property
    def lead_ids(self) -> set[int]:
        """The ids of the leads."""
        return {each.user_id for each in self.memberships if each.is_lead}

    @property
    def member_ids(self) -> set[int]:
        """The ids of everybody in the team."""
        return {each.user_id for each in self.memberships}

    def membership_of(self, user_id: int) -> Membership | None:
        """Return somebody's membership, if they belong to the team."""
        return next((each for each in self.memberships if each.user_id == user_id), None)


def room_of(team_id: int) -> Room | None:
    """Return a team with its people."""
    team = db.session.scalar(
        select(Team).where(Team.id == team_id).options(joinedload(Team.district))
    )
    return Room(team, memberships_of(team_id)) if team else None


def memberships_of(team_id: int) -> Sequence[Membership]:
    """Return who belongs to a team now, leads first, in the order they came."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.team_id == team_id, Membership.left_at.is_(None))
        .options(joinedload(Membership.user).lazyload(User.roles))
        .order_by(Membership.is_lead.desc(), Membership.id)
    ).all()


def request_page(request_id: int) -> JoinRequest | None:
    """Return a request with everything its page says."""
    return db.session.scalar(_whole_requests().where(JoinRequest.id == request_id))


def last_request(team_id: int, user_id: int) -> JoinRequest | None:
    """Return what somebody asked a team last: the open request, or the newest answered."""
    own = JoinRequest.team_id == team_id, JoinRequest.user_id == user_id
    newest = select(JoinRequest).where(*own).order_by(JoinRequest.id.desc()).limit(1)
    return db.session.scalars(newest).first()


def requests_to(team_id: int) -> Sequence[JoinRequest]:
    """Return the requests a team's leads may see: the open ones, longest waiting first."""
    return db.session.scalars(
        _whole_requests()
        .where(
            JoinRequest.team_id == team_id,
            JoinRequest.state == OPEN,
            JoinRequest.cleared_at.is_not(None),
        )
        .order_by(JoinRequest.created_at, JoinRequest.id)
    ).all()


def answered_by(team_id: int) -> Sequence[JoinRequest]:
    """Return the requests to a team that ended last."""
    return db.session.scalars(
        _whole_requests()
        .where(
            JoinRequest.team_id == team_id,
            JoinRequest.state != OPEN,
            JoinRequest.cleared_at.is_not(None),
        )
        .order_by(JoinRequest.ended_at.desc(), JoinRequest.id.desc())
        .limit(ANSWERED_SHOWN)
    ).all()


def requests_of(user_id: int, after: int | None, limit: int) -> Sequence[JoinRequest]:
    """Return what somebody asked, newest first, from behind the request `after`."""
    listed = _whole_requests().where(JoinRequest.user_id == user_id)
    if after:
        listed = listed.where(JoinRequest.id < after)
    return db.session.scalars(listed.order_by(JoinRequest.id.desc()).limit(limit)).all()


def openings_to_answer(team_id: int) -> Sequence[Opening]:
    """Return the open openings of a team, newest first."""
    return db.session.scalars(
        select(Opening)
        .where(Opening.team_id == team_id, Opening.is_open)
        .order_by(Opening.id.desc())
    ).all()


def lead_offer_page(offer_id: int) -> LeadOffer | None:
    """Return an offer to lead with team and both people."""
    return db.session.scalar(_whole_offers().where(LeadOffer.id == offer_id))


def lead_offers_in(team_id: int) -> Sequence[LeadOffer]:
    """Return the offers to lead a team that wait for an answer."""
    waiting = LeadOffer.team_id == team_id, LeadOffer.state == OPEN
    return db.session.scalars(_whole_offers().where(*waiting).order_by(LeadOffer.id)).all()


def waiting_with_coordinators(me: User) -> ColumnElement[bool]:
    """Say which requests coordinators look after; nobody their own."""
    return and_(
        JoinRequest.state == OPEN,
        JoinRequest.escalated_at.is_not(None),
        JoinRequest.user_id != me.id,
    )


def leaderless_teams() -> ColumnElement[bool]:
    """Say which teams need a lead and have none; `rules.needs_lead` says it of one team."""
    leads = select(Membership.id).where(
        Membership.team_id == Team.id, Membership.is_lead.is_(True), Membership.left_at.is_(None)
    )
    return and_(
        Team.state.in_(("laeuft", "im_betrieb")), Team.is_example.is_(False), ~leads.exists()
    )


def is_in_thread(user_id: int, thread_id: int) -> bool:
    """Whether the conversation is this account's, too."""
    side = Participant.user_id == user_id, Participant.thread_id == thread_id
    return db.session.scalar(select(Participant.id).where(*side)) is not None


def openness_of(user_id: int) -> str | None:
    """Return how far somebody opened their profile; None without one."""
    return db.session.scalar(select(Profile.openness).where(Profile.user_id == user_id))


def key_of(token: str, purpose: str) -> MailKey | None:
    """Return the key of a mail even when it was used: a late click is told what happened."""
    return db.session.scalar(
        select(MailKey).where(MailKey.token == token, MailKey.purpose == purpose)
    )


def _whole_requests() -> Select[JoinRequest]:
    return select(JoinRequest).options(
        joinedload(JoinRequest.team),
        joinedload(JoinRequest.user).lazyload(User.roles),
        joinedload(JoinRequest.opening),
    )


def _whole_offers() -> Select[LeadOffer]:
    return select(LeadOffer).options(
        joinedload(LeadOffer.team),
        joinedload(LeadOffer.user).lazyload(User.roles),
        joinedload(LeadOffer.by).lazyload(User.roles),
    )
