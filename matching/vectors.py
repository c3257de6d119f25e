"""The semantic half: one matrix of whole-text vectors per encoder, and small rows per sentence.

Whole texts are compared with every query, so they are float32 in one block; sentences are compared
only with the best few hundred candidates, so they stay int8, a quarter of the size.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.encoders import Vectors

WHOLE, TITLE, SENTENCES = 0, 1, 2  # rows of one packed text: itself, its title, its sentences

_GATHER = 4  # copying so many rows out of a table costs as much as multiplying all of them


class Column:
    """A growing array of one value per row; appending is cheap, `values` is a plain array."""

    def __init__(self, dtype: type, values: NDArray | None = None) -> None:
        self._array: NDArray = (
            np.zeros(0, dtype=dtype) if values is None else np.array(values, dtype)
        )
        self._n_rows = len(self._array)

    @property
    def values(self) -> NDArray:
        """The values so far, shape (n_rows,); writing to it changes the column."""
        return self._array[: self._n_rows]

    def append(self, value: float) -> None:
        """Add the value of one more row."""
        if self._n_rows == len(self._array):
            self._array = np.resize(self._array, max(64, 2 * self._n_rows))
        self._array[self._n_rows] = value
        self._n_rows += 1


class VectorTable:
    """Vectors of one encoder for all documents of an index, by row number.

    Parameters
    ----------
    dim : int
        Length of a vector.

    Attributes
    ----------
    known : ndarray of shape (n_rows,), bool
        Which rows have a vector.
    """

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.n_rows = 0
        self._whole = np.zeros((0, dim), dtype=np.float32)
        self._known = np.zeros(0, dtype=bool)
        self._sentences: list[NDArray[np.int8] | None] = []

    @property
    def whole(self) -> Vectors:
        """Whole-text vectors, zero where unknown, shape (n_rows, dim)."""
        return self._whole[: self.n_rows]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which rows have a vector, shape (n_rows,)."""
        return self._known[: self.n_rows]

    def restore(
        self, whole: Vectors, known: NDArray[np.bool_], sentences: list[NDArray[np.int8] | None]
    ) -> VectorTable:
        """Take over the arrays of a table made before; they may be memory-mapped."""
        self.n_rows = len(known)
        self._whole, self._known = whole.view(np.ndarray), known.view(np.ndarray)
        self._sentences = sentences
        return self

    def sentences_of(self, row: int) -> NDArray[np.int8] | None:
        """Return title and sentence vectors of a row times 127, or None without vectors."""
        return self._sentences[row]

    def reserve(self, n_rows: int) -> None:
        """Make room for `n_rows` rows at once."""
        if n_rows > len(self._known):
            whole = np.zeros((n_rows, self.dim), dtype=np.float32)
            whole[: self.n_rows] = self.whole
            known = np.zeros(n_rows, dtype=bool)
            known[: self.n_rows] = self.known
            self._whole, self._known = whole, known

    def append(self, rows: Vectors | None) -> None:
        """Add the rows of one text (whole, title, sentences), or None while it has none."""
        if self.n_rows == len(self._known):
            self.reserve(max(64, 2 * self.n_rows))
        self._sentences.append(None)
        self.n_rows += 1
        if rows is not None:
            self._whole[self.n_rows - 1] = rows[WHOLE]
            self._known[self.n_rows - 1] = True
            # Rows have length 1, so one scale fits all: values lie within -1 and 1.
            if len(rows) > 1:
                self._sentences[-1] = np.rint(rows[TITLE:] * 127.0).astype(np.int8)

    def erase(self, row: int) -> None:
        """Forget the vectors of `row`."""
        self._whole[row] = 0.0
        self._known[row] = False
        self._sentences[row] = None

    def rows_of(self, row: int) -> Vectors | None:
        """Return whole, title and sentence vectors of one row, shape (n, dim), or None."""
        parts = self._sentences[row]
        if not self._known[row]:
            return None
        if parts is None:
            return self._whole[row : row + 1]
        return np.vstack([self._whole[row : row + 1], parts.astype(np.float32) / 127.0])

    def cosines(self, query: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """Return the cosine of one vector of shape (dim,) with each of `rows`, shape (n_rows,)."""
        if len(rows) * _GATHER < self.n_rows:
            return self._whole[rows] @ query
        return (self.whole @ query)[rows]

    def title_cosines(self, query: Vectors, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """Return the cosine of one vector of shape (dim,) with the titles of known `rows`."""
        found = [self._sentences[row] for row in rows]
        titles = np.array([block[0] for block in found if block is not None], dtype=np.float32)
        return titles.reshape(-1, self.dim) @ query / 127.0

    def sentence_cosines(self, query: Vectors, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """Return the best cosine of each query row with any sentence of each document.

        Parameters
        ----------
        query : ndarray of shape (n_queries, dim)
        rows : sequence of int
            Row numbers; all of them known.

        Returns
        -------
        ndarray of shape (n_queries, len(rows))
        """
        if not len(rows):
            return np.zeros((len(query), 0), dtype=np.float32)
        found = [self._sentences[row] for row in rows]
        # a text without sentences is compared by its title
        blocks = [block[1:] if len(block) > 1 else block for block in found if block is not None]
        starts = np.cumsum([0] + [len(block) for block in blocks[:-1]])
        cosines = query @ np.concatenate(blocks).astype(np.float32).T / 127.0
        return np.maximum.reduceat(cosines, starts, axis=1)
