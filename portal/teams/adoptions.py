"""Taking over a paused team: somebody offers, a lead or a coordinator answers. No commits here."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import User
from portal.accounts.queries import coordinators
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.messages.notifications import in_language_of, notify
from portal.profiles.rules import first_name
from portal.teams import queries
from portal.teams.actions import add_member, change_state
from portal.teams.models import Adoption, Membership, Team


class NotPaused(Conflict):
    """The team runs again, or has ended for good."""

    message = _l("Dieses Team ist gerade nicht zu übernehmen: Es läuft wieder oder ist zu Ende.")


class AlreadyAnswered(Conflict):
    """Somebody else answered a moment earlier, or the offer was taken back."""

    message = _l("Diese Anfrage ist inzwischen beantwortet oder zurückgezogen.")


class ReplyMissing(PortalError):
    """A no without a word."""

    message = _l("Schreib bitte einen Satz dazu: Ein Nein kommt nie ohne Erklärung.")


def offer_adoption(team: Team, user: User, *, message: str, brings: str = "") -> Adoption:
    """Offer to take over `team`; offering twice keeps the open offer."""
    if team.state != "pausiert":
        raise NotPaused(team.id)
    adoption = Adoption(team_id=team.id, user_id=user.id, message=message, brings=brings)
    try:
        with db.session.begin_nested():
            db.session.add(adoption)
    except IntegrityError:  # the same form twice
        return db.session.scalars(
            select(Adoption).where(
                Adoption.team_id == team.id, Adoption.user_id == user.id, is_waiting()
            )
        ).one()
    _tell_who_answers(
        adoption,
        "offered",
        _l("Jemand möchte „%(team)s“ übernehmen", team=team.name),
        _l(
            "Für das pausierte Team „%(team)s“ gibt es ein Angebot. Sieh es dir an und antworte; "
            "gewartet wird auf dich.",
            team=team.name,
        ),
    )
    return adoption


def accept_adoption(adoption: Adoption, *, by: User, reply: str = "") -> None:
    """Let the person lead the team, which runs again from today; tell everybody who waited."""
    team = db.session.scalars(
        select(Team).where(Team.id == adoption.team_id).with_for_update()
    ).one()
    if team.state != "pausiert":
        raise NotPaused(team.id)
    _close(adoption, answer=True, by=by, reply=reply)
    user = db.session.get_one(User, adoption.user_id)
    members = [member.user for member in queries.members_of(team)]
    add_member(team, user, is_lead=True)
    change_state(
        team,
        state="laeuft",
        self_supporting=team.self_supporting,
        by=by,
        note=_("Neue Leute haben das Team übernommen. Es geht weiter."),
    )
    _tell_answer(adoption, user, team)
    waiting = _close_others(team)
    for person in {other.id: other for other in (*waiting, *members)}.values():
        if person.id not in (user.id, by.id):
            _tell_that_it_goes_on(adoption, person, team)


def refuse_adoption(adoption: Adoption, *, by: User, reply: str) -> None:
    """Say no with a reason; the team stays open to others."""
    if not reply.strip():
        raise ReplyMissing
    _close(adoption, answer=False, by=by, reply=reply)
    user = db.session.get_one(User, adoption.user_id)
    _tell_answer(adoption, user, db.session.get_one(Team, adoption.team_id))


def take_back_adoption(adoption: Adoption) -> None:
    """Withdraw an offer nobody has answered."""
    _close(adoption, answer=None, by=None, reply="")


def remind_of(adoption: Adoption) -> None:
    """Remind whoever answers that somebody waits."""
    team = db.session.get_one(Team, adoption.team_id)
    _tell_who_answers(
        adoption,
        "reminder",
        _l("„%(team)s“ wartet auf eine Antwort", team=team.name),
        _l(
            "Seit ein paar Tagen möchte jemand das pausierte Team „%(team)s“ übernehmen. Sag bitte "
            "Ja oder Nein.",
            team=team.name,
        ),
    )


def close_overtaken(adoption: Adoption) -> None:
    """Close an offer for a team that does not pause any more, and say so."""
    adoption.closed_at = clock.now()
    db.session.flush()
    team = db.session.get_one(Team, adoption.team_id)
    person = db.session.get_one(User, adoption.user_id)
    if team.takes_people:
        _tell_that_it_goes_on(adoption, person, team)
        return
    with in_language_of(person):
        notify(
            person,
            category="teams",
            key=f"adoption:{adoption.id}:ended",
            subject=_("„%(team)s“ ist abgeschlossen", team=team.name),
            body=_("Das Team ist inzwischen zu Ende. Danke, dass du gefragt hast!"),
            path=f"/teams/{team.id}",
        )


def adoption_page(adoption_id: int) -> Adoption | None:
    """Return an offer with its team and the person."""
    return db.session.scalar(
        select(Adoption)
        .where(Adoption.id == adoption_id)
        .options(joinedload(Adoption.team), joinedload(Adoption.user))
    )


def open_adoptions_of(team: Team) -> Sequence[Adoption]:
    """Return the offers for `team` that wait for an answer, longest waiting first."""
    return db.session.scalars(
        select(Adoption).where(Adoption.team_id == team.id, is_waiting()).order_by(Adoption.id)
    ).all()


def is_waiting() -> ColumnElement[bool]:
    """Whether an offer waits for an answer."""
    return Adoption.closed_at.is_(None)


def _close(adoption: Adoption, *, answer: bool | None, by: User | None, reply: str) -> None:
    """Close the offer if nobody did so a moment ago."""
    closed = db.session.execute(
        update(Adoption)
        .where(Adoption.id == adoption.id, is_waiting())
        .values(
            closed_at=clock.now(),
            answer=answer,
            answered_by_id=by.id if by else None,
            reply=reply,
        )
        .execution_options(synchronize_session=False)
    )
    if not closed.rowcount:  # type: ignore[attr-defined]
        raise AlreadyAnswered(adoption.id)
    db.session.refresh(adoption, ("closed_at", "answer", "answered_by_id", "reply"))


def _close_others(team: Team) -> list[User]:
    """Close the other offers without an answer and return who made them."""
    waiting = open_adoptions_of(team)
    for adoption in waiting:
        adoption.closed_at = clock.now()
    db.session.flush()
    ids = [adoption.user_id for adoption in waiting]
    return list(db.session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id)))


def _who_answers(team: Team, but: User) -> list[User]:
    """Return the team's leads and the coordinators."""
    leads = db.session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.team_id == team.id,
            Membership.left_at.is_(None),
            Membership.is_lead.is_(True),
            User.active,
        )
        .order_by(User.id)
    ).all()
    everybody = {user.id: user for user in (*leads, *coordinators())}
    return [user for user in everybody.values() if user.id != but.id]


