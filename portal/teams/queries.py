"""Selects of the teams room."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, String, cast, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, undefer

from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.organisations.models import Organisation
from portal.paging import Cursor
from portal.profiles.models import Profile
from portal.teams.models import Membership, Opening, StatusEntry, Team


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of teams is narrowed down to; `seeking` means: looks for people or things.

    `member_id` leaves only the teams this account belongs to.
    """

    state: str = ""
    self_supporting: bool = False
    focus: str = ""
    district_id: int | None = None
    seeking: bool = False
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class ListedTeam:
    """A team and how many openings it has."""

    team: Team
    openings: int


@dataclass(frozen=True, slots=True)
class Sought:
    """What the list of openings is narrowed down to; who names no time or language fits any."""

    kind: str = ""
    time: str = ""
    language: str = ""
    district_id: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team, and how far they opened their profile."""

    user: User
    membership: Membership
    openness: str | None

    @property
    def is_lead(self) -> bool:
        """Whether they lead the team."""
        return self.membership.is_lead


def teams(wanted: Wanted, *, after: Cursor | None, limit: int) -> list[ListedTeam]:
    """Return teams, the most recently changed first, from behind the cursor `after`."""
    openings = (
        select(func.count(Opening.id))
        .where(Opening.team_id == Team.id, Opening.is_open)
        .correlate(Team)
        .scalar_subquery()
    )
    listed = (
        select(Team, openings)
        .options(joinedload(Team.district))
        .order_by(Team.changed_at.desc(), Team.id.desc())
        .limit(limit)
    )
    if wanted.state:
        listed = listed.where(Team.state == wanted.state)
    if wanted.self_supporting:
        listed = listed.where(Team.self_supporting.is_(True))
    if wanted.district_id:
        listed = listed.where(Team.district_id == wanted.district_id)
    if wanted.focus:
        # Both databases keep a JSON list as text; neither way to search in it is portable.
        needle = json.dumps(wanted.focus)
        listed = listed.where(cast(Team.focus, String).contains(needle, autoescape=True))
    if wanted.seeking:
        listed = listed.where(
            Team.state != "abgeschlossen", or_(Team.state == "pausiert", openings > 0)
        )
    if wanted.member_id:
        listed = listed.where(
            select(Membership.id)
            .where(
                Membership.team_id == Team.id,
                Membership.user_id == wanted.member_id,
                Membership.left_at.is_(None),
            )
            .exists()
        )
    if after:
        listed = listed.where(tuple_(Team.changed_at, Team.id) < tuple_(*after))
    return [ListedTeam(team, count) for team, count in db.session.execute(listed)]


def team_page(team_id: int) -> Team | None:
    """Return a team with its district, lessons, partners, and the ideas it carries out."""
    return (
        db.session.scalars(
            select(Team)
            .where(Team.id == team_id)
            .options(
                joinedload(Team.district),
                joinedload(Team.lessons),
                undefer(Team.thanks),
                joinedload(Team.ideas).load_only(
                    Idea.title, Idea.published_at, Idea.hidden_at, Idea.language
                ),
                joinedload(Team.organisations).load_only(
                    Organisation.name, Organisation.published_at
                ),
            )
        )
        .unique()
        .one_or_none()
    )


def membership_of(team: Team, user_id: int) -> Membership | None:
    """Return somebody's current part in `team`."""
    return db.session.scalar(_current_memberships(team).where(Membership.user_id == user_id))


def log_of(team: Team) -> Sequence[StatusEntry]:
    """Return the log of `team`, newest first."""
    return db.session.scalars(
        select(StatusEntry)
        .where(StatusEntry.team_id == team.id)
        .order_by(StatusEntry.day.desc(), StatusEntry.id.desc())
    ).all()


def openings_of(team: Team) -> Sequence[Opening]:
    """Return all openings of `team`, the open ones first, then the newest."""
    return db.session.scalars(
        select(Opening)
        .where(Opening.team_id == team.id)
        .options(joinedload(Opening.district))
        .order_by(~Opening.is_open, Opening.id.desc())
    ).all()


def open_openings(sought: Sought, *, after: int | None, limit: int) -> Sequence[Opening]:
    """Return what teams look for now, the newest first, from behind the opening `after`."""
    listed = (
        select(Opening)
        .join(Opening.team)
        .where(Opening.is_open, Team.state != "abgeschlossen")
        .options(
            contains_eager(Opening.team).joinedload(Team.district), joinedload(Opening.district)
        )
        .order_by(Opening.id.desc())
        .limit(limit)
    )
    if sought.kind:
        listed = listed.where(Opening.kind == sought.kind)
    for column, code in ((Opening.times, sought.time), (Opening.languages, sought.language)):
        if code:
            stored = cast(column, String)
            needle = json.dumps(code)
            listed = listed.where(or_(stored == "[]", stored.contains(needle, autoescape=True)))
    if sought.district_id:
        place = func.coalesce(Opening.district_id, Team.district_id)
        listed = listed.where(place == sought.district_id)
    if after:
        listed = listed.where(Opening.id < after)
    return db.session.scalars(listed).all()


def opening_page(opening_id: int) -> Opening | None:
    """Return an opening with its team and district."""
    return db.session.scalar(
        select(Opening)
        .where(Opening.id == opening_id)
        .options(joinedload(Opening.team), joinedload(Opening.district))
    )


def members_of(team: Team) -> list[Member]:
    """Return who belongs to `team` now, leads first."""
    rows = db.session.execute(
        _current_memberships(team)
        .join(Membership.user)
        .outerjoin(Profile, Profile.user_id == Membership.user_id)
        .options(
            contains_eager(Membership.user)
            .load_only(User.name, User.active, User.under_16)
            .raiseload(User.roles)
        )
        .add_columns(Profile.openness)
        .order_by(Membership.is_lead.desc(), Membership.id)
    )
    return [Member(membership.user, membership, openness) for membership, openness in rows]


def lead_ids_of(team: Team) -> set[int]:
    """Return the accounts that lead `team` now."""
    leads = _current_memberships(team).where(Membership.is_lead.is_(True))
    return set(db.session.scalars(leads.with_only_columns(Membership.user_id)))


def member_ids_of(team: Team) -> set[int]:
    """Return the accounts that belong to `team` now."""
    members = _current_memberships(team)
    return set(db.session.scalars(members.with_only_columns(Membership.user_id)))


def name_is_taken(name: str, but: Team | None) -> bool:
    """Whether another team than `but` has this name."""
    same = select(Team.id).where(Team.name == name)
    if but is not None:
        same = same.where(Team.id != but.id)
    return db.session.scalar(same) is not None


def _current_memberships(team: Team) -> Select[Membership]:
    return select(Membership).where(Membership.team_id == team.id, Membership.left_at.is_(None))
