"""Texts to tokens: cleaning, folding, sentences, stems and parts of compounds.

Assumes short civic texts (a line to a page) in any script, most of them German. Everything here is
pure: same text, same tokens. `PIPELINE` changes whenever the tokens of some text change, because
indexes stored under another pipeline must not be mixed with new ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from matching.compounds import CompoundSplitter
from matching.languages import all_stop_words, guess_language, stemmer

PIPELINE = "t3"

MAX_CHARS = 20_000  # a page of small print; what comes after it does not change a match
MAX_SENTENCES = 12  # sentences of one text that get a vector of their own
_SENTENCE_CHARS = 240  # longer ones are cut at a comma or space: about 60 word pieces
_MIN_SENTENCE_CHARS = 12  # shorter ones join their neighbour: "Gesucht:" alone says nothing
_MAX_WORD_CHARS = 48

_TOKEN = re.compile(r"[^\W_]+(?:[.'’][^\W\d_]+)?")
# Where a statement ends whose times or exclusions are read on their own.
STATEMENT_END = re.compile(r"(?<=[.!?;])\s+|\n|\s+[–—]\s+")
_SPACES = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?…؟。።])[\"“”»«)]*\s+|\s*[;\n]\s*|\s+[–—•|]\s+")
# Umlauts typed as two letters; the look-behind keeps "neue", "Feuer", "Quelle" apart (as Snowball's
# german2 variant does).
_DIGRAPH = re.compile(r"ae|oe|(?<![aeiouq])ue")
_ARABIC_VARIANTS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ي": "ی", "ك": "ک",
                                  "ة": "ه", "ـ": None})  # fmt: skip


def clean(text: str) -> str:
    """Return `text` in NFKC without control, bidi, private and unassigned characters.

    Line breaks stay (they end sentences), other white space becomes one blank; at most 20,000
    characters are kept.

    Examples
    --------
    >>> clean("Bänke\\u202e\\x00  am\\tPlatz")
    'Bänke am Platz'
    """
    text = unicodedata.normalize("NFKC", text[: 2 * MAX_CHARS])
    if not text.replace("\n", "").isprintable():
        text = "".join(_printable(char) for char in text)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)[:MAX_CHARS]


def _printable(char: str) -> str:
    if char in "\n\r\u2028\u2029":
        return "\n"
    if char in "\t\u200c":  # the Persian half-space separates parts of a word
        return " "
    category = unicodedata.category(char)
    return "" if category.startswith("C") else (" " if category.startswith("Z") else char)


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Return `word` casefolded, ß as ss, umlauts and accents removed, also typed ae, oe, ue.

    Examples
    --------
    >>> fold("Fahrräder"), fold("Baenke"), fold("Straße"), fold("neue")
    ('fahrrader', 'banke', 'strasse', 'neue')
    """
    word = word.casefold()
    if not word.isascii():
        word = unicodedata.normalize("NFD", word.translate(_ARABIC_VARIANTS))
        # и + breve is the letter й, not an accent
        word = word.replace("\u0438\u0306", "й").replace("\u0456\u0308", "ї")
        word = "".join(char for char in word if not unicodedata.combining(char))
        word = word.replace("ı", "i").replace("ł", "l").replace("đ", "d").replace("ё", "е")
    if "ae" in word or "oe" in word or "ue" in word:
        word = _DIGRAPH.sub(lambda match: match.group()[0], word)
    return word


class Part(NamedTuple):
    """A part of a compound: its stem and the letters of the surface form it covers."""

    stem: str
    start: int
    end: int


class Token(NamedTuple):  # ten documents of a search have a thousand of them
    """One content word: the surface form as written, its stem, and its parts if a compound."""

    surface: str
    stem: str
    parts: tuple[Part, ...] = ()


@lru_cache(maxsize=1)
def _folded_stop_words() -> frozenset[str]:
    return frozenset(fold(word) for word in all_stop_words())


def is_stop_word(word: str) -> bool:
    """Tell whether `word` is a function word in one of the languages we know."""
    return fold(word) in _folded_stop_words()


def surfaces(text: str) -> list[str]:
    """Return the words of a cleaned text as written, stop words and single letters left out."""
    stop = _folded_stop_words()
    found = _TOKEN.findall(text)
    return [word for word in found if len(word) > 1 and fold(word) not in stop]


@lru_cache(maxsize=65_536)
def stem(word: str, language: str | None) -> str:
    """Return the stem of `word` (any case, any accents) by the Snowball rules of `language`."""
    folded = fold(word[:_MAX_WORD_CHARS])
    return folded if folded.isdigit() else stemmer(language)(folded)


def tokens(text: str, splitter: CompoundSplitter | None, language: str | None) -> list[Token]:
    """Return the content words of a cleaned text with stems and compound parts.

    Parameters
    ----------
    text : str
        Text as `clean` returns it.
    splitter : CompoundSplitter or None
        Fitted splitter; None leaves compounds whole.
    language : str or None
        ISO 639-1 code that picks the stemmer; None guesses it.
    """
    language = language or guess_language(text) or "de"
    found = []
    for word in surfaces(text):
        parts: tuple[Part, ...] = ()
        if splitter is not None and len(word) >= splitter.min_word:
            parts = tuple(
                Part(stem(word[start:end], "de"), start, end)
                for start, end in splitter.split(splitter.key(word))
            )
        found.append(Token(word, stem(word, language), parts))
    return found


def sentences(text: str) -> list[str]:
    """Split a cleaned text into at most 12 sentences of 12 to 240 characters.

    Examples
    --------
    >>> sentences("Wir bauen Bänke. Gesucht: Menschen mit Werkzeug.")
    ['Wir bauen Bänke.', 'Gesucht: Menschen mit Werkzeug.']
    """
    pieces: list[str] = []
    for raw in _SENTENCE_END.split(text):
        piece = raw.strip()
        if not any(char.isalnum() for char in piece):
            continue
        if pieces and min(len(pieces[-1]), len(piece)) < _MIN_SENTENCE_CHARS:
            pieces[-1] = f"{pieces[-1]} {piece}"
        else:
            pieces.append(piece)
        if len(pieces) > 4 * MAX_SENTENCES:
            break
    return [cut for piece in pieces for cut in _cut(piece)][:MAX_SENTENCES]


def _cut(piece: str) -> list[str]:
    parts = []
    while len(piece) > _SENTENCE_CHARS:
        at = piece.rfind(", ", _SENTENCE_CHARS // 2, _SENTENCE_CHARS)
        at = at if at > 0 else piece.rfind(" ", _SENTENCE_CHARS // 2, _SENTENCE_CHARS)
        at = at + 1 if at > 0 else _SENTENCE_CHARS
        parts.append(piece[:at].strip())
        piece = piece[at:].strip()
        if len(parts) == MAX_SENTENCES:
            return parts
    return [*parts, piece]
