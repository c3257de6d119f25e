"""What the worker does for pictures: tidy up their files."""

from portal.pictures import queries, store


def remind_due() -> int:
    """Delete the files no picture needs any more; return how many."""
    return store.sweep(queries.digests)
