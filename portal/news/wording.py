"""What news are called, and short forms of long texts."""

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.news.models import LISTS
from portal.news.sources import FOUNDING, GATHERING, STATUS, STEERING, Entry
from portal.steering.wording import AREA_NAMES
from portal.teams.wording import STATES, state_codes

KIND_NAMES = {
    STATUS: _l("Stand"),
    FOUNDING: _l("Neues Team"),
    STEERING: _l("Steuerungsteam"),
    GATHERING: _l("Treffen"),
}
LIST_NAMES = dict(zip(LISTS, (_l("Zusagen"), _l("Abmeldungen")), strict=True))


def headline(entry: Entry) -> str:
    """Return what happened in one line."""
    if entry.kind == FOUNDING:
        return _("Neues Team: %(name)s", name=entry.name)
    if entry.kind == STEERING:
        team = str(AREA_NAMES[entry.name])
        day = format_date(entry.day, "long")
        return _("%(team)s: Protokoll vom %(day)s", team=team, day=day)
    if entry.kind == GATHERING:
        return _("Protokoll: %(name)s", name=entry.name)
    if entry.state:
        codes = state_codes(entry.state, entry.self_supporting)
        words = ", ".join(str(STATES[code]) for code in codes)
        return _("%(name)s: jetzt %(state)s", name=entry.name, state=words)
    return _("Neuer Stand: %(name)s", name=entry.name)


def shortened(text: str, most: int) -> str:
    """Return the first whole sentences or words that fit, with an ellipsis if some are missing."""
    if len(text) <= most:
        return text
    start = text[:most]
    for end in (". ", "! ", "? ", ".\n"):
        place = start.rfind(end)
        if place > most // 2:
            return start[: place + 1]
    return start[: start.rfind(" ") if " " in start else most].rstrip(" ,;:–") + " …"
