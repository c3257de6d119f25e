"""What somebody seems to look for, read from what they wrote: proposals for openings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST = 6
LONGEST = 120  # characters of an opening's title
# A sentence that says somebody looks for something; German, as everywhere in this file. Texts in
# other languages make no proposals: coordinators write those openings themselves.
_NEED = re.compile(
    r"\b(?:brauch\w*|bräucht\w*|benötig\w*|such(?:e|en|t)\b|gesucht|fehl(?:t|en)\s+(?:uns|mir|noch)"
    r"|wer\s+(?:kann|hat|hilft|möchte|kümmert))",
    re.IGNORECASE,
)
# The first kind whose words a sentence has; everything else wants people.
_KINDS = (
    (
        "caretaker",
        re.compile(r"\b(?:\w*pat(?:e|in|en|innen|enschaft\w*)\b|kümmer\w*)", re.IGNORECASE),
    ),
    (
        "place",
        re.compile(r"\b\w*(?:raum|räume|räumen|fläche\w*|keller|garage|wasserhahn|laden)\b", re.I),
    ),
    (
        "thing",
        re.compile(
            r"\b\w*(?:werkzeug\w*|material\w*|holz|bretter|transporter|anhänger|gießkanne\w*"
            r"|maschine\w*|farbe\w*|erde|pflanzen|regal\w*|schrank)\b",
            re.IGNORECASE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Need:
    """Something a team could look for."""

    kind: str
    title: str


def needs_in(texts: Iterable[str]) -> list[Need]:
    """Return what the sentences of `texts` ask for, in their order."""
    sentences = (
        sentence.strip()
        for text in texts
        for sentence in re.split(r"(?<=[.!?])\s+|\n+", text)
        if _NEED.search(sentence)
    )
    return [Need(_kind_of(sentence), _title_of(sentence)) for sentence in sentences]


def distinct(needs: Iterable[Need]) -> Sequence[Need]:
    """Return the first few different ones."""
    return list({need.title.casefold(): need for need in needs}.values())[:MOST]


def _kind_of(sentence: str) -> str:
    return next((kind for kind, words in _KINDS if words.search(sentence)), "skill")


def _title_of(sentence: str) -> str:
    if len(sentence) <= LONGEST:
        return sentence
    return sentence[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
