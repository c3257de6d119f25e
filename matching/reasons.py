"""Why a text was found: shared words as people wrote them, and the nearest pair of sentences.

The word part of a score is a sum over terms, so each shared term's share is exact. It is mapped
back to the surface forms of both texts; a part of a compound keeps the whole word beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.lexical import Sparse, char_columns, stem_column
from matching.text import Token, clean, fold

_MAX_TERMS = 6
_SIMILAR = (
    0.45  # Dice coefficient of n-grams from which two words look alike ("Garten", "gärtnern")
)
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

    def __getnewargs__(self) -> tuple[str, str]:
        """Let a term be copied and pickled with its part."""
        return str(self), self.part


@dataclass(frozen=True)
class Reason:
    """One reason for a match.

    Attributes
    ----------
    kind : {"words", "meaning"}
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


def _surface_by_column(tokens: Iterable[Token]) -> dict[int, Term]:
    """Map each column a text's tokens fill to the surface form that filled it first."""
    found: dict[int, Term] = {}
    parts: dict[int, Term] = {}
    for token in tokens:
        found.setdefault(stem_column(token.stem), Term(token.surface))
        for part in token.parts:
            term = Term(token.surface, token.surface[part.start : part.end])
            parts.setdefault(stem_column(part.stem), term)
    return {**parts, **found}


def shared_terms(
    query: Sequence[Token],
    document: Sequence[Token],
    query_weights: Sparse,
    document_weights: Sparse,
) -> list[tuple[Term, Term, float]]:
    """Return (query term, document term, share of the word cosine), strongest first."""
    in_query, in_document = _surface_by_column(query), _surface_by_column(document)
    columns, at_query, at_document = np.intersect1d(
        query_weights[0], document_weights[0], assume_unique=True, return_indices=True
    )
    shares = query_weights[1][at_query] * document_weights[1][at_document]
    pairs: dict[tuple[Term, Term], float] = {}
    for column, share in zip(columns.tolist(), shares.tolist(), strict=True):
        if column in in_query and column in in_document:
            pair = in_query[column], in_document[column]
            pairs[pair] = pairs.get(pair, 0.0) + share
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [(left, right, share) for (left, right), share in ranked[:_MAX_TERMS]]


def similar_terms(query: Sequence[Token], document: Sequence[Token]) -> list[tuple[Term, Term]]:
    """Return pairs of words that look alike though their stems differ, most alike first."""
    right = {token.surface: set(char_columns(token.surface).tolist()) for token in document}
    found = []
    for surface in {token.surface for token in query}:
        left = set(char_columns(surface).tolist())
        for other, grams in right.items():
            common = len(left & grams)
            if common:
                found.append((2 * common / (len(left) + len(grams)), surface, other))
    found.sort(key=lambda item: (-item[0], item[1:]))
    best = [item for item in found if item[0] >= _SIMILAR]
    return [(Term(left), Term(other)) for _, left, other in best[:2]]


def sentence_with(term: str, candidates: Sequence[str]) -> str:
    """Return the first of `candidates` that contains `term`, or the first, or ""."""
    hit = next((sentence for sentence in candidates if term in sentence), None)
    return hit if hit is not None else (candidates[0] if candidates else "")


def nearest_pair(
    query: Mapping[str, np.ndarray],
    document: Mapping[str, np.ndarray],
    weights: Mapping[str, float],
) -> tuple[int, int]:
    """Return the row numbers of the nearest query and document sentence, over all encoders.

    Rows are whole text first; sentences follow (a query has no title, a document has).
    """
    total = None
    for name, rows in document.items():
        left = query[name][1:] if len(query[name]) > 1 else query[name]
        right = rows[2:] if len(rows) > 2 else rows[:1]
        cosines = weights.get(name, 1.0) * (left @ right.T)
        total = cosines if total is None else total + cosines
    if total is None:
        return 0, 0
    row, column = np.unravel_index(int(np.argmax(total)), total.shape)
    return int(row), int(column)


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
        part = term.part if isinstance(term, Term) else term
        wanted[fold(clean(term))] = part.casefold()
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
