"""What a reason looks like, and how its words are marked in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matching.text import clean, fold

_WORD = re.compile(r"[^\W_]+(?:[.'’][^\W\d_]+)?")


class Term(str):
    """A word as written; `part` is the part of a compound that matched, or the whole word.

    Examples
    --------
    >>> term = Term("Gemeinschaftsgarten", part="garten")
    >>> term == "Gemeinschaftsgarten", term.part
    (True, 'garten')
    """

    __slots__ = ("part",)
    part: str

    def __new__(cls, word: str, part: str | None = None) -> Term:
        """Make a term; without `part` the whole word matched."""
        term = super().__new__(cls, word)
        term.part = part or word
        return term

    @property
    def word(self) -> str:
        """The word as written."""
        return str(self)

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Let a term be copied and pickled with its part."""
        return str(self), self.part


@dataclass(frozen=True)
class Reason:
    """One reason for a match.

    Attributes
    ----------
    kind : {"words", "meaning"}
        Whoever adds reasons of their own (a router did it) gives them kinds of their own.
    terms : tuple of Term
        Surface forms as written in the query, strongest first; empty for "meaning".
    document_terms : tuple of Term
        Surface forms as written in the document, one for each of `terms`.
    weight : float
        Share of the score before it is put on the 0 to 1 scale.
    query_sentence, document_sentence : str
        The sentences the words stand in, or the nearest pair of sentences.
    """

    kind: str
    terms: tuple[Term, ...]
    document_terms: tuple[Term, ...]
    weight: float
    query_sentence: str
    document_sentence: str


def highlight(text: str, terms: Iterable[str]) -> list[tuple[str, bool]]:
    """Split `text` into pieces and say which of them to mark; the pieces joined are the text.

    A `Term` with a part marks only that part of the word.

    Examples
    --------
    >>> highlight("Ein Gemeinschaftsgarten!", [Term("Gemeinschaftsgarten", part="garten")])
    [('Ein Gemeinschafts', False), ('garten', True), ('!', False)]
    """
    wanted: dict[str, str] = {}
    for term in terms:
        matched = term.part if isinstance(term, Term) else term
        wanted[fold(clean(term))] = matched.casefold()
    pieces: list[tuple[str, bool]] = []
    plain_from = 0
    for found in _WORD.finditer(text):
        part = wanted.get(fold(clean(found.group()))) if wanted else None
        if part is None:
            continue
        offset = found.group().casefold().find(part)
        same_length = len(found.group().casefold()) == len(found.group())
        start, end = found.span()
        if offset >= 0 and same_length:
            start, end = start + offset, start + offset + len(part)
        if plain_from < start:
            pieces.append((text[plain_from:start], False))
        pieces.append((text[start:end], True))
        plain_from = end
    if plain_from < len(text):
        pieces.append((text[plain_from:], False))
    return pieces
