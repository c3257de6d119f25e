"""What the fields of a profile and their visibilities are called; codes stay, labels translate."""

from flask_babel import lazy_gettext as _l

from portal.accounts.texts import MATCHING_WORDING
from portal.profiles.models import COORDINATORS, PUBLIC, SIGNED_IN

FIELDS = {
    "can": _l("Das kann ich"),
    "learn": _l("Das möchte ich lernen"),
    "cares": _l("Das liegt mir am Herzen"),
    "rules_out": _l("Das möchte ich nicht"),
    "times": _l("Wann ich Zeit habe"),
    "district": _l("Wo ich mitmache"),
    "languages": _l("Sprachen"),
}
VISIBILITIES = {
    COORDINATORS: _l("nur Unterstützungsteam"),
    SIGNED_IN: _l("Angemeldete"),
    PUBLIC: _l("öffentlich"),
}
REACH = {
    "ortsteil": _l("nur im eigenen Ortsteil"),
    "stadtbezirk": _l("im Stadtbezirk"),
    "stadt": _l("in ganz Leipzig"),
}
# One purpose, one sentence: the same as behind the tick at sign-up.
MATCHING_CONSENT = MATCHING_WORDING
