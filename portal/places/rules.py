"""How names of places are compared: spelling, umlauts and abbreviations do not matter."""

import re
from collections.abc import Collection, Iterable, Mapping

_SPELLINGS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "é": "e"})
# Both spellings of an umlaut become its plain vowel, so Grünau, Gruenau and Grunau are one name.
_DIGRAPHS = re.compile(r"(?<=[aou])e")
_STREET = re.compile(r"str(\.|\b)")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_BEFORE_A_PLACE = ("in", "im", "aus", "nach")


def fold(text: str) -> str:
    """Return `text` as it is compared: lower case, no umlauts, single blanks, no punctuation."""
    plain = _DIGRAPHS.sub("", text.casefold().translate(_SPELLINGS))
    return _BETWEEN_WORDS.sub(" ", _STREET.sub("strasse", plain)).strip()


def named_places(
    text: str, names: Mapping[str, Collection[int]], common_words: Collection[str]
) -> list[int]:
    """Return the ids of the places that `text` names, in the order of the text.

    `names` maps folded names to ids. The longest name wins ("Schönefeld-Ost" is not Schönefeld as a
    whole); "Plagwitzer" counts as Plagwitz. A name among `common_words` counts only when it is all
    there is or follows "in", "im", "aus" or "nach".
    """
    folded = fold(text)
    if folded in names:
        return list(names[folded])
    found: list[tuple[int, Collection[int]]] = []
    rest = f" {folded} "
    for name in sorted(names, key=len, reverse=True):
        for form in _forms(name, name in common_words):
            while (start := rest.find(form)) >= 0:
                found.append((start, names[name]))
                # Blanked out at equal length, so that positions stay true.
                rest = f"{rest[: start + 1]}{'|' * (len(form) - 2)}{rest[start + len(form) - 1 :]}"
    return _each_once(ids for _start, ids in sorted(found, key=lambda entry: entry[0]))


def _forms(name: str, is_common: bool) -> list[str]:
    if is_common:
        return [f" {word} {name} " for word in _BEFORE_A_PLACE]
    return [f" {name} ", f" {name}er "]


def _each_once(groups: Iterable[Collection[int]]) -> list[int]:
    return list(dict.fromkeys(place for group in groups for place in group))
