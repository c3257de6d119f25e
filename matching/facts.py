"""Hard facts in plain text: when somebody can, and what somebody rules out.

Rules, not statistics: they read what is said outright and leave the rest alone, because a fact read
wrongly does more harm than one not read. German first; times also in the other languages of the
street.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from matching.text import clean

WEEKDAY, WEEKEND = "weekday", "weekend"
MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
Slot = tuple[str, str]

_DAYS = {
    WEEKEND: r"wochenend|samstag|sonnabend|sonntag|week-?end|saturday|sunday|samedi|dimanche|"
    r"fin de semana|fines de semana|sábado|domingo|sobot|niedziel|sâmbăt|duminic|hafta sonu|"
    r"cumartesi|\bpazar\b|\bpazarları|выходн|суббот|воскресен|вихідн|субот|неділ|السبت|الأحد|"
    r"نهاية الأسبوع|آخر هفته|cuối tuần|thứ bảy|chủ nhật|dawiya hefteyê",
    WEEKDAY: r"werktag|wochentag|unter der woche|montag|dienstag|mittwoch|donnerstag|freitag|"
    r"weekday|monday|tuesday|wednesday|thursday|friday|en semaine|lundi|mardi|mercredi|jeudi|"
    r"vendredi|entre semana|lunes|martes|miércoles|jueves|viernes|w tygodniu|poniedział|wtor[ek]|"
    r"środ|czwart|piąt|săptămânii|marți|miercuri|vineri|hafta içi|pazartesi|\bsalı|çarşamba|"
    r"perşembe|\bcuma\b|будн|понедельник|вторник|\bсреду|четверг|пятниц|понеділ|вівтор|середу|"
    r"четвер|п.ятниц|الاثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu",
}
_PARTS = {
    MORNING: r"vormittag|morgens|am morgen|frühmorgens|morning|matin|por la mañana|\brano\b|"
    r"przed południem|dimineaț|\bsabah|утр[ао]|вранці|зранку|صباح|\bصبح|buổi sáng",
    AFTERNOON: r"nachmittag|mittags|afternoon|après-midi|por la tarde|popołudni|după-amiaz|"
    r"öğleden sonra|\bднём|после обеда|після обіду|بعد الظهر|بعدازظهر|buổi chiều",
    EVENING: r"abends?\b|feierabend|nach der arbeit|evening|after work|\bsoir|por la noche|wieczor|"
    r"po pracy|seara|akşam|вечер|ввечері|вечор|مساء|عصرها|عصر\b|buổi tối|êvar",
}
_HOUR = re.compile(
    r"\b(?:ab|nach|um|gegen|at|after|à|a las|po|o|после|после|після|о|в|saat)\s+"
    r"(?:so\s+|etwa\s+)?(\d{1,2})(?::\d\d)?\s*(uhr|h\b|pm|am|часов|год)?",
)
_HOURS_IN_WORDS = {
    "zwei": 14, "drei": 15, "vier": 16, "fünf": 17, "sechs": 18, "sieben": 19, "acht": 20,
    "zehn": 10, "elf": 11,
}  # fmt: skip
_HOUR_IN_WORDS = re.compile(rf"\b(?:ab|nach|um|gegen)\s+({'|'.join(_HOURS_IN_WORDS)})\b")
_DEADLINE = re.compile(r"\b(?:bis|until|by) (?:zum |zu )?\w+")  # "bis Freitag" is no time window
_SPLIT = re.compile(r"(?<=[.!?;])\s+|\n|\s+[–—]\s+")
_CLAUSES = re.compile(r"(?<=[.!?;:])\s+|\n|\s+[–—]\s+|,\s*(?:aber|sondern|doch|jedoch|nur)\s+|,\s+")
_NOT = re.compile(
    r"\bnicht\b|\bnie\b|\bkein|\bnot\b|\bnever\b|\bbut no\b|\bne \w+ pas\b|\bnie mogę|"
    r"\bне могу|\bне можу|\bлا\b|\bkhông\b"
)

# What rules something out, as against a need that says what does not work ("kann nicht laufen").
_RULED_OUT = re.compile(
    r"(?:mach|bau|reparier|koch|fahr|tanz|sing|bastel|üb|betreu|arbeit|trag|schlepp|programmier|"
    r"übersetz|pfleg|mal|schreib|moderier|übernehm|nehm|geb|biet|leih|verleih|les|spiel|tu|will|"
    r"mag|möchte|habe)e?\s+(?:es\s+|das\s+)?ich\s+(?:\w+\s+){0,4}?(?:nicht|nie|kein)|"
    r"\bich\s+\w+\s+(?:\w+\s+){0,3}?(?:nicht gern|ungern|lieber nicht|auf keinen fall|niemals)|"
    r"\bnichts für (?:mich|uns)|\bnicht (?:so )?(?:meins|unser(?:s|es)?|mein ding)|"
    r"\bliegt mir nicht|\blieber nicht|\bbitte (?:nicht|keine?[nrms]?)\b|\bkommt nicht in ?frage|"
    r"\b(?:brauch|such|woll|möcht|nehm)en (?:wir|sie) (?:\w+\s+)?(?:nicht|keine?[nrms]?)\b|"
    r"\bgeht es (?:uns |mir )?nicht um\b|\bist (?:das )?nicht gemeint|\baußer\b|\babgesehen von\b|"
    r"\b(?:will|möchte|kann|mag|mache) (?:ich )?(?:\w+\s+){0,3}?nicht(?: mehr)?$|"
    r"\bübernimmt (?:selbst )?keine?|\bnot (?:for me|my thing)|\bi (?:don't|won't) (?:do|want)|"
    r"\bbut (?:not|no)\b|\bne veux pas\b|\bpas pour moi\b|\bnie (?:zajmuję|chcę|piszę|robię)|"
    r"\bне (?:хочу|занимаюсь|умею|пишу)\b|\bне (?:хочу|займаюся|вмію)\b|\bلا أريد\b|"
    r"\bنمی‌?خواهم\b|\bistemiyorum\b|\bkhông muốn\b|\bnu vreau\b|\bno quiero\b"
)
# A quick look first: most sentences hold none of these.
_MAY_RULE_OUT = re.compile(
    r"nicht|nie|kein|außer|abgesehen|not|don't|won't|but no|pas\b|veux|не\b|لا|نمی|istemi|không|"
    r"nu v|no q|ungern"
)
_LEADING_NOT = re.compile(r"^(?:keine?[nrms]?|nicht|weder|no|not|pas de|sin|bez|без)\b")
_CONTRAST = re.compile(r",\s*(?:sondern|aber|nur|but|mais|sino|ale|а|но)\b|:\s|,\s*ich will nur")


_MAY_NAME_TIMES = re.compile("|".join([*_DAYS.values(), *_PARTS.values(), _HOUR.pattern,
                                        _HOUR_IN_WORDS.pattern]))  # fmt: skip


@dataclass(frozen=True)
class Times:
    """When somebody can and when not, as slots of day and part of day; empty says nothing."""

    named: frozenset[Slot] = frozenset()
    excluded: frozenset[Slot] = frozenset()


def _slots(sentence: str) -> frozenset[Slot]:
    if not _MAY_NAME_TIMES.search(sentence):
        return frozenset()
    days = [day for day, pattern in _DAYS.items() if re.search(pattern, sentence)]
    parts = {part for part, pattern in _PARTS.items() if re.search(pattern, sentence)}
    for found in _HOUR.finditer(sentence):
        if found.group(2) or parts or days:
            parts.add(_part_of(int(found.group(1)) + (12 if found.group(2) == "pm" else 0)))
    parts |= {
        _part_of(_HOURS_IN_WORDS[found.group(1)]) for found in _HOUR_IN_WORDS.finditer(sentence)
    }
    if not days and not parts:
        return frozenset()
    return frozenset(
        product(days or (WEEKDAY, WEEKEND), sorted(parts) or (MORNING, AFTERNOON, EVENING))
    )


def _part_of(hour: int) -> str:
    return MORNING if hour < 12 else AFTERNOON if hour < 17 else EVENING


@lru_cache(maxsize=4096)
def times(text: str) -> Times:
    """Return the times a text names, and those it rules out.

    Examples
    --------
    >>> found = times("Vormittags fast immer da, abends nicht.")
    >>> (WEEKDAY, MORNING) in found.named, (WEEKEND, EVENING) in found.excluded
    (True, True)
    """
    named: set[Slot] = set()
    excluded: set[Slot] = set()
    for sentence in _SPLIT.split(_DEADLINE.sub(" ", clean(text).lower())):
        clauses = [clause for clause in _CLAUSES.split(sentence) if clause]
        negated = [clause for clause in clauses if _NOT.search(clause) and _slots(clause)]
        for clause in negated:
            excluded |= _slots(clause)
        rest = " , ".join(clause for clause in clauses if clause not in negated)
        named |= _slots(rest)
    return Times(frozenset(named - excluded), frozenset(excluded))


_SLOTS = tuple(product((WEEKDAY, WEEKEND), (MORNING, AFTERNOON, EVENING)))


def time_bits(text: str) -> tuple[int, int]:
    """Return the times a text names and rules out, each as six bits, for comparing many texts."""
    found = times(text)
    named, excluded = (
        sum(1 << i for i, slot in enumerate(_SLOTS) if slot in slots)
        for slots in (found.named, found.excluded)
    )
    return named, excluded


def times_conflict(wanted: Times, offered: Times) -> bool:
    """Tell whether the times of two texts cannot meet; silence on either side is no conflict."""
    for one, other in ((wanted, offered), (offered, wanted)):
        if one.named and one.named <= other.excluded:
            return True
    return bool(wanted.named and offered.named and not wanted.named & offered.named)


def exclusions(text: str) -> list[str]:
    """Return the clauses of a text that rule something out, as written.

    Examples
    --------
    >>> exclusions("Ich gestalte Plakate. Posten ist nichts für mich.")
    ['Posten ist nichts für mich.']
    >>> exclusions("Meine Mutter kann nicht mehr laufen.")
    []
    """
    found = []
    for sentence in _SPLIT.split(clean(text)):
        lowered = sentence.lower()
        if _LEADING_NOT.match(lowered) and (split := _CONTRAST.search(lowered)):
            found.append(sentence[: split.start()])
            continue
        if not _MAY_RULE_OUT.search(lowered) or not _RULED_OUT.search(lowered):
            continue
        clauses = [part for part in re.split(r"(?<=[,;:])\s+", sentence) if part]
        hits = [part for part in clauses if _RULED_OUT.search(part.lower())]
        found += hits if hits and len(hits) < len(clauses) else [sentence]
    return [clause.strip() for clause in found if clause.strip(" ,.;:")]


@lru_cache(maxsize=4096)
def without_exclusions(text: str) -> str:
    """Return a cleaned text without the clauses that rule something out.

    All of it if nothing else remains.
    """
    rest = clean(text)
    for clause in exclusions(text):
        rest = rest.replace(clause, " ")
    rest = re.sub(r"\s*,?\s*(?:sondern|aber)\s+", " ", rest) if rest != clean(text) else rest
    rest = re.sub(r"[ ]{2,}", " ", rest).strip(" ,;:–-")
    return rest if any(char.isalnum() for char in rest) else clean(text)