def _tell_who_answers(adoption: Adoption, event: str, subject: object, body: object) -> None:
    """Tell leads and coordinators something, each in their language."""
    team = db.session.get_one(Team, adoption.team_id)
    for reader in _who_answers(team, db.session.get_one(User, adoption.user_id)):
        with in_language_of(reader):
            notify(
                reader,
                category="coordination" if reader.is_coordinator else "teams",
                key=f"adoption:{adoption.id}:{event}",
                subject=str(subject),
                body=str(body),
                path=f"/uebernahmen/{adoption.id}",
                urgent=True,
            )


def _tell_answer(adoption: Adoption, user: User, team: Team) -> None:
    with in_language_of(user):
        if adoption.answer:
            subject = _("Du leitest jetzt „%(team)s“", team=team.name)
            text = _(
                "Schön, dass du weitermachst! Das Team „%(team)s“ läuft seit heute wieder, und du "
                "leitest es. Schreib am besten gleich einen Stand und ein Gesuch.",
                team=team.name,
            )
            path = f"/teams/{team.id}"
        else:
            subject = _("Antwort auf dein Angebot für „%(team)s“", team=team.name)
            text = _("Dieses Mal wird es nichts mit der Übernahme. Danke, dass du gefragt hast!")
            path = f"/uebernahmen/{adoption.id}"
        notify(
            user,
            category="teams",
            key=f"adoption:{adoption.id}:answered",
            subject=subject,
            body=f"{text}\n\n{adoption.reply}".strip(),
            path=path,
            urgent=True,
        )


def _tell_that_it_goes_on(adoption: Adoption, person: User, team: Team) -> None:
    with in_language_of(person):
        notify(
            person,
            category="teams",
            key=f"adoption:{adoption.id}:goes-on",
            subject=_("„%(team)s“ läuft wieder", team=team.name),
            body=_(
                "Das Team „%(team)s“ hat wieder eine Leitung und macht weiter. Wenn du noch Lust "
                "hast: Auf der Seite des Teams steht, wie du mitmachen kannst.",
                team=team.name,
            ),
            path=f"/teams/{team.id}",
        )


def name_of(adoption: Adoption) -> str:
    """Return how the person who offers is called."""
    return first_name(adoption.user)
