"""What the codes of the teams room are called; codes stay, labels translate."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

SELF_SUPPORTING = "selbsttragend"

# WiQ's five public states: four operating states and who carries the whole.
STATES = {
    "laeuft": _l("läuft"),
    "im_betrieb": _l("im Betrieb"),
    SELF_SUPPORTING: _l("selbsttragende Struktur"),
    "pausiert": _l("pausiert"),
    "abgeschlossen": _l("abgeschlossen"),
}
STATE_MEANINGS = {
    "laeuft": _l("Das Team arbeitet gerade an einer Lösung."),
    "im_betrieb": _l("Die Lösung steht und wird im Alltag genutzt."),
    SELF_SUPPORTING: _l("Ein eigener Träger führt die Lösung weiter."),
    "pausiert": _l("Gerade ist niemand aktiv. Neue Leute können das Team übernehmen."),
    "abgeschlossen": _l("Die Arbeit ist getan. Die Erfahrung bleibt."),
}

OPENING_KINDS = {
    "skill": _l("Mitmachen"),
    "thing": _l("Sachen"),
    "place": _l("Ort"),
    "caretaker": _l("Patenschaft"),
}
OPENING_KIND_HINTS = {
    "skill": _l("Mitmachen: jemand, der etwas kann oder lernen möchte"),
    "thing": _l("Sachen: Werkzeug, Material, Fahrzeug"),
    "place": _l("Ort: Raum, Fläche, Hof, Wasserhahn"),
    "caretaker": _l("Patenschaft: jemand, der sich dauerhaft kümmert"),
}

# Keys as a form sends them: hours a week, or nothing.
HOURS = {
    "": _l("noch offen"),
    "1": _l("etwa 1 Stunde"),
    "2": _l("etwa 2 Stunden"),
    "4": _l("etwa 4 Stunden"),
    "8": _l("etwa 8 Stunden"),
    "15": _l("15 Stunden und mehr"),
}

SECTORS = {
    "zivilgesellschaft": _l("Zivilgesellschaft"),
    "verwaltung": _l("Verwaltung"),
    "politik": _l("Politik"),
    "wirtschaft": _l("Wirtschaft"),
    "wissenschaft": _l("Wissenschaft"),
}

LESSONS = {
    "worked": _l("Das hat gut geklappt"),
    "otherwise": _l("Das würden wir anders machen"),
    "costs": _l("Kosten und Geld"),
    "duration": _l("Zeit"),
    "permits": _l("Stellen und Genehmigungen"),
}

# The topics WiQ's team pages use. They are stored as written: they are names, not codes.
FOCUS = (
    "Aufenthaltsqualität",
    "Begegnung",
    "Beteiligung",
    "Bezahlbares Wohnen",
    "Bürgerinformation",
    "Digitales",
    "Ernährung",
    "Familien",
    "Gesundheit",
    "Kinder",
    "Kleingärten",
    "Klimaanpassung",
    "Krisenbewältigung",
    "Kunst im Stadtraum",
    "Mobilität",
    "Naherholung",
    "Pflege",
    "Recycling",
    "Regionale Lebensmittel",
    "Ressourcenschonung",
    "Senioren",
    "Sport/Bewegung",
    "Umwelt",
    "Vandalismus",
)


def hours(number: int | None) -> object:
    """Return the words for hours a week, nothing for an open question."""
    return HOURS.get(str(number), "") if number else ""


def state_codes(state: str, self_supporting: bool | None) -> list[str]:
    """Return the public states that hold at once; a carrier of its own stands beside the other."""
    return [state, SELF_SUPPORTING] if self_supporting else [state]


def candidate(name: str, is_initiator: bool) -> str:
    """Return how somebody is called who could be in a team that starts."""
    if is_initiator:
        return _("%(name)s (hatte die Idee)", name=name)
    return _("%(name)s (hat Ja zur Idee gesagt)", name=name)


def sectors(shown: list[tuple[str, int | None]]) -> str:
    """Return where a team's people come from; a few are named without a number."""
    return ", ".join(
        f"{SECTORS[sector]} {count}"
        if count
        else _("%(sector)s (einzelne)", sector=SECTORS[sector])
        for sector, count in shown
    )
