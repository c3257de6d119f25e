"""The semantic half: a matrix of whole-text vectors per encoder, small rows per sentence, mixtures.

Whole texts are compared with every query, so they are float32 in one block; sentences are compared
only with the best few hundred candidates, so they stay int8, a quarter of the size. Of a mixture of
concepts only the few dozen that are not zero are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray

from matching.encoders import Vectors

CONCEPTS = "concepts"  # name of the mixtures, beside the names of encoders
MIXED = 60  # concepts of a mixture at most, as many as `ConceptSpace.represent` leaves
WHOLE, TITLE, SENTENCES = 0, 1, 2  # rows of one packed text: itself, its title, its sentences

_GATHER = 4  # copying so many rows out of a table costs as much as multiplying all of them


class Column:
    """A growing array of one value, or `width` values, per row; `values` is a plain array."""

    def __init__(self, dtype: DTypeLike, width: int | None = None) -> None:
        self._array: NDArray = np.zeros(0 if width is None else (0, width), dtype=dtype)
        self._n_rows = 0

    @property
    def values(self) -> NDArray:
        """The values so far, shape (n_rows,) or (n_rows, width); writing changes the column."""
        return self._array[: self._n_rows]

    def restore(self, values: NDArray) -> None:
        """Take over the values of a column made before; they may be memory-mapped."""
        self._array, self._n_rows = values.view(np.ndarray), len(values)

    def reserve(self, n_rows: int) -> None:
        """Make room for `n_rows` rows at once."""
        if n_rows > len(self._array):
            larger = np.zeros((n_rows, *self._array.shape[1:]), dtype=self._array.dtype)
            larger[: self._n_rows] = self.values
            self._array = larger

    def append(self, value: float | tuple | NDArray) -> None:
        """Add one more row; cheap on average."""
        if self._n_rows == len(self._array):
            self.reserve(max(64, 2 * self._n_rows))
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
        self._whole, self._known = Column(np.float32, dim), Column(np.bool_)
        self._sentences: list[NDArray[np.int8] | None] = []

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which rows have a vector, shape (n_rows,)."""
        return self._known.values

    def arrays(self) -> dict[str, NDArray]:
        """Return all there is by name: whole texts, and titles and sentences end to end."""
        empty = np.zeros((0, self.dim), dtype=np.int8)
        kept = [block for block in self._sentences if block is not None]
        lengths = [0 if block is None else len(block) for block in self._sentences]
        return {
            "whole": self._whole.values,
            "known": self._known.values,
            "lengths": np.array(lengths, dtype=np.int64),
            "sentences": np.concatenate(kept or [empty]),
        }

    def restore(self, arrays: Mapping[str, NDArray]) -> None:
        """Take over the `arrays` of a table made before; they may be memory-mapped."""
        self._whole.restore(arrays["whole"])
        self._known.restore(arrays["known"])
        ends = np.cumsum(arrays["lengths"]).tolist()
        sentences = arrays["sentences"].view(np.ndarray)
        self._sentences = [
            sentences[start:end] if end > start else None
            for start, end in zip([0, *ends], ends, strict=False)
        ]

    def reserve(self, n_rows: int) -> None:
        """Make room for `n_rows` rows at once."""
        self._whole.reserve(n_rows)
        self._known.reserve(n_rows)

    def append(self, rows: Vectors | None) -> None:
        """Add the rows of one text (whole, title, sentences), or None while it has none."""
        self._known.append(rows is not None)
        self._whole.append(0.0 if rows is None else rows[WHOLE])
        # Rows have length 1, so one scale fits all: values lie within -1 and 1.
        small = None if rows is None else np.rint(rows[TITLE:] * 127.0).astype(np.int8)
        self._sentences.append(small if small is not None and len(small) else None)

    def erase(self, row: int) -> None:
        """Forget the vectors of `row`."""
        self._whole.values[row] = 0.0
        self._known.values[row] = False
        self._sentences[row] = None

    def rows_of(self, row: int) -> Vectors | None:
        """Return whole, title and sentence vectors of one row, shape (n, dim), or None."""
        parts, whole = self._sentences[row], self._whole.values[row : row + 1]
        if not self.known[row]:
            return None
        return whole if parts is None else np.vstack([whole, parts.astype(np.float32) / 127.0])

    def cosines(self, query: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """Return the cosine of one vector of shape (dim,) with each of `rows`, shape (n_rows,)."""
        whole = self._whole.values
        if len(rows) * _GATHER < len(whole):
            return whole[rows] @ query
        return (whole @ query)[rows]

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


class MixtureTable:
    """Mixtures of concepts for all documents of an index, by row number.

    Parameters
    ----------
    n_concepts : int
    """

    def __init__(self, n_concepts: int) -> None:
        self.n_concepts = n_concepts
        width = min(MIXED, n_concepts)
        self._concepts, self._shares = Column(np.uint16, width), Column(np.float32, width)

    def arrays(self) -> dict[str, NDArray]:
        """Return all there is by name: numbers of concepts and their shares."""
        return {"numbers": self._concepts.values, "shares": self._shares.values}

    def restore(self, arrays: Mapping[str, NDArray]) -> None:
        """Take over the `arrays` of a table made before; they may be memory-mapped."""
        self._concepts.restore(arrays["numbers"])
        self._shares.restore(arrays["shares"])

    def reserve(self, n_rows: int) -> None:
        """Make room for `n_rows` rows at once."""
        self._concepts.reserve(n_rows)
        self._shares.reserve(n_rows)

    def append(self, mixture: Vectors) -> None:
        """Add one mixture of shape (n_concepts,); of more than `MIXED` shares the largest count."""
        width = self._shares.values.shape[1]
        largest = np.argpartition(-mixture, width - 1)[:width]
        self._concepts.append(largest)
        self._shares.append(mixture[largest])

    def erase(self, row: int) -> None:
        """Forget the mixture of `row`."""
        self._concepts.values[row] = 0
        self._shares.values[row] = 0.0

    def row_of(self, row: int) -> Vectors:
        """Return the mixture of one row, shape (n_concepts,)."""
        mixture = np.zeros(self.n_concepts, dtype=np.float32)
        np.add.at(mixture, self._concepts.values[row], self._shares.values[row])
        return mixture

    def cosines(self, query: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """Return the cosine of a mixture with each of `rows`, shape (n_rows,)."""
        shares = self._shares.values[rows]
        return np.einsum("ij,ij->i", query[self._concepts.values[rows]], shares)


class Meaning:
    """What an index knows of its documents besides their words, by row number.

    Parameters
    ----------
    dims : mapping of encoder name to length of its vectors
    n_concepts : int

    Attributes
    ----------
    encoders : dict of encoder name to VectorTable
    concepts : MixtureTable
    """

    def __init__(self, dims: Mapping[str, int], n_concepts: int) -> None:
        self.encoders = {name: VectorTable(dim) for name, dim in dims.items()}
        self.concepts = MixtureTable(n_concepts)
        self.tables: dict[str, VectorTable | MixtureTable] = dict(self.encoders)
        self.tables[CONCEPTS] = self.concepts

    def arrays(self) -> dict[str, NDArray]:
        """Return the arrays of all tables, each named after its table."""
        return {
            f"{name}_{part}": array
            for name, table in self.tables.items()
            for part, array in table.arrays().items()
        }

    def restore(self, arrays: Mapping[str, NDArray]) -> None:
        """Take over the `arrays` of an index made before; they may be memory-mapped."""
        for name, table in self.tables.items():
            named = [key for key in arrays if key.startswith(f"{name}_")]
            table.restore({key.removeprefix(f"{name}_"): arrays[key] for key in named})

    def reserve(self, n_rows: int) -> None:
        """Make room for `n_rows` rows at once."""
        for table in self.tables.values():
            table.reserve(n_rows)

    def append(self, rows: Mapping[str, Vectors]) -> None:
        """Add the rows of one text by table name; encoders may be missing, concepts may not."""
        for name, table in self.encoders.items():
            table.append(rows.get(name))
        self.concepts.append(rows[CONCEPTS][0])

    def erase(self, row: int) -> None:
        """Forget all of `row`."""
        for table in self.tables.values():
            table.erase(row)

    def rows_of(self, row: int) -> dict[str, Vectors]:
        """Return the rows of a text by encoder; those that do not know it yet are left out."""
        found = {name: table.rows_of(row) for name, table in self.encoders.items()}
        return {name: rows for name, rows in found.items() if rows is not None}
