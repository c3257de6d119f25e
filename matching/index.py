"""The matcher: documents in, matches with reasons out.

`Matcher` holds everything in memory, row by row. Rows are given out in order of arrival; removing
a document forgets its text, words and vectors at once and leaves an empty row behind until the
next `fit`. All public methods may be called from several threads.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching import fusion, reasons
from matching.encoders import Vectors, load_encoders, pack, unpack
from matching.fusion import UNRELATED, WEIGHTS
from matching.languages import guess_language
from matching.lexical import LexicalIndex, Sparse
from matching.reasons import Reason
from matching.text import PIPELINE, Token, clean, sentences, tokens
from matching.vectors import VectorTable

_RERANKED = 200  # candidates that are also compared sentence by sentence; more changes no top 10


class NotFittedError(ValueError, AttributeError):
    """A matcher was asked before `fit`."""


@dataclass(frozen=True)
class Document:
    """One text to be found: an id of your own, a kind to filter by, and what it says.

    `vector` is what `Matcher.encode` made of the same title and text, or None.
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


@dataclass(frozen=True)
class _Query:
    """A text prepared for comparing; `vectors` hold the whole text first, then its sentences."""

    text: str
    language: str | None
    words: Sparse
    chars: Sparse
    vectors: Mapping[str, Vectors]
    own_row: int = -1


