"""What of this room goes into the audit log: links, hand-overs and answers, no private text."""

from flask_babel import lazy_gettext as _l

from portal.moderation.watch import Values, Watched, watch
from portal.referrals.models import Handover, Referrer
from portal.referrals.wording import ANSWERS, KINDS


def watch_room() -> None:
    """Say what is kept of this room's tables."""
    watch(Referrer, _REFERRER)
    watch(Handover, _HANDOVER)


def _referrer(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "referrer.added" if after else None
    if before["renewed_at"] != after["renewed_at"]:
        return "referrer.renewed"
    if before["revoked_at"] != after["revoked_at"]:
        return "referrer.revoked"
    return "referrer.confirmed" if before["confirmed_at"] != after["confirmed_at"] else None


def _handover(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "handover.passed_on" if after else None
    moved = before["owner_id"] != after["owner_id"]
    return "handover.handed_over" if moved else "handover.answered"


_REFERRER = Watched(
    kind="referrer",
    columns={
        "name": _l("Name"),
        "kind": _l("Art"),
        "confirmed_at": _l("bestätigt am"),
        "revoked_at": _l("Link widerrufen am"),
        "renewed_at": _l("neuer Link vom"),
    },
    words={"kind": KINDS},
    actions={
        "referrer.added": _l("Persönlichen Link für eine Stelle angelegt"),
        "referrer.confirmed": _l("Stelle bestätigt"),
        "referrer.revoked": _l("Link einer Stelle widerrufen"),
        "referrer.renewed": _l("Neuen Link für eine Stelle gemacht"),
    },
    name_of=_referrer,
)
_HANDOVER = Watched(
    kind="handover",
    columns={
        "idea_id": _l("Idee Nr."),
        "to_name": _l("an"),
        "passed_on": _l("weitergegeben am"),
        "owner_id": _l("zuständig, Konto Nr."),
        "contact_agreed_at": _l("Kontakt freigegeben am"),
        "answer": _l("Antwort"),
        "answered_at": _l("Antwort vom"),
    },
    words={"answer": ANSWERS},
    actions={
        "handover.passed_on": _l("Idee weitergegeben"),
        "handover.handed_over": _l("Weitergabe einer Kollegin oder einem Kollegen übergeben"),
        "handover.answered": _l("Antwort auf eine Weitergabe notiert"),
    },
    name_of=_handover,
)
