"""The words of this room: names and explanations of an idea's states, in one place."""

from flask_babel import lazy_gettext as _l

STATE_NAMES = {
    "eingegangen": _l("eingegangen"),
    "im_gespraech": _l("im Gespräch"),
    "vorbereitet": _l("vorbereitet"),
    "im_steuerungsteam": _l("im Steuerungsteam"),
    "rueckfrage": _l("Rückfrage"),
    "angenommen": _l("angenommen"),
    "team_gegruendet": _l("Team gegründet"),
    "weitergegeben": _l("weitergegeben"),
    "nicht_bei_wiq": _l("nicht bei WiQ"),
}
# What each state means for the initiator, whoever reads it.
STATE_MEANINGS = {
    "eingegangen": _l("Die Idee ist angekommen. Als Nächstes liest sie das Unterstützungsteam."),
    "im_gespraech": _l("Das Unterstützungsteam spricht mit Leuten, die dazu etwas wissen."),
    "vorbereitet": _l("Die Idee ist so aufgeschrieben, dass andere darüber entscheiden können."),
    "im_steuerungsteam": _l(
        "Im Steuerungsteam beraten Bürgerschaft, Verwaltung und Politik gemeinsam darüber."
    ),
    "rueckfrage": _l("Bevor es weitergeht, ist noch eine Frage offen."),
    "angenommen": _l("Das Steuerungsteam unterstützt die Idee. Jetzt findet sich das Team."),
    "team_gegruendet": _l("Aus der Idee ist ein Lösungsteam geworden."),
    "weitergegeben": _l("Die Idee liegt jetzt bei einer Stelle, die dafür zuständig ist."),
    "nicht_bei_wiq": _l("Bei „Wir im Quartier“ geht es damit nicht weiter."),
}
# "Any language is welcome", said in those languages; not translated with the rest of the page.
ANY_LANGUAGE = (
    ("en", "Write in any language."),
    ("ar", "اكتب بأي لغة تناسبك."),
    ("uk", "Пишіть будь-якою мовою."),
    ("ru", "Пишите на любом языке."),
    ("tr", "İstediğin dilde yaz."),
    ("pl", "Pisz w dowolnym języku."),
    ("vi", "Bạn có thể viết bằng bất kỳ ngôn ngữ nào."),
    ("fa", "به هر زبانی بنویس."),
)
