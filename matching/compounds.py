"""Splitting German compounds by what the corpus itself contains.

A compound is split where its parts occur as words of the corpus, taking the split whose parts have
the highest geometric mean frequency. Linking letters need no list of their own beyond -s- and -es-:
the others (-n-, -en-, -er-, -e-) are endings that other forms of the part have anyway.

References
----------
P. Koehn, K. Knight, "Empirical Methods for Compound Splitting", EACL 2003, section 2.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from math import log

_FILLERS = ("", "s", "es", "n", "en", "er", "e")  # between parts; K&K use -s- and -es- only
_ENDINGS = ("e", "en", "er", "n", "s")  # a part may occur in the corpus with one of these
# Ends that look like words but only inflect or derive; "Ankunft" has no "Kunft" to find.
_NO_PARTS = frozenset({
    "schaft", "schaften", "heit", "heiten", "keit", "keiten", "lich", "liche", "lichen", "licher",
    "liches", "isch", "ische", "ischen", "ungen", "ende", "enden", "endes", "ender", "eren", "eten",
    "isten", "innen", "erin", "erinnen", "haft", "haften", "sein", "eine", "einen", "einer", "dern",
    "ster", "sten", "stens", "lang", "lange", "unter", "uber", "ober", "nieder", "wieder", "dabei",
})  # fmt: skip


class CompoundSplitter:
    """Split words into parts known from a corpus.

    Parameters
    ----------
    min_part : int, default=4
        Shortest part in letters; 3 splits "Tage|buch" but also "Vor|stand|s".
    min_count : int, default=1
        How often a part has to occur in the corpus.

    Attributes
    ----------
    counts_ : dict of str to int
        Folded words of the corpus and how often they occur.

    Examples
    --------
    >>> splitter = CompoundSplitter().fit({"garten": 3, "gemeinschaft": 2})
    >>> splitter.split("gemeinschaftsgarten")
    ((0, 13), (13, 19))
    """

    def __init__(self, min_part: int = 4, min_count: int = 1) -> None:
        self.min_part = min_part
        self.min_count = min_count

    @staticmethod
    def key(word: str) -> str:
        """Fold `word` letter by letter, so that positions in the key are positions in the word."""
        if word.isascii():
            return word.lower()
        return "".join(unicodedata.normalize("NFD", char.lower())[:1] or char for char in word)

    @property
    def min_word(self) -> int:
        """Length in letters from which a word can have two parts."""
        return 2 * self.min_part

    def fit(self, counts: Mapping[str, int]) -> CompoundSplitter:
        """Learn the words and their frequencies; returns self."""
        self.counts_ = {
            word: count
            for word, count in counts.items()
            if len(word) >= self.min_part and count >= self.min_count
        }
        self._seen: dict[str, tuple[tuple[int, int], ...]] = {}
        return self

    def _count(self, part: str, *, last: bool) -> int:
        """Return how often `part` occurs, with or without a linking letter or ending."""
        if part in _NO_PARTS:
            return 0
        counts = self.counts_
        best = counts.get(part, 0)
        for ending in _ENDINGS:
            best = max(best, counts.get(part + ending, 0))
        for filler in _FILLERS[1:] if not last else _ENDINGS:
            if part.endswith(filler) and len(part) - len(filler) >= self.min_part:
                best = max(best, counts.get(part[: -len(filler)], 0))
        return best

    def split(self, word: str) -> tuple[tuple[int, int], ...]:
        """Return the (start, end) of each part of a folded word, or () if it is no compound."""
        found = self._seen.get(word)
        if found is None:
            found = tuple(self._best(word)[1]) if self._may_split(word) else ()
            found = found if len(found) > 1 else ()
            if len(self._seen) < 100_000:
                self._seen[word] = found
        return found

    def _may_split(self, word: str) -> bool:
        return self.min_word <= len(word) <= 48 and word.isalpha()

    def _best(self, word: str) -> tuple[float, list[tuple[int, int]]]:
        """Return mean log frequency and parts of the best split into two or three parts."""
        best_score, best_parts = 0.0, [(0, len(word))]
        for middle in range(self.min_part, len(word) - self.min_part + 1):
            left = self._count(word[:middle], last=False)
            if not left:
                continue
            right = self._count(word[middle:], last=True)
            if right:
                score = (log(left + 1) + log(right + 1)) / 2
                if score > best_score:
                    best_score, best_parts = score, [(0, middle), (middle, len(word))]
            for second in range(middle + self.min_part, len(word) - self.min_part + 1):
                centre = self._count(word[middle:second], last=False)
                right = self._count(word[second:], last=True) if centre else 0
                if right:
                    score = (log(left + 1) + log(centre + 1) + log(right + 1)) / 3
                    if score > best_score:
                        best_score = score
                        best_parts = [(0, middle), (middle, second), (second, len(word))]
        return best_score, best_parts
