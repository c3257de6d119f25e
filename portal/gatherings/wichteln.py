"""Hints and offers of help to ideas that were presented; each reaches whoever brought the idea in.

An offer opens a conversation once the other side says yes as well. Nobody's address is shown.
Where one of the two is under 16, the Unterstützungsteam reads it and speaks with both.
"""

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.gatherings import queries
from portal.gatherings.models import Gathering, Hint, SignUp
from portal.ideas.models import Idea
from portal.links import public_address
from portal.messages.actions import Contact, open_thread, post_message
from portal.messages.mails import queue_mail
from portal.messages.notifications import in_language_of, notify
from portal.profiles.rules import first_name


class NotPresented(PortalError):
    """The idea is not among those of this gathering."""

    message = _l("Diese Idee wird hier nicht vorgestellt.")


class AlreadyAccepted(Conflict):
    """Said yes before, perhaps in another window."""

    message = _l("Ihr seid schon im Gespräch. Du findest es bei deinen Nachrichten.")


def give_hint(
    gathering: Gathering,
    idea: Idea,
    *,
    kind: str,
    text: str,
    user: User | None,
    sign_up: SignUp | None,
) -> Hint:
    """Keep what somebody adds to `idea` and pass it on."""
    if idea not in gathering.ideas or not idea.is_public:
        raise NotPresented(idea.id)
    hint = Hint(
        gathering_id=gathering.id,
        idea_id=idea.id,
        kind=kind,
        text=text,
        user_id=user.id if user else sign_up and sign_up.user_id,
        name=sign_up.name if sign_up and not user else "",
        email=sign_up.email if sign_up and not user else None,
    )
    db.session.add(hint)
    db.session.flush()
    _pass_on(gathering, idea, hint)
    return hint


def accept_offer(hint: Hint, idea: Idea) -> None:
    """Let whoever brought the idea in talk with who offered help: both have said yes."""
    accepted = db.session.execute(
        update(Hint)
        .where(Hint.id == hint.id, Hint.kind == "help", Hint.accepted_at.is_(None))
        .values(accepted_at=clock.now())
    )
    if not accepted.rowcount:  # type: ignore[attr-defined]
        raise AlreadyAccepted(hint.id)
    helper = db.session.get(User, hint.user_id) if hint.user_id else None
    initiator = db.session.get(User, idea.initiator_id) if idea.initiator_id else None
    people = [
        Contact(first_name(helper) if helper else hint.name, helper, hint.email),
        Contact(
            first_name(initiator) if initiator else _("Ideengeber:in"),
            initiator,
            idea.contact_email,
        ),
    ]
    thread = open_thread(subject=idea.title, people=people)
    post_message(thread, None, hint.text)


def may_be_answered(hint: Hint, idea: Idea) -> bool:
    """Whether a yes would lead anywhere: an offer nobody accepted, and both can be written to."""
    return (
        hint.kind == "help"
        and not _concerns_a_child(hint, idea)
        and hint.accepted_at is None
        and bool(hint.user_id or hint.email)
        and bool(idea.initiator_id or idea.contact_email)
    )


def _pass_on(gathering: Gathering, idea: Idea, hint: Hint) -> None:
    path = f"/termine/hinweise/{hint.token}"
    if _concerns_a_child(hint, idea):
        _tell_coordinators(path, gathering, idea, hint)
        return
    initiator = db.session.get(User, idea.initiator_id) if idea.initiator_id else None
    if initiator is not None:
        _notify(initiator, "ideas", path, gathering, idea, hint)
    elif idea.contact_email:
        with force_locale("de"):
            subject, body = _words(gathering, idea, hint)
            queue_mail(
                key=f"hint:{hint.id}",
                to=idea.contact_email,
                subject=subject,
                body=f"{body}\n\n{public_address(path)}",
            )
    else:  # nobody to write to: somebody from the Unterstützungsteam knows how to pass it on
        _tell_coordinators(path, gathering, idea, hint)


def _concerns_a_child(hint: Hint, idea: Idea) -> bool:
    helper = db.session.get(User, hint.user_id) if hint.user_id else None
    return idea.under_16 or (hint.kind == "help" and helper is not None and helper.under_16)


def _tell_coordinators(path: str, gathering: Gathering, idea: Idea, hint: Hint) -> None:
    for coordinator in queries.coordinators():
        _notify(coordinator, "coordination", path, gathering, idea, hint)


def _notify(
    user: User, category: str, path: str, gathering: Gathering, idea: Idea, hint: Hint
) -> None:
    with in_language_of(user):
        subject, body = _words(gathering, idea, hint)
        notify(
            user,
            category=category,
            key=f"hint:{hint.id}",
            subject=subject,
            body=body,
            path=path,
            urgent=hint.kind == "help" and category == "ideas",
            about=db.session.get(User, hint.user_id) if hint.user_id else None,
        )


def _words(gathering: Gathering, idea: Idea, hint: Hint) -> tuple[str, str]:
    subject = (
        _("Jemand möchte bei deiner Idee helfen")
        if hint.kind == "help"
        else _("Ein Hinweis zu deiner Idee")
    )
    body = _(
        "Beim Termin „%(gathering)s“ wurde die Idee „%(idea)s“ vorgestellt. Dazu schreibt jemand:"
        "\n\n%(text)s",
        gathering=gathering.title,
        idea=idea.title,
        text=hint.text,
    )
    return subject, body
