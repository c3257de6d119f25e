"""The usual ways to find a text, to compare the matcher with: each ranks, none says "nothing fits".

* `tfidf`: scikit-learn's word tf-idf as it comes.
* `bm25`: BM25 over stemmed words and parts of compounds, stop words left out.
* `chars`: tf-idf of character 3- to 5-grams inside words.
* `e5`, `use`: the cosine of whole texts under one encoder.

References
----------
S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3
(k1 = 1.2 and b = .75 as usual there).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from matching.compounds import CompoundSplitter
from matching.documents import Document
from matching.encoders import TextEncoder, load_encoders
from matching.text import clean, surfaces, tokens

Scores = NDArray[np.float64]
Baseline = Callable[[Sequence[str]], Scores]
"""Takes queries, gives the scores of all documents, shape (n_queries, n_documents)."""

_K1, _B = 1.2, 0.75


def baselines(documents: Sequence[Document], encoders: str = "auto") -> Mapping[str, Baseline]:
    """Return the usual ways by name, each fitted on `documents`."""
    texts = [clean(f"{document.title}. {document.text}") for document in documents]
    found = {
        "tfidf": _tfidf(texts, TfidfVectorizer()),
        "bm25": _bm25(texts),
        "chars": _tfidf(
            texts, TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        ),
    }
    return found | {encoder.name: _cosine(texts, encoder) for encoder in load_encoders(encoders)[0]}


def _tfidf(texts: Sequence[str], vectorizer: TfidfVectorizer) -> Baseline:
    matrix = vectorizer.fit_transform(texts)
    return lambda queries: (vectorizer.transform(queries) @ matrix.T).toarray()


def _bm25(texts: Sequence[str]) -> Baseline:
    counts: dict[str, int] = {}
    for text in texts:
        for word in surfaces(text):
            key = CompoundSplitter.key(word)
            counts[key] = counts.get(key, 0) + 1
    splitter = CompoundSplitter().fit(counts)

    def terms(text: str) -> list[str]:
        found = tokens(text, splitter, None)
        return [token.stem for token in found] + [part.stem for t in found for part in t.parts]

    vectorizer = CountVectorizer(analyzer=terms)
    tf = sparse.csr_matrix(vectorizer.fit_transform(texts), dtype=np.float64)
    lengths = np.asarray(tf.sum(axis=1)).ravel()  # (n_documents,)
    df = np.bincount(tf.indices, minlength=tf.shape[1])
    idf = np.log(1.0 + (len(texts) - df + 0.5) / (df + 0.5))
    usual = _K1 * (1.0 - _B + _B * lengths / lengths.mean())
    row = np.repeat(np.arange(len(texts)), np.diff(tf.indptr))
    tf.data = idf[tf.indices] * tf.data * (_K1 + 1.0) / (tf.data + usual[row])
    return lambda queries: (vectorizer.transform(map(clean, queries)) @ tf.T).toarray()


def _cosine(texts: Sequence[str], encoder: TextEncoder) -> Baseline:
    matrix = encoder.encode(texts)
    return lambda queries: (encoder.encode(queries) @ matrix.T).astype(np.float64)
