"""What is due in the messages room: the daily digests, and what to forget."""

from portal.extensions import db
from portal.messages import digests, forgetting


def remind_due() -> int:
    """Write the digests that are due and return how many; commits, may run twice."""
    forgetting.forget_silent()
    forgetting.forget_told()
    db.session.commit()
    return digests.send_digests()
