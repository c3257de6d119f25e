"""What the codes of this room are called; codes stay, labels translate."""

from flask_babel import lazy_gettext as _l

STATES = {
    "drafted": _l("Entwurf"),
    "sent": _l("wartet auf Antwort"),
    "silent": _l("seit 14 Tagen ohne Antwort"),
    "bounced": _l("unzustellbar"),
    "answered": _l("beantwortet"),
    "refused": _l("abgelehnt"),
}
TONES = {
    "drafted": "neutral",
    "sent": "info",
    "silent": "warn",
    "bounced": "bad",
    "answered": "good",
    "refused": "warn",
}
CHANNELS = {"mail": _l("per Mail"), "post": _l("per Post")}
REPLY_KINDS = {
    "answer": _l("Antwort"),
    "auto": _l("automatische Antwort"),
    "bounce": _l("Unzustellbar-Meldung"),
}
