"""What categories and channels of notifications are called."""

from flask_babel import lazy_gettext as _l

CATEGORY_NAMES = {
    "introductions": _l("Vermittlungen"),
    "teams": _l("Deine Teams und Beitrittsanfragen"),
    "openings": _l("Gesuche und Leihen"),
    "gatherings": _l("Termine"),
    "ideas": _l("Deine Ideen"),
    "coordination": _l("Koordination"),
    "news": _l("Neues und Passendes"),
}
CHANNEL_NAMES = {
    "auto": _l("Eiliges sofort per Mail, alles andere einmal am Tag"),
    "at_once": _l("alles sofort per Mail"),
    "daily": _l("alles einmal am Tag in einer Mail"),
    "portal": _l("keine Mail, nur hier im Portal"),
}
