"""Learn the adapter from the open collection: needs, what answers them, and what nobody answers.

A listwise softmax over candidates: what answers a need shall come before everything else of its
kind, given the cosines there are already. The correction is a matrix between the strongest
directions of both sides, pulled towards zero and cut to its strongest part. Only the train and dev
parts are read, and no candidate of a test theme, so that the test part stays unseen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression

from matching.adapter import ADAPTER, Adapter, save_adapter
from matching.encoders import TextEncoder, Vectors, understands
from matching.evaluate import KIND_OF
from matching.facts import without_exclusions
from matching.fusion import WEIGHTS
from matching.knowledge import DATA, load_prepared, outside, phrase_concepts
from matching.languages import guess_language
from matching.text import clean
from matching.vectorizer import Vectorizer

COLLECTION = DATA / "collection"
# Chosen on requests of other themes and of another making; K=64 to 256 change MRR by less than .01,
# half the strength costs .012 on themes left out.
_KEPT = 128  # directions a correction is learned between
_RANK = 64  # of the correction; 32 do nearly as well
_STRENGTH = 200.0  # 100 costs a little on themes left out
_SHARPNESS = 11.2  # the sum times this is the log odds of the softmax
_SCALES = {"e5": 3.0}  # E5's vectors lie close together: spread them before looking for directions

_SCOPE_C = 0.3  # inverse strength of the pull towards zero; .1 to 1 do alike
OUTSIDE = "outside"  # tag of requests no neighbourhood can help with

Row = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """One need and its candidates: `right` marks those that answer it, `sums` what is known."""

    need: Vectors
    candidates: Vectors
    sums: NDArray[np.float64]
    right: NDArray[np.bool_]


def _read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _kind(row: Row) -> str:
    name = row["kind"].rpartition("->")[2]
    return KIND_OF.get(name, name)


class Encoded:
    """Joined vectors of texts, each text encoded once."""

    def __init__(self, vectorizer: Vectorizer, texts: Iterable[str]) -> None:
        self.encoders: tuple[TextEncoder, ...] = vectorizer.loaded
        self.row_of = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        self.languages = [guess_language(text) for text in self.row_of]
        self.parts: dict[str, Vectors] = {}
        for encoder in self.encoders:
            raw = encoder.encode(list(self.row_of))
            move = vectorizer.space.towards_german
            self.parts[encoder.name] = np.vstack(
                [move(encoder.name, raw[[i]], code) for i, code in enumerate(self.languages)]
            )

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of `texts` as documents, shape (n_texts, dim)."""
        rows = [self.row_of[text] for text in texts]
        return np.hstack([part[rows] for part in self.parts.values()])

    def group(self, need: str, candidates: Sequence[str], right: Sequence[bool]) -> Group:
        """Return a group with the sum of cosines its candidates have already."""
        row, rows = self.row_of[need], [self.row_of[text] for text in candidates]
        language = self.languages[row]
        heard = {name: understands(name, language) for name in self.parts}
        vectors = [part[row] * heard[name] for name, part in self.parts.items()]
        sums = np.zeros(len(candidates))
        for name, part in self.parts.items():
            weight = sum(
                dict(w).get(name, 0.0) for w in (WEIGHTS.whole, WEIGHTS.sentence, WEIGHTS.title)
            )
            weight += WEIGHTS.alone * (name == "e5" and not all(heard.values()))
            sums += weight * (part[rows] @ (part[row] * heard[name]))
        return Group(
            np.concatenate(vectors), self.documents(candidates), sums, np.array(right, dtype=bool)
        )


def _whole(entity: Row) -> str:
    return f"{clean(entity['title'])}. {without_exclusions(entity['text'])}"


def read_groups(vectorizer: Vectorizer, folder: Path) -> tuple[list[Group], Vectors]:
    """Return a group for each need of the train and dev parts, and the vectors of all offers."""
    themes = _read(folder / "themes.jsonl")
    unseen = {id_ for theme in themes if theme["part"] == "test" for id_ in theme["entities"]}
    entities = [e for e in _read(folder / "entities.jsonl") if e["id"] not in unseen]
    requests = [r for r in _read(folder / "requests.jsonl") if r["part"] != "test"]
    pairs = [p for p in _read(folder / "pairs.jsonl") if p["part"] != "test"]
    lists: list[tuple[str, list[str], list[bool]]] = []
    for request in requests:
        candidates = [entity for entity in entities if entity["type"] == _kind(request)]
        right = [entity["id"] in request["relevant"] for entity in candidates]
        if any(right):
            need = without_exclusions(request["query"])
            lists.append((need, [_whole(entity) for entity in candidates], right))
    for kind in dict.fromkeys(_kind(pair) for pair in pairs):
        told = [
            (without_exclusions(p["need"]), without_exclusions(p["offer"]), p["label"])
            for p in pairs
            if _kind(p) == kind
        ]
        offers = list(dict.fromkeys(offer for _, offer, _ in told))
        good = {(need, offer) for need, offer, label in told if label}
        for need in dict.fromkeys(need for need, _ in sorted(good)):
            lists.append((need, offers, [(need, offer) in good for offer in offers]))
    offered = list(dict.fromkeys(text for _, candidates, _ in lists for text in candidates))
    encoded = Encoded(vectorizer, [need for need, _, _ in lists] + offered)
    return [encoded.group(*one) for one in lists], encoded.documents(offered)


