"""Hard facts: what rules a pair out whatever the texts say, and which facts speak for it.

Pure functions over the facts `subjects.describe` stored, and over the ages the texts name; no
query, no request. `exclusion` answers with a code for the quality page and for tests, `agreements`
with codes the page puts into words.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from matching.facts import ages_meet
from matching.text import clean, tokens

Facts = Mapping[str, object]
Side = tuple[str, int, Facts, str]  # kind, id, facts, text


@lru_cache(maxsize=20_000)  # each text is held against every exclusion there is
def content_stems(text: str) -> frozenset[str]:
    """Return the stems of the content words of `text`, whatever its language."""
    return frozenset(token.stem for token in tokens(clean(text), None, None))


# Stems that stand in nearly every exclusion without naming a thing.
_EMPTY_STEMS = content_stems("nicht gern lieber mehr viel Arbeit machen helfen Leute Zeit")


def exclusion(source: Side, target: Side) -> str | None:
    """Say why these two must not be suggested to each other, or None if nothing forbids it."""
    for find in _EXCLUSIONS:
        reason = find(source, target)
        if reason:
            return reason
    return None


def agreements(source: Side, target: Side) -> list[str]:
    """Return the codes of the facts both sides share: district, times, ages, languages, …"""
    ours, theirs = source[2], target[2]
    found = []
    if ours.get("district_id") and ours.get("district_id") == theirs.get("district_id"):
        found.append("district")
    elif ours.get("borough_id") and ours.get("borough_id") == theirs.get("borough_id"):
        found.append("borough")
    if _shared(ours, theirs, "times"):
        found.append("times")
    if ages_meet(source[3], target[3]):
        found.append("ages")
    if _shared(ours, theirs, "languages"):
        found.append("languages")
    if theirs.get("state") == "pausiert" or ours.get("state") == "pausiert":
        found.append("paused")
    if "abgeschlossen" in (ours.get("state"), theirs.get("state")):
        found.append("know_how")
    return found


def _own(source: Side, target: Side) -> str | None:
    if source[:2] == target[:2]:
        return "own"
    return "own" if _shared(source[2], target[2], "owners") else None


def _same_team(source: Side, target: Side) -> str | None:
    for one, other in ((source, target), (target, source)):
        if one[0] == "opening" and other[0] == "team" and one[2].get("team_id") == other[1]:
            return "own"
    return None


def _team_state(source: Side, target: Side) -> str | None:
    """A finished team takes nobody; for an idea it still is know-how."""
    kinds = {source[0], target[0]}
    finished = "abgeschlossen" in (source[2].get("state"), target[2].get("state"))
    return "finished" if finished and "person" in kinds else None


def _idea_is_settled(source: Side, target: Side) -> str | None:
    for kind, _id, facts, _text in (source, target):
        if kind == "idea" and facts.get("state") in ("nicht_bei_wiq", "weitergegeben"):
            other = target if kind == source[0] else source
            if other[0] == "person":
                return "settled"
    return None


def _unreachable(source: Side, target: Side) -> str | None:
    """An idea whose initiator left no contact cannot be introduced to a person."""
    for one, other in ((source, target), (target, source)):
        if one[0] == "idea" and other[0] == "person" and not one[2].get("can_be_asked"):
            return "no_contact"
    return None


def _times(source: Side, target: Side) -> str | None:
    ours, theirs = source[2].get("times"), target[2].get("times")
    return "times" if ours and theirs and not _shared(source[2], target[2], "times") else None


def _languages(source: Side, target: Side) -> str | None:
    """An opening that names languages needs one of them."""
    if "opening" not in (source[0], target[0]):
        return None
    ours, theirs = source[2].get("languages"), target[2].get("languages")
    return (
        "languages" if ours and theirs and not _shared(source[2], target[2], "languages") else None
    )


def _place(source: Side, target: Side) -> str | None:
    for one, other in ((source, target), (target, source)):
        reach, elsewhere = one[2].get("reach"), other[2]
        for scope, key in (("ortsteil", "district_id"), ("stadtbezirk", "borough_id")):
            if reach == scope and one[2].get(key) and elsewhere.get(key) not in (None, one[2][key]):
                return "place"
    return None


def _area(source: Side, target: Side) -> str | None:
    """An office for some districts is not suggested where the idea says it is elsewhere."""
    area = target[2].get("area") if target[0] == "office" else None
    here = source[2].get("places")
    if not area or not here:
        return None
    return None if set(_strings(here)) & set(_strings(area)) else "area"


def _kind_wanted(source: Side, target: Side) -> str | None:
    """Who looks for a thing is not helped by a room, and nobody lends a caretaker."""
    for one, other in ((source, target), (target, source)):
        if one[0] == "opening" and other[0] == "resource":
            suiting = _SUITING.get(str(one[2].get("wants")), ())
            return None if other[2].get("offers") in suiting else "kind"
    return None


def _ruled_out(source: Side, target: Side) -> str | None:
    for one, other in ((source, target), (target, source)):
        unwanted = str(one[2].get("rules_out") or "")
        if unwanted:
            stems = content_stems(unwanted) - _EMPTY_STEMS
            if stems & content_stems(other[3]):
                return "ruled_out"
    return None


_SUITING = {"thing": ("tool",), "place": ("room",), "skill": ("knowledge", "reach")}
# Cheapest first; each sees both directions.
_EXCLUSIONS: tuple[Callable[[Side, Side], str | None], ...] = (
    _own,
    _same_team,
    _team_state,
    _idea_is_settled,
    _unreachable,
    _times,
    _languages,
    _place,
    _area,
    _kind_wanted,
    _ruled_out,
)


def _shared(ours: Facts, theirs: Facts, key: str) -> bool:
    return bool(set(_strings(ours.get(key))) & set(_strings(theirs.get(key))))


def _strings(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple | set) else ()
