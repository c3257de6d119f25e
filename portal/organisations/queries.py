"""Selects of the organisations room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.organisations.models import Booking, Organisation, OrganisationMember, Resource
from portal.paging import Cursor

A_PAGE = 24


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed down to; `waiting` means: not public yet."""

    offers: str = ""
    district_id: int | None = None
    waiting: bool = False


def organisations(wanted: Wanted, after: str = "") -> tuple[Sequence[Organisation], str | None]:
    """Return a page of organisations with their resources, and where the next page starts."""
    is_listed = Organisation.published_at.is_(None) if wanted.waiting else _is_public()
    statement = (
        select(Organisation)
        .where(is_listed)
        .options(joinedload(Organisation.district), selectinload(Organisation.resources))
        .order_by(Organisation.changed_at.desc(), Organisation.id.desc())
    )
    if wanted.district_id:
        statement = statement.where(Organisation.district_id == wanted.district_id)
    if wanted.offers:
        statement = statement.where(
            Organisation.resources.any(and_(Resource.kind == wanted.offers, _is_open()))
        )
    if key := Cursor.parse(after):
        position = tuple_(Organisation.changed_at, Organisation.id)
        statement = statement.where(position < tuple_(*key))
    found = db.session.scalars(statement.limit(A_PAGE + 1)).all()
    shown = found[:A_PAGE]
    if len(found) == len(shown):
        return shown, None
    return shown, str(Cursor(shown[-1].changed_at, shown[-1].id))


def organisation_page(organisation_id: int) -> Organisation | None:
    """Return an organisation with its place, its people and what it lends."""
    return db.session.scalar(
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .options(
            joinedload(Organisation.district),
            selectinload(Organisation.members).joinedload(OrganisationMember.user),
            selectinload(Organisation.resources),
        )
    )


def resource_page(resource_id: int) -> Resource | None:
    """Return a resource with the organisation and its people."""
    return db.session.scalar(
        select(Resource)
        .where(Resource.id == resource_id)
        .options(
            joinedload(Resource.organisation).joinedload(Organisation.district),
            joinedload(Resource.organisation)
            .selectinload(Organisation.members)
            .joinedload(OrganisationMember.user),
        )
    )


def booking_page(booking_id: int) -> Booking | None:
    """Return a booking with everybody it concerns."""
    return db.session.scalar(
        _bookings()
        .where(Booking.id == booking_id)
        .options(
            contains_eager(Booking.resource)
            .contains_eager(Resource.organisation)
            .selectinload(Organisation.members)
            .joinedload(OrganisationMember.user)
        )
    )


def bookings_for(user_id: int, before: int | None = None) -> tuple[Sequence[Booking], int | None]:
    """Return what somebody asked for and was asked for as a member, newest first."""
    own = select(OrganisationMember.organisation_id).where(OrganisationMember.user_id == user_id)
    statement = _bookings().where(
        or_(Booking.user_id == user_id, Resource.organisation_id.in_(own))
    )
    if before:
        statement = statement.where(Booking.id < before)
    found = db.session.scalars(statement.order_by(Booking.id.desc()).limit(A_PAGE + 1)).all()
    shown = found[:A_PAGE]
    return shown, shown[-1].id if len(found) > len(shown) else None


def taken_days(resource_id: int) -> Sequence[Booking]:
    """Return the agreed bookings that are not over yet, the next one first."""
    return db.session.scalars(
        select(Booking)
        .where(
            Booking.resource_id == resource_id,
            Booking.is_agreed.is_(True),
            Booking.cancelled_at.is_(None),
            Booking.last_day >= clock.today(),
        )
        .order_by(Booking.first_day, Booking.id)
    ).all()


def is_taken(resource_id: int, first_day: date, last_day: date) -> bool:
    """Whether somebody else has been promised the resource on one of these days."""
    overlapping = select(Booking.id).where(
        Booking.resource_id == resource_id,
        Booking.is_agreed.is_(True),
        Booking.cancelled_at.is_(None),
        Booking.first_day <= last_day,
        Booking.last_day >= first_day,
    )
    return db.session.scalar(overlapping.limit(1)) is not None


def organisations_of(user: User) -> Sequence[Organisation]:
    """Return the organisations somebody speaks for, by name."""
    return db.session.scalars(
        select(Organisation)
        .join(Organisation.members)
        .where(OrganisationMember.user_id == user.id)
        .order_by(Organisation.name, Organisation.id)
    ).all()


def name_is_taken(name: str, but: Organisation | None) -> bool:
    """Whether another organisation has this name."""
    same = select(Organisation.id).where(Organisation.name == name)
    if but is not None:
        same = same.where(Organisation.id != but.id)
    return db.session.scalar(same) is not None


def waiting_bookings(asked_before: datetime) -> Sequence[int]:
    """Return the ids of requests nobody answered, made before a moment, oldest first."""
    return db.session.scalars(
        select(Booking.id)
        .where(
            Booking.answered_at.is_(None),
            Booking.cancelled_at.is_(None),
            Booking.created_at <= asked_before,
        )
        .order_by(Booking.created_at, Booking.id)
    ).all()


def _bookings() -> Select[Booking]:
    return (
        select(Booking)
        .join(Booking.resource)
        .join(Resource.organisation)
        .options(
            contains_eager(Booking.resource).contains_eager(Resource.organisation),
            joinedload(Booking.user),
        )
    )


def _is_public() -> ColumnElement[bool]:
    return Organisation.published_at.is_not(None)


def _is_open() -> ColumnElement[bool]:
    return Resource.closed_at.is_(None)
