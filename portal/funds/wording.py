"""What the codes of this room are called; codes stay, labels translate."""

from flask_babel import lazy_gettext as _l

WHO = {
    "privat": _l("Einzelne und Nachbarschaften"),
    "verein": _l("Vereine und Initiativen"),
    "jugend": _l("Jugendliche"),
    "einrichtung": _l("Einrichtungen und Netzwerke"),
}
