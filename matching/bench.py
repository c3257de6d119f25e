"""Measure speed and memory on made-up texts of a realistic length and vocabulary.

Vectors are random but sized like real ones, so searching costs what it costs in use; encoding is
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
from pathlib import Path

import numpy as np

from matching.documents import Document
from matching.encoders import TextEncoder, pack
from matching.index import Matcher

_STEMS = """
Garten Bank Baum Rad Kind Platz Hof Haus Straße Park Müll Wasser Werkzeug Holz Metall Schule Nachbar
Fest Musik Küche Laden Sprache Amt Brief Bühne Licht Lampe Weg Bus Bahn Ampel Spiel Sport Ball Buch
Film Foto Karte Netz Rechner Telefon Pflege Arzt Hilfe Besuch Reparatur Tausch
"""
_HEADS = "gruppe werkstatt treffen kurs stelle dienst verein projekt fläche raum plan helfer"
_WORDS = 45  # words of a typical idea or team text
_QUERIES = 60


def made_up_texts(n: int, seed: int = 7) -> list[str]:
    """Return `n` texts whose words follow Zipf's law over about 40,000 compounds and names."""
    rng = np.random.default_rng(seed)
    vocabulary = [stem.lower() for stem in _STEMS.split()]
    vocabulary += [f"{stem}{head}" for stem in _STEMS.split() for head in _HEADS.split()]
    letters = np.array(list("aeiourstnlmbdgk"))
    vocabulary += ["".join(row) for row in rng.choice(letters, (40_000, 7))]
    ranks = rng.zipf(1.3, size=(n, _WORDS)) % len(vocabulary)
    return [" ".join(vocabulary[rank] for rank in row) + "." for row in ranks]


def _times(action: Callable[[int], object], n: int) -> np.ndarray:
    found = []
    for i in range(n):
        start = time.perf_counter()
        action(i)
        found.append((time.perf_counter() - start) * 1000.0)
    return np.array(found)


def memory_mib() -> float:
    """Return the resident memory of this process in MiB, 0 where the system does not say."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmRSS:"))
    except (OSError, StopIteration):
        return 0.0
    return int(line.split()[1]) / 1024.0


def _document(i: int, text: str, encoders: Sequence[TextEncoder]) -> Document:
    rng = np.random.default_rng(i)
    rows = {e.name: _unit(rng.standard_normal((5, e.dim), dtype=np.float32)) for e in encoders}
    blob = pack(rows, {e.name: e.version for e in encoders}) if rows else None
    return Document(i, "idea", " ".join(text.split()[:4]), text, "de", blob)


def _build(folder: str, n_documents: int, encoders: str) -> None:
    matcher = Matcher(encoders=encoders)
    texts = made_up_texts(n_documents)
    matcher.fit(_document(i, text, matcher.vectorizer.loaded) for i, text in enumerate(texts))
    matcher.save(Path(folder))


def bench(n_documents: int, encoders: str = "auto") -> dict[str, float]:
    """Return the figures of one run over `n_documents` texts.

    Keys: documents, fit_s, load_s, rss_mib (after loading, before any search), search_p50_ms,
    search_p95_ms, add_p95_ms, encode_p50_ms, and the median of the usual ways: fts5_p50_ms
    (SQLite FTS5, bm25), tfidf_p50_ms (scikit-learn word tf-idf, X @ q) and neighbors_p50_ms
    (scikit-learn NearestNeighbors on the same matrix).
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
        _document(n_documents + i, text, matcher.vectorizer.loaded) for i, text in enumerate(texts)
    ]
    add_ms = _times(lambda i: matcher.add(documents[i]), len(documents))
    search_ms = _times(lambda i: matcher.search_document(documents[i].id), _QUERIES)
    encode_ms = (
        _times(lambda i: matcher.encode("", texts[i]), 8) if matcher.vectorizer.loaded else [0.0]
    )
    return {
        "search_p50_ms": round(float(np.percentile(search_ms, 50)), 2),
        "search_p95_ms": round(float(np.percentile(search_ms, 95)), 2),
        "add_p95_ms": round(float(np.percentile(add_ms, 95)), 2),
        "encode_p50_ms": round(float(np.median(encode_ms)), 2),
    }


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

    ways = {
        "fts5_p50_ms": full_text,
        "tfidf_p50_ms": plain,
        "neighbors_p50_ms": lambda i: neighbors.kneighbors(vectorizer.transform([queries[i]])),
    }
    return {name: round(float(np.median(_times(way, 20))), 2) for name, way in ways.items()}


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
