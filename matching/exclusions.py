"""What somebody rules out, read from plain text.

Rules, not statistics: they read what is said outright and leave the rest alone, because a fact read
wrongly does more harm than one not read. German first.
"""

from __future__ import annotations

import re
from functools import lru_cache

from matching.text import STATEMENT_END, clean

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
_BUT = re.compile(r"\s*,?\s*(?:sondern|aber)\s+")
_TWO_BLANKS = re.compile(r" {2,}")
_CONTRAST = re.compile(r",\s*(?:sondern|aber|nur|but|mais|sino|ale|а|но)\b|:\s|,\s*ich will nur")


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
    for sentence in STATEMENT_END.split(clean(text)):
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
    whole = rest = clean(text)
    for clause in exclusions(whole):
        rest = rest.replace(clause, " ")
    if rest != whole:
        rest = _TWO_BLANKS.sub(" ", _BUT.sub(" ", rest))
    rest = rest.strip(" ,;:–-")
    return rest if any(char.isalnum() for char in rest) else whole
