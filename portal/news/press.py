"""A team's press kit: two texts, facts and pictures, and all of it as one file."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask_babel import format_date
from flask_babel import gettext as _

from portal.choices import LANGUAGES
from portal.links import portal_url
from portal.news.wording import shortened
from portal.pictures import store
from portal.pictures.models import Picture
from portal.teams.models import StatusEntry, Team
from portal.teams.wording import STATES, state_codes

SHORT = 350
PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kit:
    """What a newspaper asks for."""

    name: str
    short: str
    long: str
    status: str
    facts: list[tuple[str, str]]
    contact: str

    def as_text(self, pictures: Iterable[Picture]) -> str:
        """Return everything as one plain text, credits of the pictures included."""
        facts = "\n".join(f"{name}: {value}" for name, value in self.facts)
        parts = [self.name, _("KURZ"), self.short, _("AUSFÜHRLICH"), self.long]
        if self.status:
            parts += [_("AKTUELLER STAND"), self.status]
        parts += [_("FAKTEN"), facts]
        credits = [
            f"{picture_name(picture)}: {picture.alt}\n{_('Bild: %(name)s', name=picture.credit)}"
            for picture in pictures
        ]
        if credits:
            parts += [_("BILDER (zum Abdruck frei, wenn der Bildnachweis dabeisteht)"), *credits]
        parts += [_("KONTAKT"), _("Über das Portal: %(url)s", url=self.contact)]
        return "\n\n".join(parts) + "\n"


class _Pipe:
    """Collects what the archive writes until it is handed on; nobody can seek in it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self.pieces)
        self.pieces.clear()
        return taken


def kit_of(team: Team, current: StatusEntry | None) -> Kit:
    """Return the kit of a team as its public page has it."""
    states = state_codes(team.state, team.self_supporting)
    facts = [
        (_("Ortsteil"), team.district.name if team.district else _("ganz Leipzig")),
        (_("Themen"), ", ".join(team.focus)),
        (_("Status"), ", ".join(str(STATES[code]) for code in states)),
        (_("seit"), format_date(team.state_since, "long")),
        (_("Gegründet"), format_date(team.created_at, "long")),
        (_("Mitglieder"), str(sum(team.sectors.values()) or "")),
        (_("Sprachen"), ", ".join(str(LANGUAGES[code]) for code in team.languages)),
    ]
    return Kit(
        name=team.name,
        short=shortened(" ".join(team.challenge.split()), SHORT),
        long=team.challenge,
        status=f"{format_date(current.day, 'long')}: {current.text}" if current else "",
        facts=[(name, value) for name, value in facts if value],
        contact=portal_url("teams.write", team_id=team.id),
    )


def picture_name(picture: Picture) -> str:
    """Return how a picture's file is called in the archive."""
    return f"bild-{picture.id}.jpg"


def as_zip(text: str, pictures: Iterable[tuple[str, Path]]) -> Iterator[bytes]:
    """Yield an archive piece by piece: never more than one piece of it is in memory.

    Its size is bound by the number of pictures a team may have and by what we encode them to.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        archive.writestr("presse.txt", text.encode())
        for name, path in pictures:
            if not path.is_file():
                continue
            with path.open("rb") as file, archive.open(name, "w") as member:
                while piece := file.read(PIECE):
                    member.write(piece)
                    yield pipe.take()
    yield pipe.take()


def files_of(pictures: Iterable[Picture]) -> list[tuple[str, Path]]:
    """Return the name and the largest file of each picture."""
    return [(picture_name(picture), store.path_of(picture.digest, "gross")) for picture in pictures]
