"""What categories and channels of notifications are called."""

from flask_babel import lazy_gettext as _l

CATEGORY_NAMES = {
    "messages": _l("Nachrichten"),
    "introductions": _l("Vermittlungen"),
    "teams": _l("Deine Teams und Beitrittsanfragen"),
    "openings": _l("Gesuche und Leihen"),
    "gatherings": _l("Termine"),
    "ideas": _l("Deine Ideen"),
    "coordination": _l("Koordination"),
    "news": _l("Neues und Passendes"),
}
CHANNEL_NAMES = {
    "auto": _l("Eiliges sofort, Rest einmal am Tag"),
    "at_once": _l("alles sofort"),
    "daily": _l("alles einmal am Tag"),
    "portal": _l("keine Mails"),
}
