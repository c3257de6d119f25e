"""What is due in the messages room: the daily digests."""

from portal.messages import digests


def remind_due() -> int:
    """Write the digests that are due and return how many; commits, may run twice."""
    return digests.send_digests()
