"""What of this room goes into the audit log: dates and verdicts, no text."""

from flask_babel import lazy_gettext as _l

from portal.letters.models import Letter, LetterReply
from portal.letters.wording import CHANNELS, REPLY_KINDS
from portal.moderation.watch import Values, Watched, watch


def watch_letters() -> None:
    """Say what is kept of letters and answers."""
    watch(Letter, _LETTER)
    watch(LetterReply, _REPLY)


def _letter(before: Values, after: Values) -> str | None:
    if not before or not after:
        return "letter.drafted" if after else "letter.discarded"
    for column, set_name, unset_name in (
        ("sent_at", "letter.sent", None),
        ("refused_at", "letter.refused", "letter.accepted"),
        ("answered_at", "letter.answered", None),
        ("changed_at", "letter.changed", None),
        ("owner_id", "letter.handed_over", None),
        ("closed_at", "letter.closed", "letter.reopened"),
    ):
        if before[column] != after[column]:
            return set_name if after[column] else unset_name
    return None


def _reply(before: Values, after: Values) -> str | None:
    if not before:
        return "reply.recorded"
    return "reply.placed" if after else "reply.discarded"


_LETTER = Watched(
    kind="letter",
    columns={
        "idea_id": _l("Idee Nr."),
        "office_id": _l("Stelle Nr."),
        "owner_id": _l("zuständig, Konto Nr."),
        "initiator_agreed_at": _l("Nennung erlaubt am"),
        "changed_at": _l("geändert am"),
        "channel": _l("Weg"),
        "sent_at": _l("verschickt am"),
        "answered_at": _l("beantwortet am"),
        "refused_at": _l("abgelehnt am"),
        "closed_at": _l("abgeschlossen am"),
    },
    words={"channel": CHANNELS},
    actions={
        "letter.drafted": _l("Brief entworfen"),
        "letter.changed": _l("Briefentwurf geändert"),
        "letter.discarded": _l("Briefentwurf gelöscht"),
        "letter.sent": _l("Brief verschickt"),
        "letter.answered": _l("Antwort auf einen Brief vermerkt"),
        "letter.refused": _l("Antwort als Absage vermerkt"),
        "letter.accepted": _l("Absage zurückgenommen"),
        "letter.closed": _l("Brief abgeschlossen"),
        "letter.reopened": _l("Brief wieder geöffnet"),
        "letter.handed_over": _l("Brief übergeben"),
    },
    name_of=_letter,
)
_REPLY = Watched(
    kind="reply",
    columns={
        "letter_id": _l("Brief Nr."),
        "kind": _l("Art"),
        "received_at": _l("angekommen am"),
    },
    words={"kind": REPLY_KINDS},
    actions={
        "reply.recorded": _l("Antwort eingetragen"),
        "reply.placed": _l("Antwort zugeordnet"),
        "reply.discarded": _l("Eingang gelöscht"),
    },
    name_of=_reply,
)
