"""What people are told about requests, members and openings: one function an event.

Nobody's address is in a text. Keys name the event, so telling twice says it once.
"""

from collections.abc import Iterable
from datetime import date

from flask_babel import format_date, format_datetime, ngettext
from flask_babel import gettext as _

from portal.accounts.models import User
from portal.accounts.queries import coordinators
from portal.messages.keys import make_key
from portal.messages.notifications import in_language_of, notify
from portal.profiles.rules import first_name
from portal.recruiting import wording
from portal.recruiting.models import JoinRequest, LeadOffer
from portal.recruiting.rules import LEAD_OFFER_STANDS
from portal.teams.models import Opening, Team

RENEWAL, LEAD = "opening-renewal", "lead-offer"  # purposes of keys in mails


def tell_asked(request: JoinRequest, leads: Iterable[User]) -> None:
    """Tell the leads that somebody asks."""
    for lead in leads:
        with in_language_of(lead):
            notify(
                lead,
                category="teams",
                key=f"join-request:{request.id}:asked",
                subject=_("%(who)s möchte bei „%(team)s“ mitmachen", **_names(request)),
                body=_(
                    "%(who)s hat dem Team „%(team)s“ geschrieben und wartet auf eine Antwort, am "
                    "besten bis zum %(day)s. Lies die Nachricht und antworte im Portal: Ja, Nein "
                    "oder eine Rückfrage. Deine Adresse sieht dabei niemand.",
                    day=_day(request.answer_by),
                    **_names(request),
                ),
                path=path_of(request),
                urgent=True,
                about=request.user,
            )


def tell_arrived(request: JoinRequest, asker: User) -> None:
    """Tell who asked that it has arrived, and who reads it first."""
    with in_language_of(asker):
        if request.cleared_at is None:
            body = _(
                "Deine Anfrage an „%(team)s“ ist da. Weil du noch nicht 16 bist, meldet sich "
                "zuerst das Unterstützungsteam bei dir. Danach liest sie das Team.",
                team=request.team.name,
            )
        else:
            body = _(
                "Deine Anfrage an „%(team)s“ ist da. Die Teamleitung hat eine Mail bekommen; wir "
                "erinnern sie, wenn sie nicht antwortet. Zurückziehen kannst du jederzeit.",
                team=request.team.name,
            )
        _tell(asker, request, "arrived", _("Deine Anfrage ist angekommen"), body)


def tell_accepted(request: JoinRequest, asker: User) -> None:
    """Tell who asked that they belong to the team now."""
    with in_language_of(asker):
        body = _(
            "Willkommen! Du gehörst jetzt zum Team „%(team)s“. Im Portal könnt ihr euch gleich "
            "schreiben.",
            team=request.team.name,
        )
        body = _with_words(body, request.note)
        _tell(asker, request, "accepted", _("Du bist dabei"), body, urgent=True)


def tell_declined(request: JoinRequest, asker: User) -> None:
    """Tell who asked that it does not fit this time, why, and what instead."""
    with in_language_of(asker):
        body = _(
            "danke, dass du bei „%(team)s“ mitmachen wolltest. Diesmal passt es leider nicht.",
            team=request.team.name,
        )
        if request.reason and request.reason != wording.OTHER:
            body += "\n\n" + str(wording.ALL_DECLINE_REASONS[request.reason])
        body = _with_words(body, request.note)
        body += "\n\n" + _("Auf der Seite deiner Anfrage findest du Teams, die gerade suchen.")
        _tell(asker, request, "declined", _("Antwort auf deine Anfrage"), body, urgent=True)


def tell_done(request: JoinRequest, others: Iterable[User]) -> None:
    """Tell the other leads that nothing is left to do; nothing of what was answered is repeated."""
    for lead in others:
        with in_language_of(lead):
            if request.state == "withdrawn":
                body = _("%(who)s hat die Anfrage an „%(team)s“ zurückgezogen.", **_names(request))
            else:
                body = _(
                    "Die Anfrage von %(who)s an „%(team)s“ ist beantwortet.", **_names(request)
                )
            subject = _("Hier ist nichts mehr zu tun")
            _tell(lead, request, "done", subject, body, about=request.user)


