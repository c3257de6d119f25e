"""Selects of the profiles room."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, cast, or_, select
from sqlalchemy.orm import QueryableAttribute, contains_eager, joinedload

from portal.accounts.models import Consent, User
from portal.extensions import db
from portal.profiles.models import VISIBILITIES, Profile

MATCHING = "matching"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of people is narrowed down to; `name` is for coordinators' lists only."""

    language: str = ""
    time: str = ""
    district_id: int | None = None
    name: str = ""


def profile_of(user: User) -> Profile | None:
    """Return the profile of `user` with its district."""
    return db.session.scalar(
        select(Profile).where(Profile.user_id == user.id).options(joinedload(Profile.district))
    )


def person(user_id: int) -> Profile | None:
    """Return the profile of a person with the person and the district."""
    return db.session.scalar(_with_person().where(Profile.user_id == user_id))


def people(
    levels: Collection[str], wanted: Wanted, *, before: int | None, limit: int
) -> Sequence[Profile]:
    """Return profiles opened to one of `levels`, newest first, from below the id `before`.

    A field narrows the list only for profiles that open this very field to one of `levels`, so
    nobody learns by filtering what a profile does not tell.
    """
    listed = _with_person().order_by(Profile.id.desc()).limit(limit)
    if set(levels) != set(VISIBILITIES):
        listed = listed.where(
            Profile.openness.in_(levels), User.active.is_(True), User.under_16.is_(False)
        )
    if before is not None:
        listed = listed.where(Profile.id < before)
    if wanted.name:
        # SQLite folds ASCII letters only; the second pattern finds "Özlem" by "özlem".
        listed = listed.where(
            or_(
                User.name.icontains(wanted.name, autoescape=True),
                User.name.contains(wanted.name.capitalize(), autoescape=True),
            )
        )
    for field, condition in _conditions(wanted):
        listed = listed.where(condition)
        if set(levels) != set(VISIBILITIES):
            listed = listed.where(Profile.visibility[field].as_string().in_(levels))
    return db.session.scalars(listed).all()


def matching_consent(user: User) -> Consent | None:
    """Return the consent by which the texts of `user` may be matched, if it stands."""
    return db.session.scalar(
        select(Consent)
        .where(
            Consent.user_id == user.id,
            Consent.purpose == MATCHING,
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Consent.id.desc())
        .limit(1)
    )


def _with_person() -> Select[Profile]:
    return (
        select(Profile)
        .join(Profile.user)
        .options(
            contains_eager(Profile.user)
            .load_only(User.name, User.active, User.under_16)
            .raiseload(User.roles),
            joinedload(Profile.district),
        )
    )


def _conditions(wanted: Wanted) -> list[tuple[str, ColumnElement[bool]]]:
    conditions = []
    if wanted.language:
        conditions.append(("languages", _holds(Profile.languages, wanted.language)))
    if wanted.time:
        conditions.append(("times", _holds(Profile.times, wanted.time)))
    if wanted.district_id:
        conditions.append(("district", Profile.district_id == wanted.district_id))
    return conditions


def _holds(column: QueryableAttribute[list[str]], value: str) -> ColumnElement[bool]:
    # Both databases keep a JSON list as text; neither way to search in it is portable.
    return cast(column, String).contains(json.dumps(value), autoescape=True)
