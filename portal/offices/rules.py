"""What holds for offices: how old is too old, who may edit, which words make a search or a trap."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from portal.accounts.models import User
from portal.offices.models import Office
from portal.places.rules import fold

CHECK_AFTER = timedelta(days=180)
SHORTEST_WORD = 3
LONG_TRIGGER = 6
MOST_WORDS = 12

# Words that say nothing about the concern; folded, as everything is compared.
STOP_WORDS = frozenset(
    fold(
        "aber alle auch auf aus bei bin bis brauche brauchen damit dann das dass dem den der des "
        "die doch dort durch ein eine einem einen einer eines etwas fehlt für gegen gern gibt hab "
        "habe haben hat hier ich ihr immer ist jede jeder jemand kann kein keine kommt man mehr "
        "mein meine meinem meinen meiner mich mir mit mochte muss nach nicht noch nur oder ohne "
        "schon sehr seit sich sie sind soll sollte über und uns unser unsere unserem unseren "
        "unserer vom von vor was weg wenn wer werden wie will wir wird wollen wollt wurde zum zur "
        "the and for our with"
    ).split()
)
_ENDINGS = ("en", "er", "es", "em", "e", "n", "s")


def may_edit(user: User) -> bool:
    """Coordinators and administrators keep the directory true."""
    return user.is_authenticated and user.is_coordinator


def needs_check(office: Office, today: date) -> bool:
    """Whether nobody has looked at the entry for more than 180 days."""
    return today - office.checked_on > CHECK_AFTER


def search_words(text: str) -> list[str]:
    """Return the telling words of a question, folded and without their German endings."""
    words = [
        word for word in fold(text).split() if len(word) >= SHORTEST_WORD and word not in STOP_WORDS
    ]
    return list(dict.fromkeys(_stem(word) for word in words))[:MOST_WORDS]


def search_key(name: str, short_name: str | None, duties: str, everyday: Sequence[str]) -> str:
    """Return what searches look into: everything people may remember, folded."""
    return " ".join(fold(part) for part in (name, short_name or "", duties, *everyday) if part)


def words_found(key: str, words: Collection[str]) -> int:
    """Count the words of a question that a search key has, inside compounds as well."""
    padded = f" {key}"
    return sum((word if len(word) > SHORTEST_WORD else f" {word}") in padded for word in words)


def phrases_found(phrases: Sequence[str], words: Collection[str], most: int = 2) -> list[str]:
    """Return the everyday phrases that know most of a question's words, best first."""
    counted = [(words_found(fold(phrase), words), phrase) for phrase in phrases]
    good = [entry for entry in counted if entry[0]]
    return [phrase for _count, phrase in sorted(good, key=lambda entry: -entry[0])][:most]


def is_triggered(triggers: Collection[str], text: str) -> bool:
    """Whether `text` uses an everyday word of a trap.

    A word may carry a German ending; long ones may go on ("verkehrsberuhig" is in
    "verkehrsberuhigt"). "Bank" does not find the Bankkonto.
    """
    folded = f" {fold(text)} "
    words = folded.split()
    for trigger in map(fold, triggers):
        if " " in trigger:
            if f" {trigger}" in folded:
                return True
        elif any(_is_form_of(word, trigger) for word in words):
            return True
    return False


def _is_form_of(word: str, trigger: str) -> bool:
    if not word.startswith(trigger):
        return False
    ending = word[len(trigger) :]
    return not ending or ending in _ENDINGS or len(trigger) >= LONG_TRIGGER


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
