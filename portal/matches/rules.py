"""Who may see, wish for and decide a suggestion. Pure functions: no query, no request."""

from collections.abc import Collection, Mapping

from portal.accounts.models import User
from portal.matches.models import Introduction, IntroductionSide
from portal.profiles.models import COORDINATORS, PUBLIC


def may_decide(user: User, owners: Collection[int]) -> bool:
    """Coordinators decide, but never about themselves or their own idea (four eyes)."""
    return user.is_authenticated and user.is_coordinator and user.id not in owners


def may_answer(user: User, side: IntroductionSide) -> bool:
    """The person who was asked; without an account the link's token stands for them."""
    return side.user_id is None or (user.is_authenticated and user.id == side.user_id)


def may_be_called(introduction: Introduction, side: IntroductionSide) -> bool:
    """Whether a call can take the place of a question that was mailed and is not answered."""
    runs = introduction.introduced_at is None and introduction.closed_at is None
    is_asked = introduction.asked_at is not None
    return runs and is_asked and side.answer is None and side.channel != "telefon"


def may_see_people_of(user: User, leads: list[int]) -> bool:
    """Suggested people are shown to the leads of a team and to coordinators."""
    return user.is_authenticated and (user.is_coordinator or user.id in leads)


def can_be_asked(kind: str, facts: Mapping[str, object]) -> bool:
    """Whether somebody stands behind a team, an opening or an idea who can say yes or no."""
    return bool(facts.get("can_be_asked" if kind == "idea" else "leads"))


def may_read_entry(user: User, is_public: bool, owners: Collection[int]) -> bool:
    """Whether `user` may read an idea, team, opening or office; unlooked-at ideas are for few."""
    if is_public:
        return True
    return user.is_authenticated and (user.is_coordinator or user.id in owners)


def sees_field(user: User, visibility: str) -> bool:
    """Whether `user` may read a profile's field that is opened this far."""
    if visibility == PUBLIC:
        return True
    if not user.is_authenticated:
        return False
    return user.is_coordinator or visibility != COORDINATORS


def visible_fields(user: User, shows: Mapping[str, str]) -> list[str]:
    """Return the names of the fields `user` may read, in order."""
    return [name for name, visibility in shows.items() if sees_field(user, visibility)]
