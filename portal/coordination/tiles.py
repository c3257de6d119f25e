"""Tiles that rooms above this one put on the workbench, which must not import them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select

from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in another room: how to count it, how long one takes, where its list is."""

    code: str
    label: object
    minutes: int
    endpoint: str
    count: Callable[[User], Select[int]]


WAITING: dict[str, Waiting] = {}


def show_on_workbench(waiting: Waiting) -> None:
    """Add a tile; called once when a room is loaded."""
    WAITING[waiting.code] = waiting
