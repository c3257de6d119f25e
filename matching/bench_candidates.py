"""Measure a `LargeMatcher` over PostgreSQL, beside the matcher in memory over the same texts.

Texts are put together from sentences of the open collection that lie near each other, so that words
and vectors mean what they mean in use; requests are those of the collection. The table is made for
the run and dropped after it.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
from numpy.typing import NDArray

from matching import fusion
from matching.bench import Timing, memory_mib
from matching.candidates import LargeMatcher
from matching.documents import Document
from matching.encoders import Vectors
from matching.index import Matcher
from matching.knowledge import DATA
from matching.languages import guess_language
from matching.pgvector import NEAREST, PgvectorCandidates
from matching.scoring import Query
from matching.text import clean
from matching.vectorizer import Vectorizer

_TABLE = "matching_bench"
_SAMPLE = 20_000  # texts the words and frequencies are learned from
_IN_MEMORY = 200_000  # more of them are not built in memory to compare with
_NEIGHBOURS, _SENTENCES = 30, 3
_QUERIES, _ADDED = 100, 100
_COLLECTION = DATA / "collection"
_FIRST = 10


@dataclass(frozen=True)
class Sentences:
    """Sentences of the collection with their vectors, to put texts together from.

    Attributes
    ----------
    texts, languages : list of str
    raw : dict of encoder name to ndarray of shape (n_sentences, dim)
    concepts : ndarray of shape (n_sentences, n_concepts)
    near : ndarray of shape (n_sentences, 30)
        The nearest sentences of each.
    """

    texts: list[str]
    languages: list[str | None]
    raw: dict[str, Vectors]
    concepts: Vectors
    near: NDArray[np.int64]

    @classmethod
    def of_collection(cls, vectorizer: Vectorizer, at_most: int) -> Sentences:
        """Encode needs and offers of the pairs; all of them take minutes."""
        lines = (_COLLECTION / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
        said = [clean(pair[side]) for pair in map(json.loads, lines) for side in ("need", "offer")]
        texts = list(dict.fromkeys(said))[:at_most]
        languages = [guess_language(text) for text in texts]
        raw = {encoder.name: encoder.encode(texts) for encoder in vectorizer.loaded}
        moved = [
            {name: vectorizer.space.towards_german(name, rows[[i]], language)
             for name, rows in raw.items()}
            for i, language in enumerate(languages)
        ]  # fmt: skip
        concepts = [
            vectorizer.space.represent("", text, language, rows)
            for text, language, rows in zip(texts, languages, moved, strict=True)
        ]
        first = raw[vectorizer.loaded[0].name]
        near = np.argsort(-(first @ first.T), axis=1)[:, :_NEIGHBOURS]
        return cls(texts, languages, raw, np.vstack(concepts), near)

    def documents(self, vectorizer: Vectorizer, n: int, seed: int = 7) -> Iterator[Document]:
        """Yield `n` texts with vectors, the same ones for the same `seed`."""
        rng = np.random.default_rng(seed)
        for i in range(n):
            some = rng.choice(self.near[rng.integers(len(self.texts))], _SENTENCES, replace=False)
            rows = {
                name: _unit(np.vstack([raw[some].sum(axis=0), raw[some[:1]], raw[some]]))
                for name, raw in self.raw.items()
            }
            concepts = _unit(self.concepts[some].sum(axis=0)[None, :])
            text = "\n".join(self.texts[j] for j in some)
            blob = vectorizer.pack(rows, concepts)
            yield Document((seed, i), "idea", "", text, self.languages[some[0]], blob)


def bench(n_documents: int, url: str, encoders: str = "auto") -> dict[str, float]:
    """Return the figures of one run over `n_documents` texts in the database at `url`.

    Keys: documents, fill_s (reading, writing, indexing), disk_mib (table with indexes), rss_mib
    (this process after searching, encoders included), search_* and add_* as of `matching.bench`
    (encoding aside), candidates (how many a request had, mean). Up to 200,000 texts also of the
    matcher in memory: memory_search_*, memory_rss_mib, recall_at_10 (share of its first ten among
    the candidates), same_at_10 (share of them among the first ten found) and
    one_encoder_recall_at_10 (share of them among the 200 nearest by the first encoder alone).

    Raises
    ------
    ValueError
        Without encoders: what is measured is finding by vectors.
    """
    matcher = Matcher(encoders)
    if not matcher.encoders_:
        raise ValueError("candidates are measured with an encoder")
    n_queries = max(1, min(_QUERIES, n_documents // 10))
    sentences = Sentences.of_collection(matcher.vectorizer, n_documents)
    with tempfile.TemporaryDirectory() as scratch, psycopg.connect(url, autocommit=True) as server:
        sample, everything = Path(scratch) / "sample", Path(scratch) / "everything"
        _in_other_process(_learn, sentences, encoders, sample, min(_SAMPLE, n_documents))
        matcher = Matcher.load(sample, encoders).among([])
        try:
            start = time.perf_counter()
            _in_other_process(_fill, sentences, encoders, sample, n_documents, url)
            figures = {"documents": n_documents, "fill_s": time.perf_counter() - start}
            large = LargeMatcher(matcher, PgvectorCandidates(server, matcher, _TABLE))
            figures |= _measure(large, matcher, sentences, n_queries, server)
            if n_documents <= _IN_MEMORY:
                _in_other_process(_learn, sentences, encoders, everything, n_documents)
                figures |= _beside(Matcher.load(everything, encoders), large, matcher, n_queries)
        finally:
            server.execute(f"DROP TABLE IF EXISTS {_TABLE}")
    return {name: round(value, 3) for name, value in figures.items()}


def _in_other_process(action: Callable[..., None], *arguments: object) -> None:
    process = multiprocessing.get_context("spawn").Process(target=action, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{action.__name__} ended with {process.exitcode}")


def _learn(sentences: Sentences, encoders: str, folder: Path, n_documents: int) -> None:
    matcher = Matcher(encoders)
    matcher.fit(sentences.documents(matcher.vectorizer, n_documents)).save(folder)


def _fill(sentences: Sentences, encoders: str, folder: Path, n_documents: int, url: str) -> None:
    matcher = Matcher.load(folder, encoders)
    with psycopg.connect(url, autocommit=True) as server:
        large = LargeMatcher(matcher, PgvectorCandidates(server, matcher, _TABLE))
        large.fill(sentences.documents(matcher.vectorizer, n_documents))


def _requests(matcher: Matcher, n: int) -> list[Query]:
    lines = (_COLLECTION / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines[:: len(lines) // n]]
    return [matcher.query_of(case["query"], case["lang"]) for case in cases]


def _measure(
    large: LargeMatcher,
    matcher: Matcher,
    sentences: Sentences,
    n_queries: int,
    server: psycopg.Connection,
) -> dict[str, float]:
    queries, floor = _requests(matcher, n_queries), fusion.floor_of(None)
    added = list(sentences.documents(matcher.vectorizer, _ADDED, seed=8))
    adding = Timing.of(lambda i: large.add(added[i]), len(added))
    large.matches_of(queries[0], None, _FIRST, floor)  # the first one reads the indexes
    searching = Timing.of(lambda i: large.matches_of(queries[i], None, _FIRST, floor), len(queries))
    row = server.execute("SELECT pg_total_relation_size(%s)", [_TABLE]).fetchone()
    assert row
    return {
        "disk_mib": row[0] / 2**20,
        "rss_mib": memory_mib(),
        "candidates": float(np.mean([len(large.candidates(query)) for query in queries])),
        **searching.figures("search"),
        **adding.figures("add"),
    }


def _beside(
    memory: Matcher, large: LargeMatcher, matcher: Matcher, n_queries: int
) -> dict[str, float]:
    floor = fusion.floor_of(None)
    recalls, same, alone = [], [], []
    queries, asked = _requests(memory, n_queries), _requests(matcher, n_queries)
    memory.matches_of(queries[0], None, _FIRST, floor)  # the first one maps the arrays in
    for query, other in zip(queries, asked, strict=True):
        best = {match.id for match in memory.matches_of(query, None, _FIRST, floor)}
        if best:
            among = {entry.document.id for entry in large.candidates(other)}
            first = {match.id for match in large.matches_of(other, None, _FIRST, floor)}
            recalls.append(len(best & among) / len(best))
            same.append(len(best & first) / len(best))
            alone.append(_share_by_one_encoder(memory, query, best))
    searching = Timing.of(
        lambda i: memory.matches_of(queries[i], None, _FIRST, floor), len(queries)
    )
    return {
        "memory_rss_mib": memory_mib(),
        "recall_at_10": float(np.mean(recalls)),
        "same_at_10": float(np.mean(same)),
        "one_encoder_recall_at_10": float(np.mean(alone)),
        **searching.figures("memory_search"),
    }


def _share_by_one_encoder(memory: Matcher, query: Query, best: set[Hashable]) -> float:
    _, corpus, meaning = memory.parts()
    name = memory.encoders_[0]
    everything = np.arange(len(corpus.documents))
    cosines = meaning.encoders[name].cosines(query.vectors[name][0], everything)
    found = np.argpartition(-cosines, min(NEAREST, len(cosines) - 1))[:NEAREST]
    return len(best & {corpus[row].id for row in found}) / len(best)


def _unit(rows: Vectors) -> Vectors:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
