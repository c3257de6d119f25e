"""What the messages room forgets when somebody deletes their account."""

from sqlalchemy import delete, func, select, update

from portal import clock
from portal.accounts.erasure import forgets
from portal.accounts.models import User
from portal.extensions import db
from portal.messages.models import Message, OutboxMail, Participant, Thread


@forgets
def forget_messages(user: User) -> None:
    """Delete what the person wrote and every mail to them; their conversations end."""
    own = select(Participant.id).where(Participant.user_id == user.id)
    threads = select(Participant.thread_id).where(Participant.user_id == user.id)
    db.session.execute(delete(Message).where(Message.author_id.in_(own)))
    db.session.execute(
        update(Thread)
        .where(Thread.id.in_(threads), Thread.closed_at.is_(None))
        .values(closed_at=clock.now())
    )
    db.session.execute(
        delete(OutboxMail).where(func.lower(OutboxMail.to_address) == user.email.lower())
    )
