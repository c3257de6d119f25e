"""A team from an idea in one step: its people, its openings, nothing twice. No commits here.

Rooms that come later know more about an idea: whom it brought together, what such a project needs.
They register what they know.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict
from portal.extensions import db
from portal.ideas.models import Idea
from portal.messages.keys import make_key
from portal.messages.notifications import in_language_of, notify
from portal.places.models import District
from portal.teams.actions import add_member, change_state, give_idea, open_opening
from portal.teams.models import Invitation, Team
from portal.teams.needs import Need, distinct, needs_in

INVITATION = "team-invitation"  # the purpose of the key in the mail
DAYS_TO_ANSWER = 30
# Rooms that come later say whom an idea brought together, and what a project like it needs.
PEOPLE: list[Callable[[Idea], Iterable[int]]] = []
NEEDS: list[Callable[[Idea], Iterable[Need]]] = []


class NotPaused(Conflict):
    """Only a team that rests takes up somebody else's idea."""

    message = _l("Dieses Team ruht nicht mehr. Sieh dir noch einmal an, was passt.")


class InvitationOver(Conflict):
    """The team has ended, or the invitation was answered."""

    message = _l("Diese Einladung gilt nicht mehr.")


def people_for(idea: Idea) -> Sequence[User]:
    """Return who could be in a team for `idea`: its initiator, and whom it brought together.

    Somebody under 16 is not asked by mail; a coordinator speaks with them and their parents.
    """
    ids = [idea.initiator_id, *(user_id for know in PEOPLE for user_id in know(idea))]
    order = {user_id: number for number, user_id in enumerate(dict.fromkeys(ids)) if user_id}
    found = db.session.scalars(
        select(User)
        .where(User.id.in_(order), User.active, User.under_16.is_(False))
        .order_by(User.id)
    ).all()
    return sorted(found, key=lambda user: order[user.id])


def needs_for(idea: Idea) -> Sequence[Need]:
    """Return what a team for `idea` could look for: from its own words first."""
    own = needs_in((idea.wish, idea.problem, idea.contribution))
    return distinct([*own, *(need for know in NEEDS for need in know(idea))])


def gather(
    team: Team,
    *,
    by: User,
    ask: Iterable[User],
    agreed: Iterable[User],
    lead: User | None,
    needs: Iterable[Need] = (),
) -> None:
    """Bring a new team its people and openings: who agreed is in, the others are asked."""
    joined = list(agreed)
    for user in joined:
        note_agreement(team, user, is_lead=user == lead, by=by)
    for user in ask:
        if user not in joined:
            invite(team, user, is_lead=user == lead)
    district = db.session.get(District, team.district_id) if team.district_id else None
    for need in needs:
        open_opening(
            team,
            by=by,
            kind=need.kind,
            title=need.title,
            languages=team.languages,
            district=district,
        )


def take_up(team: Team, idea: Idea, *, by: User) -> None:
    """Let a paused team go on with `idea` instead of founding another one."""
    if team.state != "pausiert":
        raise NotPaused(team.id)
    give_idea(team, idea, by=by)
    note = _("Das Team hat wieder etwas vor.")
    if idea.is_public:
        note = _("Das Team nimmt die Idee „%(idea)s“ auf.", idea=idea.title)
    change_state(team, state="laeuft", self_supporting=team.self_supporting, by=by, note=note)


def invite(team: Team, user: User, *, is_lead: bool) -> Invitation:
    """Ask somebody to be in `team`; asking twice keeps the first question."""
    invitation, is_new = _invitation(team, user, is_lead)
    if is_new:
        key = make_key(INVITATION, invitation.id, days=DAYS_TO_ANSWER, user_id=user.id)
        with in_language_of(user):
            notify(
                user,
                category="teams",
                key=f"team-invitation:{invitation.id}",
                subject=_("Bist du im Team „%(team)s“ dabei?", team=team.name),
                body=_(
                    "Aus einer Idee wird das Team „%(team)s“, und wir haben an dich gedacht. Bist "
                    "du dabei? Ein Klick genügt, auch ohne dich anzumelden.",
                    team=team.name,
                ),
                path=f"/teams/einladung/{key}",
                urgent=True,
            )
    return invitation


def note_agreement(team: Team, user: User, *, is_lead: bool, by: User) -> Invitation:
    """Note that somebody agreed elsewhere: they are in, and are told so."""
    invitation, is_new = _invitation(team, user, is_lead)
    if is_new:
        invitation.answer, invitation.answered_at = True, clock.now()
        invitation.noted_by_id = by.id
        add_member(team, user, is_lead=is_lead)
        with in_language_of(user):
            notify(
                user,
                category="teams",
                key=f"team-invitation:{invitation.id}:noted",
                subject=_("Du bist im Team „%(team)s“", team=team.name),
                body=_(
                    "Du hast dem Unterstützungsteam gesagt, dass du dabei bist: Jetzt steht das "
                    "Team „%(team)s“ im Portal. Stimmt das nicht? Auf der Seite des Teams kannst "
                    "du es wieder verlassen.",
                    team=team.name,
                ),
                path=f"/teams/{team.id}",
            )
    return invitation


def answer_invitation(invitation: Invitation, yes: bool) -> None:
    """Note the person's own answer; the first one counts."""
    team = db.session.get_one(Team, invitation.team_id)
    if invitation.answer is not None:
        if invitation.answer == yes:
            return  # the same button twice
        raise InvitationOver(invitation.id)
    if not team.takes_people:
        raise InvitationOver(invitation.id)
    invitation.answer, invitation.answered_at = yes, clock.now()
    if yes:
        user = db.session.get_one(User, invitation.user_id)
        add_member(team, user, is_lead=invitation.is_lead)
    db.session.flush()


def invitation_page(invitation_id: int) -> Invitation | None:
    """Return an invitation with its team and the person, held until the transaction ends."""
    return db.session.scalar(
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(joinedload(Invitation.team), joinedload(Invitation.user))
        .with_for_update(of=Invitation)
    )


def invitation_counts(team: Team) -> Mapping[str, int]:
    """Return how many were asked to be in `team` and how they answered."""
    answers = db.session.scalars(
        select(Invitation.answer).where(Invitation.team_id == team.id).order_by(Invitation.id)
    ).all()
    return {
        "asked": len(answers),
        "waiting": answers.count(None),
        "joined": answers.count(True),
    }


def _invitation(team: Team, user: User, is_lead: bool) -> tuple[Invitation, bool]:
    invitation = Invitation(team_id=team.id, user_id=user.id, is_lead=is_lead)
    try:
        with db.session.begin_nested():
            db.session.add(invitation)
    except IntegrityError:
        found = select(Invitation).where(
            Invitation.team_id == team.id, Invitation.user_id == user.id
        )
        return db.session.scalars(found).one(), False
    return invitation, True
