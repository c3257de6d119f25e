"""Measure speed and memory on made-up texts of a realistic length and vocabulary.

Vectors are made up but sized like real ones, so searching costs what it costs in use; encoding is
measured apart, because it runs in the background. The index is built and saved by another process:
what is measured is a process that loads it, as a web server does. Three usual ways to search the
same texts are timed in the same run.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.documents import Document
from matching.fusion import UNRELATED
from matching.index import Matcher
from matching.vectorizer import Vectorizer

_STEMS = """
Garten Bank Baum Rad Kind Platz Hof Haus Straße Park Müll Wasser Werkzeug Holz Metall Schule Nachbar
Fest Musik Küche Laden Sprache Amt Brief Bühne Licht Lampe Weg Bus Bahn Ampel Spiel Sport Ball Buch
Film Foto Karte Netz Rechner Telefon Pflege Arzt Hilfe Besuch Reparatur Tausch
"""
_HEADS = "gruppe werkstatt treffen kurs stelle dienst verein projekt fläche raum plan helfer"
_WORDS = 45  # words of a typical idea or team text
_QUERIES = 60
_CONCEPTS = 25  # of which a text is a mixture
# Texts of a topic lie close together, so that searches find ten and have to say why.
_TOPICS, _OWN = 500, 0.3


def made_up_texts(n: int, seed: int = 7) -> list[str]:
    """Return `n` texts whose words follow Zipf's law over about 40,000 compounds and names."""
    rng = np.random.default_rng(seed)
    vocabulary = [stem.lower() for stem in _STEMS.split()]
    vocabulary += [f"{stem}{head}" for stem in _STEMS.split() for head in _HEADS.split()]
    letters = np.array(list("aeiourstnlmbdgk"))
    vocabulary += ["".join(row) for row in rng.choice(letters, (40_000, 7))]
    ranks = rng.zipf(1.3, size=(n, _WORDS)) % len(vocabulary)
    return [" ".join(vocabulary[rank] for rank in row) + "." for row in ranks]


@dataclass(frozen=True)
class Timing:
    """Milliseconds of several runs of one action: by the clock, and of this process alone."""

    wall: np.ndarray
    cpu: np.ndarray

    @classmethod
    def of(cls, action: Callable[[int], object], n: int) -> Timing:
        """Run `action` with 0 to n - 1."""
        found = []
        for i in range(n):
            clocks = time.perf_counter(), time.process_time()
            action(i)
            found.append((time.perf_counter() - clocks[0], time.process_time() - clocks[1]))
        wall, cpu = np.array(found).T * 1000.0
        return cls(wall, cpu)

    def figures(self, name: str) -> dict[str, float]:
        """Return median and 95th percentile by the clock, and the median of processor time."""
        return {
            f"{name}_p50_ms": round(float(np.percentile(self.wall, 50)), 2),
            f"{name}_p95_ms": round(float(np.percentile(self.wall, 95)), 2),
            f"{name}_cpu_p50_ms": round(float(np.percentile(self.cpu, 50)), 2),
        }


