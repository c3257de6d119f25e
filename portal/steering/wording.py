"""What the codes of this room are called; codes stay, labels translate."""

from flask_babel import lazy_gettext as _l

AREA_NAMES = {"ost": _l("Steuerungsteam Ost"), "west": _l("Steuerungsteam West")}
OUTCOME_NAMES = {
    "angenommen": _l("angenommen"),
    "rueckfrage": _l("Rückfrage"),
    "nicht_bei_wiq": _l("nicht bei WiQ"),
}
VOTE_NAMES = {
    "angenommen": _l("dafür"),
    "rueckfrage": _l("Ich habe noch eine Frage"),
    "nicht_bei_wiq": _l("dagegen"),
    "befangen": _l("Ich bin befangen und stimme nicht mit"),
}
VOTES_GIVEN = {**VOTE_NAMES, "rueckfrage": _l("hat eine Frage"), "befangen": _l("befangen")}
