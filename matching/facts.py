"""What texts say outright of times, ages and being over, and what of it cannot go together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.ages import age_bits
from matching.states import is_finished
from matching.times import time_bits

RULES = "r1"  # changes whenever the facts of some text change


class Facts(NamedTuple):
    """What one text says outright, as numbers, so that many texts are compared at once.

    Attributes
    ----------
    times, not_times : int
        Time slots named and ruled out, see `times.time_bits`.
    ages, age_limits : int
        Ages it is about, ages it takes, see `ages.age_bits`.
    finished : bool
        Whether it says that what it tells of is over.
    """

    times: int = 0
    not_times: int = 0
    ages: int = 0
    age_limits: int = 0
    finished: bool = False


ROW = np.dtype([(name, np.uint32) for name in Facts._fields[:-1]] + [("finished", np.bool_)])
"""How the facts of a text are kept in an array."""


def facts_of(title: str, text: str) -> Facts:
    """Return what a text says outright."""
    whole = f"{title}\n{text}"
    return Facts(*time_bits(whole), *age_bits(whole), is_finished(text))


class Compared(NamedTuple):
    """How facts of many texts go together with those of one, arrays of shape (n,), bool.

    Attributes
    ----------
    times, ages : ndarray
        Which have a time, an age in common with it.
    cannot : ndarray
        Which cannot have one. Silence on either side is neither.
    """

    times: NDArray[np.bool_]
    ages: NDArray[np.bool_]
    cannot: NDArray[np.bool_]


def compare(one: Facts, others: NDArray) -> Compared:
    """Compare the facts of one text with `others`, of dtype `ROW` and shape (n,)."""
    if not any(one[:-1]):
        return Compared(*np.zeros((3, len(others)), dtype=np.bool_))
    times, no_time = _compare_times(one, others)
    ages, no_age = _compare_ages(one, others)
    return Compared(times & ~no_time, ages & ~no_age, no_time | no_age)


def ages_meet(one: str, other: str) -> bool:
    """Tell whether one text takes the ages the other is about, and no side's limits forbid it."""
    ours, theirs = (Facts(0, 0, *age_bits(text)) for text in (one, other))
    return bool(compare(ours, np.array([theirs], ROW)).ages[0])


def _compare_times(one: Facts, others: NDArray) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    times, not_times = np.uint32(one.times), np.uint32(one.not_times)
    named, excluded = others["times"], others["not_times"]
    common = (named & times) != 0
    cannot = (named != 0) & ((named & ~not_times) == 0)
    if one.times:
        cannot |= (named != 0) & ~common
        cannot |= (times & ~excluded) == 0
    return common, cannot


def _compare_ages(one: Facts, others: NDArray) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Compare each side's limits with whom the other is about: eight-year-olds limit nobody."""
    meets = np.zeros(len(others), dtype=np.bool_)
    cannot = meets.copy()
    for ours, theirs in ((one.ages, "age_limits"), (one.age_limits, "ages")):
        common = (others[theirs] & np.uint32(ours)) != 0
        meets |= common
        if ours:
            cannot |= (others[theirs] != 0) & ~common
    return meets, cannot
