"""Several windows whose buttons are pressed at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from portal.accounts.models import User
from portal.extensions import db

Post = Callable[[User, str, dict[str, object]], Callable[[], int]]


def all_at_once(*calls: Callable[[], int]) -> list[int]:
    """Return the status of every answer, lowest first."""
    db.session.rollback()
    with ThreadPoolExecutor(len(calls)) as pool:
        found = [future.result() for future in [pool.submit(call) for call in calls]]
    db.session.rollback()
    return sorted(found)
