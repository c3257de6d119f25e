"""Find out why a document was found: shared words, and the nearest pair of sentences.

The word part of a score is a sum over terms, so each shared term's share is exact. It is mapped
back to the surface forms of both texts; a part of a compound keeps the whole word beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from matching.documents import Corpus
from matching.encoders import Vectors, understands
from matching.exclusions import without_exclusions
from matching.fusion import UNRELATED, WEIGHTS
from matching.lexical import LexicalIndex, Sparse, char_columns, stem_column
from matching.reasons import Reason, Term
from matching.scoring import Query
from matching.text import Token, clean, sentences
from matching.vectors import SENTENCES, Meaning

_MAX_TERMS = 6
_SIMILAR = (
    0.45  # Dice coefficient of n-grams from which two words look alike ("Garten", "gärtnern")
)


def explain(
    query: Query,
    row: int,
    corpus: Corpus,
    lexical: LexicalIndex,
    meaning: Meaning,
) -> tuple[Reason, ...]:
    """Return the reasons why the document in `row` fits `query`; () if there is none to show."""
    document, language = corpus[row], corpus.languages[row]
    title, text = clean(document.title), without_exclusions(document.text)
    titles, texts = lexical.tokens(title, language), lexical.tokens(text, language)
    right = titles + texts
    pieces = _asked(query.text), [title, *sentences(text)]
    found: list[Reason] = []
    shared = shared_terms(query.tokens, right, query.words, lexical.words_of(titles, texts))
    if shared:
        share = WEIGHTS.word * sum(item[2] for item in shared)
        found.append(_word_reason([item[:2] for item in shared], share, pieces))
    vectors = {
        name: rows
        for name, rows in meaning.rows_of(row).items()
        if name in query.vectors and understands(name, query.language)
    }
    if vectors:
        found.append(_meaning_reason(query, vectors, pieces))
    if not found:
        similar = similar_terms(query.tokens, right)
        if similar:
            found.append(_word_reason(similar, 0.0, pieces))
    return tuple(found)


def _surfaces(tokens: Iterable[Token], wanted: set[int]) -> dict[int, Term]:
    """Map each of the `wanted` columns to the surface form of `tokens` that fills it first."""
    found: dict[int, Term] = {}
    parts: dict[int, Term] = {}
    for token in tokens:
        column = stem_column(token.stem)
        if column in wanted and column not in found:
            found[column] = Term(token.surface)
        for part in token.parts:
            column = stem_column(part.stem)
            if column in wanted and column not in parts:
                parts[column] = Term(token.surface, token.surface[part.start : part.end])
    return {**parts, **found}


def shared_terms(
    query: Sequence[Token],
    document: Sequence[Token],
    query_weights: Sparse,
    document_weights: Sparse,
) -> list[tuple[Term, Term, float]]:
    """Return (query term, document term, share of the word cosine), strongest first."""
    columns, at_query, at_document = np.intersect1d(
        query_weights[0], document_weights[0], assume_unique=True, return_indices=True
    )
    shares = query_weights[1][at_query] * document_weights[1][at_document]
    wanted = set(columns.tolist())
    in_query, in_document = _surfaces(query, wanted), _surfaces(document, wanted)
    pairs: dict[tuple[Term, Term], float] = {}
    for column, share in zip(columns.tolist(), shares.tolist(), strict=True):
        if column in in_query and column in in_document:
            pair = in_query[column], in_document[column]
            pairs[pair] = pairs.get(pair, 0.0) + share
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [(left, right, share) for (left, right), share in ranked[:_MAX_TERMS]]


def similar_terms(query: Sequence[Token], document: Sequence[Token]) -> list[tuple[Term, Term]]:
    """Return pairs of words that look alike though their stems differ, most alike first."""
    right = {token.surface: _grams(token.surface) for token in document}
    found = []
    for surface in {token.surface for token in query}:
        left = _grams(surface)
        for other, grams in right.items():
            common = len(left & grams)
            if common:
                found.append((2 * common / (len(left) + len(grams)), surface, other))
    found.sort(key=lambda item: (-item[0], item[1:]))
    best = [item for item in found if item[0] >= _SIMILAR]
    return [(Term(left), Term(other)) for _, left, other in best[:2]]


@lru_cache(maxsize=64)
def _asked(text: str) -> list[str]:
    """Return the sentences of a query, which is compared with many documents."""
    return sentences(text)


@lru_cache(maxsize=32_768)
def _grams(word: str) -> frozenset[int]:
    return frozenset(char_columns(word).tolist())


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
        right = rows[SENTENCES:] if len(rows) > SENTENCES else rows[:1]
        cosines = weights.get(name, 1.0) * (left @ right.T)
        total = cosines if total is None else total + cosines
    if total is None:
        return 0, 0
    row, column = np.unravel_index(int(np.argmax(total)), total.shape)
    return int(row), int(column)


def _word_reason(
    pairs: Sequence[tuple[Term, Term]], weight: float, pieces: tuple[list[str], list[str]]
) -> Reason:
    terms, document_terms = tuple(p[0] for p in pairs), tuple(p[1] for p in pairs)
    return Reason(
        "words",
        terms,
        document_terms,
        float(weight),
        sentence_with(terms[0], pieces[0]),
        sentence_with(document_terms[0], pieces[1]),
    )


def _meaning_reason(
    query: Query, vectors: Mapping[str, Vectors], pieces: tuple[list[str], list[str]]
) -> Reason:
    weights = dict(WEIGHTS.whole)
    at, other = nearest_pair(query.vectors, vectors, weights)
    weight = sum(
        weights[name] * (float(query.vectors[name][0] @ rows[0]) - UNRELATED[name])
        for name, rows in vectors.items()
    )
    left, right = pieces[0] or [query.text], pieces[1][1:] or pieces[1]
    return Reason("meaning", (), (), weight, left[min(at, len(left) - 1)],
                  right[min(other, len(right) - 1)])  # fmt: skip
