"""What an account should know: kept for the portal's pages, mailed at once where it is urgent.

Everything else waits for the daily digest. Whoever has no account is written to with `queue_mail`.
"""

from contextlib import AbstractContextManager

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.links import public_address
from portal.messages.actions import queue_mail
from portal.messages.models import Notification


def in_language_of(user: User) -> AbstractContextManager[None]:
    """Write texts inside in the language the person reads the portal in."""
    return force_locale(user.locale or "de")


def notify(
    user: User,
    *,
    category: str,
    key: str,
    subject: str,
    body: str,
    path: str,
    urgent: bool = False,
) -> Notification:
    """Tell `user` something once; the same `key` gives what was told already.

    It comes with the caller's commit or not at all. `path` leads to a page of the portal.
    `urgent` says that somebody waits for an answer or a date is near: then a mail goes out at once.
    """
    if found := _told(user, key):
        return found
    notification = Notification(
        user_id=user.id,
        key=key,
        category=category,
        subject=subject,
        body=body.strip(),
        path=path,
        is_urgent=urgent,
    )
    try:
        with db.session.begin_nested():
            db.session.add(notification)
    except IntegrityError:  # the same event in another process, a moment earlier
        found = _told(user, key)
        if found is None:
            raise
        return found
    if urgent and user.active:
        _mail(user, notification)
    return notification


def _mail(user: User, notification: Notification) -> None:
    with in_language_of(user):
        body = _(
            "Hallo %(name)s,\n\n%(text)s\n\n%(link)s",
            name=user.name,
            text=notification.body,
            link=public_address(notification.path),
        )
    queue_mail(
        key=f"notification:{notification.id}",
        to=user.email,
        subject=notification.subject,
        body=body,
    )
    notification.mailed_at = clock.now()
    db.session.flush()


def _told(user: User, key: str) -> Notification | None:
    return db.session.scalar(
        select(Notification).where(Notification.user_id == user.id, Notification.key == key)
    )
