"""Selects of the coordination room; every one is ordered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Role, User
from portal.coordination.models import ContactEntry, NextStep, SupportRequest
from portal.extensions import db
from portal.ideas.models import Idea
from portal.letters.queries import count_open_letters_of
from portal.matches.models import Introduction, Suggestion
from portal.offices.models import Office
from portal.teams.models import Team

ENTRIES = 100


@dataclass(frozen=True, slots=True)
class About:
    """The subject of a record: its name, and the account behind it, if there is one."""

    kind: str
    id: int
    title: str
    owner_id: int | None = None
    slug: str = ""


def about(kind: str, subject_id: int) -> About | None:
    """Return what a record is about, if it exists."""
    if kind == "idea":
        idea = db.session.get(Idea, subject_id)
        return About(kind, subject_id, idea.title, idea.initiator_id) if idea else None
    if kind == "person":
        user = db.session.get(User, subject_id)
        return About(kind, subject_id, user.name, user.id) if user else None
    if kind == "team":
        team = db.session.get(Team, subject_id)
        return About(kind, subject_id, team.name) if team else None
    office = db.session.get(Office, subject_id) if kind == "office" else None
    return About(kind, subject_id, office.name, slug=office.slug) if office else None


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
    """Return how many steps, requests and letters somebody could hand over."""
    counts = [
        select(func.count(table.id))
        .where(table.owner_id == user_id, table.done_at.is_(None))
        .scalar_subquery()
        for table in (NextStep, SupportRequest)
    ]
    letters = count_open_letters_of(user_id).scalar_subquery()
    return int(db.session.scalars(select(counts[0] + counts[1] + letters)).one())
