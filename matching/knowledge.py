"""Knowledge written once and used at every request: concepts of civic life.

`data/concepts/*.txt` holds what the people of a town talk about, concept by concept: words,
everyday needs, offers and skills, and how offices and projects call it, in the languages of the
street. Nothing in them is about a certain team, office or person. `python -m matching prepare`
encodes all of it once, so that no process has to; what is prepared carries a fingerprint, and a
stale or missing file only switches the knowledge off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
_WORDS_TOGETHER = 6  # words of a concept are encoded by the half dozen: alone they mean anything
_FIELDS = {"w": "words", "n": "needs", "o": "offers", "d": "duties"}


class KnowledgeError(ValueError):
    """A knowledge file has a line nobody can read."""


@dataclass(frozen=True)
class Concept:
    """One thing people need, offer, or are responsible for."""

    key: str
    title: str
    words: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()

    @property
    def is_outside(self) -> bool:
        """Tell whether no neighbourhood can help here: passports, parcels, lost wallets."""
        return self.key.startswith("!")

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Everything said of the concept: title, words by the half dozen, sentences."""
        chunks = [
            ", ".join(self.words[i : i + _WORDS_TOGETHER])
            for i in range(0, len(self.words), _WORDS_TOGETHER)
        ]
        return (self.title, *chunks, *self.needs, *self.offers, *self.duties)


def parse_concepts(text: str, source: str) -> list[Concept]:
    """Read concepts: `= key: title`, then lines `w:` with commas, `n:`, `o:`, `d:` with bars.

    A key that begins with `!` names something outside of what a neighbourhood can help with.

    Raises
    ------
    KnowledgeError
        If a line is none of these; the message names `source` and the line.
    """
    found: list[dict[str, tuple[str, ...] | str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        mark, _, rest = line.partition(" ")
        if not line.strip() or mark == "#":
            continue
        if mark == "=" and ":" in rest:
            key, _, title = rest.partition(":")
            found.append({"key": key.strip(), "title": title.strip()})
        elif mark[:-1] in _FIELDS and mark.endswith(":") and found:
            field = _FIELDS[mark[0]]
            items = rest.split("," if field == "words" else "|")
            kept = found[-1].get(field, ())
            assert isinstance(kept, tuple)
            found[-1][field] = kept + tuple(item.strip() for item in items if item.strip())
        else:
            raise KnowledgeError(f"{source}:{number}: {line[:60]}")
    return [Concept(**fields) for fields in found]  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def concepts() -> tuple[Concept, ...]:
    """Return the concepts of the package, in the order of their files."""
    return tuple(concept for name, text in _texts() for concept in parse_concepts(text, name))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return eight letters that change whenever the files change; they are not parsed for it."""
    digest = hashlib.sha256()
    for _, text in _texts():
        digest.update(text.encode())
    return digest.hexdigest()[:8]


def _texts() -> Iterator[tuple[str, str]]:
    """Yield name and content of the files, line ends as on every system."""
    for path in sorted((DATA / "concepts").glob("*.txt")):
        yield path.name, path.read_text(encoding="utf-8")


def outside() -> NDArray[np.bool_]:
    """Return which concepts are outside of what a neighbourhood can do, shape (n_concepts,)."""
    return np.array([concept.is_outside for concept in concepts()])


def phrase_concepts() -> NDArray[np.int64]:
    """Return for each phrase the number of its concept, shape (n_phrases,), ascending."""
    return np.repeat(np.arange(len(concepts())), [len(concept.phrases) for concept in concepts()])
