"""Mails and notifications to the initiator of an idea, in the transaction of what they tell about.

Who left only a number is called. Without either nothing is written: then the progress page says it
all. The idea's text never travels by mail. Texts are lazy, so that they speak the initiator's
language, not the coordinator's.
"""

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.calls import owe_call
from portal.ideas.models import Idea, ProgressEntry
from portal.ideas.wording import STATE_MEANINGS, STATE_NAMES
from portal.messages.mails import queue_mail
from portal.messages.notifications import in_language_of, notify

RECEIVED = "received"


def tell_received(idea: Idea) -> None:
    """Send somebody without account the link, so that it is not lost with the browser's window."""
    if idea.initiator_id is None:
        subject = _l("Deine Idee ist angekommen")
        text = _l(
            "danke für deine Idee! Sie ist gut bei uns angekommen. Das Unterstützungsteam sieht "
            "sie kurz an, danach können alle sie lesen.\n\n"
            "Du hast gar keine Idee abgeschickt? Dann hat sich jemand bei der Adresse vertippt. "
            "Diese Mail kannst du einfach löschen."
        )
        _send(idea, RECEIVED, subject, text)


def tell_published(idea: Idea) -> None:
    """Say that everybody can read the idea now."""
    subject = _l("Deine Idee ist jetzt öffentlich")
    text = _l(
        "deine Idee ist jetzt für alle zu lesen. Wer etwas Ähnliches vorhat oder helfen kann, "
        "findet sie nun."
    )
    _send(idea, f"published:{_moment(idea.published_at)}", subject, text)


def tell_hidden(idea: Idea) -> None:
    """Say why the idea is not public, and what the initiator can do now."""
    subject = _l("Deine Idee ist gerade nicht öffentlich")
    text = _l(
        "wir haben deine Idee gelesen und zeigen sie im Moment nicht öffentlich. Der Grund:\n\n"
        "%(reason)s\n\n"
        "Das muss nicht so bleiben: Ändere den Text über den Link unten, dann sehen wir ihn noch "
        "einmal an. Für Schäden und Schmutz ist der Mängelmelder der Stadt da, für ein Ehrenamt "
        "die Freiwilligen-Agentur.",
        reason=idea.hidden_reason,
    )
    _send(idea, f"hidden:{_moment(idea.hidden_at)}", subject, text)


def tell_moved(idea: Idea, entry: ProgressEntry) -> None:
    """Say which step the idea has reached and what that means."""
    state = STATE_NAMES[entry.state]
    text = _l(
        "bei deiner Idee gibt es etwas Neues. Stand: %(state)s. %(meaning)s",
        state=state,
        meaning=STATE_MEANINGS[entry.state],
    )
    _send(idea, f"progress:{entry.id}", _l("Deine Idee: %(state)s", state=state), text, entry.note)


def progress_url(idea: Idea) -> str:
    """Return the full address of the progress page; works outside a request as well."""
    return f"{current_app.config['PUBLIC_URL']}/fortschritt/{idea.progress_token}"


def _send(idea: Idea, event: str, subject: LazyString, text: LazyString, note: str = "") -> None:
    user = db.session.get(User, idea.initiator_id) if idea.initiator_id else None
    key = f"idea:{idea.id}:{event}"
    if user is not None:
        with in_language_of(user):
            notify(
                user,
                category="ideas",
                key=key,
                subject=str(subject),
                body=f"{text}\n\n{note}" if note else str(text),
                path=f"/fortschritt/{idea.progress_token}",
                urgent=True,
            )
    elif idea.contact_email:
        with force_locale("de"):
            body = _(
                "Hallo,\n\n%(text)s\n\nAlles zu deiner Idee findest du hier:\n%(url)s\n\n"
                "Viele Grüße\nWir im Quartier",
                text=f"{text}\n\n{note}" if note else str(text),
                url=progress_url(idea),
            )
            queue_mail(key=key, to=idea.contact_email, subject=str(subject), body=body)
    elif idea.contact_phone and event != RECEIVED:
        owe_call(idea)


def _moment(when: object) -> str:
    # An idea can be published and hidden more than once; each time is an event of its own.
    return str(when).replace(" ", "T")
