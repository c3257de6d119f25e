"""Whether a text says of itself that it is over: a finished team takes nobody, but knows how.

Rules that read what is said outright, as in `matching.times`.
"""

from __future__ import annotations

import re

from matching.text import clean

_WHAT = (
    r"(?:das|unser|dieses|the|our) (?:projekt|vorhaben|angebot|team|project|initiative)|"
    r"die gruppe|wir|we"
)
_FINISHED = re.compile(
    rf"(?:^|[.!?;]\s+|\n)\s*(?:(?:{_WHAT})\s+(?:ist|wurde|sind|is|was|has|have)\s+)?"
    r"(?:inzwischen |längst |now |been )?"
    r"(?:abgeschlossen|beendet|aufgelöst|eingestellt|finished|closed|ended|completed)\s*(?:[.;!]|$)",
    re.IGNORECASE,
)


def is_finished(text: str) -> bool:
    """Tell whether a text says that what it tells of is over.

    Examples
    --------
    >>> is_finished("Wir legten Beete an. Abgeschlossen; Erfahrungen liegen vor.")
    True
    >>> is_finished("Wer eine Lehre abgeschlossen hat, zeigt hier, wie es geht.")
    False
    """
    return bool(_FINISHED.search(clean(text)))
