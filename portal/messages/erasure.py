"""What the messages room forgets when somebody deletes their account."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select, update

from portal import clock
from portal.accounts.erasure import forgets
from portal.accounts.models import User
from portal.extensions import db
from portal.messages.models import Message, Notification, OutboxMail, Participant, Thread
from portal.messages.notifications import in_language_of


@forgets
def forget_messages(user: User) -> None:
    """Delete what the person wrote and every mail to them; their conversations end.

    Also what they wrote with their address before they had the account.
    """
    by_address = func.lower(Participant.email) == user.email.lower()
    whose = or_(Participant.user_id == user.id, by_address)
    own = select(Participant.id).where(whose)
    threads = select(Participant.thread_id).where(whose)
    _take_out_of_subjects(db.session.scalars(select(Participant).where(whose)).all())
    db.session.execute(delete(Message).where(Message.author_id.in_(own)))
    db.session.execute(
        update(Thread)
        .where(Thread.id.in_(threads), Thread.closed_at.is_(None))
        .values(closed_at=clock.now())
    )
    db.session.execute(
        delete(Participant).where(by_address).execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(OutboxMail).where(func.lower(OutboxMail.to_address) == user.email.lower())
    )


@forgets
def forget_what_names_them(user: User) -> None:
    """Empty what others were told about the person, and the mails that say it."""
    named = (
        select(Notification, User)
        .join(User, User.id == Notification.user_id)
        .where(Notification.about_id == user.id, Notification.subject != "")
    )
    for told, reader in db.session.execute(named).all():
        with in_language_of(reader):
            told.subject = _("Jemand ist nicht mehr dabei")
            told.body = _(
                "Hier ging es um jemanden, der oder die das Konto inzwischen gelöscht hat."
            )
        _forget_mail(told)


def _take_out_of_subjects(sides: Sequence[Participant]) -> None:
    """Call the person "Jemand" in the subjects of their conversations, and where these stand."""
    for side in sides:
        thread = db.session.get_one(Thread, side.thread_id)
        old, name = thread.subject, re.escape(side.display_name)
        if not name or (new := re.sub(rf"(?<!\w){name}(?!\w)", _("Jemand"), old)) == old:
            continue
        thread.subject = new
        others = select(Participant.user_id).where(Participant.thread_id == thread.id)
        quoting = select(Notification).where(
            Notification.user_id.in_(others),
            Notification.key.startswith(f"thread:{thread.id}:message:", autoescape=True),
        )
        for told in db.session.scalars(quoting):
            told.body = told.body.replace(old, new)
            _forget_mail(told)


def _forget_mail(told: Notification) -> None:
    key = f"notification:{told.id}"
    db.session.execute(delete(OutboxMail).where(OutboxMail.key == key))
