"""The lexical half: hashed TF-IDF of stemmed and split words, and of character n-grams.

Both kinds of features are hashed, so nothing goes stale: a word nobody has used before finds its
column at once, with the highest IDF. Cosines are read from an inverted index, `q @ X.T` with `X.T`
in CSR, which touches only the columns of the query and gives the same numbers as a
nearest-neighbour search 15 to 125 times faster. Added documents live in a small delta that is
scanned row by row and joins the inverted index when it has grown.

References
----------
K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009.
C. D. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval", 2008, chapter 6
(weights) and section 1.2 (inverted index).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.compounds import CompoundSplitter
from matching.text import Token, fold, surfaces, tokens

WORD_BITS = 20  # 1,048,576 columns: at 100,000 different stems 1 in 10 shares its column
CHAR_BITS = 20
_WORD_COLUMNS = 1 << WORD_BITS
_CHAR_COLUMNS = 1 << CHAR_BITS
_NGRAMS = (3, 4, 5)  # char_wb 3-5, the best of the character ranges on our requests
_TITLE_WEIGHT = 2.0  # terms of the title count twice (report section E: title and tags x2)
_PART_WEIGHT = 0.7  # a part of a compound against a word of its own; evaluate, stage 1
_FEW_ROWS = 2_500  # in a small corpus a common feature costs nothing and may still help
_MERGE_ROWS = 2_000  # scanning a delta of this size costs about as much as the index itself

Sparse = tuple[NDArray[np.int32], NDArray[np.float32]]
"""Columns and weights of one text, columns ascending and unique."""


@lru_cache(maxsize=65_536)
def stem_column(term: str) -> int:
    """Return the column of a stem in the hashed word space."""
    return crc32(term.encode()) & (_WORD_COLUMNS - 1)


def word_row(title: Sequence[Token], text: Sequence[Token]) -> Sparse:
    """Return the columns of the stems and compound parts of a text, and how often they occur."""
    counts: dict[int, float] = {}
    for weight, found in ((1.0, text), (_TITLE_WEIGHT, title)):
        for token in found:
            column = stem_column(token.stem)
            counts[column] = counts.get(column, 0.0) + weight
            for part in token.parts:
                column = stem_column(part.stem)
                counts[column] = counts.get(column, 0.0) + weight * _PART_WEIGHT
    columns = np.fromiter(counts, dtype=np.int32, count=len(counts))
    values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    order = np.argsort(columns)
    return columns[order], values[order]


def char_columns(text: str) -> NDArray[np.int64]:
    """Return the hashed columns of all character 3- to 5-grams inside the words of `text`.

    Words are padded with one blank on each side and n-grams never cross words, as with
    scikit-learn's `analyzer="char_wb"`; stop words carry no n-grams. Shape (n_grams,).
    """
    padded = " " + "  ".join(fold(word) for word in surfaces(text)) + " "
    codes = np.frombuffer(padded.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    blank = codes == 32
    found = []
    for n in _NGRAMS:
        count = len(codes) - n + 1
        if count <= 0:
            continue
        hashed = np.full(count, n, dtype=np.uint64)
        inside = np.ones(count, dtype=bool)
        for offset in range(n):
            hashed = hashed * np.uint64(0x100000001B3) ^ codes[offset : offset + count]  # FNV-1
            if 0 < offset < n - 1:
                inside &= ~blank[offset : offset + count]
        inside &= ~(blank[:count] & blank[1 : count + 1])
        hashed ^= hashed >> np.uint64(29)
        hashed = hashed * np.uint64(0xBF58476D1CE4E5B9) >> np.uint64(40)
        found.append(hashed[inside])
    columns = np.concatenate(found) if found else np.empty(0, dtype=np.uint64)
    return (columns & np.uint64(_CHAR_COLUMNS - 1)).astype(np.int64)


def char_row(title: str, text: str) -> Sparse:
    """Return the character n-grams of a text and how often they occur, the title counted twice."""
    grams = char_columns(text)
    if title:
        grams = np.concatenate([grams, np.repeat(char_columns(title), int(_TITLE_WEIGHT))])
    unique, frequency = np.unique(grams, return_counts=True)
    return unique.astype(np.int32), frequency.astype(np.float32)


def _too_many(n_rows: int) -> int:
    """Return in how many of `n_rows` texts a feature may occur before it is left out.

    Features of more than a quarter of the texts tell little apart and cost most of the time.
    """
    return max(_FEW_ROWS, n_rows // 4)


class TfIdf:
    """Inverse document frequencies of a hashed space, and the weighting of term counts.

    Term frequency is 1 + log tf; IDF is log((1 + n) / (1 + df)) + 1; rows have length 1.

    Attributes
    ----------
    idf_ : ndarray of shape (n_columns,), float32
    """

    def __init__(self, n_columns: int) -> None:
        self.n_columns = n_columns

    def fit(self, rows: Sequence[Sparse]) -> TfIdf:
        """Count in how many of `rows` each column occurs; returns self."""
        df = np.zeros(self.n_columns, dtype=np.float32)
        for columns, _ in rows:
            df[columns] += 1.0
        self.idf_ = (np.log((1.0 + len(rows)) / (1.0 + df)) + 1.0).astype(np.float32)
        return self

    @cached_property
    def df(self) -> NDArray[np.int32]:
        """In how many texts each column occurs, of those fitted on; shape (n_columns,)."""
        highest = float(self.idf_.max())  # some column is always empty
        return np.rint(np.exp(highest - self.idf_)).astype(np.int32) - 1

    @cached_property
    def common(self) -> NDArray[np.bool_]:
        """Columns too common to tell texts apart, of those fitted on; shape (n_columns,)."""
        return self.df > _too_many(round(float(np.exp(self.idf_.max() - 1.0))) - 1)

    def weigh(self, row: Sparse) -> Sparse:
        """Return `row` of raw counts as tf-idf weights of Euclidean length 1."""
        return self.weigh_all([row])[0]

    def weigh_all(self, rows: Sequence[Sparse]) -> list[Sparse]:
        """Return `rows` of raw counts as `weigh` does, all in one go."""
        if not rows:
            return []
        columns, counts = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        weights = np.log(np.maximum(counts, 1e-6))
        weights = np.where(counts >= 1.0, 1.0 + weights, counts) * self.idf_[columns]
        ends = np.cumsum([len(row) for row, _ in rows]).tolist()
        found = []
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            row = weights[start:end]
            length = float(np.sqrt(np.dot(row, row)))
            found.append((columns[start:end], row / length if length else row))
        return found


class Postings:
    """Rows of one hashed space: an inverted index plus a delta of rows added since.

    Row numbers are given out in order of arrival and never change until the next `build`.

    Attributes
    ----------
    inverted_ : csr_matrix of shape (n_columns, n_base)
        For each column the rows that have it, and their weights.
    """

    def __init__(self, n_columns: int) -> None:
        self.n_columns = n_columns
        self.build([])

    def build(self, rows: Sequence[Sparse]) -> Postings:
        """Make the inverted index of `rows`; returns self."""
        inverted = _csr(rows, self.n_columns).T.tocsr()
        return self.restore(inverted.indptr, inverted.indices, inverted.data, len(rows))

    def restore(
        self,
        indptr: NDArray[np.int32],
        indices: NDArray[np.int32],
        data: NDArray[np.float32],
        n_rows: int,
    ) -> Postings:
        """Take over the arrays of an index built before; they may be memory-mapped."""
        shape = (self.n_columns, n_rows)
        self.inverted_ = sparse.csr_matrix((data, indices, indptr), shape=shape)
        self._common = np.diff(indptr) > _too_many(n_rows)
        self._delta: list[Sparse] = []
        self._delta_matrix: sparse.csr_matrix | None = None
        return self

    @classmethod
    def few(cls, rows: Sequence[Sparse], weights: TfIdf) -> Postings:
        """Return postings of a few rows, which are scanned; `weights` tells what is common."""
        made = cls.__new__(cls)
        made.n_columns, made._common = weights.n_columns, weights.common
        made.inverted_ = _no_rows(weights.n_columns)
        made._delta, made._delta_matrix = list(rows), None
        return made

    def __len__(self) -> int:
        return int(self.inverted_.shape[1]) + len(self._delta)

    def append(self, row: Sparse) -> None:
        """Add one row; it is found by the next query."""
        self._delta.append(row)
        self._delta_matrix = None
        if len(self._delta) >= _MERGE_ROWS:
            self.merge()

    def merge(self) -> None:
        """Move the delta into the inverted index."""
        if self._delta:
            added = _csr(self._delta, self.n_columns).T.tocsr()
            both = sparse.hstack([self.inverted_, added], format="csr")
            self.restore(both.indptr, both.indices, both.data, len(self))

    def erase(self, row: int, columns: NDArray[np.int32]) -> None:
        """Forget the weights of `row`, which has entries in `columns`; the row number stays."""
        n_base = int(self.inverted_.shape[1])
        if row >= n_base:
            self._delta[row - n_base] = (np.empty(0, np.int32), np.empty(0, np.float32))
            self._delta_matrix = None
            return
        indptr, indices = self.inverted_.indptr, self.inverted_.indices
        for column in columns:
            run = slice(indptr[column], indptr[column + 1])
            self.inverted_.data[run][indices[run] == row] = 0.0

    def cosines(self, query: Sparse) -> NDArray[np.float32]:
        """Return the dot products of `query` with every row, shape (n_rows,)."""
        columns, weights = query
        rare = ~self._common[columns]
        columns, weights = columns[rare], weights[rare]
        base = self.inverted_[columns].T @ weights  # (n_base,)
        if not self._delta:
            return base
        if self._delta_matrix is None:
            self._delta_matrix = _csr(self._delta, self.n_columns)
        dense = np.zeros(self.n_columns, dtype=np.float32)
        dense[columns] = weights
        return np.concatenate([base, self._delta_matrix @ dense])


@lru_cache(maxsize=2)
def _no_rows(n_columns: int) -> sparse.csr_matrix:
    return sparse.csr_matrix((n_columns, 0), dtype=np.float32)


def _csr(rows: Sequence[Sparse], n_columns: int) -> sparse.csr_matrix:
    lengths = np.fromiter((len(columns) for columns, _ in rows), dtype=np.int64, count=len(rows))
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    empty = [np.empty(0, dtype=np.int32)]
    indices = np.concatenate([columns for columns, _ in rows] or empty)
    data = np.concatenate([weights for _, weights in rows] or empty).astype(np.float32)
    return sparse.csr_matrix((data, indices, indptr), shape=(len(rows), n_columns))


class LexicalIndex:
    """Word and character features of documents, and their cosines with a query.

    Attributes
    ----------
    splitter_ : CompoundSplitter
    word_idf_, char_idf_ : TfIdf
    words_, chars_ : Postings
    """

    def fit(self, texts: Sequence[tuple[str, str, str | None]]) -> LexicalIndex:
        """Learn compounds and IDF from (title, text, language), all cleaned; returns self."""
        counts: dict[str, int] = {}
        for title, text, _ in texts:
            for word in surfaces(f"{title}\n{text}"):
                folded = CompoundSplitter.key(word)
                counts[folded] = counts.get(folded, 0) + 1
        self.splitter_ = CompoundSplitter().fit(counts)
        raw = [self.counts(title, text, language) for title, text, language in texts]
        self.word_idf_ = TfIdf(_WORD_COLUMNS).fit([words for words, _ in raw])
        self.char_idf_ = TfIdf(_CHAR_COLUMNS).fit([chars for _, chars in raw])
        self.words_ = Postings(_WORD_COLUMNS).build([self.word_idf_.weigh(w) for w, _ in raw])
        self.chars_ = Postings(_CHAR_COLUMNS).build([self.char_idf_.weigh(c) for _, c in raw])
        return self

    def add(self, title: str, text: str, language: str | None) -> None:
        """Append one document to both feature spaces, with the IDF as learned by `fit`."""
        words, chars = self.features(title, text, language)
        self.words_.append(words)
        self.chars_.append(chars)

    def among(self, words: Sequence[Sparse], chars: Sequence[Sparse]) -> LexicalIndex:
        """Return an index of texts given by their `counts` alone, with all this one learned."""
        made = LexicalIndex()
        made.splitter_, made.word_idf_, made.char_idf_ = (
            self.splitter_,
            self.word_idf_,
            self.char_idf_,
        )
        made.words_ = Postings.few(self.word_idf_.weigh_all(words), self.word_idf_)
        made.chars_ = Postings.few(self.char_idf_.weigh_all(chars), self.char_idf_)
        return made

    def erase(self, row: int, title: str, text: str, language: str | None) -> None:
        """Forget the weights of the document in `row`, given as it was added."""
        words, chars = self.counts(title, text, language)
        self.words_.erase(row, words[0])
        self.chars_.erase(row, chars[0])

    def features(self, title: str, text: str, language: str | None) -> tuple[Sparse, Sparse]:
        """Return the weighted word and character features of one text."""
        words, chars = self.counts(title, text, language)
        return self.word_idf_.weigh(words), self.char_idf_.weigh(chars)

    def cosines(
        self, title: str, text: str, language: str | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return word and character cosines with every document, each of shape (n_documents,)."""
        words, chars = self.features(title, text, language)
        return self.words_.cosines(words), self.chars_.cosines(chars)

    def words_of(self, title: Sequence[Token], text: Sequence[Token]) -> Sparse:
        """Return the weighted word features of a text given as tokens of title and text."""
        return self.word_idf_.weigh(word_row(title, text))

    def chars_of(self, title: str, text: str) -> Sparse:
        """Return the weighted character features of a text."""
        return self.char_idf_.weigh(char_row(title, text))

    def tokens(self, text: str, language: str | None) -> list[Token]:
        """Return the tokens of a cleaned text, compounds split as learned by `fit`."""
        return tokens(text, self.splitter_, language)

    def counts(self, title: str, text: str, language: str | None) -> tuple[Sparse, Sparse]:
        """Return how often each word and character feature of one text occurs."""
        words = word_row(self.tokens(title, language), self.tokens(text, language))
        return words, char_row(title, text)
