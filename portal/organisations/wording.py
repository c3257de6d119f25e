"""What kinds of organisations and resources are called."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "association": _l("Verein"),
    "initiative": _l("Initiative"),
    "institution": _l("Einrichtung"),
    "school": _l("Schule oder Hochschule"),
    "company": _l("Betrieb oder Laden"),
    "faith": _l("Gemeinde"),
    "other": _l("anderes"),
}
RESOURCE_KINDS = {
    "room": _l("Raum"),
    "tool": _l("Werkzeug und Geräte"),
    "knowledge": _l("Wissen"),
    "reach": _l("Reichweite"),
}
RESOURCE_HINTS = {
    "room": _l("Raum: für Treffen, Werkstatt, Küche, Lager"),
    "tool": _l("Werkzeug und Geräte: Lastenrad, Zelt, Bohrmaschine"),
    "knowledge": _l("Wissen: Beratung, Anleitung, Übersetzen"),
    "reach": _l("Reichweite: Schaufenster, Newsletter, Bühne"),
}
