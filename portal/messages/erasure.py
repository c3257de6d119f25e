"""What the messages room forgets when somebody deletes their account."""

from sqlalchemy import delete, func, or_, select, update

from portal import clock
from portal.accounts.erasure import forgets
from portal.accounts.models import User
from portal.extensions import db
from portal.messages.models import Message, OutboxMail, Participant, Thread


@forgets
def forget_messages(user: User) -> None:
    """Delete what the person wrote and every mail to them; their conversations end.

    Also what they wrote with their address before they had the account.
    """
    by_address = func.lower(Participant.email) == user.email.lower()
    whose = or_(Participant.user_id == user.id, by_address)
    own = select(Participant.id).where(whose)
    threads = select(Participant.thread_id).where(whose)
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
