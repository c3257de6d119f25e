"""Drafts: a letter's first text, put together from the town's file, the idea and what came before.

The file is `seeds/leipzig/letters.toml`; a town replaces it. The initiator's name never gets in:
only what the public idea says does.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask_babel import force_locale, format_date

from portal.ideas.models import Idea
from portal.letters.models import Letter
from portal.offices.models import Office
from portal.offices.rules import is_triggered

FILE = Path(__file__).parent.parent / "seeds" / "leipzig" / "letters.toml"
GENERAL = "allgemein"
_OUR_QUOTES = str.maketrans("„“”", "‚‘’")  # inside the quotation a letter makes of it


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of letter: by which words it is chosen, what it asks, what should be enclosed."""

    code: str
    name: str
    words: tuple[str, ...]
    subject: str
    text: str
    attach: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form begins with."""

    template: Template
    subject: str
    body: str


@lru_cache(maxsize=1)
def templates() -> dict[str, Template]:
    """Return code → template in the order of the file."""
    return {
        entry["code"]: Template(
            code=entry["code"],
            name=entry["name"],
            words=tuple(entry["words"]),
            subject=entry["subject"],
            text=entry["text"].strip(),
            attach=tuple(entry["attach"]),
        )
        for entry in _file()["letters"]
    }


def template_for(idea: Idea) -> Template:
    """Return the template most of whose everyday words the idea uses; the first of equals."""
    text = f"{idea.problem} {idea.wish}"
    known = templates()
    used = {
        code: sum(is_triggered([word], text) for word in each.words) for code, each in known.items()
    }
    best = max(used, key=lambda code: used[code])
    return known[best if used[best] else GENERAL]


def template_named(code: str | None, idea: Idea) -> Template:
    """Return the template that was chosen, else the one that fits."""
    return templates().get(code or "") or template_for(idea)


def draft(idea: Idea, office: Office, template: Template, follows: Letter | None = None) -> Draft:
    """Write the first text; the idea's district is loaded, as is the office of `follows`."""
    frame: Mapping[str, str] = _file()["frame"]
    values = _values(idea, follows, frame)
    parts = [frame["opening"], template.text, frame["closing"]]
    if follows and follows.office_id == office.id and not follows.bounced_at:
        parts = [frame["reminder"], frame["closing"]]
    elif follows and follows.office_id != office.id and follows.refused_at:
        parts.insert(1, frame["instead"])
    text = "\n\n".join(part.strip() for part in parts)
    return Draft(
        template=template,
        subject=template.subject.format_map(values),
        body="\n\n".join(_paragraphs(text, values)),
    )


def _values(idea: Idea, follows: Letter | None, frame: Mapping[str, str]) -> dict[str, str]:
    place = idea.district.name if idea.district else ""
    with force_locale("de"):
        day = format_date(follows.sent_at or follows.created_at, "long") if follows else ""
    return {
        "in_place": frame["in_place"].format(place=place) if place else "",
        "from_place": frame["from_place"].format(place=place) if place else "",
        "problem": idea.problem.translate(_OUR_QUOTES),
        "wish": idea.wish.translate(_OUR_QUOTES),
        "office": follows.office.name if follows else "",
        "day": day,
    }


def _paragraphs(text: str, values: Mapping[str, str]) -> list[str]:
    """Fill in the paragraphs; one that needs what is missing falls away with its lead-in."""
    kept: list[str] = []
    for paragraph in text.split("\n\n"):
        needed = [
            name for name in ("problem", "wish", "office", "day") if f"{{{name}}}" in paragraph
        ]
        if all(values[name] for name in needed):
            kept.append(paragraph.format_map(values))
        elif kept and kept[-1].endswith(":"):
            kept.pop()
    return kept


@lru_cache(maxsize=1)
def _file() -> dict:
    return tomllib.loads(FILE.read_text("utf-8"))