def memory_mib() -> float:
    """Return the resident memory of this process in MiB, 0 where the system does not say."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmRSS:"))
    except (OSError, StopIteration):
        return 0.0
    return int(line.split()[1]) / 1024.0


def _document(i: int, text: str, vectorizer: Vectorizer) -> Document:
    """Return a document with vectors near those of its topic, packed as they are stored."""
    rng = np.random.default_rng(i)
    rows = {}
    for encoder in vectorizer.loaded:
        # All texts share a direction, so that unrelated ones are as far apart as real ones.
        common = np.sqrt(UNRELATED[encoder.name] / (1.0 - UNRELATED[encoder.name]))
        shared, topic, own = (
            _directions(seed, n, encoder.dim)
            for seed, n in ((_TOPICS, 1), (i % _TOPICS, 1), (_TOPICS + 1 + i, 5))
        )
        rows[encoder.name] = _unit(_unit(topic + common * shared) + _OWN * own)
    concepts = np.zeros((1, vectorizer.space.n_concepts), dtype=np.float32)
    concepts[0, rng.choice(concepts.shape[1], _CONCEPTS, replace=False)] = rng.random(_CONCEPTS)
    blob = vectorizer.pack(rows, _unit(concepts)) if rows else None
    return Document(i, "idea", " ".join(text.split()[:4]), text, "de", blob)


def _directions(seed: int, n: int, dim: int) -> np.ndarray:
    """Return `n` unit vectors, the same for the same `seed`."""
    return _unit(np.random.default_rng(seed).standard_normal((n, dim), dtype=np.float32))


def _build(folder: str, n_documents: int, encoders: str) -> None:
    matcher = Matcher(encoders=encoders)
    texts = made_up_texts(n_documents)
    matcher.fit(_document(i, text, matcher.vectorizer) for i, text in enumerate(texts))
    matcher.save(Path(folder))


def bench(n_documents: int, encoders: str = "auto") -> dict[str, float]:
    """Return the figures of one run over `n_documents` texts.

    Keys: documents, fit_s, load_s, rss_mib (after loading, before any search), rss_after_mib,
    encode_p50_ms, and for cold (the first 60 searches of the process), search (the next 60), add
    and each of the usual ways *_p50_ms, *_p95_ms (by the clock) and *_cpu_p50_ms (of this process
    alone, comparable on a busy machine). The usual ways are fts5
    (SQLite FTS5, bm25), tfidf (scikit-learn word tf-idf, X @ q) and neighbors (scikit-learn
    NearestNeighbors on the same matrix); all of them compare words only.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = str(Path(scratch) / "index")
        start = time.perf_counter()
        process = multiprocessing.get_context("spawn").Process(
            target=_build, args=(folder, n_documents, encoders)
        )
        process.start()
        process.join()
        fit_s = time.perf_counter() - start
        start = time.perf_counter()
        matcher = Matcher.load(Path(folder), encoders)
        load_s = time.perf_counter() - start
        rss = memory_mib()
        figures = _measure(matcher, n_documents)
    texts = made_up_texts(n_documents + _QUERIES)
    return {
        "documents": n_documents,
        "fit_s": round(fit_s, 2),
        "load_s": round(load_s, 2),
        "rss_mib": round(rss, 1),
        "rss_after_mib": round(memory_mib(), 1),
        **figures,
        **_usual_ways(texts[:n_documents], texts[n_documents:]),
    }


def _measure(matcher: Matcher, n_documents: int) -> dict[str, float]:
    texts = made_up_texts(2 * _QUERIES, seed=8)
    documents = [
        _document(n_documents + i, text, matcher.vectorizer) for i, text in enumerate(texts)
    ]
    added = Timing.of(lambda i: matcher.add(documents[i]), len(documents))
    # The first searches of a process map the arrays in, the later ones find them there.
    cold = Timing.of(lambda i: matcher.search_document(documents[_QUERIES + i].id), _QUERIES)
    warm = Timing.of(lambda i: matcher.search_document(documents[i].id), _QUERIES)
    figures = cold.figures("cold") | warm.figures("search") | added.figures("add")
    figures["encode_p50_ms"] = 0.0
    if matcher.vectorizer.loaded:
        encoded = Timing.of(lambda i: matcher.encode("", texts[i]), 8)
        figures["encode_p50_ms"] = round(float(np.median(encoded.wall)), 2)
    return figures


def _usual_ways(texts: Sequence[str], queries: Sequence[str]) -> dict[str, float]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import NearestNeighbors

    vectorizer = TfidfVectorizer(sublinear_tf=True)
    matrix = vectorizer.fit_transform(texts)
    neighbors = NearestNeighbors(n_neighbors=10, metric="cosine", algorithm="brute").fit(matrix)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(body)")
    database.executemany("INSERT INTO texts VALUES (?)", ((text,) for text in texts))

    def full_text(i: int) -> None:
        words = " OR ".join(f'"{word}"' for word in queries[i].rstrip(".").split())
        database.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 10", (words,)
        ).fetchall()

    def plain(i: int) -> None:
        scores = (matrix @ vectorizer.transform([queries[i]]).T).toarray()[:, 0]
        np.argsort(-scores)[:10]

    ways: dict[str, Callable[[int], object]] = {
        "fts5": full_text,
        "tfidf": plain,
        "neighbors": lambda i: neighbors.kneighbors(vectorizer.transform([queries[i]])),
    }
    found: dict[str, float] = {}
    for name, way in ways.items():
        found |= Timing.of(way, len(queries)).figures(name)
    return found


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
