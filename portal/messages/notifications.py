"""What an account should know: kept for the portal's pages, mailed as the person wants it.

Without a choice of theirs urgent things are mailed at once and the rest waits for the daily digest.
Whoever has no account is written to with `queue_mail`.
"""

from contextlib import AbstractContextManager

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.links import portal_url, public_address
from portal.messages import unsubscribing
from portal.messages.mails import queue_mail
from portal.messages.models import CATEGORIES, Notification, NotificationPreference


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
    about: User | None = None,
) -> Notification:
    """Tell `user` something once; the same `key` gives what was told already.

    It comes with the caller's commit or not at all. `path` leads to a page of the portal.
    `urgent` says that somebody waits for an answer or a date is near: then a mail goes out at once,
    unless the person chose otherwise. `about` is whoever the text names: when that account is
    deleted, the text goes.
    """
    if path[:1] != "/" or path[1:2] in ("/", "\\"):
        raise ValueError("a notification leads to a page of the portal")
    if found := _told(user, key):
        return found
    notification = Notification(
        user_id=user.id,
        about_id=about.id if about else None,
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
    if user.active and _is_mailed_at_once(notification):
        _mail(user, notification)
    return notification


def channels_of(user_id: int) -> dict[str, str]:
    """Return the channel of every category."""
    chosen = db.session.execute(
        select(NotificationPreference.category, NotificationPreference.channel).where(
            NotificationPreference.user_id == user_id
        )
    ).all()
    return dict.fromkeys(CATEGORIES, "auto") | {category: channel for category, channel in chosen}


def choose_channels(user_id: int, channels: dict[str, str]) -> None:
    """Remember how the person wants to hear of each category in `channels`."""
    for category, channel in channels.items():
        db.session.merge(
            NotificationPreference(user_id=user_id, category=category, channel=channel)
        )
    db.session.flush()


def mark_read(user_id: int, up_to: int) -> None:
    """Remember that the person has seen everything up to the notification with id `up_to`."""
    db.session.execute(
        update(Notification)
        .where(
            Notification.user_id == user_id,
            Notification.id <= up_to,
            Notification.read_at.is_(None),
        )
        .values(read_at=clock.now())
    )


def mark_read_about(user_id: int, key_start: str) -> None:
    """Remember that the person has seen what the notifications are about whose keys start so."""
    db.session.execute(
        update(Notification)
        .where(
            Notification.user_id == user_id,
            Notification.key.startswith(key_start, autoescape=True),
            Notification.read_at.is_(None),
        )
        .values(read_at=clock.now())
    )


def count_unread(user_id: int) -> int:
    """Return how many notifications the person has not seen yet."""
    return (
        db.session.scalar(
            select(func.count(Notification.id)).where(
                Notification.user_id == user_id, Notification.read_at.is_(None)
            )
        )
        or 0
    )


def _is_mailed_at_once(notification: Notification) -> bool:
    channel = db.session.scalar(
        select(NotificationPreference.channel).where(
            NotificationPreference.user_id == notification.user_id,
            NotificationPreference.category == notification.category,
        )
    )
    return channel == "at_once" or (channel in (None, "auto") and notification.is_urgent)


def _mail(user: User, notification: Notification) -> None:
    unsubscribe_url = unsubscribing.url_for_category(user, notification.category)
    with in_language_of(user):
        body = _(
            "Hallo %(name)s,\n\n%(text)s\n\n%(link)s\n\n"
            "Du bestimmst, was wir dir mailen: %(settings)s",
            name=user.name,
            text=notification.body,
            link=public_address(notification.path),
            settings=portal_url("messages.notification_settings"),
        )
    queue_mail(
        key=f"notification:{notification.id}",
        to=user.email,
        subject=notification.subject,
        body=body,
        unsubscribe_url=unsubscribe_url,
    )
    notification.mailed_at = clock.now()
    db.session.flush()


def _told(user: User, key: str) -> Notification | None:
    return db.session.scalar(
        select(Notification).where(Notification.user_id == user.id, Notification.key == key)
    )
