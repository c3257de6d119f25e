"""Documents, matches, and the rows an index keeps its documents in."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.reasons import Reason
from matching.vectors import Column


class NotFittedError(ValueError, AttributeError):
    """A matcher was asked before `fit`."""


@dataclass(frozen=True)
class Document:
    """One text to be found: an id of your own, a kind to filter by, and what it says.

    `vector` is what `Matcher.encode` made of the same title and text. None lets the matcher encode
    the text when it is indexed; b"" says that a vector will follow, and until then the document is
    found by its words.
    """

    id: Hashable
    kind: str
    title: str
    text: str
    language: str | None = None
    vector: bytes | None = None


@dataclass(frozen=True)
class Match:
    """A document that fits: `score` lies between 0 and 1, `label` puts it into words."""

    id: Hashable
    kind: str
    score: float
    label: str
    reasons: tuple[Reason, ...]


class Corpus:
    """The documents of an index by row number, and quick filters over them.

    Rows are given out in order of arrival. A removed document leaves an empty row behind, so that
    row numbers never change.

    Attributes
    ----------
    documents : list of Document or None
    languages : list of str or None
    row_of : dict of id to row number
    """

    def __init__(self) -> None:
        self.documents: list[Document | None] = []
        self.languages: list[str | None] = []
        self.row_of: dict[Hashable, int] = {}
        self._numbers: dict[str | None, int] = {}  # kinds and languages as small numbers
        self._kinds, self._languages = Column(np.int32), Column(np.int32)
        self._alive = Column(np.bool_)
        self._named, self._excluded = Column(np.uint32), Column(np.uint32)  # bits of time slots
        self._finished = Column(np.bool_)

    def append(
        self,
        document: Document | None,
        language: str | None,
        times: tuple[int, int] = (0, 0),
        finished: bool = False,
    ) -> None:
        """Give the next row to `document`, with what its text says; None makes an empty row."""
        if document is not None:
            self.row_of[document.id] = len(self.documents)
            document = replace(document, vector=None)  # vectors are kept elsewhere
        self.documents.append(document)
        self.languages.append(language)
        self._kinds.append(self._number(document.kind if document else None))
        self._languages.append(self._number(language))
        self._alive.append(document is not None)
        self._named.append(times[0])
        self._excluded.append(times[1])
        self._finished.append(finished)

    def restore(
        self,
        documents: Sequence[Document | None],
        languages: Sequence[str | None],
        times: NDArray[np.uint32],
        finished: NDArray[np.bool_],
    ) -> None:
        """Take over all rows of a corpus saved before: as many single `append` take seconds.

        Of 100,000 rows; `times` has the shape (n_rows, 2).
        """
        self.documents, self.languages = list(documents), list(languages)
        self.row_of = {d.id: row for row, d in enumerate(self.documents) if d is not None}
        kinds = [self._number(document.kind if document else None) for document in self.documents]
        self._kinds.restore(np.array(kinds, dtype=np.int32))
        numbers = [self._number(language) for language in languages]
        self._languages.restore(np.array(numbers, dtype=np.int32))
        self._alive.restore(np.array([d is not None for d in self.documents], dtype=np.bool_))
        self._named.restore(times[:, 0])
        self._excluded.restore(times[:, 1])
        self._finished.restore(finished)

    def remove(self, row: int) -> None:
        """Empty a row."""
        document = self[row]
        del self.row_of[document.id]
        self.documents[row] = None
        self._alive.values[row] = False

    def __getitem__(self, row: int) -> Document:
        document = self.documents[row]
        if document is None:
            raise IndexError(f"row {row} is empty")
        return document

    def candidates(
        self, kinds: Collection[str] | None, exclude: Collection[Hashable]
    ) -> NDArray[np.int64]:
        """Return the rows of documents of `kinds` (None: of any) whose id is not in `exclude`."""
        wanted = self._alive.values.copy()
        if kinds is not None:
            numbers = [self._numbers[kind] for kind in kinds if kind in self._numbers]
            wanted &= np.isin(self._kinds.values, numbers)
        for id_ in exclude:
            if id_ in self.row_of:
                wanted[self.row_of[id_]] = False
        return np.flatnonzero(wanted)

    def in_other_language(self, language: str | None, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each of `rows` whether its document is in another language than `language`."""
        return self._languages.values[rows] != self._numbers.get(language, -1)

    def times_of(self, row: int) -> tuple[int, int]:
        """Return the time bits of a row: slots it names, slots it rules out."""
        return int(self._named.values[row]), int(self._excluded.values[row])

    def times(self) -> NDArray[np.uint32]:
        """Return the time bits of all rows, shape (n_rows, 2)."""
        return np.stack([self._named.values, self._excluded.values], axis=1)

    @property
    def finished(self) -> NDArray[np.bool_]:
        """Which rows say that they are finished, shape (n_rows,)."""
        return self._finished.values

    @property
    def kinds(self) -> NDArray[np.int32]:
        """A number for the kind of each row, shape (n_rows,)."""
        return self._kinds.values

    def meets(
        self, times: tuple[int, int], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell for each row whether its times meet `times`, and whether they cannot.

        Neither is so where one side says nothing about time.
        """
        if times == (0, 0):
            return np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.bool_)
        named, excluded = (np.uint32(bits) for bits in times)
        theirs, not_theirs = self._named.values[rows], self._excluded.values[rows]
        both = (theirs != 0) & (named != 0)
        common = (theirs & named) != 0
        cannot = both & ~common
        cannot |= (named != 0) & ((named & ~not_theirs) == 0)
        cannot |= (theirs != 0) & ((theirs & ~excluded) == 0)
        return both & common, cannot

    def _number(self, name: str | None) -> int:
        return self._numbers.setdefault(name, len(self._numbers))
