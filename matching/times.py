"""When somebody can: days and parts of days read from plain text in the languages of the street.

Rules, not statistics: they read what is said outright and leave the rest alone, because a time read
wrongly does more harm than one not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from matching.text import STATEMENT_END, clean

Day = int  # 0 Monday to 6 Sunday
WEEKDAYS: tuple[Day, ...] = (0, 1, 2, 3, 4)
WEEKEND: tuple[Day, ...] = (5, 6)
MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
_ALL_PARTS = (MORNING, AFTERNOON, EVENING)
Slot = tuple[Day, str]
SLOTS: tuple[Slot, ...] = tuple(product((*WEEKDAYS, *WEEKEND), _ALL_PARTS))

# In the order de, en, fr, es, pl, ro, tr, ru, uk, ar, fa, vi, ku; stems where words are inflected.
_ONE_DAY: dict[Day, str] = {
    0: r"montag|\bmonday|\blundi|\blunes\b|poniedzia|\blunea\b|pazartesi|понедельник|"
    r"понеділ|الاثنين|الإثنين|دوشنبه|دو‌شنبه|thứ hai|duşem",
    1: r"dienstag|\btuesday|\bmardis?\b|\bmartes\b|\bwtor[ek]|marți|\bsalı\b|вторник|вівтор|"
    r"الثلاثاء|سه‌?شنبه|سه شنبه|thứ ba\b|sêşem",
    2: r"mittwoch|\bwednesday|mercredi|miércoles|\bśrod|miercur|çarşamba|"
    r"\bсреду\b|по средам|\bсереду\b|по середах|الأربعاء|الاربعاء|چهار‌?شنبه|thứ tư|çarşem",
    3: r"donnerstag|\bthursday|\bjeudi|\bjueves|czwart[ek]|\bjoi(?:a|le)?\b|perşembe|четверг?|"
    r"الخميس|پنج‌?شنبه|thứ năm|pêncşem",
    4: r"freitag|\bfriday|vendredi|\bviernes|piąt[ek]|\bviner[ie]|\bcuma\b|\bcumaları|пятниц|"
    r"п.ятниц|الجمعة|جمعه|thứ sáu|\bînê\b|roja înê",
    5: r"samstag|sonnabend|\bsaturday|\bsamedi|sábado|\bsobot|sâmbăt|cumartesi|суббот|субот|السبت|"
    r"(?<![\w‌])(?<!یک )(?<!دو )(?<!سه )شنبه|thứ bảy|\bşemî|\bşemiyan",
    6: r"sonntag|\bsunday|dimanche|domingo|niedziel|duminic|\bpazar\b|\bpazarları|\bpazar günü|"
    r"воскресен|неділ|الأحد|الاحد|یک‌?شنبه|chủ nhật|yekşem",
}
_SEVERAL_DAYS: dict[tuple[Day, ...], str] = {
    WEEKDAYS: r"werktag|wochentag|unter der woche|weekday|on working days|en semaine|entre semana|"
    r"w tygodniu|dni robocz|în cursul săptămânii|în timpul săptămânii|hafta içi|будн|"
    r"في أيام الأسبوع|أيام العمل|وسط هفته|روزهای کاری|trong tuần|rojên (?:xebatê|hefteyê)",
    WEEKEND: r"wochenend|week-?end|fin de semana|fines de semana|sfârșit(?:ul)? de săptămân|"
    r"hafta sonu|выходн|вихідн|نهاية الأسبوع|آخر هفته|cuối tuần|dawiya hefteyê|roja betlaneyê",
}
_PARTS = {
    MORNING: r"vormittag|morgens|am morgen|frühmorgens|in der frühe?\b|tag früh|mittwoch früh|"
    r"abend früh|morning|\d ?a\.m|\dam\b|matin|por la mañana|de la mañana|\brano\b|przed południem|"
    r"dimineaț|\bsabah|утр[ао]м?\b|вранці|зранку|ранку|صباح|\bصبح|buổi sáng|giờ sáng|"
    r"sibe(?:h|yan)|beriya nîvro",
    AFTERNOON: r"nachmittag|(?<!vor)(?<!nach)mittags|afternoon|après-midi|por la tarde|popołudni|"
    r"po południu|după-?\s?amiaz|öğleden sonra|\bднём|\bднем|после обеда|після обіду|بعد الظهر|"
    r"بعد ?از ?ظهر|buổi chiều|giờ chiều|piştî nîvro",
    EVENING: r"abends?\b|feierabend|nach der arbeit|nach arbeit|evening|after work|at night|\bsoir|"
    r"après le travail|por la noche|wieczor|wieczór|po pracy|\bseara|\bserile|"
    r"după (?:muncă|serviciu)|akşam|iş çıkışı|вечер|после работы|ввечері|вечор|вечір|"
    r"після роботи|مساء|بعد العمل|عصر|"
    r"\bشب‌?ها|بعد از کار|buổi tối|giờ tối|sau giờ làm|\bêvar|piştî kar",
}
_FROM = r"ab|nach|after|from|после|після|după|după ora|à partir de|a partir de las|sau|piştî"
_AT = r"um|gegen|at|à|vers|a las|o|po|la ora|saat|об|о|в|الساعة|ساعت|lúc|saet"
_UNIT = r"uhr\b|h\b|pm\b|p\.m|am(?=$|\s*[,.;!?)]|\s+(?:on|to|or)\b)|a\.m|часов|год|giờ"
# What is counted is no time: "ab 18 Jahren", "po 5 osób".
_COUNTED = (
    r"(?!\s*(?:jahr|monat|woche|tage|stunde|minute|euro|€|leut|person|kind|mal\b|veces|osób|"
    r"лет|рок))"
)
_HOUR = re.compile(
    rf"(?:\b(?:({_FROM})|({_AT}))\s+(?:so\s+|etwa\s+)?)?(?<![\d.:,])(\d{{1,2}})(?!\d)(?:[:.]\d\d)?"
    rf"{_COUNTED}(?:\s*({_UNIT}))?"
)
_SAYS_ITSELF = ("uhr", "pm", "p.m", "am", "a.m")  # an hour also without a word before it
# Hours as people say them: in a town's plans the small ones lie after noon.
_HOURS_IN_WORDS = {
    "eins": 13, "zwei": 14, "drei": 15, "vier": 16, "fünf": 17, "sechs": 18, "sieben": 7,
    "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
}  # fmt: skip
# "um drei" is an hour, "um drei Hochbeete" and "nach zwei Jahren" are not.
_HOUR_IN_WORDS = re.compile(
    rf"\b(?:(ab|nach)|um|gegen)\s+(halb\s+)?({'|'.join(_HOURS_IN_WORDS)})\b"
    r"(?=\s*(?:$|[,.;:!?]|uhr|morgens|früh|abends|nachmittags|und\b|oder\b|im\b|in der\b|am\b|"
    r"kommen|hat|haben|ist|sind|muss|wird|werden|soll|kann|geht|treffen|beginnt|fängt))"
)
# "bis Freitag" is no time window, "mittwochs bis freitags" is one.
_DEADLINE = re.compile(r"\b(?:bis|until|by) (?:zum |zu )?\w+")
_BLANKS = re.compile(r" {2,}")
_WEEK = (
    ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
_RANGE = re.compile("|".join(
    rf"\b({'|'.join(week)})s?\s*(?:bis|to|through|[-–])\s*({'|'.join(week)})s?" for week in _WEEK
))  # fmt: skip
_CLAUSES = re.compile(r"(?<=[.!?;:])\s+|\n|\s+[–—]\s+|,\s*(?:aber|sondern|doch|jedoch|nur)\s+|,\s+")
_NOT = re.compile(
    r"\b(?:nicht|nie(?! etwas vor| was vor| ma\b| mam\b)|niemals|kein\w*|not|never|cannot|"
    r"can[’']t|außer|except|sauf|excepto|oprócz|кроме|крім|nie mogę|nie mam czasu|nu pot|"
    r"nu am timp|не могу|не можу|لا|نمی‌?توان\w*|không|nikar\w*|yapamam|gelemem)(?!\w)"
)
_NEAR = 3  # words between a time and the "not" that belongs to it
_CANNOT = re.compile(
    r"\b(?:kann|können|geht)\b[\w ]{0,40} nicht$|\bkeine? zeit$|\bnicht (?:da|dabei|frei)$|"
    r"\bnie mam czasu\b|\bno time$"
)
_MAY_NAME_TIMES = re.compile("|".join([
    *_ONE_DAY.values(), *_SEVERAL_DAYS.values(), *_PARTS.values(), _HOUR.pattern,
    _HOUR_IN_WORDS.pattern,
]))  # fmt: skip


@dataclass(frozen=True)
class Times:
    """When somebody can and when not, as slots of day and part of day; empty says nothing."""

    named: frozenset[Slot] = frozenset()
    excluded: frozenset[Slot] = frozenset()


@lru_cache(maxsize=4096)
def times(text: str) -> Times:
    """Return the times a text names, and those it rules out.

    Examples
    --------
    >>> found = times("Vormittags fast immer da, abends nicht.")
    >>> (0, MORNING) in found.named, (6, EVENING) in found.excluded
    (True, True)
    """
    named: set[Slot] = set()
    excluded: set[Slot] = set()
    lowered = _RANGE.sub(_from_to, clean(text).lower())
    for sentence in STATEMENT_END.split(_BLANKS.sub(" ", _DEADLINE.sub(" ", lowered))):
        clauses = [clause for clause in _CLAUSES.split(sentence) if clause]
        negated = [clause for clause in clauses if _is_ruled_out(clause)]
        for clause in negated:
            excluded |= _slots(clause)
        rest = " , ".join(clause for clause in clauses if clause not in negated)
        named |= _slots(rest)
    return Times(frozenset(named - excluded), frozenset(excluded))


def time_bits(text: str) -> tuple[int, int]:
    """Return the times a text names and rules out, each as 21 bits, for comparing many texts."""
    found = times(text)
    return _bits(found.named), _bits(found.excluded)


def _bits(slots: Iterable[Slot]) -> int:
    return sum(1 << SLOTS.index(slot) for slot in slots)


def _is_ruled_out(clause: str) -> bool:
    """Tell whether a clause names a time and says "not" beside it."""
    if not _NOT.search(clause) or not _slots(clause):
        return False
    near = (
        " ".join(clause[: no.start()].split()[-_NEAR:])
        + f" {no.group()} "
        + " ".join(clause[no.end() :].split()[:_NEAR])
        for no in _NOT.finditer(clause)
    )
    return any(_slots(some) for some in near) or bool(_CANNOT.search(clause.rstrip(" .!;")))


def _from_to(found: re.Match[str]) -> str:
    """Return "Montag bis Mittwoch" as the names of all its days."""
    first, last = (name for name in found.groups() if name)
    week = next(week for week in _WEEK if first in week)
    start, end = week.index(first), week.index(last)
    return " ".join(week[start : end + 1] if start <= end else week[start:] + week[: end + 1])


def _slots(sentence: str) -> frozenset[Slot]:
    if not _MAY_NAME_TIMES.search(sentence):
        return frozenset()
    days = {day for day, pattern in _ONE_DAY.items() if re.search(pattern, sentence)}
    for several, pattern in _SEVERAL_DAYS.items():
        if re.search(pattern, sentence):
            days.update(several)
    parts = {part for part, pattern in _PARTS.items() if re.search(pattern, sentence)}
    if not parts:
        parts = _parts_of_hours(sentence, bool(days))
    if not days and not parts:
        return frozenset()
    return frozenset(product(days or (*WEEKDAYS, *WEEKEND), parts or _ALL_PARTS))


def _parts_of_hours(sentence: str, on_a_day: bool) -> set[str]:
    """Return the parts of the day that the hours of a sentence lie in."""
    found: set[str] = set()
    for start, at, hour, unit in _HOUR.findall(sentence):
        if int(hour) > 24 or not (unit in _SAYS_ITSELF or ((start or at) and (unit or on_a_day))):
            continue
        of_day = int(hour) % 24
        if unit[:1] in ("a", "p"):
            of_day = of_day % 12 + (12 if unit[0] == "p" else 0)
        found |= _parts_of(of_day, bool(unit), bool(start))
    for start, half, word in _HOUR_IN_WORDS.findall(sentence):
        found |= _parts_of(_HOURS_IN_WORDS[word] - bool(half), False, bool(start))
    return found


def _parts_of(hour: int, sure: bool, onwards: bool) -> set[str]:
    """Return the part of the day of an hour, and those after it; 6 to 9 may mean either end."""
    if not sure and 6 <= hour < 10:
        return {MORNING, EVENING}
    if not sure and hour < 6:
        hour += 12
    first = 0 if hour < 12 else 1 if hour < 17 else 2
    return set(_ALL_PARTS[first:] if onwards else _ALL_PARTS[first : first + 1])