def fit(groups: Sequence[Group], directions: Vectors, strength: float) -> NDArray[np.float64]:
    """Return the correction between `directions` of both sides, shape (n, n)."""
    n = directions.shape[1]
    needs = np.array([group.need for group in groups]) @ directions  # (n_groups, n)
    offers = [group.candidates @ directions for group in groups]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        mapped = needs @ flat.reshape(n, n)
        total, slopes = strength / 2 * float(flat @ flat), np.empty_like(needs)
        for i, group in enumerate(groups):
            odds = _SHARPNESS * (group.sums + offers[i] @ mapped[i])
            total += float(logsumexp(odds) - logsumexp(odds[group.right]))
            aim = np.zeros(len(odds))
            aim[group.right] = softmax(odds[group.right])
            slopes[i] = _SHARPNESS * (softmax(odds) - aim) @ offers[i]
        return total, (needs.T @ slopes).ravel() + strength * flat

    start = np.zeros(n * n)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 40})
    return found.x.reshape(n, n)


def fit_scope(vectorizer: Vectorizer, folder: Path, centre: Vectors, scales: Vectors) -> Vectors:
    """Return weights and intercept of the log odds of being in scope, shape (dim + 1,)."""
    requests = [
        row
        for row in _read(folder / "requests.jsonl")
        if row["part"] != "test" and (row["relevant"] or OUTSIDE in row["tags"])
    ]
    needs = [without_exclusions(row["query"]) for row in requests]
    encoded = Encoded(vectorizer, needs)
    heard = [
        np.array([understands(name, code) for code in encoded.languages])[:, None]
        for name in encoded.parts
    ]
    asked = np.hstack([part * ok for part, ok in zip(encoded.parts.values(), heard, strict=True)])
    prepared = load_prepared()[2]
    said = np.hstack([prepared[name].phrases for name in encoded.parts])
    samples = np.vstack([said, asked[[encoded.row_of[need] for need in needs]]]) - centre
    answered = np.array([bool(row["relevant"]) for row in requests])
    model = LogisticRegression(C=_SCOPE_C, class_weight="balanced", max_iter=3_000)
    model.fit(samples * scales, np.append(~outside()[phrase_concepts()], answered))
    return np.append(model.coef_[0] * scales, model.intercept_).astype(np.float32)


def train(vectorizer: Vectorizer, folder: Path = COLLECTION, path: Path = ADAPTER) -> int:
    """Learn an adapter on the collection in `folder`, write it to `path`; returns the needs seen.

    Encodes some 3,000 texts first, which takes minutes.
    """
    groups, offers = read_groups(vectorizer, folder)
    names = [encoder.name for encoder in vectorizer.loaded]
    prepared = load_prepared()[2]
    sample = np.vstack([np.hstack([prepared[name].phrases for name in names]), offers])
    centre = sample.mean(axis=0)
    scales = np.concatenate([np.full(e.dim, _SCALES.get(e.name, 1.0)) for e in vectorizer.loaded])
    _, _, axes = np.linalg.svd((sample - centre) * scales, full_matrices=False)
    directions = (scales[:, None] * axes[:_KEPT].T).astype(np.float32)  # (dim, kept)
    moved = [Group(g.need - centre, g.candidates - centre, g.sums, g.right) for g in groups]
    left, strengths, right = np.linalg.svd(fit(moved, directions, _STRENGTH))
    root = np.sqrt(strengths[:_RANK])
    adapter = Adapter(
        tuple(names),
        centre,
        (directions @ (left[:, :_RANK] * root)).astype(np.float32),
        (directions @ (right[:_RANK].T * root)).astype(np.float32),
        fit_scope(vectorizer, folder, centre, scales),
    )
    save_adapter(adapter, {encoder.name: encoder.version for encoder in vectorizer.loaded}, path)
    return len(groups)
