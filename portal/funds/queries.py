"""Selects of the funds room; every one is ordered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import Role, User
from portal.coordination.models import SupportRequest
from portal.extensions import db
from portal.funds import rules
from portal.funds.models import Fund, FundMark
from portal.ideas.models import Idea
from portal.messages.models import Notification
from portal.places.models import District
from portal.teams.models import Membership, Team

PAGE = 30


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; an empty word is everything."""

    borough: str = ""
    districts: frozenset[str] = frozenset()
    topic: str = ""
    who: str = ""

    def admits(self, fund: Fund) -> bool:
        """Whether a fund may be for this place, this topic and these people."""
        places = {self.borough, *self.districts}
        return (
            (not self.borough or not fund.area or bool(places & set(fund.area)))
            and (not self.topic or not fund.topics or self.topic in fund.topics)
            and (not self.who or not fund.who_codes or self.who in fund.who_codes)
        )


def funds(wanted: Filter, user_id: int | None) -> list[tuple[Fund, bool]]:
    """Return the funds there are by name, and whether somebody marked each of them."""
    mark = exists().where(FundMark.fund_id == Fund.id, FundMark.user_id == user_id)
    listed = select(Fund, mark).where(Fund.ended_on.is_(None)).order_by(Fund.name, Fund.id)
    return [(fund, marked) for fund, marked in db.session.execute(listed) if wanted.admits(fund)]


def fund_by_slug(slug: str) -> Fund | None:
    """Return the fund of that address."""
    return db.session.scalar(select(Fund).where(Fund.slug == slug))


def mark_of(fund: Fund, user: User) -> FundMark | None:
    """Return somebody's mark at a fund."""
    if not user.is_authenticated:
        return None
    return db.session.scalar(
        select(FundMark).where(FundMark.fund_id == fund.id, FundMark.user_id == user.id)
    )


def fitting(wanted: rules.Wanted, most: int = 6) -> list[rules.Fit]:
    """Return the funds that may pay for something, best first."""
    there_are = select(Fund).where(Fund.ended_on.is_(None)).order_by(Fund.id)
    fits = [rules.fit(fund, wanted) for fund in db.session.scalars(there_are)]
    return rules.best_first([one for one in fits if one], clock.today())[:most]


def idea_with_place(idea_id: int) -> Idea | None:
    """Return an idea with its district and borough."""
    place = joinedload(Idea.district).joinedload(District.borough)
    return db.session.scalar(select(Idea).where(Idea.id == idea_id).options(place))


def team_with_place(team_id: int) -> Team | None:
    """Return a team with its district and borough."""
    place = joinedload(Team.district).joinedload(District.borough)
    return db.session.scalar(select(Team).where(Team.id == team_id).options(place))


def count_members(team_id: int) -> int:
    """Return how many people are in a team now."""
    members = select(func.count(Membership.id)).where(Membership.team_id == team_id)
    return db.session.scalar(members.where(Membership.left_at.is_(None))) or 0


def funds_with_deadlines() -> Sequence[Fund]:
    """Return the funds that know their deadlines."""
    there_are = select(Fund).where(Fund.ended_on.is_(None)).order_by(Fund.id)
    return [fund for fund in db.session.scalars(there_are) if fund.closes]


def to_remind(fund: Fund, key: str) -> Sequence[User]:
    """Return who wants to know of a deadline and was not told under `key`.

    Coordinators, owners of open requests for money, and whoever marked the fund.
    """
    works = User.roles.any(Role.name.in_(("coordinator", "administrator")))
    owns = exists().where(
        SupportRequest.owner_id == User.id,
        SupportRequest.type == "geld",
        SupportRequest.done_at.is_(None),
    )
    marked = exists().where(FundMark.user_id == User.id, FundMark.fund_id == fund.id)
    told = exists().where(Notification.user_id == User.id, Notification.key == key)
    people = select(User).where(User.active, or_(works, owns, marked), ~told)
    return db.session.scalars(people.order_by(User.id)).all()


def open_requests_of(user: User) -> int:
    """Return how many open requests for money somebody sees to."""
    requests = select(func.count(SupportRequest.id)).where(
        SupportRequest.owner_id == user.id,
        SupportRequest.type == "geld",
        SupportRequest.done_at.is_(None),
    )
    return db.session.scalar(requests) or 0


def count_old_funds(_me: User) -> Select[int]:
    """Return the statement that counts the entries nobody checked for half a year."""
    return select(func.count(Fund.id)).where(
        Fund.ended_on.is_(None), Fund.checked_on < clock.today() - rules.CHECK_AFTER
    )
