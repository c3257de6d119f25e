"""What can happen to a profile. An action changes rows; the caller commits."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.actions import give_consent, withdraw_consent
from portal.accounts.models import User
from portal.choices import LANGUAGES, REACH, TIMES
from portal.extensions import db
from portal.places.models import District
from portal.profiles import rules
from portal.profiles.models import COORDINATORS, FIELDS, VISIBILITIES, Profile
from portal.profiles.queries import MATCHING


def save_profile(
    user: User,
    *,
    can: str,
    learn: str,
    cares: str,
    rules_out: str,
    times: Iterable[str],
    languages: Iterable[str],
    district: District | None,
    reach: str,
    visibility: Mapping[str, str],
) -> Profile:
    """Store what `user` tells about themselves; fields missing in `visibility` stay closed.

    Whoever is under 16 stays closed altogether: opening them takes a talk with a coordinator.
    """
    _refuse_unknown("reach", [reach], REACH)
    _refuse_unknown("visibility", visibility.values(), VISIBILITIES)
    profile = _profile_of(user)
    profile.can, profile.learn = can, learn
    profile.cares, profile.rules_out = cares, rules_out
    profile.times = _in_order("times", times, TIMES)
    profile.languages = _in_order("languages", languages, LANGUAGES)
    profile.district_id = district.id if district else None
    profile.reach = reach
    profile.visibility = {
        field: COORDINATORS if user.under_16 else visibility.get(field, COORDINATORS)
        for field in FIELDS
    }
    # An opened field that says nothing does not put anybody on a list.
    said = [field for field in FIELDS if _says_something(profile, field)]
    profile.openness = rules.widest([profile.visibility[field] for field in said])
    profile.changed_at = clock.now()
    db.session.flush()
    return profile


def note_facts(
    profile: Profile, *, times: Iterable[str], rules_out: Iterable[str], digest: str
) -> None:
    """Add facts the person confirmed; `digest` names the texts they were read from."""
    profile.times = _in_order("times", {*profile.times, *times}, TIMES)
    profile.rules_out = "\n".join(filter(None, (profile.rules_out, *rules_out)))
    profile.facts_digest, profile.changed_at = digest, clock.now()
    db.session.flush()


def delete_profile(user: User) -> None:
    """Forget what `user` told about themselves and their consent to matching; the account stays."""
    withdraw_consent(user, MATCHING)
    profile = db.session.scalar(_own(user))
    if profile is not None:
        db.session.delete(profile)
        db.session.flush()


def agree_to_matching(user: User, wording: str) -> None:
    """Note that `user` lets the portal compare their profile, in the words they agreed to."""
    give_consent(user, MATCHING, wording)


def _profile_of(user: User) -> Profile:
    profile = db.session.scalar(_own(user))
    if profile is None:
        try:
            with db.session.begin_nested():
                profile = Profile(user_id=user.id)
                db.session.add(profile)
        except IntegrityError:  # the form was sent twice at the same moment
            profile = db.session.scalars(_own(user)).one()
    return profile


def _own(user: User) -> Select[Profile]:
    return select(Profile).where(Profile.user_id == user.id)


def _says_something(profile: Profile, field: str) -> bool:
    return bool(profile.district_id if field == "district" else getattr(profile, field))


def _in_order(name: str, chosen: Iterable[str], known: Mapping[str, object]) -> list[str]:
    chosen = set(chosen)
    _refuse_unknown(name, chosen, known)
    return [code for code in known if code in chosen]


def _refuse_unknown(name: str, given: Iterable[str], known: Collection[str]) -> None:
    if unknown := set(given) - set(known):
        raise ValueError(f"unknown {name}: {sorted(unknown)}")
