"""How a row of another room reads to the matcher: its text, its hard facts, whether it is public.

A subject is named by kind and id (`("team", 7)`). `describe` is the only place that knows which
fields of which room take part in matching.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.offices.models import Office
from portal.organisations.models import Organisation, Resource
from portal.places.models import Borough, District
from portal.profiles.models import COORDINATORS, Profile
from portal.profiles.queries import matching_consent
from portal.profiles.rules import first_name
from portal.teams.models import Membership, Opening, Team

Subject = tuple[str, int]
SUGGESTED_FIELDS = ("can", "cares", "learn")


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of a subject that is compared on its own."""

    title: str
    text: str
    language: str | None
    is_offer: bool = True


@dataclass(frozen=True, slots=True)
class Description:
    """What the index stores of a subject: its passages, the first one for display, and facts."""

    passages: tuple[Passage, ...]
    is_public: bool
    facts: dict[str, object] = field(default_factory=dict)


def describe(subject: Subject) -> Description | None:
    """Return the current description, or None if the subject must not be in the index."""
    kind, subject_id = subject
    return _DESCRIBERS[kind](subject_id)


def _idea(idea_id: int) -> Description | None:
    # A select, not a get: an idea just written is in the session without its district.
    found = select(Idea).where(Idea.id == idea_id).options(joinedload(Idea.district))
    idea = db.session.scalar(found)
    if idea is None or idea.hidden_at or (idea.under_16 and not idea.is_public):
        return None
    facts = _place(idea.district) | {
        "owners": _people_behind(idea),
        "can_be_asked": idea.can_be_asked,
        "state": idea.state,
    }
    text = _sentences(idea.problem, idea.wish, idea.contribution)
    return Description((Passage(idea.title, text, idea.language),), idea.is_public, facts)


def _people_behind(idea: Idea) -> list[int]:
    """Return the initiator's account, also where they posted without signing in."""
    if idea.initiator_id or not idea.contact_email:
        return [idea.initiator_id] if idea.initiator_id else []
    address = idea.contact_email.casefold()
    same = select(User.id).where(User.email == address, User.confirmed_at.is_not(None))
    return list(db.session.scalars(same.order_by(User.id)))


def _person(user_id: int) -> Description | None:
    found = select(Profile).where(Profile.user_id == user_id)
    profile = db.session.scalar(
        found.options(joinedload(Profile.district), joinedload(Profile.user))
    )
    if profile is None or not _may_be_matched(profile.user):
        return None
    offers = _sentences(profile.can, profile.cares)
    if not offers and not profile.learn:
        return None
    facts = _place(profile.district) | {
        "owners": [user_id],
        "times": profile.times,
        "languages": profile.languages,
        "reach": profile.reach,
        "rules_out": profile.rules_out,
        "shows": {name: profile.visibility_of(name) for name in (*SUGGESTED_FIELDS, "district")},
    }
    name = first_name(profile.user)
    passages = [Passage(name, offers, profile.language, is_offer=bool(offers))]
    if profile.learn:
        passages.append(Passage(name, profile.learn, profile.language, is_offer=False))
    return Description(tuple(passages), profile.visibility_of("can") != COORDINATORS, facts)


def _may_be_matched(user: User) -> bool:
    """Only grown-ups with a living account who agreed are compared by machine."""
    return user.active and not user.under_16 and matching_consent(user) is not None


def _team(team_id: int) -> Description | None:
    found = select(Team).where(Team.id == team_id).options(joinedload(Team.district))
    team = db.session.scalar(found)
    if team is None:
        return None
    wanted = _wanted(team_id)
    facts = _place(team.district) | _members(team_id)
    facts |= {"state": team.state, "has_openings": bool(wanted)}
    text = _sentences(", ".join(team.focus), team.challenge, *wanted)
    return Description((Passage(team.name, text, team.language),), True, facts)


def _opening(opening_id: int) -> Description | None:
    wanted = select(Opening).where(Opening.id == opening_id)
    opening = db.session.scalar(
        wanted.options(
            joinedload(Opening.district), joinedload(Opening.team).joinedload(Team.district)
        )
    )
    if opening is None or not opening.is_open or not opening.team.takes_people:
        return None
    facts = (
        _place(opening.district or opening.team.district)
        | _members(opening.team_id)
        | {
            "team_id": opening.team_id,
            "wants": opening.kind,
            "state": opening.team.state,
            "times": opening.times,
            "languages": opening.languages,
        }
    )
    text = _sentences(opening.text, opening.team.name)
    return Description((Passage(opening.title, text, opening.language),), True, facts)


def _office(office_id: int) -> Description | None:
    office = db.session.get(Office, office_id)
    if office is None:
        return None
    foreign = {phrase for phrases in office.everyday_other.values() for phrase in phrases}
    german = [phrase for phrase in office.everyday if phrase not in foreign]
    passages = [Passage(office.name, _plain(office.duties), "de")]
    if german:
        passages.append(Passage(office.name, _plain(*german), "de"))
    for language, phrases in sorted(office.everyday_other.items()):
        passages.append(Passage(office.name, _plain(*phrases), language))
    return Description(tuple(passages), True, {"area": office.area})


def _resource(resource_id: int) -> Description | None:
    resource = db.session.scalar(
        select(Resource)
        .where(Resource.id == resource_id)
        .options(joinedload(Resource.organisation).joinedload(Organisation.district))
    )
    if resource is None or not resource.is_open or not resource.organisation.is_public:
        return None
    facts = _place(resource.organisation.district) | {"offers": resource.kind}
    text = _sentences(resource.text, resource.organisation.name)
    return Description((Passage(resource.title, text, "de"),), True, facts)


_DESCRIBERS: dict[str, Callable[[int], Description | None]] = {
    "idea": _idea,
    "person": _person,
    "team": _team,
    "opening": _opening,
    "office": _office,
    "resource": _resource,
}


def _place(district: District | None) -> dict[str, object]:
    if district is None:
        return {"district_id": None, "borough_id": None, "places": []}
    borough = db.session.get_one(Borough, district.borough_id)
    return {
        "district_id": district.id,
        "borough_id": district.borough_id,
        "places": [district.name, borough.name],
    }


def _members(team_id: int) -> dict[str, object]:
    rows = db.session.execute(
        select(Membership.user_id, Membership.is_lead)
        .where(Membership.team_id == team_id, Membership.left_at.is_(None))
        .order_by(Membership.id)
    ).all()
    return {
        "owners": [user_id for user_id, _is_lead in rows],
        "leads": [user_id for user_id, is_lead in rows if is_lead],
    }


def _wanted(team_id: int) -> list[str]:
    titles = db.session.scalars(
        select(Opening.title)
        .where(Opening.team_id == team_id, Opening.is_open)
        .order_by(Opening.id)
    )
    return list(titles)


def _plain(*parts: str) -> str:
    """Join texts without the districts' names: where is a fact, and no concern is about a name."""
    text = _sentences(*parts)
    for name in db.session.scalars(select(District.name).order_by(District.id)):
        text = text.replace(name, "")
    return text


def _sentences(*parts: str) -> str:
    """Join texts so that each keeps being a sentence of its own."""
    stripped = (part.strip() for part in parts)
    return "\n".join(part for part in stripped if part)
