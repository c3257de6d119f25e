"""Which children and young people a text is about, and which it takes: ages said outright.

Rules, as in `matching.times`: "ab 12 Jahren", "Drei- bis Siebenjährige", "my 8-year-old", "9 tuổi".
How long something takes or how old a tree is is no age; who tells the own age limits nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from matching.text import STATEMENT_END, clean

ADULT = 19  # stands for everybody above 18
_WORDS = {
    "einem": 1, "eins": 1, "ein": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "dreizehn": 13,
    "vierzehn": 14, "fünfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mười một": 11, "mười hai": 12, "mười ba": 13, "mười bốn": 14, "mười lăm": 15,
    "mười sáu": 16, "mười bảy": 17, "mười tám": 18,
}  # fmt: skip
_GRADES = ("erste", "zweite", "dritte", "vierte", "fünfte", "sechste", "siebte", "achte", "neunte",
           "zehnte")  # fmt: skip
_A = rf"(\d{{1,2}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_FIRST = rf"(?<![\w-]){_A}"
_DURATION = re.compile(
    r"\b(?:seit|nach|vor|in|for|since|after)\s+(?:\w+\s+){0,3}(?:jahren?|monaten|years)\b"
)
_TO = r"\s?(?:bis|und|to|and|до|đến|do|și|إلى|تا|[-–])\s?"
# "Vierjährige" and "der vierjährige Sohn", but no "dreijährige Ausbildung", no "zehnjährige Eiche".
_AGED = (
    r"\s?-?jährig(?:e[nrm]?)?\b(?!\s+[a-zäöüß]*(?:ausbildung|projekt|jubil|bestehen|erfahrung|"
    r"pause|vertrag|laufzeit|studium|praxis|baum|arbeit|phase|programm|kurs|eiche|linde|kastanie))"
)
_YEARS = r"\s?(?:jahren?|years|лет|років|lat|yaş\w*|tuổi|ani|سال|سنوات|سنة|salî)\b"
_PEOPLE = (
    r"(?:kind|jugendlich|jung|mädchen|leut|mensch|alle|teen|mitspielend|teilnehm|kids?|children|"
    r"girls|boys|people|anyone|everyone|дет|діт|dzieci|copii|çocuk|trẻ|کودک|أطفال|zarok)\w*"
)
_RANGES = re.compile(
    rf"{_FIRST}-?{_TO}{_A}(?:{_AGED}|{_YEARS}(?!\s+(?:erfahrung|alt\b|experience)))|"
    rf"\b{_PEOPLE}\s+(?:von|zwischen|aged|from|between)\s+{_A}{_TO}{_A}\b"
)
_FROM = re.compile(
    rf"\b(?:ab|über|from|over|от|від|od|trên|من)\s+{_A}(?:{_YEARS}|{_AGED})|"
    rf"\b{_PEOPLE}\s+(?:ab|über|from|over|aged)\s+{_A}\b(?!\s*(?:uhr|euro|€|%|km|pm|am\b))|"
    rf"\bü\s?(\d\d)\b|\b(\d\d)\s?(?:plus\b|\+)"
)
_UP_TO = re.compile(
    rf"\b(?:bis|unter|under|up to|до|do|dưới|până la)\s+(?:zu\s+)?{_A}(?:{_YEARS}|{_AGED})|"
    rf"\b{_PEOPLE}\s+(?:bis|unter|under|up to)\s+{_A}\b(?!\s*(?:uhr|euro|€|%|km|pm|am\b))|"
    r"\bu\s?(\d\d)\b"
)
_ONE = re.compile(
    rf"{_FIRST}{_AGED}|{_FIRST}[- ]years?[- ]olds?\b|{_FIRST} jahre alt\b|"
    r"\b(?:tochter|sohn|kind|enkelin|enkel|junge|mädchen)\s*\((\d{1,2})\)|"
    rf"{_FIRST}\s?(?:tuổi|yaş\w*|salî)\b|"
    r"\b(\d{1,2})-?(?:летн|річн|letni)\w*|(\d{1,2})\s?ساله"
)
_GRADE = re.compile(
    rf"\b(\d{{1,2}})-klasse|\b({'|'.join(_GRADES)})n?r?\s+klasse|"
    rf"\b({'|'.join(grade[:-1] for grade in _GRADES)})e?klässler"
)
_NUMBERED = re.compile(r"(?<=\d)\.\s?klass")  # before the point ends a sentence
_MAY_NAME_AGES = re.compile(
    r"jährig|jahr|year|лет|річн|років|lat\b|letni|yaş|tuổi|ani\b|سال|سن|salî|klass|kläss|"
    r"\b(?:ab|über|over|from|unter|under|bis|von|zwischen|between|aged)\s+\w+|\d\s?\+|\b[uü]\s?\d\d|\(\d"
)
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


# "Bin in der 9. Klasse", "I'm 15": somebody speaks of themselves.
_OWN = re.compile(r"\bbin\b|\bi am\b|\bi[’']m\b|\bмне\b|\bмені\b|\bmam\b|\bsunt\b|\bje suis\b")


@dataclass(frozen=True)
class Ages:
    """Whom a text is about, whom it takes; empty says nothing, `ADULT` is everybody above 18."""

    about: frozenset[int] = frozenset()
    limits: frozenset[int] = frozenset()


@lru_cache(maxsize=4096)
def ages(text: str) -> Ages:
    """Return the ages a text names; grown-ups alone are left out, they may offer to anybody.

    Examples
    --------
    >>> found = ages("Basteln mit Drei- bis Fünfjährigen")
    >>> sorted(found.about), found.about == found.limits
    ([3, 4, 5], True)
    >>> found = ages("Unser Achtjähriger möchte mitmachen. Ich habe eine dreijährige Ausbildung.")
    >>> sorted(found.about), sorted(found.limits)
    ([8], [])
    """
    lowered = _NUMBERED.sub("-klass", clean(text).lower().translate(_DIGITS))
    if not _MAY_NAME_AGES.search(lowered):
        return Ages()
    about: set[int] = set()
    limits: set[int] = set()
    for statement in STATEMENT_END.split(lowered):
        rest = _DURATION.sub(" ", statement)
        for pattern, low, high in ((_RANGES, None, None), (_FROM, None, ADULT), (_UP_TO, 0, None)):
            for numbers in _numbers(pattern, rest):
                first = numbers[0] if low is None else low
                last = numbers[-1] if high is None else high
                limits.update(range(min(first, ADULT), min(last, ADULT) + 1))
            rest = pattern.sub(" ", rest)
        if not _OWN.search(rest):
            about.update(number for each in _numbers(_ONE, rest) for number in each)
            about.update(age for grade in _grades(rest) for age in (grade + 5, grade + 6))
    limits = limits if limits - {ADULT} else set()
    return Ages(frozenset(age for age in about if age < ADULT) | limits, frozenset(limits))


def age_bits(text: str) -> tuple[int, int]:
    """Return the ages a text is about and takes, each as 20 bits, for comparing many texts."""
    found = ages(text)
    return _bits(found.about), _bits(found.limits)


def _bits(some: frozenset[int]) -> int:
    return sum(1 << age for age in some)


def _numbers(pattern: re.Pattern[str], text: str) -> Iterator[list[int]]:
    for match in pattern.finditer(text):
        yield [_WORDS.get(group) or int(group) for group in match.groups() if group]


def _grades(text: str) -> Iterator[int]:
    for match in _GRADE.finditer(text):
        number, *words = match.groups()
        word = next((word for word in words if word), "")
        grade = (
            int(number)
            if number
            else 1 + next(at for at, name in enumerate(_GRADES) if name.startswith(word))
        )
        if grade <= 12:
            yield grade
