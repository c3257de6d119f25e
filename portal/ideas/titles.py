"""Titles made from what people wrote, so that nobody has to think of a headline."""

import re
import unicodedata

LIMIT = 80
# A shorter wish ("Mehr Grün!") says less than the problem's first sentence.
TELLING = 15
# Full stops after a digit or a single letter belong to dates and abbreviations ("3. Mai", "z. B.").
_SENTENCE_END = re.compile(r"(?:(?<!\d)(?<!\b\w)[.]|[!?…؟۔。！？])+(?=[\s\"“”«»)]|$)|\n")
_BREAKABLE = re.compile(r"[\s\u200b]+")
_JOINER = "\u200d"


def title_of(problem: str, wish: str = "") -> str:
    """Return the first sentence of the wish, or else of the problem, in at most 80 characters."""
    text = wish if len(wish.strip()) >= TELLING else problem
    return shorten(first_sentence(text))


def first_sentence(text: str) -> str:
    """Return `text` up to its first sentence end; a very short one takes the next along."""
    text = text.strip()
    for end in _SENTENCE_END.finditer(text):
        if end.end() >= TELLING:
            return text[: end.end()].strip().removesuffix(".")
    return text.removesuffix(".")


def shorten(text: str, limit: int = LIMIT) -> str:
    """Return `text` on one line with at most `limit` characters, cut between two words.

    Where a single word is longer, it is cut between two visible characters: an emoji made of
    several code points and an accent stay whole.
    """
    text = _BREAKABLE.sub(" ", text).strip()
    if len(text) <= limit:
        return text
    cut = text.rfind(" ", 0, limit)
    if cut < limit // 2:
        cut = _between_characters(text, limit - 1)
    return text[:cut].rstrip(" ,;:–-") + "…"


def _between_characters(text: str, cut: int) -> int:
    """Return the last position up to `cut` that does not tear a visible character apart."""
    for position in range(cut, 0, -1):
        if not _belongs_to_previous(text[position]) and text[position - 1] != _JOINER:
            return position
    return cut


def _belongs_to_previous(character: str) -> bool:
    return (
        character == _JOINER
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
    )
