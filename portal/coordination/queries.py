"""Selects of the coordination room; every one is ordered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Role, User
from portal.coordination.minding import MINDED
from portal.coordination.models import ContactEntry, NextStep, SupportRequest
from portal.extensions import db
from portal.ideas.models import Idea
from portal.ideas.queries import is_from
from portal.letters.queries import count_open_letters_of
from portal.matches.models import Introduction, Suggestion
from portal.offices.models import Office
from portal.teams.models import Membership, Team
from portal.teams.queries import member_ids_of

ENTRIES = 100


@dataclass(frozen=True, slots=True)
class About:
    """The subject of a record: its name, and the accounts that stand behind it."""

    kind: str
    id: int
    title: str
    owners: frozenset[int] = frozenset()
    slug: str = ""


def about(kind: str, subject_id: int) -> About | None:
    """Return what a record is about, if it exists."""
    if kind == "idea":
        idea = db.session.get(Idea, subject_id)
        return About(kind, subject_id, idea.title, people_behind(idea)) if idea else None
    if kind == "person":
        user = db.session.get(User, subject_id)
        return About(kind, subject_id, user.name, frozenset({user.id})) if user else None
    if kind == "team":
        team = db.session.get(Team, subject_id)
        members = frozenset(member_ids_of(team)) if team else frozenset()
        return About(kind, subject_id, team.name, members) if team else None
    office = db.session.get(Office, subject_id) if kind == "office" else None
    return About(kind, subject_id, office.name, slug=office.slug) if office else None


def people_behind(idea: Idea) -> frozenset[int]:
    """Return the accounts whose idea it is, also where it was posted without signing in."""
    found = select(User.id).where(Idea.id == idea.id, is_from(User.id, User.email))
    return frozenset(db.session.scalars(found.order_by(User.id)))


def concerns(user: User, work: type[NextStep] | type[SupportRequest]) -> ColumnElement[bool]:
    """Say which work is about somebody themselves, their idea or their team (four eyes)."""
    own_ideas = select(Idea.id).where(is_from(user.id, user.email))
    own_teams = select(Membership.team_id).where(
        Membership.user_id == user.id, Membership.left_at.is_(None)
    )
    return or_(
        and_(work.subject_kind == "person", work.subject_id == user.id),
        and_(work.subject_kind == "idea", work.subject_id.in_(own_ideas)),
        and_(work.subject_kind == "team", work.subject_id.in_(own_teams)),
    )


def colleagues(but: Collection[int | None] = ()) -> Sequence[User]:
    """Return the active people of the Unterstützungsteam by name, without those of `but`."""
    works = User.roles.any(Role.name.in_(("coordinator", "administrator")))
    people = select(User).where(User.active, works).order_by(User.name, User.id)
    return [person for person in db.session.scalars(people) if person.id not in but]


def contact_log(kind: str, subject_id: int) -> Sequence[ContactEntry]:
    """Return the latest contacts and notes with their writers, newest first."""
    return db.session.scalars(
        select(ContactEntry)
        .where(ContactEntry.subject_kind == kind, ContactEntry.subject_id == subject_id)
        .options(joinedload(ContactEntry.created_by))
        .order_by(ContactEntry.id.desc())
        .limit(ENTRIES)
    ).all()


def steps_about(kind: str, subject_id: int) -> Sequence[NextStep]:
    """Return the open next steps with their owners, due ones first."""
    return db.session.scalars(
        select(NextStep)
        .where(
            NextStep.subject_kind == kind,
            NextStep.subject_id == subject_id,
            NextStep.done_at.is_(None),
        )
        .options(joinedload(NextStep.owner))
        .order_by(NextStep.due_on, NextStep.id)
        .limit(ENTRIES)
    ).all()


def requests_about(kind: str, subject_id: int) -> Sequence[SupportRequest]:
    """Return support requests with their owners, open ones first."""
    return db.session.scalars(
        select(SupportRequest)
        .where(SupportRequest.subject_kind == kind, SupportRequest.subject_id == subject_id)
        .options(joinedload(SupportRequest.owner))
        .order_by(SupportRequest.done_at.is_not(None), SupportRequest.due_on, SupportRequest.id)
        .limit(ENTRIES)
    ).all()


def introductions_about(kind: str, subject_id: int) -> Sequence[Introduction]:
    """Return the introductions something was part of, newest first."""
    takes_part = or_(
        and_(Suggestion.source_kind == kind, Suggestion.source_id == subject_id),
        and_(Suggestion.target_kind == kind, Suggestion.target_id == subject_id),
    )
    return db.session.scalars(
        select(Introduction)
        .join(Introduction.suggestion)
        .where(takes_part)
        .options(joinedload(Introduction.suggestion), selectinload(Introduction.sides))
        .order_by(Introduction.id.desc())
        .limit(ENTRIES)
    ).all()


def count_open_work_of(user_id: int) -> int:
    """Return how many steps, requests, letters and the like somebody could hand over."""
    counts = [
        select(func.count(table.id))
        .where(table.owner_id == user_id, table.done_at.is_(None))
        .scalar_subquery()
        for table in (NextStep, SupportRequest)
    ]
    others = [minded.count(user_id) for minded in MINDED]
    counts += [each.scalar_subquery() for each in (count_open_letters_of(user_id), *others)]
    return int(sum(db.session.execute(select(*counts)).one()))
