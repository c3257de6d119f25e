"""Compare one query with many documents: which similarities there are, and their sum.

All documents are compared by words, character n-grams and whole-text vectors; the best few hundred
also sentence by sentence. What a document lacks (no vector yet) is not held against it: it is
scored on its words alone, on the curve for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching import fusion
from matching.documents import Corpus
from matching.encoders import Vectors, understands
from matching.fusion import UNRELATED, WEIGHTS
from matching.lexical import LexicalIndex, Sparse
from matching.text import Token
from matching.vectors import VectorTable

# names of the tables of concept mixtures and of the adapter, beside those of the encoders
CONCEPTS, LEARNED = "concepts", "learned"
_RERANKED = 200  # candidates compared sentence by sentence; more of them change no first ten


@dataclass(frozen=True)
class Query:
    """A text prepared for comparing.

    Attributes
    ----------
    text, language : str
    tokens : sequence of Token
    words, chars : Sparse
        Weighted lexical features.
    vectors : mapping of encoder name to ndarray of shape (1 + n_sentences, dim)
        The whole text first; empty without encoders.
    concepts : ndarray of shape (n_concepts,)
        The text as a mixture of concepts.
    outside : float
        Share of the mixture that no neighbourhood can help with, 0 to 1.
    times : tuple of int
        Time slots named and ruled out, see `facts.time_bits`.
    learned : ndarray of shape (rank,), optional
        What the adapter makes of the vectors.
    """

    text: str
    language: str | None
    tokens: Sequence[Token]
    words: Sparse
    chars: Sparse
    vectors: Mapping[str, Vectors]
    concepts: Vectors
    outside: float
    times: tuple[int, int] = (0, 0)
    learned: Vectors | None = None


def scores(
    query: Query,
    rows: NDArray[np.int64],
    corpus: Corpus,
    lexical: LexicalIndex,
    tables: Mapping[str, VectorTable],
) -> NDArray[np.float32]:
    """Return the scores of `rows` between 0 and 1, shape (n_rows,)."""
    words: Vectors = WEIGHTS.word * lexical.words_.cosines(query.words)[rows]
    words = words + WEIGHTS.char * lexical.chars_.cosines(query.chars)[rows]
    concepts = tables[CONCEPTS].cosines(query.concepts)[rows]
    meets, cannot = corpus.meets(query.times, rows)
    time = np.float32(WEIGHTS.time_meets) * meets - np.float32(WEIGHTS.time_cannot) * cannot
    lost = WEIGHTS.outside_by_words * query.outside
    by_words = fusion.curve(())(words + WEIGHTS.concepts_by_words * concepts - lost + time)
    if not query.vectors:
        return by_words
    total = words + WEIGHTS.concepts * concepts - WEIGHTS.outside * query.outside + time
    total += WEIGHTS.other_language * corpus.in_other_language(query.language, rows)
    if query.learned is not None:
        total += tables[LEARNED].cosines(query.learned)[rows]
    heard = [name for name in query.vectors if understands(name, query.language)]
    known = np.ones(len(rows), dtype=bool)
    for name in query.vectors:
        known &= tables[name].known[rows]
    for name, weight in WEIGHTS.whole:
        if name in heard:
            alone = WEIGHTS.alone if name == "e5" and len(heard) < len(query.vectors) else 0.0
            cosines = tables[name].cosines(query.vectors[name][0])[rows]
            total += (weight + alone) * (cosines - UNRELATED[name])
    best, rest = _split(total, np.flatnonzero(known))
    gain = np.zeros(len(best), dtype=np.float32)
    for name, weight in WEIGHTS.sentence:
        if name in heard and len(best):
            cosines = tables[name].sentence_cosines(query.vectors[name][:1], rows[best])[0]
            gain += weight * (cosines - UNRELATED[name])
    for name, weight in WEIGHTS.title:
        if name in heard and len(best):
            cosines = tables[name].title_cosines(query.vectors[name][0], rows[best])
            gain += weight * (cosines - UNRELATED[name])
    total[best] += gain
    total[rest] += gain.min(initial=0.0)  # so that none of the rest overtakes a compared one
    return np.where(known, fusion.curve(tuple(query.vectors))(total), by_words)


def _split(
    total: NDArray[np.floating], known: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split the positions `known` into the best 200 by `total` and the others."""
    if len(known) <= _RERANKED:
        return known, known[:0]
    order = np.argpartition(-total[known], _RERANKED)
    return known[order[:_RERANKED]], known[order[_RERANKED:]]
