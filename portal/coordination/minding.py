"""What rooms above this one mind and hand over with everything else; they are not imported here."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select

from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Minded:
    """How to count what an account minds, and how to give all of it from one to another."""

    count: Callable[[int], Select[int]]
    hand_over: Callable[[User, User], int]


MINDED: list[Minded] = []


def hand_over_with_everything(minded: Minded) -> None:
    """Let a holiday's hand-over include this; called once when a room is loaded."""
    MINDED.append(minded)
