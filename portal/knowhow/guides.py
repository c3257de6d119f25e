"""Check-lists for types of projects: read from a town's seed file, found by everyday words."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from portal.ideas.models import Idea
from portal.offices.rules import is_triggered, search_words, words_found
from portal.places.rules import fold
from portal.teams.foundings import NEEDS
from portal.teams.needs import Need

FILE = Path(__file__).parent.parent / "seeds" / "leipzig" / "guides.toml"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to clear, with the office it leads to, where there is one."""

    title: str
    text: str
    office: str = ""  # an office's slug
    is_advice: bool = False  # our advice, nobody's rule


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What to clear before a project of one type stands, in our own words."""

    code: str
    name: str
    summary: str
    triggers: tuple[str, ...]  # everyday words of ideas and teams it fits
    steps: tuple[Step, ...]
    costs: str
    duration: str
    lessons: tuple[str, ...]
    needs: tuple[Need, ...]
    sources: tuple[Source, ...]
    checked_on: date

    @property
    def search_key(self) -> str:
        """What a search looks into, folded."""
        steps = (part for step in self.steps for part in (step.title, step.text))
        parts = (self.name, self.summary, *self.triggers, *steps, *self.lessons, self.costs)
        return " ".join(fold(part) for part in parts)


@lru_cache(maxsize=1)
def all_guides() -> dict[str, Guide]:
    """Return code → check-list in the order of the file; without a file there are none."""
    if not FILE.is_file():
        return {}
    listed = tomllib.loads(FILE.read_text("utf-8"))["guides"]
    return {entry["code"]: _guide(entry) for entry in listed}


def guides_for(text: str) -> list[Guide]:
    """Return the check-lists that the everyday words of `text` call for."""
    return [guide for guide in all_guides().values() if is_triggered(guide.triggers, text)]


def find_guides(query: str) -> Sequence[Guide]:
    """Return the check-lists that know a word of the query, those that know most first."""
    words = search_words(query)
    if not words:
        return list(all_guides().values())
    counted = [(words_found(guide.search_key, words), guide) for guide in all_guides().values()]
    good = sorted((entry for entry in counted if entry[0]), key=lambda entry: -entry[0])
    return [guide for _count, guide in good]


def needs_of_projects_like(idea: Idea) -> list[Need]:
    """Return what projects like this one usually look for."""
    return [need for guide in guides_for(f"{idea.problem} {idea.wish}") for need in guide.needs]


NEEDS.append(needs_of_projects_like)


def _guide(entry: dict) -> Guide:
    return Guide(
        code=entry["code"],
        name=entry["name"],
        summary=entry["summary"],
        triggers=tuple(entry["triggers"]),
        steps=tuple(Step(**step) for step in entry["steps"]),
        costs=entry["costs"],
        duration=entry["duration"],
        lessons=tuple(entry["lessons"]),
        needs=tuple(Need(**need) for need in entry["needs"]),
        sources=tuple(Source(**source) for source in entry["sources"]),
        checked_on=entry["checked_on"],
    )
