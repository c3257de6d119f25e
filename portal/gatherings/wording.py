"""What the codes of the gatherings room are called; codes stay, labels translate."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.choices import LANGUAGES
from portal.gatherings.models import SignUp

KINDS = {
    "gesamttreffen": _l("Gesamttreffen"),
    "ideenschmiede": _l("Ideenschmiede"),
    "ideenmobil": _l("Ideenmobil-Halt"),
    "spaziergang": _l("Spaziergang"),
    "teamtreffen": _l("Teamtreffen"),
}
KIND_MEANINGS = {
    "gesamttreffen": _l("Alle kommen zusammen: Teams, Nachbarschaft, Verwaltung und Politik."),
    "ideenschmiede": _l("Hier werden aus Ideen Pläne. Du kannst auch ohne eigene Idee kommen."),
    "ideenmobil": _l("Wir stehen mit dem Rad auf dem Platz. Komm vorbei und sag, was dir fehlt."),
    "spaziergang": _l("Wir gehen durchs Viertel und reden über Orte."),
    "teamtreffen": _l("Ein Lösungsteam trifft sich. Neugierige sind willkommen."),
}
RHYTHMS = {
    "": _l("nur dieses eine Mal"),
    "weekly": _l("jede Woche"),
    "fortnightly": _l("alle zwei Wochen"),
    "monthly": _l("jeden Monat am gleichen Wochentag (zum Beispiel am zweiten Dienstag)"),
}
STEPS = {
    "step_free": _l("ohne Stufen, für Rollstuhl und Kinderwagen"),
    "few_steps": _l("ein paar Stufen, wir helfen"),
    "stairs": _l("nur über eine Treppe"),
    "online": _l("nur online, kein Weg nötig"),
}
TOILETS = {
    "accessible": _l("rollstuhlgerechte Toilette"),
    "ordinary": _l("Toilette, nicht rollstuhlgerecht"),
    "none": _l("keine Toilette"),
    "online": _l("nur online"),
}
HEARING = {
    "amplified": _l("Mikrofon oder Höranlage"),
    "sign_language": _l("mit Gebärdensprache"),
    "on_request": _l("Hilfe auf Anfrage"),
    "none": _l("keine besondere Hilfe"),
}
WORDS = {
    "plain": _l("in einfacher Sprache"),
    "interpreted": _l("mit Übersetzung"),
    "on_request": _l("Übersetzung auf Anfrage"),
    "everyday": _l("Alltagssprache, ohne Übersetzung"),
}
HINT_KINDS = {
    "hint": _l("Ein Hinweis: jemand, etwas oder ein Ort, der hilft"),
    "help": _l("Ich helfe selbst mit"),
}
HINT_NAMES = {"hint": _l("Hinweis"), "help": _l("Angebot zu helfen")}


def needs_of(row: SignUp) -> str:
    """Return what somebody needs to take part, as one text."""
    parts = [
        _("Übersetzung auf %(language)s", language=LANGUAGES[row.interpretation])
        if row.interpretation
        else "",
        _("mit Rollstuhl oder Rollator") if row.wheelchair else "",
        row.note,
    ]
    return "; ".join(filter(None, parts))
