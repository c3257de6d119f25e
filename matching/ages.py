"""Which children and young people a text is about, and which it takes: ages said outright.

Rules that read too little rather than wrongly, as in `matching.times`: "ab 12 Jahren", "Drei- bis
Siebenjährige", "my 8-year-old", "9 tuổi". Hours, prices, durations and how old a thing is are no
ages; who tells the own age, or says "not", limits nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from matching.text import STATEMENT_END, clean

ADULT = 19  # stands for everybody above 18
_WORDS = {
    "einem": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "dreizehn": 13, "vierzehn": 14, "fünfzehn": 15,
    "sechzehn": 16, "siebzehn": 17, "achtzehn": 18,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mười một": 11, "mười hai": 12, "mười ba": 13, "mười bốn": 14, "mười lăm": 15,
    "mười sáu": 16, "mười bảy": 17, "mười tám": 18,
}  # fmt: skip
_GRADES = ("erst", "zweit", "dritt", "viert", "fünft", "sechst", "siebt", "acht", "neunt",
           "zehnt")  # fmt: skip
_CHILD = (
    r"(?:kind(?:er|ern|es)?|sohn|söhnen?|tochter|töchtern?|enkel(?:in|kind(?:er|ern)?)?|jungs?|"
    r"jungen|mädchen|mädels|zwillingen?|bruder|schwester|kids?|child(?:ren)?|sons?|daughters?|"
    r"boys?|girls?|дет\w+|реб[её]н\w+|сын\w*|доч\w+|діт\w+|дитин\w*|син\w{0,3}|доньк?\w{0,3}|"
    r"dzie(?:ci|ck)\w*|syn\w{0,3}|córk\w*|copi[ilu]\w*|fiul?|fiic\w+|çocu\w+|oğl\w+|kız\w*|trẻ|bé|"
    r"کودک\w*|بچه\S*|پسر\w*|دختر\w*|أطفال|الأطفال|طفل\w*|zarok\w*)"
)
_PEOPLE = (
    rf"\b(?:{_CHILD}|jugendlich\w*|teenagern?|teens|leuten?|menschen|mitspielend\w*|"
    r"für alle|people|anyone|everyone)"
)
_A = rf"(\d{{1,2}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_FIRST = rf"(?<![\w.,:/-]){_A}"
_TO = r"\s?(?:bis|to|до|đến|do|إلى|تا|[-–])\s?"
_BETWEEN = rf"(?:zwischen|between|între)\s+{_A}\s+(?:und|and|și)\s+{_A}"
# A number that counts or measures something else is no age.
_NO_UNIT = (
    r"\b(?![.:,/-]?\d|-\w|\s*(?:uhr|h|am|pm|o.clock|euro|cent|km|kg|kilo|zoll|volt|watt|meter|m|"
    r"minut\w*|stund\w*|tagen?|woche\w*|monat\w*|person\w*|leuten?|mal|plätz\w*|teilnehm\w*|"
    r"ländern?|countries|stück|prozent)\b|\s*[€%])"
)
_THINGS = (
    r"ausbildung|projekt|jubil|bestehen|erfahrung|pause|vertrag|laufzeit|studium|praxis|baum|arbeit|"
    r"phase|programm|kurs|eiche|linde|kastanie|garantie|pflanze|schüler|azubi|praktikant|abiturient"
)
# "Achtjährige", "der achtjährige Sohn", but no "dreijährige Ausbildung", no "16-jährige Schülerin".
_AGED = (
    r"\s?-?jährig(?:e[nrms]?)?\b"
    rf"(?!\s+(?:[a-zäöüß]+\s+)?(?!{_CHILD}\b)(?-i:[A-ZÄÖÜ]))(?!\s+(?:[a-zäöüß]+\s+)?\w*(?:{_THINGS}))"
)
_YEARS = (
    r"\s?(?:jahren?|years|лет|років|lat|yaş\w*|tuổi|ani|سال|سنوات|سنة|salî)\b"
    r"(?!\s+(?:old|alt|als|lang|haft|erfahrung|of|experience|ago|temu|назад|тому|است))"
)
_PEOPLE_THEN = rf"{_PEOPLE}\s+(?:\w+\s+)?"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_RANGES = _compiled(
    rf"{_FIRST}-?{_TO}{_A}{_AGED}|{_PEOPLE}\s+(?:von|aged)\s+{_A}{_TO}{_A}{_NO_UNIT}|"
    rf"{_PEOPLE}\s+{_BETWEEN}{_NO_UNIT}"
)
_RANGES_OF_YEARS = _compiled(rf"{_FIRST}{_TO}{_A}{_YEARS}|\b{_BETWEEN}{_YEARS}")  # beside people
_FROM = _compiled(
    rf"\bab\s+{_A}(?:{_YEARS}|{_AGED})|"
    rf"{_PEOPLE}\s+(?:ab|über|over|от|від|od|trên)\s+{_A}(?:{_YEARS}|{_AGED}|{_NO_UNIT})"
)
_UP_TO = _compiled(
    rf"{_PEOPLE}\s+(?:bis|unter|under|up to|до|do|dưới|până la)\s+(?:zu\s+)?{_A}"
    rf"(?:{_YEARS}|{_AGED}|{_NO_UNIT})"
)
_ONE = _compiled(
    rf"{_FIRST}(?:-?\s?(?:und|and)\s?{_A})?{_AGED}|\b{_CHILD}\s*\((\d{{1,2}})\)|"
    rf"{_FIRST}[- ]years?[- ]olds?\b(?!\s+(?:house|car|bike|machine|building|company|tree|laptop))|"
    rf"{_FIRST}\s?(?:tuổi|yaşında|salî)\b|(?<![\w.,])(\d{{1,2}})\s?ساله|"
    r"(?<![\w.,])(\d{1,2})-?(?:летн|річн|letni)\w*(?!\s+(?:опыт|стаж|юбил|досвід|ювіл))"
)
_YEARS_OLD = _compiled(rf"{_FIRST}(?:\s?(?:,|und|and)\s?{_A})?\s(?:jahre\salt|years\sold)\b")
_GRADE = _compiled(
    r"(?:\b(\d{1,2})-?\s?(?:bis|und|[/–-])\s?)?\b(\d{1,2})-klasse|"
    rf"\b({'|'.join(_GRADES)})en?r?\s+klasse|"
    rf"(?:\b({'|'.join(_GRADES)})-\s?(?:bis|und)\s?)?({'|'.join(_GRADES)})e?klässler"
)
# Before the point ends a sentence: "5. Klasse", "ab 8. Etage", "bis 15. März".
_ORDINAL = _compiled(
    r"(?<=\d)\.(?:(?=\s?(?:bis|und)\s\d)|\s?(?=klass|etage|stock|jan|feb|märz|apr|mai|jun|jul|aug|sep|"
    r"okt|nov|dez|mal\b|platz|geburtstag|lebensjahr))"
)
_DURATION = _compiled(
    r"\b(?:seit|nach|vor|in|for|since|after)\s+(?:[\w–-]+\s+){0,3}(?:jahren?|monaten|years)\b"
)
# "Bin in der 9. Klasse", "I'm 15": somebody speaks of themselves.
_OWN = _compiled(
    r"\b(?:bin|werde)\s+(?:(?:jetzt|gerade|erst|schon|selbst)\s+)*"
    rf"(?:\d|über|unter|in der\b|{_A}\b)|"
    r"\bich\s+(?:gehe?|besuche)\b|\bi(?:[’']m|\sam)\s+(?:\d|in\b|over|under)|\bмне\s+\d|\bмені\s+\d|"
    r"\bmam\s+\d+\s+lat|yaşındayım|\b(?:em|mình)\s+\S+(?:\s\S+)?\s+tuổi|\bj[’']ai\s+\d|"
    r"\bam\s+\d+\s+(?:de\s+)?ani"
)
_NOT = _compiled(r"\b(?:nicht|nie|kein\w*|not|no|never|не|nu|değil|không|نه|لا|ne)\b")
_MAY_NAME_AGES = _compiled(
    r"jährig|jahr|year|лет|річн|років|lat\b|letni|yaş|tuổi|ani\b|سال|سن|salî|kl[aä]ss|\(\d|"
    r"\b(?:ab|über|over|unter|under|up to|bis|von|zwischen|between|aged|от|від|od|до|do)\s+\w"
)


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
    cleaned = clean(text)
    if not _MAY_NAME_AGES.search(cleaned):
        return Ages()
    about: set[int] = set()
    limits: set[int] = set()
    for statement in STATEMENT_END.split(_ORDINAL.sub("-", cleaned)):
        said = _DURATION.sub(" ", statement)
        if not _OWN.search(said):
            said = _take_limits(said, limits)
            about.update(_single(said))
    limits = limits if limits - {18, ADULT} else set()
    return Ages(frozenset(age for age in about if age < ADULT) | limits, frozenset(limits))


def age_bits(text: str) -> tuple[int, int]:
    """Return the ages a text is about and takes, each as 20 bits, for comparing many texts."""
    found = ages(text)
    return _bits(found.about), _bits(found.limits)


def _bits(some: frozenset[int]) -> int:
    return sum(1 << age for age in some)


def _take_limits(statement: str, limits: set[int]) -> str:
    """Add the limits a statement sets to `limits`, and return what it says besides."""
    patterns = [(_RANGES, None, None), (_FROM, None, ADULT), (_UP_TO, 0, None)]
    if re.search(_PEOPLE, statement, re.IGNORECASE):
        patterns.insert(0, (_RANGES_OF_YEARS, None, None))
    rest = []
    for clause in statement.split(", "):
        for pattern, low, high in patterns:
            for numbers in _numbers(pattern, clause) if not _NOT.search(clause) else ():
                first = numbers[0] if low is None else low
                last = numbers[-1] if high is None else high
                limits.update(range(min(first, ADULT), min(last, ADULT) + 1))
            clause = pattern.sub(" ", clause)
        rest.append(clause)
    return ", ".join(rest)


def _single(statement: str) -> Iterator[int]:
    """Yield the ages of those a statement tells of."""
    patterns = [_ONE]
    if re.search(rf"\b{_CHILD}\b", statement, re.IGNORECASE):
        patterns.append(_YEARS_OLD)
    for pattern in patterns:
        for numbers in _numbers(pattern, statement):
            yield from numbers
    for match in _GRADE.finditer(statement):
        grades = [_grade(group) for group in match.groups() if group]
        for grade in range(grades[0], min(grades[-1], 13) + 1):
            yield from (grade + 5, grade + 6)


def _numbers(pattern: re.Pattern[str], text: str) -> Iterator[list[int]]:
    for match in pattern.finditer(text):
        groups = [group.lower() for group in match.groups() if group]
        yield [_WORDS.get(group) or int(group) for group in groups]


def _grade(name: str) -> int:
    return int(name) if name.isdigit() else 1 + _GRADES.index(name.lower())
