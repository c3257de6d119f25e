"""The matcher: documents in, matches with reasons out.

`Matcher` holds everything in memory, row by row; removing a document forgets its text, words and
vectors at once. All public methods may be called from several threads.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching import entries, fusion, routing, store
from matching.documents import Corpus, Document, Match, NotFittedError
from matching.encoders import Vectors
from matching.entries import Entry
from matching.exclusions import without_exclusions
from matching.explain import explained
from matching.facts import RULES, Facts, facts_of
from matching.languages import guess_language
from matching.lexical import LexicalIndex
from matching.scoring import Query, scores
from matching.text import PIPELINE, clean
from matching.vectorizer import Vectorizer
from matching.vectors import CONCEPTS, TITLE, Meaning


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
        self.vectorizer = Vectorizer(encoders)
        self.encoders_ = tuple(self.vectorizer.versions)
        self.missing_encoders = self.vectorizer.missing
        self.encoder_version_ = "+".join(self.vectorizer.versions.values()) or "none"
        space = self.vectorizer.space
        self.version = "/".join(
            [PIPELINE, RULES, fusion.FUSION, self.encoder_version_, space.version]
        )
        self._lock = threading.RLock()

    def __len__(self) -> int:
        """Return the number of documents that can be found."""
        return len(self._corpus.row_of)

    def fit(self, documents: Iterable[Document]) -> Matcher:
        """Learn words, compounds and frequencies from `documents` and index them; returns self.

        Documents with a usable `vector` are not encoded again. Of several documents with one id
        the last one counts.
        """
        latest = {document.id: document for document in documents}
        corpus = [(*_title_and_text(d), d.language) for d in latest.values()]
        languages = [known or guess_language(f"{a}\n{b}") for a, b, known in corpus]
        lexical = LexicalIndex().fit(
            [(title, text, code) for (title, text, _), code in zip(corpus, languages, strict=True)]
        )
        rows = [
            self.vectorizer.of_document(document, language)
            for document, language in zip(latest.values(), languages, strict=True)
        ]
        facts = [facts_of(document.title, document.text) for document in latest.values()]
        with self._lock:
            self._lexical = lexical
            self._corpus = Corpus()
            self._meaning = self.vectorizer.no_meaning()
            self._meaning.reserve(len(latest))
            for row in zip(latest.values(), languages, facts, rows, strict=True):
                self._append(*row)
        return self

    def add(self, document: Document) -> None:
        """Index one more document; the next search finds it. An existing id is replaced."""
        self._check_fitted()
        title, text = _title_and_text(document)
        language = document.language or guess_language(f"{title}\n{text}")
        rows = self.vectorizer.of_document(document, language)
        facts = facts_of(document.title, document.text)
        with self._lock:
            self.remove(document.id)
            self._lexical.add(title, text, language)
            self._append(document, language, facts, rows)

    def remove(self, id: Hashable) -> None:
        """Forget a document with its text, words and vectors; unknown ids are no error."""
        self._check_fitted()
        with self._lock:
            row = self._corpus.row_of.get(id)
            if row is None:
                return
            document = self._corpus[row]
            title, text = _title_and_text(document)
            self._lexical.erase(row, title, text, self._corpus.languages[row])
            self._meaning.erase(row)
            self._corpus.remove(row)

    def save(self, folder: Path) -> None:
        """Write the index to `folder`, replacing what is there; ids must be JSON or tuples."""
        self._check_fitted()
        with self._lock:
            store.write(self, folder)

    @classmethod
    def load(cls, folder: Path, encoders: str = "auto") -> Matcher:
        """Return the matcher saved in `folder`, its arrays memory-mapped.

        Raises
        ------
        StoreError
            If there is none, or it was saved by another version or with other encoders.
        """
        matcher = cls(encoders)
        matcher._meaning = matcher.vectorizer.no_meaning()
        matcher._lexical, matcher._corpus = store.read(folder, matcher.version, matcher._meaning)
        return matcher

    def entry(self, document: Document) -> Entry:
        """Return a document with all that comparing it takes, for `matching.candidates`."""
        self._check_fitted()
        title, text = _title_and_text(document)
        language = document.language or guess_language(f"{title}\n{text}")
        counts = self._lexical.counts(title, text, language)
        meaning = self.vectorizer.no_meaning()
        meaning.append(self.vectorizer.of_document(document, language))
        kept = replace(document, language=language, vector=None)
        return entries.pack(kept, facts_of(document.title, document.text), counts, meaning)

    def among(self, some: Sequence[Entry]) -> Matcher:
        """Return a matcher of `some` texts alone, with the words and frequencies of this one."""
        self._check_fitted()
        made = copy(self)
        made._lock = threading.RLock()
        made._meaning = self.vectorizer.no_meaning()
        facts, words, chars = entries.unpack(some, made._meaning)
        made._lexical = self._lexical.among(words, chars)
        made._corpus = Corpus()
        for each, said in zip(some, facts, strict=True):
            made._corpus.append(each.document, each.document.language, said)
        return made

    def parts(self) -> tuple[LexicalIndex, Corpus, Meaning]:
        """Return everything learned: words, documents and meaning."""
        return self._lexical, self._corpus, self._meaning

    def _append(
        self, document: Document, language: str | None, facts: Facts, rows: Mapping[str, Vectors]
    ) -> None:
        self._meaning.append(rows)
        self._corpus.append(document, language, facts)

    def encode(self, title: str, text: str) -> bytes:
        """Return the vectors of a text, packed for a database column; b"" without encoders.

        Holds the whole text, its title and each of its sentences for every encoder in use, and
        what the text is about in terms of concepts.
        """
        return self.vectorizer.encode(title, text)

    def can_use(self, vector: bytes | None) -> bool:
        """Tell whether `vector` was made by exactly the encoders in use."""
        return self.vectorizer.can_use(vector)

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
        offer : bool, default=False
            `text` offers something: what says that it is finished needs it no more.

        Raises
        ------
        NotFittedError
            If called before `fit`.
        ValueError
            If `min_label` is no label.
        """
        query = self.query_of(text, language, offer=offer)
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
        """Search with an indexed document as the query, by its stored vector; never finds itself.

        `gains` are added to the log odds of documents before they are ordered and cut off, see
        `matching.routing`.

        Raises
        ------
        KeyError
            If no document has this id.
        """
        query = self.query_of_document(id)
        return self.matches_of(query, kinds, k, fusion.floor_of(min_label), {*exclude, id}, gains)

    def score(self, text: str, ids: Iterable[Hashable]) -> dict[Hashable, float]:
        """Return the score of each of `ids` for `text`, thresholds aside; unknown ids are left out.

        Scores lie between 0 and 1. They are those among `ids`: of several of a kind whose best is
        ruled out by times or ages, the others lose too.
        """
        query = self.query_of(text, None)
        with self._lock:
            known = [(id_, self._corpus.row_of[id_]) for id_ in ids if id_ in self._corpus.row_of]
            found = self._scores(query, np.array([row for _, row in known], dtype=np.int64))
        return {id_: float(score) for (id_, _), score in zip(known, found, strict=True)}

    def rank(
        self, text: str, kinds: Collection[str] | None = None, *, offer: bool = False
    ) -> list[tuple[Hashable, float]]:
        """Return all documents of `kinds` with their scores, best first, without any threshold.

        With `offer` those that say they are finished are left out, as in `search`.
        """
        return self._ranked(self.query_of(text, None, offer=offer), kinds, frozenset())

    def rank_document(
        self, id: Hashable, kinds: Collection[str] | None = None
    ) -> list[tuple[Hashable, float]]:
        """Rank as `rank` does, with an indexed document as the query; it is left out itself.

        Raises
        ------
        KeyError
            If no document has this id.
        """
        return self._ranked(self.query_of_document(id), kinds, {id})

    def features(self, text: str) -> Vectors | None:
        """Return a typed text as one row for `matching.routing`; None if it has no vectors."""
        return routing.features(self.query_of(text, None), self.vectorizer.dims)

    def document_features(self, id: Hashable) -> Vectors | None:
        """Return an indexed document as `features` does; None while it waits for its vectors.

        Raises
        ------
        KeyError
            If no document has this id.
        """
        return routing.features(self.query_of_document(id), self.vectorizer.dims)

    @property
    def features_version(self) -> str:
        """Changes whenever a router learned from earlier features cannot be used any more."""
        return f"{PIPELINE}/{self.encoder_version_}"

    def _check_fitted(self) -> None:
        if not hasattr(self, "_corpus"):
            raise NotFittedError("fit the matcher with documents first")

    def query_of(self, text: str, language: str | None, *, offer: bool = False) -> Query:
        """Return a typed text prepared for comparing; `offer` as for `search`."""
        self._check_fitted()
        facts = facts_of("", text)
        text = without_exclusions(text)
        language = language or guess_language(text)
        rows = self.vectorizer.of_query(text, language)
        query = self._prepared(text, language, rows, rows.pop(CONCEPTS)[0], facts)
        return replace(query, offer=offer)

    def query_of_document(self, id: Hashable) -> Query:
        """Return an indexed document prepared for comparing, by its stored vector."""
        self._check_fitted()
        with self._lock:
            row = self._corpus.row_of[id]
            document, language = self._corpus[row], self._corpus.languages[row]
            title, text = _title_and_text(document)
            facts = self._corpus.facts_of(row)
            stored = self._meaning.rows_of(row)
            concepts = self._meaning.concepts.row_of(row)
        # without the row of the title, which a typed query has not either
        rows = {
            name: np.delete(found, TITLE, axis=0) if len(found) > 1 else found
            for name, found in stored.items()
        }
        return self._prepared(f"{title}\n{text}".strip(), language, rows, concepts, facts)

    def _prepared(
        self,
        text: str,
        language: str | None,
        rows: dict[str, Vectors],
        concepts: Vectors,
        facts: Facts,
    ) -> Query:
        tokens = self._lexical.tokens(text, language)
        words, chars = self._lexical.words_of([], tokens), self._lexical.chars_of("", text)
        outside = float(np.sum(concepts[self.vectorizer.space.outside] ** 2))
        return Query(text, language, tokens, words, chars, rows, concepts, outside, facts)

    def _scores(self, query: Query, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return scores(query, rows, self._corpus, self._lexical, self._meaning)

    def _ranked(
        self, query: Query, kinds: Collection[str] | None, exclude: Collection[Hashable]
    ) -> list[tuple[Hashable, float]]:
        with self._lock:
            rows = self._corpus.candidates(kinds, exclude)
            found = self._scores(query, rows)
            order = np.argsort(-found, kind="stable")
            if query.offer:
                order = order[~self._corpus.facts["finished"][rows[order]]]
            return [(self._corpus[rows[i]].id, float(found[i])) for i in order]

    def matches_of(
        self,
        query: Query,
        kinds: Collection[str] | None,
        k: int,
        floor: float,
        exclude: Collection[Hashable] = frozenset(),
        gains: Mapping[Hashable, float] | None = None,
    ) -> list[Match]:
        """Return up to `k` matches for a prepared query with scores from `floor` on."""
        with self._lock:
            rows = self._corpus.candidates(kinds, exclude)
            if not len(rows) or k < 1 or not len(query.chars[0]):
                return []
            values = self._scores(query, rows)
            if gains:
                more = [gains.get(self._corpus[row].id, 0.0) for row in rows]
                values = routing.added(values, more).astype(np.float32)
            above = np.flatnonzero(values >= floor)
            above = above[np.argsort(-values[above], kind="stable")]
            known = self._corpus, self._lexical, self._meaning, self.vectorizer.space
            found: list[Match] = []
            for start in range(0, len(above), k):
                best = above[start : start + k]
                found += explained(query, rows[best], values[best], *known)
                if len(found) >= k:
                    break
            return found[:k]


def _title_and_text(document: Document) -> tuple[str, str]:
    """Return a document as it is compared: cleaned, without what it rules out."""
    return clean(document.title), without_exclusions(document.text)
