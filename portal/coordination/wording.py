"""What the codes of this room are called; codes stay, labels translate."""

from flask_babel import lazy_gettext as _l

CHANNELS = {
    "angerufen": _l("angerufen"),
    "gemailt": _l("gemailt"),
    "getroffen": _l("getroffen"),
    "nicht_erreicht": _l("nicht erreicht"),
    "notiz": _l("Notiz"),
}
SUPPORT_TYPES = {
    "konzept": _l("Konzept"),
    "geld": _l("Geld"),
    "raum": _l("Raum"),
    "mitglieder": _l("Mitstreiter:innen"),
    "oeffentlichkeit": _l("Öffentlichkeit"),
    "sonstiges": _l("etwas anderes"),
}
KINDS = {
    "idea": _l("Idee"),
    "person": _l("Person"),
    "team": _l("Team"),
    "office": _l("Ansprechstelle"),
}
