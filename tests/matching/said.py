"""What two texts say outright, compared for the tests."""

import numpy as np

from matching.facts import ROW, compare, facts_of


def cannot(one: str, other: str) -> bool:
    """Tell whether the times or ages of two texts cannot meet."""
    return bool(compare(facts_of("", one), np.array([facts_of("", other)], ROW)).cannot[0])
