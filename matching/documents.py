"""Documents, matches, and the rows an index keeps its documents in."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.facts import ROW, Facts
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
        self._facts = Column(ROW)

    def append(
        self,
        document: Document | None,
        language: str | None,
        facts: Facts = Facts(),  # noqa: B008, it cannot be changed
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
        self._facts.append(facts)

    def restore(
        self,
        documents: Sequence[Document | None],
        languages: Sequence[str | None],
        facts: NDArray,
    ) -> None:
        """Take over all rows of a corpus saved before; 100,000 single `append` take seconds."""
        self.documents, self.languages = list(documents), list(languages)
        self.row_of = {d.id: row for row, d in enumerate(self.documents) if d is not None}
        kinds = [self._number(document.kind if document else None) for document in self.documents]
        self._kinds.restore(np.array(kinds, dtype=np.int32))
        numbers = [self._number(language) for language in languages]
        self._languages.restore(np.array(numbers, dtype=np.int32))
        self._alive.restore(np.array([d is not None for d in self.documents], dtype=np.bool_))
        self._facts.restore(facts)

    def remove(self, row: int) -> None:
        """Empty a row."""
        document = self[row]
        del self.row_of[document.id]
        self.documents[row] = None
        self._alive.values[row] = False
        self._facts.values[row] = Facts()

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

    def facts_of(self, row: int) -> Facts:
        """Return what the text of a row says outright."""
        return Facts(*self._facts.values[row].tolist())

    @property
    def facts(self) -> NDArray:
        """What the text of each row says outright, shape (n_rows,), see `facts.ROW`."""
        return self._facts.values

    @property
    def kinds(self) -> NDArray[np.int32]:
        """A number for the kind of each row, shape (n_rows,)."""
        return self._kinds.values

    def _number(self, name: str | None) -> int:
        return self._numbers.setdefault(name, len(self._numbers))