class Matcher:
    """Find the documents that fit a text, and say why.

    Parameters
    ----------
    encoders : {"auto", "none", "use", "e5", "e5+use"}, default="auto"
        Sentence encoders to use; those not installed are named in `missing_encoders`.

    Attributes
    ----------
    encoders_ : tuple of str
        Names of the encoders in use.
    missing_encoders : tuple of str
        Names of the encoders asked for but not installed; results are lexical without them.
    encoder_version_ : str
        Changes whenever vectors made before cannot be used any more.
    version : str
        Changes whenever any score may change.

    Examples
    --------
    >>> garden = Document(1, "team", "Gemeinschaftsgarten", "Wir bauen Gemüse an.")
    >>> bikes = Document(2, "team", "Radwerkstatt", "Wir reparieren Fahrräder.")
    >>> matcher = Matcher(encoders="none").fit([garden, bikes])
    >>> [match.id for match in matcher.search("Wer hat einen Garten für uns?")]
    [1]
    """

    def __init__(self, encoders: str = "auto") -> None:
        self.encoders = encoders
        self.loaded, self.missing_encoders = load_encoders(encoders)
        self.encoders_ = tuple(encoder.name for encoder in self.loaded)
        self.versions = {encoder.name: encoder.version for encoder in self.loaded}
        self.encoder_version_ = "+".join(self.versions.values()) or "none"
        self.version = f"{PIPELINE}/{fusion.FUSION}/{self.encoder_version_}"
        self._lock = threading.RLock()

    def __len__(self) -> int:
        """Return the number of documents that can be found."""
        return len(self._row_of)

    # -- learning and changing -------------------------------------------------------------------

    def fit(self, documents: Iterable[Document]) -> Matcher:
        """Learn words, compounds and frequencies from `documents` and index them; returns self.

        Documents with a usable `vector` are not encoded again. Of several documents with one id
        the last one counts.
        """
        latest = {document.id: document for document in documents}
        corpus = [(clean(d.title), clean(d.text), d.language) for d in latest.values()]
        languages = [known or guess_language(f"{a}\n{b}") for a, b, known in corpus]
        lexical = LexicalIndex().fit(
            [(title, text, code) for (title, text, _), code in zip(corpus, languages, strict=True)]
        )
        vectors = self._vectors_of(list(latest.values()))
        with self._lock:
            self._lexical = lexical
            self._tables = {encoder.name: VectorTable(encoder.dim) for encoder in self.loaded}
            self._documents: list[Document | None] = []
            self._row_of: dict[Hashable, int] = {}
            self._kinds: list[str] = []
            self._languages: list[str | None] = []
            for table in self._tables.values():
                table.reserve(len(latest))
            for document, language, rows in zip(latest.values(), languages, vectors, strict=True):
                self._append(document, language, rows)
        return self

    def add(self, document: Document) -> None:
        """Index one more document; the next search finds it. An existing id is replaced."""
        self._check_fitted()
        title, text = clean(document.title), clean(document.text)
        language = document.language or guess_language(f"{title}\n{text}")
        (rows,) = self._vectors_of([document])
        with self._lock:
            self.remove(document.id)
            self._lexical.add(title, text, language)
            self._append(document, language, rows)

    def remove(self, id: Hashable) -> None:
        """Forget a document with its text, words and vectors; unknown ids are no error."""
        self._check_fitted()
        with self._lock:
            row = self._row_of.pop(id, None)
            document = self._documents[row] if row is not None else None
            if row is None or document is None:
                return
            title, text = clean(document.title), clean(document.text)
            self._lexical.erase(row, title, text, self._languages[row])
            for table in self._tables.values():
                table.erase(row)
            self._documents[row] = None

    def _append(
        self, document: Document, language: str | None, rows: Mapping[str, Vectors] | None
    ) -> None:
        for name, table in self._tables.items():
            table.append(rows[name] if rows else None)
        self._row_of[document.id] = len(self._documents)
        self._documents.append(replace(document, vector=None))
        self._kinds.append(document.kind)
        self._languages.append(language)

    def encode(self, title: str, text: str) -> bytes:
        """Return the vectors of a text, packed for a database column; b"" without encoders.

        Holds the whole text, its title and each of its sentences, for every encoder in use.
        """
        if not self.loaded:
            return b""
        rows = self._encode_parts(_parts(clean(title), clean(text)))
        return pack(rows, self.versions)

    def can_use(self, vector: bytes | None) -> bool:
        """Tell whether `vector` was made by exactly the encoders in use."""
        return bool(vector) and unpack(vector or b"", self.versions) is not None

    def _encode_parts(self, parts: Sequence[str]) -> dict[str, Vectors]:
        return {encoder.name: encoder.encode(parts) for encoder in self.loaded}

    def _vectors_of(self, documents: Sequence[Document]) -> list[Mapping[str, Vectors] | None]:
        """Return the stored vectors of each document, or new ones where none are stored."""
        found: list[Mapping[str, Vectors] | None] = []
        for document in documents:
            rows = unpack(document.vector, self.versions) if document.vector else None
            if rows is None and self.loaded and document.vector is None:
                blob = self.encode(document.title, document.text)
                rows = unpack(blob, self.versions)  # through the same rounding as stored ones
            found.append(rows or None)
        return found

    # -- asking ----------------------------------------------------------------------------------

    def search(
        self,
        text: str,
        kinds: Collection[str] | None = None,
        k: int = 10,
        language: str | None = None,
        min_label: str | None = None,
        exclude: Collection[Hashable] = frozenset(),
    ) -> list[Match]:
        """Return up to `k` matches for `text`, best first; [] means nothing fits.

        Parameters
        ----------
        text : str
            What somebody wrote, in any language.
        kinds : collection of str, optional
            Only documents of these kinds.
        k : int, default=10
            At most so many matches.
        language : str, optional
            ISO 639-1 code of `text`; guessed if not given.
        min_label : str, optional
            Weakest label to return; by default all three.
        exclude : collection of ids, optional
            Documents never to return.

        Raises
        ------
        NotFittedError
            If called before `fit`.
        ValueError
            If `min_label` is no label.
        """
        query = self._query(text, language)
        return self._matches(query, kinds, k, fusion.floor_of(min_label), exclude)

    def search_document(
        self,
        id: Hashable,
        kinds: Collection[str] | None = None,
        k: int = 10,
        min_label: str | None = None,
        exclude: Collection[Hashable] = frozenset(),
    ) -> list[Match]:
        """Search with an indexed document as the query, by its stored vector; never finds itself.

        Raises
        ------
        KeyError
            If no document has this id.
        """
        query = self._document_query(id)
        return self._matches(query, kinds, k, fusion.floor_of(min_label), {*exclude, id})

    def score(self, text: str, ids: Iterable[Hashable]) -> dict[Hashable, float]:
        """Return the score of each of `ids` for `text`, thresholds aside; unknown ids are left out.

        Scores lie between 0 and 1.
        """
        with self._lock:
            query = self._query(text, None)
            rows = {id_: self._row_of[id_] for id_ in ids if id_ in self._row_of}
            scores = self._scores(query, np.array(sorted(rows.values()), dtype=np.int64))
            by_row = dict(zip(sorted(rows.values()), scores.tolist(), strict=True))
        return {id_: by_row[row] for id_, row in rows.items()}

    def rank(self, text: str, kinds: Collection[str] | None = None) -> list[tuple[Hashable, float]]:
        """Return all documents of `kinds` with their scores, best first, without any threshold."""
        with self._lock:
            query = self._query(text, None)
            rows = self._candidates(query, kinds, frozenset())
            scores = self._scores(query, rows)
            order = np.argsort(-scores, kind="stable")
            return [(self._document(rows[i]).id, float(scores[i])) for i in order]

    # -- inside ----------------------------------------------------------------------------------

    def _check_fitted(self) -> None:
        if not hasattr(self, "_row_of"):
            raise NotFittedError("fit the matcher with documents first")

    def _document(self, row: int) -> Document:
        document = self._documents[row]
        assert document is not None
        return document

    def _query(self, text: str, language: str | None) -> _Query:
        self._check_fitted()
        text = clean(text)
        language = language or guess_language(text)
        words, chars = self._lexical.features("", text, language)
        vectors: Mapping[str, Vectors] = {}
        if self.loaded and any(char.isalnum() for char in text):
            pieces = sentences(text)
            vectors = self._encode_parts([text, *pieces] if len(pieces) > 1 else [text])
        return _Query(text, language, words, chars, vectors)

    def _document_query(self, id: Hashable) -> _Query:
        self._check_fitted()
        with self._lock:
            row = self._row_of[id]
            document, language = self._document(row), self._languages[row]
            title, text = clean(document.title), clean(document.text)
            words, chars = self._lexical.features(title, text, language)
            vectors = {}
            for name, table in self._tables.items():
                rows = table.rows_of(row)
                if rows is not None:
                    vectors[name] = np.delete(rows, 1, axis=0)
        return _Query(f"{title}\n{text}".strip(), language, words, chars, vectors, row)

    def _candidates(
        self, query: _Query, kinds: Collection[str] | None, exclude: Collection[Hashable]
    ) -> NDArray[np.int64]:
        excluded = {self._row_of.get(id_, -1) for id_ in exclude}
        return np.array(
            [
                row
                for row, document in enumerate(self._documents)
                if document is not None
                and (kinds is None or document.kind in kinds)
                and row not in excluded
            ],
            dtype=np.int64,
        )

    def _scores(self, query: _Query, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the scores of `rows`, shape (n_rows,); the best 200 with their sentences."""
        lexical = WEIGHTS.word * self._lexical.words_.cosines(query.words)[rows]
        lexical = lexical + WEIGHTS.char * self._lexical.chars_.cosines(query.chars)[rows]
        if not query.vectors:
            return fusion.curve(())(lexical)
        total = lexical.copy()
        foreign = np.array([self._languages[row] != query.language for row in rows], dtype=bool)
        known = np.ones(len(rows), dtype=bool)
        for name, weight in WEIGHTS.whole:
            if name in query.vectors:
                table = self._tables[name]
                total += weight * (table.cosines(query.vectors[name][0])[rows] - UNRELATED[name])
                known &= table.known[rows]
        total += WEIGHTS.other_language * foreign
        best = np.flatnonzero(known)
        if len(best) > _RERANKED:
            best = best[np.argpartition(-total[best], _RERANKED)[:_RERANKED]]
        rest = np.setdiff1d(np.flatnonzero(known), best, assume_unique=True)
        for name, weight in WEIGHTS.sentence:
            if name in query.vectors:
                cosines = self._tables[name].sentence_cosines(query.vectors[name][:1], rows[best])
                gain = weight * (cosines[0] - UNRELATED[name])
                total[best] += gain
                total[rest] += gain.min(initial=0.0)
        scores = fusion.curve(tuple(query.vectors))(total)
        return np.where(known, scores, fusion.curve(())(lexical))

    def _matches(
        self,
        query: _Query,
        kinds: Collection[str] | None,
        k: int,
        floor: float,
        exclude: Collection[Hashable],
    ) -> list[Match]:
        with self._lock:
            rows = self._candidates(query, kinds, exclude)
            if not len(rows) or k < 1 or not len(query.chars[0]):
                return []
            scores = self._scores(query, rows)
            found: list[Match] = []
            for i in np.argsort(-scores, kind="stable"):
                if len(found) == k or scores[i] < floor:
                    break
                document, score = self._document(rows[i]), float(scores[i])
                why = self._reasons(query, int(rows[i]))
                label = fusion.label_of(score)
                if why and label:
                    found.append(Match(document.id, document.kind, score, label, why))
            return found

    def _reasons(self, query: _Query, row: int) -> tuple[Reason, ...]:
        document, language = self._document(row), self._languages[row]
        title, text = clean(document.title), clean(document.text)
        splitter = self._lexical.splitter_
        left = tokens(query.text, splitter, query.language)
        right: list[Token] = tokens(f"{title}\n{text}", splitter, language)
        pieces = [sentences(query.text), [title, *sentences(text)]]
        words, _ = self._lexical.features(title, text, language)
        found: list[Reason] = []
        shared = reasons.shared_terms(left, right, query.words, words)
        if shared:
            share = WEIGHTS.word * sum(item[2] for item in shared)
            found.append(_word_reason([item[:2] for item in shared], share, pieces))
        stored = {name: table.rows_of(row) for name, table in self._tables.items()}
        vectors = {n: rows for n, rows in stored.items() if rows is not None and n in query.vectors}
        if vectors:
            found.append(_meaning_reason(query, vectors, pieces))
        if not found:
            similar = reasons.similar_terms(left, right)
            if similar:
                found.append(_word_reason(similar, 0.0, pieces))
        return tuple(found)


def _parts(title: str, text: str) -> list[str]:
    """Return what gets a vector of its own: the whole, the title, and each sentence."""
    whole = f"{title}. {text}" if title and text else title or text
    return [whole, title or whole, *sentences(text)]


def _word_reason(
    pairs: Sequence[tuple[reasons.Term, reasons.Term]], weight: float, pieces: list[list[str]]
) -> Reason:
    terms, document_terms = tuple(p[0] for p in pairs), tuple(p[1] for p in pairs)
    return Reason(
        "words",
        terms,
        document_terms,
        float(weight),
        reasons.sentence_with(terms[0], pieces[0]),
        reasons.sentence_with(document_terms[0], pieces[1]),
    )


def _meaning_reason(
    query: _Query, vectors: Mapping[str, Vectors], pieces: list[list[str]]
) -> Reason:
    weights = dict(WEIGHTS.whole)
    at, other = reasons.nearest_pair(query.vectors, vectors, weights)
    weight = sum(
        weights[name] * (float(query.vectors[name][0] @ rows[0]) - UNRELATED[name])
        for name, rows in vectors.items()
    )
    left, right = pieces[0] or [query.text], pieces[1][1:] or pieces[1]
    return Reason("meaning", (), (), weight, left[min(at, len(left) - 1)],
                  right[min(other, len(right) - 1)])  # fmt: skip
