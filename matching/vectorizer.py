"""What turns a text into vectors: the encoders in use and the concept space over them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matching.concepts import ConceptSpace
from matching.documents import Document
from matching.encoders import Vectors, load_encoders, pack, unpack
from matching.exclusions import without_exclusions
from matching.languages import guess_language
from matching.text import PIPELINE, clean, sentences
from matching.vectors import CONCEPTS, TITLE, Meaning


class Vectorizer:
    """Make the vectors of documents and queries, and the bytes they are stored as.

    Parameters
    ----------
    encoders : {"auto", "none", "use", "e5", "e5+use"}

    Attributes
    ----------
    loaded : tuple of TextEncoder
    missing : tuple of str
        Encoders asked for but not installed.
    versions : dict of encoder name to version
    space : ConceptSpace
    """

    def __init__(self, encoders: str) -> None:
        self.loaded, self.missing = load_encoders(encoders)
        # What is encoded depends on the pipeline too: which clauses and sentences there are.
        self.versions = {e.name: f"{e.version}@{PIPELINE}" for e in self.loaded}
        self.space = ConceptSpace({e.name: e.version for e in self.loaded})

    @property
    def dims(self) -> dict[str, int]:
        """Length of the vectors of each encoder."""
        return {encoder.name: encoder.dim for encoder in self.loaded}

    @property
    def width(self) -> int:
        """Length of all vectors of a whole text side by side, its mixture of concepts last."""
        return sum(self.dims.values()) + self.space.n_concepts

    def no_meaning(self) -> Meaning:
        """Return empty tables for the encoders in use and the concepts."""
        return Meaning(self.dims, self.space.n_concepts)

    def encode(self, title: str, text: str) -> bytes:
        """Return the rows of a text, packed: whole, title, sentences, and its concepts."""
        if not self.loaded:
            return b""
        title, text = clean(title), without_exclusions(text)
        whole = f"{title}. {text}" if title and text else title or text
        parts = [whole, title or whole, *sentences(text)]
        raw = {encoder.name: encoder.encode(parts) for encoder in self.loaded}
        language = guess_language(f"{title}\n{text}")
        return self.pack(raw, self._concepts(title, text, language, self._moved(raw, language)))

    def pack(self, raw: Mapping[str, Vectors], concepts: Vectors) -> bytes:
        """Return the rows of all encoders and a mixture of shape (1, n_concepts) as bytes."""
        return pack({**raw, CONCEPTS: concepts}, self.versions | {CONCEPTS: self.space.version})

    def of_document(self, document: Document, language: str | None) -> dict[str, Vectors]:
        """Return rows by table name: encoders if there are vectors, concepts always.

        A document with `vector=None` is encoded here; one with b"" waits for its vector.
        """
        blob = document.vector
        if blob is None or (blob and not self.can_use(blob)):
            blob = self.encode(document.title, document.text)
        raw = unpack(blob, self.versions | {CONCEPTS: self.space.version})
        concepts = raw.pop(CONCEPTS) if raw else None
        if raw is None:  # other knowledge than now, or no vectors yet
            raw = unpack(blob, self.versions) or {}
        moved = self._moved(raw, language)
        if concepts is None:
            title, text = clean(document.title), without_exclusions(document.text)
            concepts = self._concepts(title, text, language, moved)
        return moved | {CONCEPTS: concepts}

    def of_query(self, text: str, language: str | None) -> dict[str, Vectors]:
        """Return rows by table name: whole text and sentences of each encoder, and concepts."""
        raw: dict[str, Vectors] = {}
        if any(char.isalnum() for char in text):
            pieces = sentences(text)
            parts = [text, *pieces] if len(pieces) > 1 else [text]
            raw = {encoder.name: encoder.encode(parts) for encoder in self.loaded}
        moved = self._moved(raw, language)
        return moved | {CONCEPTS: self.space.represent("", text, language, moved)[None, :]}

    def can_use(self, vector: bytes | None) -> bool:
        """Tell whether `vector` was made by exactly the encoders in use."""
        return bool(vector) and unpack(vector or b"", self.versions) is not None

    def _moved(self, raw: Mapping[str, Vectors], language: str | None) -> dict[str, Vectors]:
        return {name: self.space.towards_german(name, rows, language) for name, rows in raw.items()}

    def _concepts(
        self, title: str, text: str, language: str | None, moved: Mapping[str, Vectors]
    ) -> Vectors:
        # the title alone says too little, and is part of the whole
        rows = {name: np.delete(block, TITLE, axis=0) for name, block in moved.items()}
        return self.space.represent(title, text, language, rows)[None, :]