def remind_leads(request: JoinRequest, leads: Iterable[User], key: str) -> None:
    """Remind the leads that somebody waits."""
    for lead in leads:
        with in_language_of(lead):
            body = _(
                "%(who)s möchte bei „%(team)s“ mitmachen und wartet seit dem %(since)s. Auch ein "
                "freundliches Nein hilft: Dann kann %(who)s weitersuchen.",
                since=format_datetime(request.created_at, "d. MMMM"),
                **_names(request),
            )
            if request.escalated_at:
                body += " " + _(
                    "Das Unterstützungsteam sieht die Anfrage jetzt auch und hilft gern."
                )
            subject = _("%(who)s wartet auf eure Antwort", **_names(request))
            _tell(lead, request, key, subject, body, urgent=True, about=request.user)


def tell_escalated(request: JoinRequest, asker: User) -> None:
    """Tell coordinators that a request needs them, and who asked that they look after it."""
    for coordinator in coordinators():
        if coordinator.id == asker.id:
            continue
        with in_language_of(coordinator):
            notify(
                coordinator,
                category="coordination",
                key=f"join-request:{request.id}:escalated",
                subject=_("Eine Beitrittsanfrage braucht euch"),
                body=_(
                    "Eine Anfrage an „%(team)s“ wartet beim Unterstützungsteam: weil das Team "
                    "nicht antwortet, niemand es leitet oder die Person noch nicht 16 ist.",
                    team=request.team.name,
                ),
                path=path_of(request),
            )
    if request.cleared_at is not None:
        with in_language_of(asker):
            body = _(
                "„%(team)s“ hat noch nicht geantwortet. Das Unterstützungsteam kümmert sich jetzt "
                "mit darum.",
                team=request.team.name,
            )
            _tell(asker, request, "escalated", _("Wir fragen für dich nach"), body)


def tell_left(team: Team, who: User, farewell: str, leads: Iterable[User], key: str) -> None:
    """Tell the leads that somebody left, with their words."""
    for lead in leads:
        with in_language_of(lead):
            text = _(
                "%(who)s ist nicht mehr im Team „%(team)s“.", who=first_name(who), team=team.name
            )
            notify(
                lead,
                category="teams",
                key=key,
                subject=_("%(who)s hat das Team verlassen", who=first_name(who)),
                body=_with_words(text, farewell),
                path=f"/teams/{team.id}/mitglieder",
                about=who,
            )


def tell_without_lead(team: Team, key: str) -> None:
    """Tell the coordinators that nobody leads a running team."""
    for coordinator in coordinators():
        with in_language_of(coordinator):
            notify(
                coordinator,
                category="coordination",
                key=key,
                subject=_("„%(team)s“ hat keine Teamleitung mehr", team=team.name),
                body=_("Die letzte Teamleitung ist gegangen. Sucht bitte mit dem Team eine neue."),
                path=f"/teams/{team.id}/mitglieder",
            )


def tell_removed(team: Team, member: User, reason: str, words: str, key: str) -> None:
    """Tell somebody kindly why they are not in the team any more."""
    with in_language_of(member):
        body = _(
            "du gehörst jetzt nicht mehr zum Team „%(team)s“. Danke für alles, was du beigetragen "
            "hast.",
            team=team.name,
        )
        if reason != wording.OTHER:
            body += "\n\n" + str(wording.REMOVAL_REASONS[reason])
        body = _with_words(body, words)
        body += "\n\n" + _(
            "Wenn du darüber sprechen möchtest: Das Unterstützungsteam hört dir gern zu."
        )
        notify(
            member,
            category="teams",
            key=key,
            subject=_("Du bist nicht mehr im Team „%(team)s“", team=team.name),
            body=body,
            path=f"/teams/{team.id}",
            urgent=True,
        )


def tell_thanks(team: Team, member: User, words: str, key: str) -> None:
    """Bring a word of thanks."""
    with in_language_of(member):
        body = _("das Team „%(team)s“ sagt dir Danke:", team=team.name)
        notify(
            member,
            category="teams",
            key=key,
            subject=_("Danke!"),
            body=f"{body}\n\n{words}",
            path=f"/teams/{team.id}",
        )


