"""The knowledge as words and encoders see it, made once by `python -m matching prepare`.

The file carries a fingerprint of the texts it was made from and the versions of the encoders. A
stale or missing one only switches off what encoders know; words are indexed anew from the texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching import classifier
from matching.classifier import ConceptClassifier
from matching.encoders import TextEncoder, Vectors
from matching.knowledge import DATA, concepts, fingerprint, outside, phrase_concepts
from matching.languages import guess_language
from matching.lexical import LexicalIndex, Postings
from matching.offsets import learn_offsets, towards_german
from matching.store import lexical_arrays, lexical_from
from matching.text import clean

PREPARED = DATA / "prepared.npz"
_TENTHS = 10.0  # parts of compounds count seven tenths of a word


@dataclass(frozen=True)
class Prepared:
    """What is known of the concepts and languages.

    Attributes
    ----------
    versions : dict of encoder name to version
        Empty without encoders.
    offsets : dict of encoder name to dict of language to ndarray of shape (dim,)
        Where texts of a language lie, seen from German ones of the same concepts.
    classifier : ConceptClassifier, optional
        None without encoders.
    phrases : LexicalIndex
        The phrases of all concepts, in their order.
    concepts : ndarray of shape (n_phrases,)
        The number of the concept each phrase belongs to, ascending.
    outside : ndarray of shape (n_concepts,), bool
        Which concepts are outside of what a neighbourhood can do.
    """

    versions: Mapping[str, str]
    offsets: Mapping[str, Mapping[str, Vectors]]
    classifier: ConceptClassifier | None
    phrases: LexicalIndex
    concepts: NDArray[np.int64]
    outside: NDArray[np.bool_]


def prepare(encoders: Sequence[TextEncoder], path: Path = PREPARED) -> None:
    """Encode the knowledge with `encoders`, learn from it, and write `path`; takes minutes."""
    phrases, numbers = _phrases(), phrase_concepts()
    languages = [guess_language(phrase) for phrase in phrases]
    arrays: dict[str, NDArray] = {"concepts": numbers, "outside": outside()}
    vectors: dict[str, Vectors] = {}
    offsets: dict[str, Vectors] = {}
    for encoder in encoders:
        raw = encoder.encode(phrases)
        offsets = learn_offsets(raw, numbers, languages)
        vectors[encoder.name] = np.vstack(
            [
                towards_german(raw[[i]], offsets.get(code or "de"))
                for i, code in enumerate(languages)
            ]
        )
        arrays[f"{encoder.name}_offsets"] = np.array(list(offsets.values()), dtype=np.float32)
    if vectors:
        learned = classifier.fit(vectors, numbers)
        arrays["intercept"] = learned.intercept
        for name in vectors:
            arrays[f"{name}_weights"] = learned.weights[name].astype(np.float16)
            arrays[f"{name}_shift"] = learned.shifts[name]
    index = _index(phrases)
    arrays |= _index_arrays(index, phrases)
    meta = {
        "fingerprint": fingerprint(),
        "languages": list(offsets),
        "versions": {encoder.name: encoder.version for encoder in encoders},
        "counts": index.splitter_.counts_,
    }
    arrays["meta"] = np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), dtype=np.uint8)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


@lru_cache(maxsize=4)
def load_prepared(path: Path = PREPARED) -> Prepared:
    """Return the prepared knowledge; without a fitting file only what words say, made anew."""
    if path.is_file():
        with np.load(path, allow_pickle=False) as file:
            meta = json.loads(file["meta"].tobytes())
            if meta["fingerprint"] == fingerprint():
                return _from_file({name: file[name] for name in file.files}, meta)
    return Prepared({}, {}, None, _index(_phrases()), phrase_concepts(), outside())


def _from_file(arrays: Mapping[str, NDArray], meta: Mapping[str, object]) -> Prepared:
    versions, counts, n_phrases = meta["versions"], meta["counts"], len(arrays["concepts"])
    assert isinstance(versions, dict)
    assert isinstance(counts, dict)
    index = {
        name.removeprefix("index_"): array
        for name, array in arrays.items()
        if name.startswith("index_")
    }
    for name in ("word", "char"):
        index[f"{name}s_data"] = _weights(name, index, n_phrases)
    learned = None
    if versions:
        learned = ConceptClassifier(
            {name: arrays[f"{name}_weights"].astype(np.float32) for name in versions},
            {name: arrays[f"{name}_shift"] for name in versions},
            arrays["intercept"],
        )
    languages = meta["languages"]
    assert isinstance(languages, list)
    offsets = {
        name: dict(zip(languages, arrays[f"{name}_offsets"], strict=True)) for name in versions
    }
    phrases = lexical_from(index, counts, n_phrases)
    return Prepared(versions, offsets, learned, phrases, arrays["concepts"], arrays["outside"])


def _index_arrays(index: LexicalIndex, phrases: Sequence[str]) -> dict[str, NDArray]:
    """Return the arrays of the phrase index with counts for weights, a third of the size."""
    rows = [index.counts("", phrase, "de") for phrase in phrases]
    arrays = lexical_arrays(index)
    for name, idf, counts in (
        ("words", index.word_idf_, [words for words, _ in rows]),
        ("chars", index.char_idf_, [chars for _, chars in rows]),
    ):
        often = Postings(idf.n_columns).build(counts).inverted_.data
        arrays[f"{name}_data"] = np.rint(np.minimum(often * _TENTHS, 255.0)).astype(np.uint8)
    return {f"index_{name}": array for name, array in arrays.items()}


def _weights(name: str, arrays: Mapping[str, NDArray], n_rows: int) -> Vectors:
    """Return the weights `TfIdf.weigh` gives the counts of an inverted index, in its order."""
    counts = np.arange(256, dtype=np.float32) / np.float32(_TENTHS)
    frequency = np.where(counts >= 1.0, 1.0 + np.log(np.maximum(counts, 0.1)), counts)
    idf = np.repeat(arrays[f"{name}_idf"], np.diff(arrays[f"{name}s_indptr"]))
    weights = frequency[arrays[f"{name}s_data"]] * idf
    rows = arrays[f"{name}s_indices"]
    lengths = np.sqrt(np.bincount(rows, weights * weights, minlength=n_rows))
    return (weights / np.maximum(lengths, 1e-9)[rows]).astype(np.float32)


def _phrases() -> list[str]:
    return [clean(phrase) for concept in concepts() for phrase in concept.phrases]


def _index(phrases: Sequence[str]) -> LexicalIndex:
    return LexicalIndex().fit([("", phrase, "de") for phrase in phrases])
