"""The daily digest: one mail at seven with what was not mailed yet, and never an empty one."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, SQLColumnExpression, String, cast, literal, select

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.links import portal_url, public_address
from portal.messages import unsubscribing
from portal.messages.mails import queue_mail
from portal.messages.models import Notification, NotificationPreference, OutboxMail
from portal.messages.notifications import in_language_of
from portal.messages.wording import CATEGORY_NAMES

AT = time(7)  # in Leipzig
OLDEST_DAYS = 7  # what is older was not wanted by mail then and is no news now
MOST = 20


def send_digests() -> int:
    """Write the digest of everybody who has one to come today; commits each. Return how many."""
    due_at = _due_at()
    if clock.now() < due_at:
        return 0
    people = db.session.scalars(
        select(Notification.user_id)
        .join(User, User.id == Notification.user_id)
        .outerjoin(OutboxMail, OutboxMail.key == _key_of(Notification.user_id))
        .where(*_waiting(due_at), User.active, OutboxMail.id.is_(None))
        .group_by(Notification.user_id)
        .order_by(Notification.user_id)
    ).all()
    for user_id in people:
        _send(db.session.get_one(User, user_id), due_at)
        db.session.commit()
    return len(people)


def _send(user: User, due_at: datetime) -> None:
    notifications = db.session.scalars(
        select(Notification)
        .where(*_waiting(due_at), Notification.user_id == user.id)
        .order_by(Notification.id)
    ).all()
    if not notifications:  # read in the portal a moment ago
        return
    with in_language_of(user):
        queue_mail(
            key=f"digest:{clock.today().isoformat()}:{user.id}",
            to=user.email,
            subject=ngettext(
                "%(num)d Neuigkeit für dich", "%(num)d Neuigkeiten für dich", len(notifications)
            ),
            body=_body(user, notifications),
            unsubscribe_url=unsubscribing.url_for_category(user, unsubscribing.EVERYTHING),
        )
    for notification in notifications:
        notification.mailed_at = clock.now()


def _body(user: User, notifications: Sequence[Notification]) -> str:
    shown = notifications[:MOST]
    parts = [_("Hallo %(name)s,\n\nseit gestern gibt es Neues für dich.", name=user.name)]
    for category, name in CATEGORY_NAMES.items():
        entries = [
            f"{each.subject}\n{public_address(each.path)}"
            for each in shown
            if each.category == category
        ]
        if entries:
            parts.append("\n\n".join([f"— {name} —", *entries]))
    if more := len(notifications) - len(shown):
        parts.append(
            ngettext("Und %(num)d weitere:", "Und %(num)d weitere:", more)
            + f"\n{portal_url('messages.notifications')}"
        )
    parts.append(
        _(
            "Du bestimmst, was wir dir mailen: %(settings)s",
            settings=portal_url("messages.notification_settings"),
        )
    )
    return "\n\n".join(parts)


def _waiting(due_at: datetime) -> list[ColumnElement[bool]]:
    """Say which notifications belong into today's digest."""
    not_by_mail = (
        select(NotificationPreference.user_id)
        .where(
            NotificationPreference.user_id == Notification.user_id,
            NotificationPreference.category == Notification.category,
            NotificationPreference.channel == "portal",
        )
        .exists()
    )
    return [
        Notification.mailed_at.is_(None),
        Notification.read_at.is_(None),
        Notification.created_at < due_at,
        Notification.created_at > clock.shifted(due_at, days=-OLDEST_DAYS),
        ~not_by_mail,
    ]


def _due_at() -> datetime:
    """Return today's moment of the digest in naive UTC."""
    local = datetime.combine(clock.today(), AT, clock.BERLIN)
    return local.astimezone(UTC).replace(tzinfo=None)


def _key_of(user_id: SQLColumnExpression[int]) -> ColumnElement[str]:
    return literal(f"digest:{clock.today().isoformat()}:") + cast(user_id, String)
