"""How the two sides of an introduction hear of it: by mail, in the portal, or by a call.

An account is told through its notifications, which mail as the person wants it; somebody without
one by mail; whoever left a telephone number gets a call of coordinators and no mail. Every event
has a key, so it is never told twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.links import public_address
from portal.matches.models import Call, IntroductionSide
from portal.messages.mails import queue_mail
from portal.messages.notifications import channels_of, in_language_of, notify

MAIL, PORTAL, TELEPHONE = "mail", "portal", "telefon"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told, in the language of whom it goes to."""

    subject: str
    body: str
    path: str  # a page of the portal


def channel_of(side: IntroductionSide) -> str:
    """Return how this side wants to be asked today."""
    if phone_of(side):
        return TELEPHONE
    if side.user is None:
        return MAIL
    return PORTAL if channels_of(side.user.id)["introductions"] == "portal" else MAIL


def phone_of(side: IntroductionSide) -> str | None:
    """Return the number this side wants to be called at. Only coordinators may ever see it."""
    if side.user is not None:
        return side.user.phone
    return db.session.get_one(Idea, side.subject_id).contact_phone


def tell(
    side: IntroductionSide,
    event: str,
    write: Callable[[], Letter],
    *,
    call: str = "",
    urgent: bool = False,
    about: User | None = None,
) -> None:
    """Tell one side once; `call` is what a call would be for, "" if it is not worth one.

    `urgent` mails an account at once, as far as the person wants mails; `about` is whom it names.
    """
    calls = side.channel == TELEPHONE
    if calls and call:
        owe_call(side, call)
    key = f"introduction:{side.introduction_id}:{event}:{side.id}"
    if side.user is not None:
        with in_language_of(side.user):
            letter = write()
        notify(
            side.user,
            category="introductions",
            key=key,
            subject=letter.subject,
            body=letter.body,
            path=letter.path,
            urgent=urgent and not calls,
            about=about,
        )
    elif side.email and not calls:
        with force_locale("de"):
            letter = write()
            text = _(
                "Hallo,\n\n%(text)s\n\n%(link)s\n\nViele Grüße\nWir im Quartier",
                text=letter.body,
                link=public_address(letter.path),
            )
        queue_mail(key=key, to=side.email, subject=letter.subject, body=text)


def owe_call(side: IntroductionSide, purpose: str) -> None:
    """Put a call on the coordinators' list; the same purpose only once."""
    known = select(Call.id).where(Call.side_id == side.id, Call.purpose == purpose)
    if db.session.scalar(known):
        return
    try:
        with db.session.begin_nested():
            db.session.add(Call(side_id=side.id, purpose=purpose))
    except IntegrityError:  # the same event in another process, a moment earlier
        return


def question(side: IntroductionSide) -> Letter:
    """Ask whether they want to get to know each other."""
    return Letter(
        _("Wir möchten dir jemanden vorstellen"),
        _(
            "das Unterstützungsteam von „Wir im Quartier“ glaubt, dass ihr gut zusammenpasst: du "
            "und jemand, die oder der etwas Ähnliches vorhat.\n\n"
            "Sieh dir den Vorschlag an und sag Ja oder Nein. Erst wenn beide Ja sagen, könnt ihr "
            "euch schreiben. Deine Adresse bleibt in jedem Fall bei uns."
        ),
        _path(side),
    )


def reminder(side: IntroductionSide) -> Letter:
    """Ask once more, a week later."""
    return Letter(
        _("Magst du noch antworten?"),
        _(
            "vor einer Woche haben wir dich gefragt, ob du jemanden kennenlernen möchtest. Ein Ja "
            "oder ein Nein, beides ist in Ordnung und dauert nur einen Klick. Hören wir nichts, "
            "schließen wir die Anfrage in einer Woche."
        ),
        _path(side),
    )


def closed_unanswered(side: IntroductionSide) -> Letter:
    """Tell whoever did not answer that the question is gone, without reproach."""
    return Letter(
        _("Wir haben die Anfrage geschlossen"),
        _(
            "wir hatten gefragt, ob du jemanden kennenlernen möchtest, und nichts von dir gehört. "
            "Das ist völlig in Ordnung, du musst nichts tun. Wenn wieder jemand gut zu dir passt, "
            "fragen wir gern noch einmal."
        ),
        _path(side),
    )


def did_not_work_out(side: IntroductionSide) -> Letter:
    """Tell whoever said yes that it came to nothing; never whether it was a no or silence."""
    return Letter(
        _("Diesmal hat es leider nicht geklappt"),
        _(
            "schön, dass du Ja gesagt hast! Diesmal ist leider nichts daraus geworden. Das liegt "
            "nicht an dir: Oft fehlt gerade die Zeit. Wir halten weiter die Augen für dich offen."
        ),
        _path(side),
    )


def introduced_without_thread(side: IntroductionSide, meeting: str) -> Letter:
    """Tell that both said yes where the other side can only be reached by telephone."""
    return Letter(
        _("Ihr habt beide Ja gesagt"),
        _(
            "schön, ihr habt beide Ja gesagt! Die andere Seite telefoniert lieber, deshalb rufen "
            "wir sie an und geben weiter, was ihr ausmacht. %(meeting)s Passt dir das nicht? Sag "
            "dem Unterstützungsteam Bescheid.",
            meeting=meeting,
        ),
        _path(side),
    )


def how_did_it_go(token: str, name: str, days: int) -> Letter:
    """Ask what came of it; the link needs no sign-in and works once."""
    if days == 14:
        text = _(
            "vor zwei Wochen haben wir dich und %(name)s einander vorgestellt. Habt ihr euch "
            "getroffen? Ein Klick genügt, ohne Anmeldung. Deine Antwort liest nur das "
            "Unterstützungsteam, und sie hilft uns, besser zu werden.",
            name=name,
        )
    else:
        text = _(
            "vor zwei Monaten haben wir dich und %(name)s einander vorgestellt. Seid ihr noch "
            "zusammen dabei? Ein Klick genügt, ohne Anmeldung. Deine Antwort liest nur das "
            "Unterstützungsteam.",
            name=name,
        )
    return Letter(_("Wie ist es weitergegangen?"), text, f"/vermittlungen/ergebnis/{token}")


def _path(side: IntroductionSide) -> str:
    return f"/vermittlungen/{side.token}"
