"""The signed-in start page: one next step at a time, what waits, what fits, what is near."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.gatherings.models import Gathering, SignUp
from portal.ideas.models import Idea
from portal.matches.cards import Card, cards_for
from portal.matches.models import Introduction, IntroductionSide
from portal.matches.queries import suggestions_about
from portal.messages.queries import unread_threads
from portal.organisations.models import Booking, OrganisationMember, Resource
from portal.places.models import District
from portal.profiles.models import Profile
from portal.recruiting.models import OPEN, JoinRequest
from portal.teams.models import Membership

FITTING = 3
GATHERINGS = 3
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do: what it is, and where it is done."""

    title: str
    text: str
    url: str
    button: str


def steps_for(user: User) -> list[Step]:
    """Return what the person can do next, the most pressing first; one statement."""
    waiting = _count_waiting(user)
    steps = [make(count) for name, make in _WAITING.items() if (count := waiting[name])]
    if user.is_coordinator:
        steps.append(
            Step(
                _("Dein Arbeitstag"),
                _("Was wartet, das Älteste zuerst, und wie lange es etwa dauert."),
                url_for("coordination.workbench"),
                _("Zur Koordination"),
            )
        )
    elif not waiting["profiles"]:
        steps.append(
            Step(
                _("Erzähl uns, was du gern machst"),
                _("Zwei Minuten genügen. Danach zeigen wir dir Teams und Ideen, die dazu passen."),
                url_for("profiles.edit"),
                _("Profil anlegen"),
            )
        )
    return steps


def fitting_cards(user: User) -> list[Card]:
    """Return the openings, teams and ideas that fit the person's profile best, with reasons."""
    if user.under_16:
        return []
    subject = ("person", user.id)
    public = [
        suggestion
        for suggestion in suggestions_about(subject)
        if "person" not in _other_kinds(suggestion.source_kind, suggestion.target_kind)
    ]
    return cards_for(subject, public[:FITTING], user)


def gatherings_near(user: User) -> Sequence[Gathering]:
    """Return the next gatherings, those in the person's borough first."""
    home = (
        select(District.borough_id)
        .join(Profile, Profile.district_id == District.id)
        .where(Profile.user_id == user.id)
        .scalar_subquery()
    )
    is_near = select(District.id).where(District.borough_id == home)
    return db.session.scalars(
        select(Gathering)
        .where(Gathering.cancelled_at.is_(None), Gathering.starts_at > clock.now())
        .options(joinedload(Gathering.district))
        .order_by(
            or_(Gathering.district_id.is_(None), Gathering.district_id.not_in(is_near)),
            Gathering.starts_at,
            Gathering.id,
        )
        .limit(GATHERINGS)
    ).all()


def _other_kinds(source: str, target: str) -> list[str]:
    kinds = [source, target]
    kinds.remove("person")
    return kinds


def _count_waiting(user: User) -> dict[str, int | None]:
    """Count all that waits for the person, in one statement."""
    columns = [
        count(user).scalar_subquery().label(name)
        for name, count in (
            ("introductions", _introductions),
            ("requests", _requests),
            ("questions", _questions),
            ("bookings", _bookings),
            ("messages", lambda person: unread_threads(person.id)),
            ("gatherings", _gatherings),
            ("profiles", _profiles),
        )
    ]
    return dict(db.session.execute(select(*columns)).mappings().one())


def _introductions(user: User) -> Select[int]:
    return (
        select(func.count(IntroductionSide.id))
        .join(IntroductionSide.introduction)
        .where(
            IntroductionSide.user_id == user.id,
            IntroductionSide.answer.is_(None),
            Introduction.asked_at.is_not(None),
            Introduction.closed_at.is_(None),
        )
    )


def _questions(user: User) -> Select[int]:
    return select(func.count(Idea.id)).where(
        Idea.initiator_id == user.id, Idea.state == "rueckfrage", Idea.withdrawn_at.is_(None)
    )


def _requests(user: User) -> Select[int]:
    """Select a team the person leads to which somebody wants to belong."""
    led = select(Membership.team_id).where(
        Membership.user_id == user.id, Membership.is_lead.is_(True), Membership.left_at.is_(None)
    )
    return select(func.min(JoinRequest.team_id)).where(
        JoinRequest.team_id.in_(led),
        JoinRequest.state == OPEN,
        JoinRequest.cleared_at.is_not(None),
    )


def _bookings(user: User) -> Select[int]:
    own = select(OrganisationMember.organisation_id).where(OrganisationMember.user_id == user.id)
    return (
        select(func.count(Booking.id))
        .join(Booking.resource)
        .where(
            Resource.organisation_id.in_(own),
            Booking.answered_at.is_(None),
            Booking.cancelled_at.is_(None),
        )
    )


def _gatherings(user: User) -> Select[int]:
    now = clock.now()
    return (
        select(func.count(SignUp.id))
        .join(Gathering, Gathering.id == SignUp.gathering_id)
        .where(
            SignUp.user_id == user.id,
            SignUp.seated_at.is_not(None),
            SignUp.cancelled_at.is_(None),
            Gathering.cancelled_at.is_(None),
            Gathering.starts_at.between(now, now + SOON),
        )
    )


def _profiles(user: User) -> Select[int]:
    return select(func.count(Profile.id)).where(Profile.user_id == user.id)


# In the order in which people wait for an answer. Each gets what was counted, requests a team's id.
_WAITING = {
    "introductions": lambda count: Step(
        ngettext(
            "Jemand wartet auf dein Ja oder Nein",
            "%(num)d Menschen warten auf dein Ja oder Nein",
            count,
        ),
        _("Sieh dir an, wer es ist und warum ihr zusammenpasst. Ein Nein ist völlig in Ordnung."),
        url_for("matches.introductions"),
        _("Ansehen und antworten"),
    ),
    "requests": lambda team_id: Step(
        _("Jemand möchte in deinem Team mitmachen"),
        _("Lies, was die Person schreibt, und antworte bis zu dem Tag, den sie nennt."),
        url_for("recruiting.team_requests", team_id=team_id),
        _("Anfrage ansehen"),
    ),
    "questions": lambda count: Step(
        ngettext(
            "Zu deiner Idee gibt es eine Rückfrage",
            "Zu %(num)d deiner Ideen gibt es eine Rückfrage",
            count,
        ),
        _("Mit deiner Antwort kann es weitergehen."),
        url_for("ideas.mine"),
        _("Zu meinen Ideen"),
    ),
    "bookings": lambda count: Step(
        ngettext(
            "Jemand möchte etwas von euch leihen",
            "%(num)d Anfragen an euren Verein warten",
            count,
        ),
        _("Ein Ja oder Nein genügt, dann kann die andere Seite planen."),
        url_for("organisations.bookings"),
        _("Anfragen ansehen"),
    ),
    "messages": lambda count: Step(
        ngettext("Eine neue Nachricht für dich", "%(num)d Gespräche mit neuen Nachrichten", count),
        _("Lies sie und antworte im Portal; deine Adresse bleibt privat."),
        url_for("messages.inbox"),
        _("Zu den Nachrichten"),
    ),
    "gatherings": lambda count: Step(
        ngettext("Diese Woche hast du einen Termin", "Diese Woche hast du %(num)d Termine", count),
        _("Sieh nach, wo es ist und was du mitbringen wolltest."),
        url_for("gatherings.index", meine=1),
        _("Meine Termine"),
    ),
}
