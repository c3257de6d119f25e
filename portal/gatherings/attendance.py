"""Signing up and off. Everything that counts places holds the gathering until the commit.

So of two people who want the last place at once one gets it, and nobody overtakes in the waiting
list: whoever confirmed first moves up first. The caller commits.
"""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.gatherings import letters
from portal.gatherings.models import BringItem, Gathering, SignUp


class SignUpClosed(PortalError):
    """It was called off, has begun or is over."""

    message = _l("Für diesen Termin kann man sich nicht mehr an- oder abmelden.")


class TooManyPeople(PortalError):
    """More people than the gathering has places at all."""

    message = _l("So viele Plätze hat dieser Termin nicht.")


class ItemTaken(Conflict):
    """Somebody else took it on a moment earlier."""

    message = _l("Das bringt inzwischen schon jemand mit. Such dir etwas anderes aus.")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody says when signing up; only with `consents` anything private is kept."""

    children: int = 0
    interpretation: str | None = None
    wheelchair: bool = False
    note: str = ""
    consents: bool = False
    photos_ok: bool = False


def sign_up(
    gathering: Gathering,
    wishes: Wishes,
    *,
    user: User | None = None,
    name: str = "",
    email: str = "",
) -> SignUp:
    """Sign somebody up once: an account at once, an address when it confirms by mail."""
    hold(gathering)
    if not gathering.takes_sign_ups:
        raise SignUpClosed(gathering.id)
    if gathering.capacity is not None and 1 + wishes.children > gathering.capacity:
        raise TooManyPeople(gathering.id)
    email = email.strip().lower()
    if known := _standing(gathering, user, email):
        if user is None:
            letters.ask_to_confirm(known) if known.turn is None else letters.tell_again(known)
        return known
    row = SignUp(
        gathering_id=gathering.id,
        user_id=user.id if user else None,
        name="" if user else name,
        email=None if user else email,
        photos_ok=wishes.photos_ok,
        children=wishes.children,
    )
    if wishes.consents:
        row.interpretation, row.wheelchair = wishes.interpretation, wishes.wheelchair
        row.note, row.consented_at = wishes.note, clock.now()
    db.session.add(row)
    db.session.flush()
    if user is None:
        letters.ask_to_confirm(row)
    else:
        _take_turn(gathering, row)
    return row


def confirm(row: SignUp) -> None:
    """Make a sign-up by mail count; from now on it has a place or a turn in the waiting list."""
    gathering = _hold_with(row)
    if row.turn is not None:
        return
    if row.cancelled_at is not None or not gathering.takes_sign_ups:
        raise SignUpClosed(gathering.id)
    _take_turn(gathering, row)


def sign_off(row: SignUp) -> None:
    """Give the place back; the next in line moves up and is told."""
    gathering = _hold_with(row)
    if row.cancelled_at is not None:
        return
    if gathering.is_past:
        raise SignUpClosed(gathering.id)
    row.cancelled_at = clock.now()
    row.name, row.email = "", None  # nothing is needed any more
    row.interpretation, row.wheelchair, row.note, row.consented_at = None, False, "", None
    db.session.execute(
        update(BringItem).where(BringItem.taken_by_id == row.id).values(taken_by_id=None)
    )
    db.session.flush()
    move_up(gathering)


def move_up(gathering: Gathering) -> None:
    """Seat those who wait, in their order, as far as there is room; the gathering is held."""
    if not gathering.takes_sign_ups:
        return
    free = _free(gathering)
    waiting = select(SignUp).where(
        SignUp.gathering_id == gathering.id,
        SignUp.turn.is_not(None),
        SignUp.seated_at.is_(None),
        SignUp.cancelled_at.is_(None),
    )
    for row in db.session.scalars(waiting.order_by(SignUp.turn)).all():
        if free is not None:
            if row.people > free:
                break
            free -= row.people
        row.seated_at = clock.now()
        db.session.flush()
        letters.tell_moved_up(row)


def hold(gathering: Gathering) -> None:
    """Let nobody else count places until the commit; SQLite's write lock does it by itself."""
    columns = [column.key for column in Gathering.__mapper__.column_attrs]  # what is loaded stays
    db.session.refresh(gathering, columns, with_for_update={"of": Gathering})


def claim_item(item: BringItem, row: SignUp) -> None:
    """Take something of "Wer bringt was" on; of two at once the first gets it."""
    gathering = _hold_with(row)
    if row.turn is None or row.cancelled_at is not None or gathering.is_past:
        raise SignUpClosed(gathering.id)
    claimed = db.session.execute(
        update(BringItem)
        .where(BringItem.id == item.id, BringItem.taken_by_id.is_(None))
        .values(taken_by_id=row.id)
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        raise ItemTaken(item.id)


def release_item(item: BringItem, row: SignUp) -> None:
    """Put it back on the list; only who took it can."""
    db.session.execute(
        update(BringItem)
        .where(BringItem.id == item.id, BringItem.taken_by_id == row.id)
        .values(taken_by_id=None)
    )


def _take_turn(gathering: Gathering, row: SignUp) -> None:
    free, somebody_waits = _free(gathering), _somebody_waits(gathering)
    last = select(func.max(SignUp.turn)).where(SignUp.gathering_id == gathering.id)
    row.turn = (db.session.scalar(last) or 0) + 1
    row.confirmed_at = clock.now()
    if not somebody_waits and (free is None or row.people <= free):
        row.seated_at = row.confirmed_at
    db.session.flush()
    letters.tell_signed_up(row)


def _free(gathering: Gathering) -> int | None:
    if gathering.capacity is None:
        return None
    taken = select(func.sum(1 + SignUp.children)).where(
        SignUp.gathering_id == gathering.id,
        SignUp.seated_at.is_not(None),
        SignUp.cancelled_at.is_(None),
    )
    return max(0, gathering.capacity - (db.session.scalar(taken) or 0))


def _somebody_waits(gathering: Gathering) -> bool:
    waiting = select(SignUp.id).where(
        SignUp.gathering_id == gathering.id,
        SignUp.turn.is_not(None),
        SignUp.seated_at.is_(None),
        SignUp.cancelled_at.is_(None),
    )
    return db.session.scalar(waiting.limit(1)) is not None


def _hold_with(row: SignUp) -> Gathering:
    gathering = db.session.get_one(Gathering, row.gathering_id)
    hold(gathering)
    db.session.refresh(row)  # what others did meanwhile
    return gathering


def _standing(gathering: Gathering, user: User | None, email: str) -> SignUp | None:
    whose = SignUp.user_id == user.id if user else SignUp.email == email
    return db.session.scalar(
        select(SignUp).where(
            SignUp.gathering_id == gathering.id, whose, SignUp.cancelled_at.is_(None)
        )
    )
