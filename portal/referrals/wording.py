"""What the codes of this room are called, and what the resident agreed to."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "beirat": _l("Stadtbezirksbeirat oder Ortschaftsrat"),
    "quartiersmanagement": _l("Quartiersmanagement"),
    "amt": _l("Amt oder Referat"),
    "sonstige": _l("eine andere Stelle"),
}
ANSWERS = {
    "in_arbeit": _l("kümmert sich darum"),
    "angenommen": _l("macht es"),
    "abgelehnt": _l("macht es nicht"),
}
TONES = {"in_arbeit": "info", "angenommen": "good", "abgelehnt": "warn"}
CONSENT = _l(
    "Die Person weiß, dass wir ihre Idee an „Wir im Quartier“ weitergeben, und ist einverstanden, "
    "dass ihre E-Mail-Adresse dort gespeichert wird, damit sie den Stand erfährt. Sie kann das "
    "jederzeit zurücknehmen."
)
