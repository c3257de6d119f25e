"""Which children and young people a text is about, and which it takes: ages said outright.

Rules that read too little rather than wrongly, as in `matching.times`: "Kinder ab 12", "Drei- bis
Siebenjährige", "my 8-year-old", "bé 9 tuổi". Hours, prices, durations and how old a thing is are no
ages; who tells the own age, or says "not", limits nobody. Numbers need people beside them.
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
    r"boys?|girls?|дет(?:и|ей|ям|ьми|ях)|реб[её]н\w+|сын\w{0,2}|доч\w{1,4}|діт(?:и|ей|ям|ьми|ях)|"
    r"дитин\w{0,2}|син(?:а|у|ом|ові)?|донь?к\w{0,2}|dzie(?:ci|ck)\w*|syn(?:a|em|ów)?|córk\w*|"
    r"copi[ilu]\w*|fiul?|fiic\w+|çocu\w+|oğl\w+|kız(?:ım\w*|lar\w*)?|trẻ|bé|cháu|کودک\w*|بچه\S*|پسر\w*|دختر\w*|"
    r"أطفال|الأطفال|طفل\w*|zarok\w*|keç\w*)"
)
_PEOPLE = (
    rf"\b(?:{_CHILD}|kindergeburtstagen?|jugendlich\w*|teenagern?|teens|leuten?|menschen|"
    r"mitspielenden?|für alle|people|anyone|everyone)"
)
_A = rf"(\d{{1,2}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_FIRST = rf"(?<![\w.,:/-]){_A}"
_TO = r"\s?(?:bis|und|to|and|до|đến|do|și|إلى|تا|[-–])\s?"
# A number that counts or measures something else is no age.
_NO_UNIT = (
    r"\b(?![.:,/-]?\d|,-|-\w|\s*(?:uhr|h|am|pm|o.clock|euro|cent|km|kg|kilo|zoll|volt|watt|grad|"
    r"meter|m|feet|minut\w*|stund\w*|hours?|tagen?|days?|woche\w*|weeks?|monat\w*|months?|"
    r"semester|person\w*|leuten?|mal|plätz\w*|teilnehm\w*|participants|mitglied\w*|ländern?|"
    r"countries|stück|prozent|etagen?|stockwerk\w*|jan\w*|feb\w*|märz|march|apr\w*|ma[iy]|jun[ie]|"
    r"jul[iy]|aug\w*|sept\w*|o[kc]t\w*|nov\w*|de[zc]\w*)\b|\s*[€%])"
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
    r"(?!\s+(?:alt|als|lang|haft|\w*erfahrung|of|experience|ago|temu|назад|тому|است))"
)
_AGE = rf"{_A}(?:{_YEARS}|{_AGED}|{_NO_UNIT}(?!\s?jahr))"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_RANGES = _compiled(
    rf"{_FIRST}-?{_TO}{_A}{_AGED}|{_PEOPLE}\s+(?:von|zwischen|aged|between)\s+{_A}{_TO}{_AGE}|"
    rf"{_PEOPLE}[\s(]+(?:от|від|od|între|từ)?\s*{_A}{_TO}{_A}{_YEARS}|"
    rf"{_FIRST}{_TO}{_A}\s?yaş\w*\s+(?:\w+\s+)?{_CHILD}\b"
)
_FROM = _compiled(
    rf"{_PEOPLE}\s+(?:ab|über|over)\s+{_AGE}|"
    rf"(?:{_PEOPLE}|\bgruppen?)\s+(?:ab|от|від|od|trên)\s+{_A}{_YEARS}"
)
_UP_TO = _compiled(
    rf"{_PEOPLE}\s+(?:bis|unter|under|up to)\s+(?:zu\s+)?{_AGE}|"
    rf"{_PEOPLE}\s+(?:до|do|dưới|până la)\s+{_A}{_YEARS}"
)
_ONE = _compiled(
    rf"{_FIRST}(?:-?\s?(?:und|and)\s?{_A})?{_AGED}|\b{_CHILD}\s*\((\d{{1,2}})\)|"
    rf"{_FIRST}[- ]year[- ]olds?\b(?!\s+(?!(?:\w+\s)?{_CHILD}\b)(?:\w+\s)?\w*(?:house|car|bike|"
    r"machine|building|company|tree|laptop|dog|cat|van|fridge|contract|student)\b)|"
    rf"\b(?:{_CHILD}|bọn|con)(?:\s(?!mười|chó|mèo)\w+)?\s{_A}\s?(?:tuổi|yaşında|salî)\b|"
    rf"\b{_CHILD}\s+(\d{{1,2}})\s?ساله|"
    rf"(?<![\w.,])(\d{{1,2}})-?(?:летн|річн|letni)\w*\s+(?:\w+\s+)?{_CHILD}\b|"
    rf"(?<!ner )(?<!rer )\b{_CHILD}\s+(?:ist|sind|is|are)\s+(?:\w+\s+)?{_A}"
    rf"(?:\s?(?:,|und|and)\s?{_A})?\s(?:jahre\salt|years\sold)\b"
)
_GRADE = _compiled(
    r"(?<!\bab )(?<!\bder )(?<!\bbis )(?<!\bzur )(?:\b(\d{1,2})-?\s?(?:bis|und|[/–-])\s?)?"
    r"\b(\d{1,2})-klasse|"
    rf"\b({'|'.join(_GRADES)})en?r?\s+klasse\b(?!\s+(?:bahn|ticket|zug|im\s+zug|fahr))|"
    rf"(?:\b({'|'.join(_GRADES)})-\s?(?:bis|und)\s?)?({'|'.join(_GRADES)})e?klässler"
)
# Before the point ends a sentence: "5. Klasse", "ab 8. Etage", "bis 15. März".
_ORDINAL = _compiled(
    r"(?<=\d)\.(?:(?=\s?(?:bis|und)\s\d)|\s?(?=klass|etage|stock|jan|feb|märz|apr|mai|jun|jul|aug|"
    r"sep|okt|nov|dez|mal\b|platz|geburtstag|lebensjahr))"
)
# "Bin in der 9. Klasse", "I'm 15", "als 17-Jährige": somebody speaks of themselves.
_OWN = _compiled(
    r"\b(?:bin|werde)\s+(?:(?:jetzt|gerade|erst|schon|selbst|eine?)\s+)*"
    rf"(?:\d|über|unter|in der\b|{_A}(?:\b|-?jährig))|\bals\s+{_A}-?jährig|"
    r"\bich\s+(?:gehe?|besuche)\b|\bj[’']ai\s+\d|\bam\s+\d+\s+(?:de\s+)?ani|"
    rf"\bi(?:[’']m|\sam)\s+(?:an?\s+)?(?:{_A}\b|in\b|over|under)|\bas\s+an?\s+{_A}[- ]year|"
    r"\b(?:мне|мені|я)\s+\d|\bmam\s+\d+\s?lat|\bjestem\s+\d|yaşındayım|"
    r"yaşında\sbir\s\w+[ıiuü]m\b|^(?:em|tôi|mình|cháu)\b.*tuổi|من\s.*ساله\s+هستم|\bez\s+\d+\s+salî"
)
# What says "not" takes nobody, and "free for children under 12" takes everybody.
_NO_LIMIT = _compiled(
    r"\b(?:nicht|nichts|nie|kein\w*|not|no|never|не|nu|değil|không|نه|لا|ne|frei|kostenlos|gratis|"
    r"umsonst|ermäßigt\w*|zahlen|in begleitung|mit eltern|free|pay\w*|accompanied)\b"
)
_NOT_FOR = _compiled(r"\b(?:nicht\sfür|keine?|not\sfor|не\sдля)\b")
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
        if _OWN.search(statement):
            continue
        for clause in statement.split(", "):
            rest = clause if _NO_LIMIT.search(clause) else _take_limits(clause, limits)
            if not _NOT_FOR.search(clause):
                about.update(_single(rest))
    limits = limits if limits - {18, ADULT} else set()
    return Ages(frozenset(age for age in about if age < ADULT) | limits, frozenset(limits))


def age_bits(text: str) -> tuple[int, int]:
    """Return the ages a text is about and takes, each as 20 bits, for comparing many texts."""
    found = ages(text)
    return _bits(found.about), _bits(found.limits)


def _bits(some: frozenset[int]) -> int:
    return sum(1 << age for age in some)


def _take_limits(clause: str, limits: set[int]) -> str:
    """Add the limits a clause sets to `limits`, and return what it says besides."""
    for pattern, low, high in ((_RANGES, None, None), (_FROM, None, ADULT), (_UP_TO, 0, None)):
        for numbers in _numbers(pattern, clause):
            first = numbers[0] if low is None else low
            last = numbers[-1] if high is None else high
            limits.update(range(min(first, ADULT), min(last, ADULT) + 1))
        clause = pattern.sub(" ", clause)
    return clause


def _single(clause: str) -> Iterator[int]:
    """Yield the ages of those a clause tells of."""
    for numbers in _numbers(_ONE, clause):
        yield from numbers
    for match in _GRADE.finditer(clause):
        grades = [_grade(group) for group in match.groups() if group]
        for grade in range(grades[0], min(grades[-1], 13) + 1):
            yield from (grade + 5, grade + 6)


def _numbers(pattern: re.Pattern[str], text: str) -> Iterator[list[int]]:
    for match in pattern.finditer(text):
        groups = [group.lower() for group in match.groups() if group]
        yield [_WORDS.get(group) or int(group) for group in groups]


def _grade(name: str) -> int:
    return int(name) if name.isdigit() else 1 + _GRADES.index(name.lower())
