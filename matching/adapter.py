"""What is learned over the encoders: which needs go with which offers, and what is out of scope.

Encoders know what texts are about, not who can help with it. The adapter maps the whole-text
vectors of a query and of a document to a few dozen numbers each; their dot product is added to the
sum of similarities. It also draws a line between what neighbours, teams and offices of a town can
help with and what they cannot. `python -m matching train` learns all this from the open collection
and the concepts and writes `data/adapter.npz`. It is applied when a text is indexed, so stored
vectors stay as they are. Without the file, or with other encoders, the sum goes without it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.encoders import Vectors, understands
from matching.knowledge import DATA
from matching.vectors import WHOLE

ADAPTER = DATA / "adapter.npz"
_FORMAT = 2
_ARRAYS = ("centre", "query", "document", "scope")
# Four in five answerable requests lie further inside than this many log odds: nothing is doubted.
_SURE = 1.0


@dataclass(frozen=True)
class Adapter:
    """Two linear maps over the joined vectors of several encoders.

    Attributes
    ----------
    encoders : tuple of str
        Whose vectors are joined, in this order.
    centre : ndarray of shape (dim,)
        Taken off before mapping; an average document gains and loses nothing.
    query, document : ndarray of shape (dim, rank)
        The maps of both sides.
    scope : ndarray of shape (dim + 1,)
        Weights and, last, the intercept of the log odds that a need is in scope.
    """

    encoders: tuple[str, ...]
    centre: Vectors
    query: Vectors
    document: Vectors
    scope: Vectors

    @property
    def rank(self) -> int:
        """Length of a mapped vector."""
        return int(self.query.shape[1])

    @property
    def version(self) -> str:
        """Eight letters that change whenever the maps change."""
        parts = (self.centre, self.query, self.document, self.scope)
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:8]

    def of_query(self, rows: Mapping[str, Vectors], language: str | None) -> Vectors | None:
        """Map the whole text of a query in `language`, shape (rank,); None without vectors."""
        joined = self._joined(rows, language)
        return None if joined is None else joined @ self.query

    def doubt(self, rows: Mapping[str, Vectors], language: str | None) -> float:
        """Return how far a query in `language` is from being surely in scope, in log odds."""
        joined = self._joined(rows, language)
        if joined is None:
            return 0.0
        return max(0.0, _SURE - float(joined @ self.scope[:-1] + self.scope[-1]))

    def of_document(self, rows: Mapping[str, Vectors]) -> Vectors | None:
        """Map the whole text of a document, shape (rank,); None without vectors."""
        if not all(name in rows for name in self.encoders):
            return None
        parts = [rows[name][WHOLE] for name in self.encoders]
        return (np.concatenate(parts) - self.centre) @ self.document

    def _joined(self, rows: Mapping[str, Vectors], language: str | None) -> Vectors | None:
        if not all(name in rows for name in self.encoders):
            return None
        parts = [rows[name][WHOLE] * understands(name, language) for name in self.encoders]
        return np.concatenate(parts) - self.centre


def save_adapter(adapter: Adapter, versions: Mapping[str, str], path: Path = ADAPTER) -> None:
    """Write `adapter` with the encoder versions it was learned on, in half precision."""
    meta = {"format": _FORMAT, "versions": {name: versions[name] for name in adapter.encoders}}
    arrays: dict[str, NDArray] = {
        name: getattr(adapter, name).astype(np.float16) for name in _ARRAYS
    }
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def load_adapter(versions: Mapping[str, str], path: Path = ADAPTER) -> Adapter | None:
    """Return the adapter learned on exactly these encoder versions, or None if there is none."""
    return _load(frozenset(versions.items()), path)


@lru_cache(maxsize=4)
def _load(versions: frozenset[tuple[str, str]], path: Path) -> Adapter | None:
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as file:
        meta = json.loads(file["meta"].tobytes())
        if meta["format"] != _FORMAT or frozenset(meta["versions"].items()) != versions:
            return None
        parts = (file[name].astype(np.float32) for name in _ARRAYS)
        return Adapter(tuple(meta["versions"]), *parts)
