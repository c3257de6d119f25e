"""What the worker does for pictures: tidy up their files."""

from portal.extensions import db
from portal.pictures import queries, store


def remind_due() -> int:
    """Delete the files no picture needs any more; return how many."""
    return store.sweep(_wanted)


def _wanted() -> set[str]:
    found = queries.digests()
    db.session.rollback()  # deleting files may take a while: nobody waits for the database
    return found
