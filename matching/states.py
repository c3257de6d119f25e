"""Whether a text says of itself that it is over: a finished team takes nobody, but knows how.

Rules that read what is said outright, as in `matching.times`.
"""

from __future__ import annotations

import re

from matching.text import clean

_ENDS = r"(?:abgeschlossen|beendet|aufgelöst|eingestellt|finished|closed|ended|completed)"
_FINISHED = re.compile(
    # "Abgeschlossen." as a sentence of its own or at the beginning of one
    rf"(?:^|[.!?;]\s+|\n)\s*{_ENDS}\s*(?:[.,:;!]|$)|"
    # "Das Projekt ist seit 2023 abgeschlossen."
    r"\b(?:das|unser|dieses|the|our) (?:projekt|vorhaben|angebot|team|project|initiative) "
    rf"(?:ist|wurde|is|was|has) (?:(?!nicht|noch|not)\w+ ){{0,3}}{_ENDS}\s*(?:[.,:;!]|$)|"
    rf"\bdie gruppe (?:ist|wurde|hat sich) (?:(?!nicht|noch)\w+ ){{0,3}}{_ENDS}\s*(?:[.,:;!]|$)",
    re.IGNORECASE,
)


def is_finished(text: str) -> bool:
    """Tell whether a text says that what it tells of is over.

    Meant for what can be over, a project or a team, not for people.

    Examples
    --------
    >>> is_finished("Wir legten Beete an. Abgeschlossen; Erfahrungen liegen vor.")
    True
    >>> is_finished("Wer eine Lehre abgeschlossen hat, zeigt hier, wie es geht.")
    False
    """
    return bool(_FINISHED.search(clean(text)))
