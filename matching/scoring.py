"""Compare one query with many documents: which similarities there are, and their sum.

All documents are compared by words, character n-grams and one encoder's whole-text vectors, the
best few thousand by the other vectors too, the best few hundred also sentence by sentence. What a
document lacks (no vector yet) is not held against it: it is scored on its words alone, on the curve
for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching import facts, fusion
from matching.documents import Corpus
from matching.encoders import Vectors, understands
from matching.facts import Facts
from matching.fusion import UNRELATED, WEIGHTS
from matching.lexical import LexicalIndex, Sparse
from matching.text import Token
from matching.vectors import Meaning

_COMPARED = 2_000  # candidates compared by everything that is known of the whole text
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
    facts : Facts
        What it says outright of times and ages.
    offer : bool
        Whether it offers something; only what is still under way takes offers.
    """

    text: str
    language: str | None
    tokens: Sequence[Token]
    words: Sparse
    chars: Sparse
    vectors: Mapping[str, Vectors]
    concepts: Vectors
    outside: float
    facts: Facts = Facts()
    offer: bool = False


def scores(
    query: Query,
    rows: NDArray[np.int64],
    corpus: Corpus,
    lexical: LexicalIndex,
    meaning: Meaning,
) -> NDArray[np.float32]:
    """Return the scores of `rows` between 0 and 1, shape (n_rows,); 0 for what takes no offers.

    They depend on what else is among `rows`: where the best of a kind is ruled out (by a time or an
    age nobody takes, or because it is over), the rest fits less than it seems (DECISIONS 90); who
    names the wanted age is spared.
    """
    said = corpus.facts[rows]
    fit = facts.compare(query.facts, said)
    found = _log_odds(query, rows, fit.times | fit.ages, corpus, lexical, meaning)
    over = said["finished"] & query.offer
    if (fit.cannot | over).any():
        found -= _lost(found, fit.cannot | over, fit.ages, corpus.kinds[rows])
    return np.where(over, np.float32(0.0), fusion.score_of(found))


def _log_odds(
    query: Query,
    rows: NDArray[np.int64],
    meets: NDArray[np.bool_],
    corpus: Corpus,
    lexical: LexicalIndex,
    meaning: Meaning,
) -> NDArray[np.float32]:
    """Return how well `rows` fit, as log odds, whatever is ruled out."""
    total: Vectors = WEIGHTS.word * lexical.words_.cosines(query.words)[rows]
    total = total + WEIGHTS.char * lexical.chars_.cosines(query.chars)[rows]
    total += np.float32(WEIGHTS.time_meets) * meets
    known = np.full(len(rows), bool(query.vectors))
    for name in query.vectors:
        known &= meaning.encoders[name].known[rows]
    found = np.zeros(len(rows), dtype=np.float32)
    waiting, compared = np.flatnonzero(~known), np.flatnonzero(known)
    concepts = meaning.concepts.cosines(query.concepts, rows[waiting])
    by_words = total[waiting] + WEIGHTS.concepts_by_words * concepts
    found[waiting] = fusion.curve(())(by_words - WEIGHTS.outside_by_words * query.outside)
    if len(compared):
        rows = rows[compared]
        total = total[compared] + WEIGHTS.other_language * corpus.in_other_language(
            query.language, rows
        )
        total += _by_meaning(query, total, rows, meaning)
        found[compared] = fusion.curve(tuple(query.vectors))(total)
    return found


def _lost(
    found: Vectors,
    ruled_out: NDArray[np.bool_],
    spared: NDArray[np.bool_],
    kinds: NDArray[np.int32],
) -> NDArray[np.float32]:
    """Return the log odds each row loses because some are ruled out, shape (n_rows,).

    What is left of a kind loses by how much the best that is ruled out is ahead of it, unless it is
    `spared`; what is ruled out comes after the best of that.
    """
    lost = np.zeros(len(found), dtype=np.float32)
    for kind in np.unique(kinds[ruled_out]):
        out, left = (kinds == kind) & ruled_out, (kinds == kind) & ~ruled_out
        ahead = max(found[out].max() - found[left].max(), 0.0) if left.any() else 0.0
        lost[left & ~spared] = ahead
        lost[out] = fusion.CANNOT + 2.0 * ahead
    return lost


def whole_weights(query: Query) -> dict[str, float]:
    """Return what whole texts count for, by encoder that knows the language of `query`.

    In the order they are asked; E5 counts more where it is alone.
    """
    weights = {
        name: weight
        for name, weight in WEIGHTS.whole
        if name in query.vectors and understands(name, query.language)
    }
    if "e5" in weights and len(weights) < len(query.vectors):
        weights["e5"] += WEIGHTS.alone
    return weights


def _by_meaning(query: Query, total: Vectors, rows: NDArray[np.int64], meaning: Meaning) -> Vectors:
    """Return what vectors add to the `total` so far of `rows` that all have them.

    The first encoder is asked about all rows, the others and concepts about the best
    thousands, sentences and titles about the best hundreds. The rest gains as little as the least
    of those compared, so that none of them overtakes one.
    """
    weights = whole_weights(query)
    heard = list(weights)
    gain = np.full(len(rows), -WEIGHTS.outside * query.outside, dtype=np.float32)

    def add_whole(names: Sequence[str], some: NDArray[np.int64], more: Vectors) -> None:
        for name in names:
            cosines = meaning.encoders[name].cosines(query.vectors[name][0], rows[some])
            more += weights[name] * (cosines - UNRELATED[name])

    everything = np.arange(len(rows))
    add_whole(heard[:1], everything, gain)
    best = _best(total + gain, everything, _COMPARED)
    more = WEIGHTS.concepts * meaning.concepts.cosines(query.concepts, rows[best])
    add_whole(heard[1:], best, more)
    _add(gain, best, more)
    best = _best(total + gain, best, _RERANKED)
    more = np.zeros(len(best), dtype=np.float32)
    for name, weight in WEIGHTS.sentence:
        if name in heard:
            cosines = meaning.encoders[name].sentence_cosines(query.vectors[name][:1], rows[best])[
                0
            ]
            more += weight * (cosines - UNRELATED[name])
    for name, weight in WEIGHTS.title:
        if name in heard:
            cosines = meaning.encoders[name].title_cosines(query.vectors[name][0], rows[best])
            more += weight * (cosines - UNRELATED[name])
    _add(gain, best, more)
    return gain


def _best(total: Vectors, among: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Return the positions of the `k` largest of `total` at the positions `among`."""
    if len(among) <= k:
        return among
    return among[np.argpartition(-total[among], k)[:k]]


def _add(gain: Vectors, best: NDArray[np.int64], more: Vectors) -> None:
    """Add `more` to the positions `best`, and the least of it (at most 0) to all others."""
    least = more.min(initial=0.0)
    gain += least
    gain[best] += more - least
