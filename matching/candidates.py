"""Search more texts than one process should hold: a few hundred candidates, then all as usual.

A candidate source, usually a database, keeps every text with all that comparing it takes and
returns the nearest by vectors and the best by rare words. A fitted `Matcher` lends its words and
frequencies, and compares, labels and explains the candidates by the code it uses in memory.

Cosines of whole texts are added with fixed weights, so that their sum is one inner product: all
vectors of a text side by side, those of the query weighted. Its nearest hold what the sum
finds; those of the first encoder alone do not (`python -m matching bench --candidates`).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from matching import fusion
from matching.documents import Document, Match
from matching.encoders import Vectors
from matching.entries import Entry
from matching.fusion import WEIGHTS
from matching.index import Matcher
from matching.scoring import Query, whole_weights
from matching.vectors import WHOLE

# Words are looked up from the rarest on while all of them together are in so few texts of the
# sample: what is in more of them tells candidates apart no better than the vector.
_RARE = 200


class CandidateSource(Protocol):
    """What a database has to do for `LargeMatcher`."""

    def fill(self, entries: Iterable[Entry]) -> None:
        """Keep `entries` instead of everything kept before."""
        ...

    def put(self, entry: Entry) -> None:
        """Keep one more entry; the next search finds it. An existing id is replaced."""
        ...

    def remove(self, id: Hashable) -> None:
        """Forget an entry with all that was made of it; unknown ids are no error."""
        ...

    def get(self, id: Hashable) -> Entry | None:
        """Return the entry of an id."""
        ...

    def candidates(
        self,
        vector: Vectors,
        words: Sequence[tuple[int, float]],
        kinds: Collection[str] | None,
        exclude: Collection[Hashable],
    ) -> list[Entry]:
        """Return the best few hundred entries of `kinds` whose id is not in `exclude`.

        Parameters
        ----------
        vector : ndarray of shape (width,)
            To be compared with `Entry.vector` by inner product: the vectors of the whole query side
            by side, weighted. It is 0 if nothing is known of the query's meaning.
        words : sequence of (column, weight)
            Rare words of the query, to be found in `Entry.words`.
        kinds, exclude
            As for `Matcher.search`.
        """
        ...


class LargeMatcher:
    """Find the documents that fit a text among more than memory should hold.

    Parameters
    ----------
    fitted : Matcher
        Fitted on a sample of the texts: some ten thousand tell words and their frequencies well
        enough. Its documents are not searched. `fitted.among([])` is the same without any text.
    source : CandidateSource
        Where the texts are kept.
    """

    def __init__(self, fitted: Matcher, source: CandidateSource) -> None:
        self._fitted = fitted.among([])
        self._source = source

    def fill(self, documents: Iterable[Document]) -> None:
        """Index `documents` instead of everything indexed before; they may be a generator."""
        self._source.fill(self._fitted.entry(document) for document in documents)

    def add(self, document: Document) -> None:
        """Index one more document; the next search finds it. An existing id is replaced."""
        self._source.put(self._fitted.entry(document))

    def remove(self, id: Hashable) -> None:
        """Forget a document with its text, words and vectors; unknown ids are no error."""
        self._source.remove(id)

    def search(
        self,
        text: str,
        kinds: Collection[str] | None = None,
        k: int = 10,
        language: str | None = None,
        min_label: str | None = None,
        exclude: Collection[Hashable] = frozenset(),
        offer: bool = False,
    ) -> list[Match]:
        """Return up to `k` matches for `text`, best first, as `Matcher.search` does."""
        query = self._fitted.query_of(text, language, offer=offer)
        return self.matches_of(query, kinds, k, fusion.floor_of(min_label), exclude)

    def search_document(
        self,
        id: Hashable,
        kinds: Collection[str] | None = None,
        k: int = 10,
        min_label: str | None = None,
        exclude: Collection[Hashable] = frozenset(),
        gains: Mapping[Hashable, float] | None = None,
    ) -> list[Match]:
        """Search with an indexed document as the query, as `Matcher.search_document` does.

        Raises
        ------
        KeyError
            If no document has this id.
        """
        entry = self._source.get(id)
        if entry is None:
            raise KeyError(id)
        query = self._fitted.among([entry]).query_of_document(id)
        floor = fusion.floor_of(min_label)
        return self.matches_of(query, kinds, k, floor, {*exclude, id}, gains)

    def candidates(
        self,
        query: Query,
        kinds: Collection[str] | None = None,
        exclude: Collection[Hashable] = frozenset(),
    ) -> list[Entry]:
        """Return what the source finds for `query`; that alone is compared with it."""
        weights = _weights(query)
        vector = np.concatenate([
            weights[name] * query.vectors[name][WHOLE] if name in weights else np.zeros(dim)
            for name, dim in self._fitted.vectorizer.dims.items()
        ] + [WEIGHTS.concepts * query.concepts])  # fmt: skip
        return self._source.candidates(vector, self._rare_words(query), kinds, exclude)

    def matches_of(
        self,
        query: Query,
        kinds: Collection[str] | None,
        k: int,
        floor: float,
        exclude: Collection[Hashable] = frozenset(),
        gains: Mapping[Hashable, float] | None = None,
    ) -> list[Match]:
        """Return up to `k` matches with scores from `floor` on, as `Matcher.matches_of` does."""
        found = self._fitted.among(self.candidates(query, kinds, exclude))
        return found.matches_of(query, kinds, k, floor, exclude, gains)

    def _rare_words(self, query: Query) -> list[tuple[int, float]]:
        columns, weights = query.words
        learned = self._fitted.parts()[0].word_idf_
        df = learned.df[columns]
        order = np.argsort(df, kind="stable")
        so_far = np.cumsum(df[order])
        rare = order[(so_far <= _RARE) | (so_far == df[order])]  # at least one that is known
        # a text that has the word once weighs it by its IDF
        worth = weights[rare] * learned.idf_[columns[rare]]
        return list(zip(columns[rare].tolist(), worth.tolist(), strict=True))


def _weights(query: Query) -> dict[str, float]:
    """Return what the whole-text vectors of `query` count for, by encoder.

    Sentences are compared once candidates are there; until then whole texts stand for them.
    """
    weights = whole_weights(query)
    for name, weight in WEIGHTS.sentence:
        if name in weights:
            weights[name] += weight
    return weights
