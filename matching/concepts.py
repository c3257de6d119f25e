"""Texts as mixtures of concepts: explicit semantic analysis over a civic concept space.

A request and an offer that share no word often share a concept: "the mixer is dead" and "retired
engineer, repairs things". A text is compared with every phrase of every concept, by words and by
each encoder; the best phrase speaks for its concept, and the strongest concepts make the text's
representation. Two texts are then compared by the cosine of these.

References
----------
E. Gabrilovich, S. Markovitch, "Computing Semantic Relatedness Using Wikipedia-based Explicit
Semantic Analysis", IJCAI 2007.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

import numpy as np

from matching.encoders import Vectors, understands
from matching.knowledge import (
    concepts,
    fingerprint,
    load_prepared,
    outside,
    phrase_concepts,
    towards_german,
)
from matching.lexical import LexicalIndex
from matching.text import clean

# Chosen on the open collection and on other judged requests, there with the six phrases nearest to
# each request withheld, so that a lucky phrase decides nothing.
_STRONGEST_BY_MEANING = 20
_STRONGEST_BY_WORDS = 10
_BY_WORDS = 0.5  # weight of the representation by words against the one by encoders
_SPREAD = {"e5": 0.03, "use": 0.13}  # what counts as one step of cosine for each encoder
_TEMPERATURE = 1.0


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
    """

    def __init__(self, versions: Mapping[str, str]) -> None:
        known_versions, prepared = load_prepared()[1:]
        self._prepared = {
            name: prepared[name]
            for name, version in versions.items()
            if known_versions.get(name) == version
        }
        self.version = f"k2{fingerprint()}" + "".join(f"+{name}" for name in self._prepared)
        self.n_concepts = len(concepts())
        self.stale = tuple(name for name in versions if name not in self._prepared)

    @cached_property
    def outside(self) -> np.ndarray:
        """Which concepts are outside of what a neighbourhood can do, shape (n_concepts,)."""
        return outside()

    @cached_property
    def _starts(self) -> np.ndarray:
        return np.searchsorted(phrase_concepts(), np.arange(self.n_concepts))

    def towards_german(self, name: str, rows: Vectors, language: str | None) -> Vectors:
        """Move vectors of encoder `name` by the offset of `language`, so that meaning remains."""
        known = self._prepared.get(name)
        return towards_german(rows, known.offsets.get(language or "de") if known else None)

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
        words, chars = _phrase_index().cosines(title, text, language)
        by_phrase = 0.5 * words + 0.5 * chars
        by_words = np.sqrt(np.add.reduceat(by_phrase * by_phrase, self._starts))
        found = _BY_WORDS * _strongest(by_words, _STRONGEST_BY_WORDS, None)
        steps = [
            self._steps(name, rows)
            for name, rows in vectors.items()
            if name in self._prepared and understands(name, language)
        ]
        if steps:
            by_phrase = np.mean(steps, axis=0)  # (n_rows, n_phrases)
            by_meaning = np.maximum.reduceat(by_phrase, self._starts, axis=1).max(axis=0)
            found = found + _strongest(by_meaning, _STRONGEST_BY_MEANING, _TEMPERATURE)
        return (found / max(float(np.linalg.norm(found)), 1e-9)).astype(np.float32)

    def _steps(self, name: str, rows: Vectors) -> Vectors:
        known = self._prepared[name]
        above = rows @ known.phrases.T - known.usual
        return (above - above.mean(axis=1, keepdims=True)) / _SPREAD[name]


def _strongest(values: Vectors, k: int, temperature: float | None) -> Vectors:
    """Keep what the `k` largest values have above the next one, as a vector of length 1."""
    floor = np.partition(values, -k - 1)[-k - 1]
    kept = np.maximum(values - floor, 0.0)
    if temperature is not None:
        kept = np.expm1(kept / temperature)
    return kept / max(float(np.linalg.norm(kept)), 1e-9)


@lru_cache(maxsize=1)
def _phrase_index() -> LexicalIndex:
    phrases = [clean(phrase) for concept in concepts() for phrase in concept.phrases]
    return LexicalIndex().fit([("", phrase, "de") for phrase in phrases])
