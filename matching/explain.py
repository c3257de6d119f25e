"""Find out why a document was found: shared words, and the nearest pair of sentences.

The word part of a score is a sum over terms, so each shared term's share is exact. It is mapped
back to the surface forms of both texts; a part of a compound keeps the whole word beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matching.concepts import ConceptSpace
from matching.documents import Corpus, Document, Match
from matching.encoders import Vectors, understands
from matching.exclusions import without_exclusions
from matching.fusion import UNRELATED, WEIGHTS, label_of
from matching.lexical import LexicalIndex, Sparse, char_columns, stem_column
from matching.reasons import Reason, Term
from matching.scoring import Query
from matching.text import Token, clean, sentences
from matching.vectors import SENTENCES, Meaning

_MAX_TERMS = 6
# What a sentence that shares the concepts of the query gains on others. It changed 32 sentences of
# 116 requests, read side by side: most name the matter now instead of a heading or a side remark.
_SHARED_CONCEPTS = 1.0
_SIMILAR = (
    0.45  # Dice coefficient of n-grams from which two words look alike ("Garten", "gärtnern")
)


def explained(
    query: Query,
    rows: NDArray[np.int64],
    scores: NDArray[np.float32],
    corpus: Corpus,
    lexical: LexicalIndex,
    meaning: Meaning,
    space: ConceptSpace,
) -> list[Match]:
    """Return the documents in `rows` as matches with `scores`, those that there is a reason for."""
    reasons = explain(query, rows.tolist(), corpus, lexical, meaning, space)
    found = []
    for row, score, why in zip(rows.tolist(), scores.tolist(), reasons, strict=True):
        label = label_of(score)
        if label and why:
            document = corpus[row]
            found.append(Match(document.id, document.kind, score, label, why))
    return found


def explain(
    query: Query,
    rows: Sequence[int],
    corpus: Corpus,
    lexical: LexicalIndex,
    meaning: Meaning,
    space: ConceptSpace,
) -> list[tuple[Reason, ...]]:
    """Return for each of `rows` the reasons why its document fits; () if there is none to show."""
    stored = [meaning.rows_of(row) for row in rows]
    likeness = _likeness(query, stored, space)
    return [
        _reasons(query, vectors, alike, corpus[row], lexical, corpus.languages[row])
        for row, vectors, alike in zip(rows, stored, likeness, strict=True)
    ]


def _reasons(
    query: Query,
    stored: Mapping[str, Vectors],
    likeness: Vectors,
    document: Document,
    lexical: LexicalIndex,
    language: str | None,
) -> tuple[Reason, ...]:
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
        for name, rows in stored.items()
        if name in query.vectors and understands(name, query.language)
    }
    if vectors:
        found.append(_meaning_reason(query, vectors, likeness, pieces))
    if not found:
        similar = similar_terms(query.tokens, right)
        if similar:
            found.append(_word_reason(similar, 0.0, pieces))
    return tuple(found)


def _likeness(
    query: Query, stored: Sequence[Mapping[str, Vectors]], space: ConceptSpace
) -> list[Vectors]:
    """Return how much each sentence of each text shares the concepts of `query`, 0 to 1.

    All sentences are told at once: one by one they would cost more than searching.
    """
    full = [bool(vectors) and set(vectors) == set(query.vectors) for vectors in stored]
    found = [np.zeros(1, dtype=np.float32) for _ in stored]
    if not any(full):
        return found
    blocks = {
        name: [
            _sentence_rows(vectors[name]) for vectors, one in zip(stored, full, strict=True) if one
        ]
        for name in query.vectors
    }
    alike = space.likeness({name: np.vstack(rows) for name, rows in blocks.items()}, query.concepts)
    ends = np.cumsum([len(rows) for rows in next(iter(blocks.values()))])
    parts = iter(np.split(alike, ends[:-1]))
    return [next(parts) if one else nothing for nothing, one in zip(found, full, strict=True)]


def _sentence_rows(rows: Vectors) -> Vectors:
    """Return the rows of the sentences of a document, of the whole text if it has none."""
    return rows[SENTENCES:] if len(rows) > SENTENCES else rows[:1]


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
    likeness: Vectors,
) -> tuple[int, int]:
    """Return the row numbers of the nearest query and document sentence, over all encoders.

    Rows are whole text first; sentences follow (a query has no title, a document has). `likeness`,
    shape (n_sentences,) or (1,), is added for each sentence of the document.
    """
    total = np.float32(_SHARED_CONCEPTS) * likeness[None, :]
    for name, rows in document.items():
        left = query[name][1:] if len(query[name]) > 1 else query[name]
        total = total + weights.get(name, 1.0) * (left @ _sentence_rows(rows).T)
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
    query: Query,
    vectors: Mapping[str, Vectors],
    likeness: Vectors,
    pieces: tuple[list[str], list[str]],
) -> Reason:
    weights = dict(WEIGHTS.whole)
    at, other = nearest_pair(query.vectors, vectors, weights, likeness)
    weight = sum(
        weights[name] * (float(query.vectors[name][0] @ rows[0]) - UNRELATED[name])
        for name, rows in vectors.items()
    )
    left, right = pieces[0] or [query.text], pieces[1][1:] or pieces[1]
    return Reason("meaning", (), (), weight, left[min(at, len(left) - 1)],
                  right[min(other, len(right) - 1)])  # fmt: skip
