"""What happens to funds; whoever calls commits."""

import secrets
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.funds.models import Fund, FundMark
from portal.places.rules import fold

_TAKEN = ("", "neu", "pruefen")  # addresses of other pages


class FundNameTaken(PortalError):
    """Two entries with one name could not be told apart."""

    message = _l("Einen Fördertopf mit diesem Namen gibt es schon.")


class FundChangedMeanwhile(Conflict):
    """Somebody else saved the entry while the form was open."""

    message = _l(
        "Jemand hat diesen Eintrag inzwischen geändert. Öffne ihn neu und trag deine Änderung "
        "noch einmal ein."
    )


def add_fund(**fields: object) -> Fund:
    """Add an entry; it counts as checked today."""
    _refuse_taken(str(fields["name"]), None)
    slug = "-".join(fold(str(fields["name"])).split())[:60].strip("-")
    if slug in _TAKEN or db.session.scalar(select(Fund.id).where(Fund.slug == slug)):
        slug = f"{slug or 'topf'}-{secrets.token_hex(3)}"
    fund = Fund(slug=slug, checked_on=clock.today(), **fields)
    try:
        with db.session.begin_nested():
            db.session.add(fund)
    except IntegrityError as error:  # the same name in another window, a moment earlier
        raise FundNameTaken from error
    return fund


def change_fund(fund: Fund, *, seen_at: datetime, **fields: object) -> None:
    """Save an edited entry and note that it was checked today."""
    db.session.refresh(fund, ["changed_at"], with_for_update=True)
    if fund.changed_at != seen_at:
        raise FundChangedMeanwhile
    _refuse_taken(str(fields["name"]), fund.id)
    try:
        with db.session.begin_nested():
            for name, value in fields.items():
                setattr(fund, name, value)
            fund.checked_on, fund.changed_at = clock.today(), clock.now()
    except IntegrityError as error:  # another entry took the name a moment earlier
        raise FundNameTaken from error


def confirm_fund(fund: Fund) -> None:
    """Note that somebody compared the entry with its source today and found it true."""
    fund.checked_on, fund.changed_at = clock.today(), clock.now()
    db.session.flush()


def mark(fund: Fund, user: User) -> None:
    """Remind somebody of this fund's deadlines; twice is once."""
    try:
        with db.session.begin_nested():
            db.session.add(FundMark(fund_id=fund.id, user_id=user.id))
    except IntegrityError:
        return


def unmark(fund: Fund, user: User) -> None:
    """Stop reminding somebody."""
    found = select(FundMark).where(FundMark.fund_id == fund.id, FundMark.user_id == user.id)
    for each in db.session.scalars(found):
        db.session.delete(each)
    db.session.flush()


def _refuse_taken(name: str, own_id: int | None) -> None:
    taken = select(Fund.id).where(Fund.name == name)
    if own_id:
        taken = taken.where(Fund.id != own_id)
    if db.session.scalar(taken) is not None:
        raise FundNameTaken