def offer_lead(offer: LeadOffer) -> None:
    """Offer somebody the lead; the link works without signing in."""
    token = make_key(LEAD, offer.id, days=LEAD_OFFER_STANDS, user_id=offer.user_id)
    with in_language_of(offer.user):
        names = {"who": first_name(offer.by), "team": offer.team.name}
        if offer.together:
            body = _("%(who)s möchte das Team „%(team)s“ zusammen mit dir leiten.", **names)
        else:
            body = _("%(who)s möchte dir die Leitung von „%(team)s“ übergeben.", **names)
        body += " " + _(
            "Wer leitet, beantwortet Anfragen und hält die Seite des Teams aktuell. Ja oder Nein? "
            "Ein Klick genügt, ohne Anmelden. Beides ist in Ordnung."
        )
        notify(
            offer.user,
            category="teams",
            key=f"lead-offer:{offer.id}",
            subject=_("Möchtest du „%(team)s“ leiten?", team=offer.team.name),
            body=body,
            path=f"/leitung/antwort/{token}",
            urgent=True,
            about=offer.by,
        )


def tell_lead_answer(offer: LeadOffer) -> None:
    """Tell who offered the lead what came of it."""
    with in_language_of(offer.by):
        names = {"who": first_name(offer.user), "team": offer.team.name}
        words = {
            "accepted": _("%(who)s leitet jetzt „%(team)s“.", **names),
            "declined": _("%(who)s möchte „%(team)s“ gerade nicht leiten.", **names),
            "expired": _("%(who)s hat auf dein Angebot zu „%(team)s“ nicht geantwortet.", **names),
        }
        notify(
            offer.by,
            category="teams",
            key=f"lead-offer:{offer.id}:{offer.state}",
            subject=_("Teamleitung von „%(team)s“", team=offer.team.name),
            body=words[offer.state],
            path=f"/teams/{offer.team_id}/mitglieder",
            urgent=True,
            about=offer.user,
        )


def ask_about_opening(opening: Opening, leads: Iterable[User], *, is_over: bool) -> None:
    """Ask the leads whether an opening still holds; the link works without signing in."""
    when = "over" if is_over else "ending"
    for lead in leads:
        token = make_key(RENEWAL, opening.id, days=21, user_id=lead.id)
        with in_language_of(lead):
            names = {"title": opening.title, "team": opening.team.name}
            if is_over:
                subject = _("Euer Gesuch ist abgelaufen: noch aktuell?")
                body = _(
                    "Das Gesuch „%(title)s“ vom Team „%(team)s“ ist abgelaufen und steht in keiner "
                    "Liste mehr. Sucht ihr noch? Ein Klick genügt, ohne Anmelden.",
                    **names,
                )
            else:
                subject = _("Euer Gesuch endet bald: noch aktuell?")
                body = _(
                    "Das Gesuch „%(title)s“ vom Team „%(team)s“ endet am %(day)s. Ist es noch "
                    "aktuell oder erledigt? Ein Klick genügt, ohne Anmelden.",
                    day=_day(opening.wanted_until),
                    **names,
                )
            notify(
                lead,
                category="openings",
                key=f"opening:{opening.id}:{when}:{opening.wanted_until}",
                subject=subject,
                body=body,
                path=f"/gesuche/antwort/{token}",
                urgent=True,
            )


def path_of(request: JoinRequest) -> str:
    """Return the address of a request's page."""
    return f"/beitrittsanfragen/{request.id}"


def waiting_words(days: int) -> str:
    """Return for how long somebody has been waiting."""
    return _("seit heute") if not days else ngettext("seit %(num)d Tag", "seit %(num)d Tagen", days)


def _tell(
    user: User,
    request: JoinRequest,
    event: str,
    subject: str,
    body: str,
    *,
    urgent: bool = False,
    about: User | None = None,
) -> None:
    notify(
        user,
        category="teams",
        key=f"join-request:{request.id}:{event}",
        subject=subject,
        body=body,
        path=path_of(request),
        urgent=urgent,
        about=about,
    )


def _names(request: JoinRequest) -> dict[str, str]:
    return {"who": first_name(request.user), "team": request.team.name}


def _with_words(body: str, words: str) -> str:
    return f"{body}\n\n{words}" if words else body


def _day(day: date) -> str:
    return format_date(day, "d. MMMM")
