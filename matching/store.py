"""Keep a fitted matcher in a folder: plain arrays and JSON, no pickle.

Arrays are loaded memory-mapped and copy-on-write, so processes on one machine share their pages
and a process may still erase a document from its own copy. A folder is written beside its final
place and moved there in one step; a reader never sees half of it.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matching.compounds import CompoundSplitter
from matching.documents import Corpus, Document
from matching.lexical import LexicalIndex, Postings, TfIdf
from matching.vectors import Meaning

if TYPE_CHECKING:
    from matching.index import Matcher

FORMAT = 4
Arrays = dict[str, NDArray]
_CSR = ("indptr", "indices", "data")


class StoreError(ValueError):
    """A folder holds no index, or one this version cannot use."""


def write(matcher: Matcher, folder: Path) -> None:
    """Write a fitted matcher to `folder`, replacing what is there."""
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    lexical, corpus, meaning = matcher.parts()
    arrays = lexical_arrays(lexical) | {"facts": corpus.facts} | meaning.arrays()
    state = {
        "format": FORMAT,
        "version": matcher.version,
        "documents": [document and _fields(document) for document in corpus.documents],
        "languages": corpus.languages,
        "counts": lexical.splitter_.counts_,
    }
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    old = scratch.with_name(scratch.name + "-old")
    try:
        for name, array in arrays.items():
            np.save(scratch / f"{name}.npy", array, allow_pickle=False)
        (scratch / "index.json").write_text(text, encoding="utf-8")
        if folder.exists():
            os.replace(folder, old)
        os.replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def read(folder: Path, version: str, meaning: Meaning) -> tuple[LexicalIndex, Corpus]:
    """Return what a matcher of the same `version` wrote, and restore `meaning`, still empty.

    Raises
    ------
    StoreError
        If there is no index in `folder`, or it was written by another version.
    """
    folder = Path(folder)
    try:
        state = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"no index in {folder}") from error
    if state.get("format") != FORMAT or state.get("version") != version:
        raise StoreError(f"the index in {folder} was made by {state.get('version')}, not {version}")
    arrays = {
        path.stem: np.load(path, mmap_mode="c", allow_pickle=False)
        for path in sorted(folder.glob("*.npy"))
    }
    documents = [
        fields and Document(id_of(fields[0]), *fields[1:]) for fields in state["documents"]
    ]
    corpus = Corpus()
    corpus.restore(documents, state["languages"], arrays["facts"])
    lexical = lexical_from(arrays, state["counts"], len(documents))
    meaning.restore(arrays)
    return lexical, corpus


def _fields(document: Document) -> list[object]:
    return [
        key_of(document.id),
        document.kind,
        document.title,
        document.text,
        document.language,
    ]


def key_of(id: Hashable) -> object:
    """Return an id as JSON can hold it: a string, a number, or a list for a tuple of these."""
    if isinstance(id, tuple):
        return [key_of(part) for part in id]
    if id is None or isinstance(id, str | int | float | bool):
        return id
    raise TypeError(f"only strings, numbers and tuples of them can be stored as ids, not {id!r}")


def id_of(key: object) -> Hashable:
    """Return the id `key_of` made a key from."""
    if isinstance(key, list):
        return tuple(id_of(part) for part in key)
    assert isinstance(key, Hashable)
    return key


def lexical_arrays(lexical: LexicalIndex) -> Arrays:
    """Return the arrays of a lexical index; rows added since are merged first."""
    found: Arrays = {
        "word_idf": lexical.word_idf_.idf_,
        "char_idf": lexical.char_idf_.idf_,
    }
    for name, postings in (("words", lexical.words_), ("chars", lexical.chars_)):
        postings.merge()
        matrix = postings.inverted_
        found |= {
            f"{name}_indptr": matrix.indptr,
            f"{name}_indices": matrix.indices,
            f"{name}_data": matrix.data,
        }
    return found


def lexical_from(arrays: Arrays, counts: dict[str, int], n_rows: int) -> LexicalIndex:
    """Return the lexical index `lexical_arrays` took apart."""
    lexical = LexicalIndex()
    lexical.splitter_ = CompoundSplitter().fit(counts)
    spaces = {}
    for name in ("word", "char"):
        idf = arrays[f"{name}_idf"]
        spaces[name] = TfIdf(len(idf)), Postings(len(idf))
        spaces[name][0].idf_ = idf
        indptr, indices, data = (arrays[f"{name}s_{part}"] for part in _CSR)
        spaces[name][1].restore(indptr, indices, data, n_rows)
    lexical.word_idf_, lexical.words_ = spaces["word"]
    lexical.char_idf_, lexical.chars_ = spaces["char"]
    return lexical
