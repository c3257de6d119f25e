"""Measure speed and memory on made-up texts of a realistic length and vocabulary.

Vectors are random but sized like real ones, so searching costs what it costs in use; encoding is
measured apart, because it runs in the background.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from matching.encoders import pack
from matching.index import Document, Matcher

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


def bench(n_documents: int, encoders: str = "auto") -> dict[str, float]:
    """Return the figures of one run over `n_documents` texts.

    Keys: documents, search_p50_ms, search_p95_ms, add_p95_ms, load_s, rss_mib, encode_p50_ms.
    """
    matcher = Matcher(encoders=encoders)
    texts = made_up_texts(n_documents + 2 * _QUERIES)
    rng = np.random.default_rng(11)

    def document(i: int) -> Document:
        rows = {
            encoder.name: _unit(rng.standard_normal((5, encoder.dim), dtype=np.float32))
            for encoder in matcher.loaded
        }
        blob = pack(rows, matcher.versions) if rows else None
        title = " ".join(texts[i].split()[:4])
        return Document(i, "idea", title, texts[i], "de", blob)

    documents = [document(i) for i in range(n_documents)]
    start = time.perf_counter()
    matcher.fit(documents)
    load_s = time.perf_counter() - start
    del documents
    rss = memory_mib()
    queries = [document(n_documents + i) for i in range(_QUERIES)]
    added = [document(n_documents + _QUERIES + i) for i in range(_QUERIES)]
    add_ms = _times(lambda i: matcher.add(added[i]), _QUERIES)
    for query in queries:
        matcher.add(query)
    search_ms = _times(lambda i: matcher.search_document(queries[i].id), _QUERIES)
    encode_ms = _times(lambda i: matcher.encode("", texts[i]), 12) if matcher.loaded else [0.0]
    return {
        "documents": n_documents,
        "search_p50_ms": round(float(np.percentile(search_ms, 50)), 2),
        "search_p95_ms": round(float(np.percentile(search_ms, 95)), 2),
        "add_p95_ms": round(float(np.percentile(add_ms, 95)), 2),
        "load_s": round(load_s, 2),
        "rss_mib": round(rss, 1),
        "encode_p50_ms": round(float(np.median(encode_ms)), 2),
    }


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
