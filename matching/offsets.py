"""Where a language lies in an encoder's space, so that texts of several languages can be compared.

Encoders for many languages hold two texts of one language for closer than they are. The phrases of
the concepts show by how much: what Turkish phrases of a concept have that German ones of the same
concept lack, on the mean over all concepts, is Turkish.

References
----------
J. Libovický, R. Rosa, A. Fraser, "On the Language Neutrality of Pre-trained Multilingual
Representations", Findings of EMNLP 2020 (centring each language).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.encoders import Vectors

GERMAN = "de"
_LEAST_PHRASES = 50  # of a language, for a mean worth anything


def learn_offsets(
    rows: Vectors, concepts: NDArray[np.int64], languages: Sequence[str | None]
) -> dict[str, Vectors]:
    """Return the offset of each language from German, shape (dim,); German's is 0.

    Parameters
    ----------
    rows : ndarray of shape (n_phrases, dim)
    concepts : ndarray of shape (n_phrases,)
        The concept of each phrase, numbered from 0.
    languages : sequence of str or None
        Language of each phrase; None counts as German.
    """
    codes = np.array([code or GERMAN for code in languages])
    german = codes == GERMAN
    counts = np.bincount(concepts[german], minlength=concepts.max() + 1)
    means = np.zeros((len(counts), rows.shape[1]), dtype=np.float32)
    np.add.at(means, concepts[german], rows[german])
    means /= np.maximum(counts, 1)[:, None]
    found = {GERMAN: np.zeros(rows.shape[1], dtype=np.float32)}
    for code in sorted(set(codes.tolist()) - {GERMAN}):
        wanted = (codes == code) & (counts[concepts] > 0)
        if wanted.sum() >= _LEAST_PHRASES:
            found[code] = (rows[wanted] - means[concepts[wanted]]).mean(axis=0)
    return found


def towards_german(rows: Vectors, offset: Vectors | None) -> Vectors:
    """Move unit vectors of shape (n_rows, dim) by the `offset` of their language.

    The meaning remains, and so does the length of 1.
    """
    if offset is None or not offset.any():
        return rows
    moved = rows - offset
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
