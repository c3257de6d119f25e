"""What texts say outright of times, ages and being over, and what of it cannot go together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.ages import age_bits
from matching.states import is_finished
from matching.times import time_bits


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


def meets(one: Facts, others: NDArray) -> NDArray[np.bool_]:
    """Tell which of `others`, of dtype `ROW` and shape (n,), name a time that `one` names too."""
    if not one.times:
        return np.zeros(len(others), dtype=np.bool_)
    return (others["times"] & np.uint32(one.times)) != 0


def cannot(one: Facts, others: NDArray) -> NDArray[np.bool_]:
    """Tell which of `others` have no time or no age in common with `one`; shapes as for `meets`.

    Silence is no conflict. An age stands against the limits of the other side only: who tells of
    eight-year-olds may take others too.
    """
    found = np.zeros(len(others), dtype=np.bool_)
    if one.times or one.not_times:
        times, not_times = np.uint32(one.times), np.uint32(one.not_times)
        theirs = others["times"]
        found |= (theirs != 0) & ((theirs & ~not_times) == 0)
        if one.times:
            found |= (theirs != 0) & ((theirs & times) == 0)
            found |= (times & ~others["not_times"]) == 0
    if one.ages:
        theirs = others["age_limits"]
        found |= (theirs != 0) & ((theirs & np.uint32(one.ages)) == 0)
    if one.age_limits:
        theirs = others["ages"]
        found |= (theirs != 0) & ((theirs & np.uint32(one.age_limits)) == 0)
    return found
