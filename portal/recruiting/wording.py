"""What the codes of the recruiting room are called; codes stay, labels translate."""

from flask_babel import lazy_gettext as _l

STATES = {
    "open": _l("wartet auf Antwort"),
    "accepted": _l("dabei"),
    "declined": _l("diesmal nicht"),
    "withdrawn": _l("zurückgezogen"),
}
DECISIONS = {
    "yes": _l("Ja, du bist dabei"),
    "ask": _l("Rückfrage: Ich schreibe erst einmal zurück"),
    "no": _l("Nein, diesmal nicht"),
}
OTHER = "sonst"  # needs words of one's own
DECLINE_REASONS = {
    "voll": _l("Gerade sind wir genug Leute und könnten uns nicht gut um dich kümmern."),
    "vergeben": _l("Die Aufgabe ist inzwischen vergeben."),
    "zeit": _l("Unsere Zeiten passen nicht zusammen."),
    "anders": _l("Wir suchen gerade jemanden mit anderen Kenntnissen."),
    "pause": _l("Wir machen gerade eine Pause."),
    OTHER: _l("Etwas anderes (schreib es bitte dazu)"),
}
# The portal's own reason, when a team finishes while somebody waits.
FINISHED = "fertig"
ALL_DECLINE_REASONS = DECLINE_REASONS | {FINISHED: _l("Das Team hat seine Arbeit abgeschlossen.")}
REMOVAL_REASONS = {
    "absprache": _l("Das haben wir miteinander so besprochen."),
    "abwesend": _l("Wir haben dich lange nicht gesehen und konnten dich nicht erreichen."),
    "umgang": _l("Der Umgang miteinander hat nicht mehr gepasst."),
    OTHER: _l("Etwas anderes (schreib es bitte dazu)"),
}
