"""Vectors of the seed texts, made once and shipped: encoding them takes minutes on a small machine.

The file holds, for one encoder version, a digest of each text and what `Matcher.encode` made of
it. A text that changed since has another digest and is encoded as usual. `make vectors` writes it.
"""

import hashlib
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.extensions import db
from portal.matches import watch
from portal.matches.index import replica
from portal.matches.models import IndexEntry

FILE = Path(__file__).parent / "vectors.npz"
_DIGEST = 16


def use_prepared() -> int:
    """Give index entries without vector the shipped one; return how many. Commits."""
    if not FILE.exists():
        return 0
    version = replica_version()
    with np.load(FILE) as stored:
        if str(stored["version"]) != version:
            return 0
        prepared = _unpacked(stored["digests"], stored["ends"], stored["vectors"])
    waiting = select(IndexEntry).where(
        IndexEntry.encoder_version.is_(None), IndexEntry.removed_at.is_(None)
    )
    used = 0
    for entry in db.session.scalars(waiting.order_by(IndexEntry.id)).all():
        vector = prepared.get(digest(entry))
        if vector is not None:
            entry.vector, entry.encoder_version = vector, version
            entry.revision = watch.next_revision()
            used += 1
    db.session.commit()
    return used


def write_prepared() -> int:
    """Write the vectors of all index entries of this database into the file."""
    version = replica_version()
    entries = db.session.scalars(
        select(IndexEntry)
        .where(IndexEntry.encoder_version == version)
        .options(undefer(IndexEntry.vector))
        .order_by(IndexEntry.id)
    )
    vectors = {digest(entry): entry.vector for entry in entries if entry.vector}
    ordered = sorted(vectors.items())
    blobs = [np.frombuffer(vector, np.uint8) for _digest, vector in ordered]
    np.savez_compressed(
        FILE,
        version=np.array(version),
        digests=np.frombuffer(b"".join(key for key, _vector in ordered), np.uint8),
        ends=np.cumsum([len(blob) for blob in blobs]),
        vectors=np.concatenate(blobs),
    )
    return len(ordered)


def digest(entry: IndexEntry) -> bytes:
    """Return what names the text of an entry, whatever its row."""
    return hashlib.sha256(f"{entry.heading}\0{entry.text}".encode()).digest()[:_DIGEST]


def replica_version() -> str:
    """Return the version of the encoders in use."""
    return replica().matcher.encoder_version_


def _unpacked(digests: np.ndarray, ends: np.ndarray, vectors: np.ndarray) -> dict[bytes, bytes]:
    keys = digests.reshape(-1, _DIGEST)
    starts = np.concatenate([[0], ends[:-1]])
    return {
        key.tobytes(): vectors[start:end].tobytes()
        for key, start, end in zip(keys, starts, ends, strict=True)
    }
